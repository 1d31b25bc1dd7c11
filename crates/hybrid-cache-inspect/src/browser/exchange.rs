//! `exportEntries` and `importEntries`.

use std::rc::Rc;

use base64::{Engine, engine::general_purpose::STANDARD};
use hybrid_cache_core::key;
use js_sys::{Array, Object, Reflect, Uint8Array};
use rexie::{Rexie, Store, TransactionMode};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{
    answer,
    argument::{Argument, describe, wrong},
    database::{self, DIRECTORY, ENTRIES, STATE, sentence},
    look, pattern_on,
    read::{self, Body, UsageRecord},
};
use crate::{
    entry::Filter,
    record::{DirectoryRow, EntryRecord, FORMAT, Found},
    snapshot::{Destination, Encoding, Refused, SNAPSHOT_FORMAT, SnapshotEntry, replaces},
};

const EXPORT: &str = "exportEntries(filter)";
const IMPORT: &str = "importEntries(snapshot, options)";

/// Why nothing is imported into a partition that was never used here.
const NO_STATE: &str = "the partition has no state here; let the application make a request as this user first";

/// Copies entries out: `{ format: 1, exported, entries }`, which survives `JSON.stringify`.
///
/// `filter` may have the fields `partition`, `server`, `user` and `now`. Only entries that could be served are copied:
/// those of a current generation whose partition has adopted a version, since nothing else could ever be imported.
///
/// **A snapshot holds responses in plain text.** Treat it as the data it is.
///
/// # Errors
///
/// A filter of another shape; a storage that cannot be read.
#[wasm_bindgen(js_name = exportEntries)]
pub async fn export_entries(filter: JsValue) -> Result<JsValue, JsError> {
    let argument = Argument::new(EXPORT, &filter, &["partition", "server", "user", "now"])?;
    let (filter, now) = (look::filter(&argument)?, argument.now()?);
    let entries = match database::with(|database| copy_out(database, filter, now)).await {
        Ok(entries) => entries.map_err(|error| look::unreadable(EXPORT, &error))?,
        Err(opening) => match look::unavailable(EXPORT, &opening) {
            Some(error) => return Err(error),
            None => Vec::new(),
        },
    };
    let list = Array::new();
    for (entry, body) in entries {
        let value = answer(&entry)?;
        let record = Reflect::get(&value, &"record".into()).unwrap_or_default();
        let text = match body {
            Body::Text(text) => text,
            Body::Bytes(buffer) => STANDARD.encode(Uint8Array::new(&buffer).to_vec()).into(),
        };
        set(&record, "body", &text);
        list.push(&value);
    }
    let snapshot = Object::new();
    set(&snapshot, "format", &SNAPSHOT_FORMAT.into());
    set(&snapshot, "exported", &now.into());
    set(&snapshot, "entries", &list);
    Ok(snapshot.into())
}

/// Sets a property of an object this module made, which cannot fail.
fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}

async fn copy_out(database: Rc<Rexie>, filter: Filter, now: f64) -> rexie::Result<Vec<(SnapshotEntry, Body)>> {
    let transaction = database.transaction(&[STATE, DIRECTORY, ENTRIES], TransactionMode::ReadOnly)?;
    let states = read::states(&transaction.store(STATE)?).await?;
    let rows = read::directory(&transaction.store(DIRECTORY)?).await?;
    let store = transaction.store(ENTRIES)?;
    let state =
        |partition: &str| states.iter().find(|(name, _)| name == partition).and_then(|(_, state)| state.known());
    let mut copied = Vec::new();
    for info in filter.select(&rows, state, now) {
        let Some(state) = state(&info.partition) else { continue };
        let Some(version) = state.version else { continue };
        if let Found::Known((record, body)) = read::entry(&store, &info.key).await?
            && record.stamp().label == state.label
        {
            let encoding = match body {
                Body::Text(_) => Encoding::Text,
                Body::Bytes(_) => Encoding::Base64,
            };
            let entry = SnapshotEntry {
                partition: info.partition.clone(),
                key: info.request().into(),
                version: version.get(),
                scope: state.scope.clone(),
                encoding,
                record,
            };
            copied.push((entry, body));
        }
    }
    Ok(copied)
}

/// What an import came to.
#[derive(Default, Serialize)]
struct Imported {
    imported: u32,
    refused: Vec<Refused>,
}

/// Stores the entries of a snapshot in a partition: `{ imported, refused: [{ key, reason }] }`.
///
/// `options` has the field `partition` (its name; required) and may have `now`. An entry is stored under the
/// partition's current label if it was kept for this partition, at its current version and under its scope, and if
/// nothing it belongs to was invalidated since; everything else is refused with the reason. All that is stored is
/// stored in one transaction.
///
/// # Errors
///
/// A snapshot or options of another shape; a storage that cannot be read, or refuses to write. Then nothing is stored.
#[wasm_bindgen(js_name = importEntries)]
pub async fn import_entries(snapshot: JsValue, options: JsValue) -> Result<JsValue, JsError> {
    let argument = Argument::new(IMPORT, &options, &["partition", "now"])?;
    let partition = argument.required("partition", "a partition's name: the server's origin, a blank, the user")?;
    let now = argument.now()?;
    let (offered, refused) = unpack(&snapshot)?;
    let mut result = Imported { imported: 0, refused };
    let keys: Vec<String> = offered.iter().map(|(entry, _)| entry.key.clone()).collect();
    match database::with(|database| copy_in(database, offered, partition, now)).await {
        Ok(Ok(stored)) => {
            result.imported = stored.imported;
            result.refused.extend(stored.refused);
        }
        Ok(Err(error)) => {
            return Err(wrong(IMPORT, &format!("the database refused, and nothing was stored: {}", sentence(&error))));
        }
        Err(opening) => match look::unavailable(IMPORT, &opening) {
            Some(error) => return Err(error),
            None => result.refused.extend(keys.into_iter().map(|key| Refused {
                key,
                reason: "there is no database yet; let the application make a request as this user first".into(),
            })),
        },
    }
    answer(&result)
}

/// An entry of a snapshot and its body as the database keeps it.
type Offered = (SnapshotEntry, JsValue);

/// Takes a snapshot apart; entries that are none are refused one by one.
fn unpack(snapshot: &JsValue) -> Result<(Vec<Offered>, Vec<Refused>), JsError> {
    const EXPECTED: &str = "what exportEntries() made: { format: 1, exported, entries: [...] }";
    if !snapshot.is_object() {
        return Err(wrong(IMPORT, &format!("the snapshot is {}; expected {EXPECTED}", describe(snapshot))));
    }
    let field = |name: &str| Reflect::get(snapshot, &name.into()).unwrap_or_default();
    if field("format") != SNAPSHOT_FORMAT {
        let format = describe(&field("format"));
        return Err(wrong(IMPORT, &format!("the snapshot's \"format\" is {format}; expected {EXPECTED}")));
    }
    let entries: Array = field("entries").dyn_into().map_err(|value| {
        wrong(IMPORT, &format!("the snapshot's \"entries\" is {}; expected {EXPECTED}", describe(&value)))
    })?;
    let (mut offered, mut refused) = (Vec::new(), Vec::new());
    for (index, value) in entries.iter().enumerate() {
        match unpack_entry(value) {
            Ok(entry) => offered.push(entry),
            Err(reason) => refused.push(Refused { key: format!("entries[{index}]"), reason }),
        }
    }
    Ok((offered, refused))
}

fn unpack_entry(value: JsValue) -> Result<Offered, String> {
    let body = Reflect::get(&value, &"record".into())
        .and_then(|record| Reflect::get(&record, &"body".into()))
        .ok()
        .filter(JsValue::is_string)
        .ok_or("it is no entry of a snapshot: `record.body` must be a string")?;
    let entry: SnapshotEntry =
        serde_wasm_bindgen::from_value(value).map_err(|error| format!("it is no entry of a snapshot: {error}"))?;
    let body = match entry.encoding {
        Encoding::Text => body,
        Encoding::Base64 => {
            let bytes = STANDARD.decode(body.as_string().unwrap_or_default());
            let bytes = bytes.map_err(|error| format!("its body is not base64: {error}"))?;
            Uint8Array::from(bytes.as_slice()).buffer().into()
        }
    };
    Ok((entry, body))
}

async fn copy_in(database: Rc<Rexie>, offered: Vec<Offered>, partition: String, now: f64) -> rexie::Result<Imported> {
    let transaction = database.transaction(&[STATE, DIRECTORY, ENTRIES], TransactionMode::ReadWrite)?;
    let stores = [transaction.store(STATE)?, transaction.store(DIRECTORY)?, transaction.store(ENTRIES)?];
    match copy_into(&stores, offered, &partition, now).await {
        Ok(result) => {
            let ended = transaction.done().await?;
            if ended.is_committed() { Ok(result) } else { Err(rexie::Error::TransactioncommitFailed) }
        }
        Err(error) => {
            // The failed request has aborted it already, or nothing was written.
            let _ = transaction.abort().await;
            Err(error)
        }
    }
}

async fn copy_into(
    [states, directory, entries]: &[Store; 3],
    offered: Vec<Offered>,
    partition: &str,
    now: f64,
) -> rexie::Result<Imported> {
    let incarnation = read::incarnation(states).await?;
    let state = read::state(states, partition, incarnation).await?;
    let targets = read::targets(states, partition).await?;
    let mut usage = read::usage(states).await?.unwrap_or(UsageRecord { format: FORMAT, ..UsageRecord::default() });
    let mut result = Imported::default();
    for (entry, body) in offered {
        let admitted = match state.known() {
            None => Err(NO_STATE.into()),
            Some(state) => {
                entry.admit(&Destination { partition, state, targets: &targets, now }, pattern_on(&entry.record.url))
            }
        };
        let record = match admitted {
            Ok(record) => record,
            Err(reason) => {
                result.refused.push(Refused { key: entry.key, reason });
                continue;
            }
        };
        let key = key::entry(record.generation, &entry.key);
        let existing = read::row(directory, &key).await?;
        if let Err(reason) = replaces(existing.known().map(|row| row.departed), record.departed) {
            result.refused.push(Refused { key: entry.key, reason });
            continue;
        }
        put(directory, entries, &key, partition, &record, &body, now).await?;
        match existing {
            Found::Absent => usage.entries += 1.0,
            Found::Known(row) => usage.bytes -= row.bytes,
            Found::Unreadable => {}
        }
        usage.bytes += record.bytes;
        result.imported += 1;
    }
    if result.imported > 0 {
        usage.bytes = usage.bytes.max(0.0);
        states.put(&plain(&usage)?, Some(&"usage".into())).await?;
    }
    Ok(result)
}

/// Writes an entry and its row.
async fn put(
    directory: &Store,
    entries: &Store,
    key: &str,
    partition: &str,
    record: &EntryRecord,
    body: &JsValue,
    now: f64,
) -> rexie::Result<()> {
    let value = plain(record)?;
    set(&value, "body", body);
    entries.put(&value, Some(&key.into())).await?;
    let row = DirectoryRow {
        format: FORMAT,
        key: key.into(),
        partition: partition.into(),
        url: record.url.clone(),
        bytes: record.bytes,
        used: now,
        departed: record.departed,
        stored: record.stored,
        fresh: record.fresh,
        stale: record.stale,
        status: record.status,
    };
    directory.put(&plain(&row)?, Some(&key.into())).await.map(|_| ())
}

/// A record as the database keeps it.
fn plain(record: &impl Serialize) -> rexie::Result<JsValue> {
    // Every number of these records is a safe integer or a float, so there is nothing that cannot be written.
    Ok(serde_wasm_bindgen::to_value(record).unwrap_throw())
}
