//! Records out of a transaction, read into what `crate::record` describes.

use hybrid_cache_core::coherence::{State, Targets};
use js_sys::{ArrayBuffer, Reflect};
use rexie::{KeyRange, Store};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;

use crate::record::{DirectoryRow, EntryRecord, FORMAT, Found, StateRecord, TargetsRecord, unreadable_targets};

/// Prefix of the keys of states.
const STATES: &str = "p:";
/// The first key behind all keys of states.
const AFTER_STATES: &str = "p;";

#[derive(Deserialize)]
struct RootRecord {
    format: f64,
    incarnation: u64,
}

/// The accounting record.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct UsageRecord {
    pub(super) format: f64,
    pub(super) bytes: f64,
    pub(super) entries: f64,
}

fn parse<T: DeserializeOwned>(value: Option<JsValue>) -> Found<T> {
    match value.filter(|value| !value.is_undefined()) {
        None => Found::Absent,
        Some(value) => serde_wasm_bindgen::from_value(value).map_or(Found::Unreadable, Found::Known),
    }
}

/// The database's incarnation; `None` where the record is missing or not understood.
pub(super) async fn incarnation(state: &Store) -> rexie::Result<Option<u64>> {
    let root: Found<RootRecord> = parse(state.get("root".into()).await?);
    Ok(root.known().filter(|root| root.format == FORMAT).map(|root| root.incarnation))
}

fn understood(record: Found<StateRecord>, incarnation: Option<u64>) -> Found<State> {
    match record {
        Found::Absent => Found::Absent,
        Found::Unreadable => Found::Unreadable,
        Found::Known(record) => match record.state() {
            None => Found::Unreadable,
            // To the engine the state of another incarnation is not there.
            Some(state) if Some(state.label.incarnation) != incarnation => Found::Absent,
            Some(state) => Found::Known(state),
        },
    }
}

/// A partition's state.
pub(super) async fn state(store: &Store, partition: &str, incarnation: Option<u64>) -> rexie::Result<Found<State>> {
    let record = store.get([STATES, partition].concat().into()).await?;
    Ok(understood(parse(record), incarnation))
}

/// Every partition's state, by the partition's name.
pub(super) async fn states(store: &Store) -> rexie::Result<Vec<(String, Found<State>)>> {
    let incarnation = incarnation(store).await?;
    let range = || KeyRange::bound(&STATES.into(), &AFTER_STATES.into(), None, Some(true));
    let names = store.get_all_keys(Some(range()?), None).await?;
    let records = store.get_all(Some(range()?), None).await?;
    let name = |key: JsValue| key.as_string().and_then(|key| key.strip_prefix(STATES).map(String::from));
    Ok(names
        .into_iter()
        .zip(records)
        .filter_map(|(key, record)| Some((name(key)?, understood(parse(Some(record)), incarnation))))
        .collect())
}

/// A partition's invalidation targets; what cannot be read invalidates everything.
pub(super) async fn targets(store: &Store, partition: &str) -> rexie::Result<Targets> {
    let record: Found<TargetsRecord> = parse(store.get(["t:", partition].concat().into()).await?);
    Ok(match record {
        Found::Absent => Targets::default(),
        Found::Unreadable => unreadable_targets(),
        Found::Known(record) => record.targets().unwrap_or_else(unreadable_targets),
    })
}

/// The accounting record.
pub(super) async fn usage(store: &Store) -> rexie::Result<Option<UsageRecord>> {
    Ok(parse(store.get("usage".into()).await?).known().copied())
}

/// The directory; rows that are not understood are left out.
pub(super) async fn directory(store: &Store) -> rexie::Result<Vec<DirectoryRow>> {
    let rows = store.get_all(None, None).await?;
    Ok(rows.into_iter().filter_map(|row| parse(Some(row)).known().cloned()).collect())
}

/// One row of the directory.
pub(super) async fn row(store: &Store, key: &str) -> rexie::Result<Found<DirectoryRow>> {
    Ok(parse(store.get(key.into()).await?))
}

/// A stored response and its body.
pub(super) async fn entry(store: &Store, key: &str) -> rexie::Result<Found<(EntryRecord, Body)>> {
    let Some(value) = store.get(key.into()).await?.filter(|value| !value.is_undefined()) else {
        return Ok(Found::Absent);
    };
    let body = Body::of(&value);
    Ok(match (parse::<EntryRecord>(Some(value)), body) {
        (Found::Known(record), Some(body)) if record.is_readable() => Found::Known((record, body)),
        _ => Found::Unreadable,
    })
}

/// A body as it is kept; it never enters this module's memory unless it is exported.
pub(super) enum Body {
    /// Text, a JavaScript string.
    Text(JsValue),
    /// Bytes.
    Bytes(ArrayBuffer),
}

impl Body {
    fn of(record: &JsValue) -> Option<Self> {
        let body = Reflect::get(record, &"body".into()).ok()?;
        if body.is_string() {
            return Some(Self::Text(body));
        }
        body.dyn_into().ok().map(Self::Bytes)
    }
}
