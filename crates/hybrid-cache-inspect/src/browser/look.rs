//! `entries` and `explain`.

use std::rc::Rc;

use hybrid_cache_core::{coherence::Targets, key};
use rexie::{Rexie, TransactionMode};
use wasm_bindgen::prelude::*;

use super::{
    answer,
    argument::{Argument, wrong},
    database::{self, DIRECTORY, ENTRIES, STATE, sentence},
    pattern_on, read,
};
use crate::{
    diagnosis::environment::Opening,
    entry::{EntryInfo, Filter, closest},
    explain::{Evidence, Ground, Question, explain as judge},
    record::Found,
};

/// Reads the fields of a filter.
pub(super) fn filter(argument: &Argument) -> Result<Filter, JsError> {
    Ok(Filter {
        partition: argument.text("partition", "a partition's name: the server's origin, a blank, the user")?,
        server: argument.server()?,
        user: argument.user()?,
        include_dead: argument.flag("includeDead")?,
    })
}

/// Why a database that is there could not be read.
pub(super) fn unreadable(export: &str, error: &rexie::Error) -> JsError {
    wrong(export, &format!("the database could not be read: {}", sentence(error)))
}

/// Why there is nothing to read: an error, except where nothing is stored yet.
pub(super) fn unavailable(export: &str, opening: &Opening) -> Option<JsError> {
    reason(opening).map(|reason| wrong(export, &format!("the storage cannot be read: {reason}")))
}

fn reason(opening: &Opening) -> Option<String> {
    match opening {
        Opening::Empty | Opening::Opened => None,
        Opening::Missing => Some("IndexedDB is not offered here".into()),
        Opening::Refused(reason) => Some(format!("IndexedDB refused: {reason}")),
        Opening::Silent(ms) => Some(format!("IndexedDB did not answer within {ms} ms")),
    }
}

/// Lists what is stored, by the directory alone: an array of `EntryInfo`, empty where there is no database.
///
/// `filter` may have the fields `partition`, `server`, `user` (strings; all that are given must fit), `includeDead`
/// (boolean, default false: entries of generations that are over are left out) and `now` (milliseconds since the
/// epoch, default: the clock).
///
/// # Errors
///
/// A filter of another shape; a storage that cannot be read.
#[wasm_bindgen]
pub async fn entries(filter: JsValue) -> Result<JsValue, JsError> {
    const EXPORT: &str = "entries(filter)";
    let argument = Argument::new(EXPORT, &filter, &["partition", "server", "user", "includeDead", "now"])?;
    let (filter, now) = (self::filter(&argument)?, argument.now()?);
    let listed = match database::with(|database| list(database, filter, now)).await {
        Ok(listed) => listed.map_err(|error| unreadable(EXPORT, &error))?,
        Err(opening) => match unavailable(EXPORT, &opening) {
            Some(error) => return Err(error),
            None => Vec::new(),
        },
    };
    answer(&listed)
}

async fn list(database: Rc<Rexie>, filter: Filter, now: f64) -> rexie::Result<Vec<EntryInfo>> {
    let transaction = database.transaction(&[STATE, DIRECTORY], TransactionMode::ReadOnly)?;
    let states = read::states(&transaction.store(STATE)?).await?;
    let rows = read::directory(&transaction.store(DIRECTORY)?).await?;
    let state =
        |partition: &str| states.iter().find(|(name, _)| name == partition).and_then(|(_, state)| state.known());
    Ok(filter.select(&rows, state, now))
}

/// Explains whether a GET of a URL would be served from the database now, and why (not): an `Explanation`.
///
/// `question` has the fields `url` (absolute; required), `server` (an origin; default: the URL's), `user` (a string;
/// without it the answer is that nothing is kept), `key` (a request key or an entry key, for the one request that is
/// meant; default: whatever is stored of the URL) and `now` (milliseconds since the epoch, default: the clock).
///
/// # Errors
///
/// A question of another shape; a database that is there and cannot be read.
#[wasm_bindgen]
pub async fn explain(question: JsValue) -> Result<JsValue, JsError> {
    const EXPORT: &str = "explain(question)";
    let argument = Argument::new(EXPORT, &question, &["server", "user", "url", "key", "now"])?;
    let url = argument.url()?.ok_or_else(|| wrong(EXPORT, "\"url\" is missing; expected an absolute URL"))?;
    let server = argument.server()?.unwrap_or_else(|| url.origin());
    let request = argument.text("key", "a request key, such as \"json GET https://api.example/invoices/\"")?;
    let request = request.map(|text| key::split_entry(&text).map_or(text.clone(), |(_, request)| request.into()));
    let question = Question {
        url: url.href(),
        partition: argument.user()?.map(|user| key::partition(&server, &user)),
        now: argument.now()?,
    };
    let ground = match question.partition.clone() {
        None => Ground::NoDatabase,
        Some(partition) => {
            let wanted = Wanted { partition, url: question.url.clone(), request, now: question.now };
            match database::with(|database| gather(database, wanted)).await {
                Ok(evidence) => Ground::Read(Box::new(evidence.map_err(|error| unreadable(EXPORT, &error))?)),
                Err(opening) => reason(&opening).map_or(Ground::NoDatabase, Ground::Unavailable),
            }
        }
    };
    answer(&judge(&question, &ground, pattern_on(&question.url)))
}

/// What is looked for.
struct Wanted {
    partition: String,
    url: String,
    request: Option<String>,
    now: f64,
}

async fn gather(database: Rc<Rexie>, wanted: Wanted) -> rexie::Result<Evidence> {
    let transaction = database.transaction(&[STATE, DIRECTORY, ENTRIES], TransactionMode::ReadOnly)?;
    let store = transaction.store(STATE)?;
    let incarnation = read::incarnation(&store).await?;
    let state = read::state(&store, &wanted.partition, incarnation).await?;
    let targets: Targets = read::targets(&store, &wanted.partition).await?;
    let rows = read::directory(&transaction.store(DIRECTORY)?).await?;
    let of_url: Vec<EntryInfo> = rows
        .iter()
        .filter(|row| row.partition == wanted.partition && row.url == wanted.url)
        .filter_map(|row| EntryInfo::new(row, state.known(), wanted.now))
        .collect();
    let (meant, mut others): (Vec<_>, Vec<_>) =
        of_url.into_iter().partition(|entry| wanted.request.as_deref().is_none_or(|key| key == entry.request()));
    let chosen = closest(&meant).cloned();
    others.extend(meant.into_iter().filter(|entry| Some(entry) != chosen.as_ref()));
    let entry = match chosen {
        None => Found::Absent,
        Some(info) => match read::entry(&transaction.store(ENTRIES)?, &info.key).await? {
            Found::Known((record, _)) => Found::Known((info, record)),
            // The directory knows of it and the record is gone: to a lookup it is absent.
            Found::Absent => Found::Absent,
            Found::Unreadable => Found::Unreadable,
        },
    };
    Ok(Evidence { state, targets, entry, others })
}
