//! `diagnose`.

use std::rc::Rc;

use hybrid_cache_core::{
    freshness::{DEFAULT_TTL, RuleTimes},
    key,
};
use rexie::{Rexie, TransactionMode};
use wasm_bindgen::prelude::*;

use super::{
    answer,
    argument::Argument,
    database::{self, DIRECTORY, ENTRIES, STATE, sentence},
    page, read,
    request::Asked,
};
use crate::{
    diagnosis::{
        Check, Diagnosis, Heading,
        contract::Setting,
        database::{Contents, checks as database_checks},
        environment::{Opening, checks as environment_checks},
    },
    record::{Found, StateInfo},
};

const EXPORT: &str = "diagnose(options)";
const FIELDS: [&str; 9] = ["url", "server", "user", "headers", "credentials", "rule", "ttl", "now", "userAgent"];

/// Examines the browser, the database and, if a URL is given, the headers its server sends: a `Diagnosis`.
///
/// `options` may have the fields `url` (absolute; a GET of it is made), `headers` (an object of request headers, such
/// as `Authorization`), `credentials` (`omit`, `same-origin` or `include`; default `same-origin`), `server` (an origin;
/// default: the URL's), `user` (a string), `rule` (the matching rule, `{ ttl?, staleWhileRevalidate? }` in
/// milliseconds; default: no rule names the URL), `ttl` (the option, in milliseconds), `now` (milliseconds since the
/// epoch, default: the clock) and `userAgent` (default: the browser's).
///
/// The request is judged and its response thrown away: nothing is stored and no state changes.
///
/// # Errors
///
/// Options of another shape. What is wrong with browser, database or server is in the diagnosis.
#[wasm_bindgen]
pub async fn diagnose(options: JsValue) -> Result<JsValue, JsError> {
    let argument = Argument::new(EXPORT, &options, &FIELDS)?;
    let asked = Asked::read(&argument)?;
    let now = argument.now()?;
    let (server, user) = (argument.server()?, argument.user()?);
    let mut setting = Setting {
        user: user.is_some(),
        state: None,
        rule: rule(&argument)?,
        ttl: argument.number("ttl", "a duration in milliseconds")?.unwrap_or(DEFAULT_TTL),
        now,
    };
    let browser = argument.text("userAgent", "a string")?.or_else(page::user_agent);

    let (opening, contents) = match database::with(examine).await {
        Ok(contents) => (Opening::Opened, Some(contents)),
        Err(opening) => (opening, None),
    };
    let mut checks = environment_checks(&page::environment(opening).await);
    let mut partitions = Vec::new();
    match contents {
        None => checks.extend(database_checks(None)),
        Some(Examined::Failed(reason)) => checks.push(Check::failed(
            "database",
            format!("could not be read: {reason}"),
            "Reload the page. If it stays so, run indexedDB.deleteDatabase('hybrid-cache') in the console.",
        )),
        Some(Examined::Read { contents, states }) => {
            checks.extend(database_checks(Some(&contents)));
            partitions = states;
        }
    }
    if let Some(asked) = asked {
        let server = server.unwrap_or_else(|| asked.origin());
        let partition = user.map(|user| key::partition(&server, &user));
        setting.state =
            partitions.into_iter().find(|(name, _)| Some(name) == partition.as_ref()).and_then(|(_, state)| state);
        checks.extend(asked.checks(&setting).await);
    }
    let moment = js_sys::Date::new(&now.into()).to_iso_string();
    let heading = Heading { moment: String::from(moment), origin: page::origin(), browser };
    answer(&Diagnosis::new(&heading, checks))
}

fn rule(argument: &Argument) -> Result<Option<RuleTimes>, JsError> {
    let Some(value) = argument.get("rule")? else { return Ok(None) };
    let rule = Argument::new("diagnose(options).rule", &value, &["ttl", "staleWhileRevalidate"])?;
    const EXPECTED: &str = "a duration in milliseconds";
    Ok(Some(RuleTimes {
        ttl: rule.number("ttl", EXPECTED)?,
        stale_while_revalidate: rule.number("staleWhileRevalidate", EXPECTED)?,
    }))
}

/// What reading the database came to.
enum Examined {
    Read { contents: Contents, states: Vec<(String, Option<hybrid_cache_core::coherence::State>)> },
    Failed(String),
}

async fn examine(database: Rc<Rexie>) -> Examined {
    let stores = database.store_names();
    if ![STATE, DIRECTORY, ENTRIES].iter().all(|name| stores.iter().any(|store| store == name)) {
        return Examined::Read { contents: Contents { stores, ..Contents::default() }, states: Vec::new() };
    }
    match count(&database, stores).await {
        Ok(examined) => examined,
        Err(error) => Examined::Failed(sentence(&error)),
    }
}

async fn count(database: &Rexie, stores: Vec<String>) -> rexie::Result<Examined> {
    let transaction = database.transaction(&[STATE, DIRECTORY, ENTRIES], TransactionMode::ReadOnly)?;
    let state = transaction.store(STATE)?;
    let states = read::states(&state).await?;
    let described = |(name, state): &(String, Found<_>)| {
        let info = match state {
            Found::Known(state) => Found::Known(StateInfo::new(name, state)),
            Found::Absent | Found::Unreadable => Found::Unreadable,
        };
        (name.clone(), info)
    };
    let contents = Contents {
        stores,
        states: state.count(None).await?,
        directory: transaction.store(DIRECTORY)?.count(None).await?,
        entries: transaction.store(ENTRIES)?.count(None).await?,
        usage: read::usage(&state).await?.map(|usage| (usage.bytes, usage.entries)),
        partitions: states.iter().map(described).collect(),
    };
    Ok(Examined::Read {
        contents,
        states: states.into_iter().map(|(name, state)| (name, state.known().cloned())).collect(),
    })
}
