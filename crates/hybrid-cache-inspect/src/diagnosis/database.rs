//! What is stored.

use super::Check;
use crate::{
    phrase,
    record::{Found, StateInfo},
};

/// What was read of the database, in one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// Stores the database has.
    pub stores: Vec<String>,
    /// Records in the store `state`.
    pub states: u32,
    /// Records in the store `directory`.
    pub directory: u32,
    /// Records in the store `entries`.
    pub entries: u32,
    /// The accounting record: bytes and entries.
    pub usage: Option<(f64, f64)>,
    /// The partitions by name, those of unreadable state included.
    pub partitions: Vec<(String, Found<StateInfo>)>,
}

/// Judges what is stored; `None` where there is no database.
pub fn checks(contents: Option<&Contents>) -> Vec<Check> {
    let Some(contents) = contents else {
        return vec![Check::passed("database", "none yet: it is made when the first response is seen")];
    };
    vec![counts(contents), accounting(contents), partitions(contents)]
}

fn counts(contents: &Contents) -> Check {
    const NAME: &str = "database";
    let missing: Vec<_> = ["state", "directory", "entries"]
        .into_iter()
        .filter(|name| !contents.stores.iter().any(|is| is == name))
        .collect();
    if !missing.is_empty() {
        return Check::failed(
            NAME,
            format!("the store {} is missing", missing.join(" and ")),
            "Something else made a database of this name. Run indexedDB.deleteDatabase('hybrid-cache') in the console \
             and reload.",
        );
    }
    Check::passed(
        NAME,
        format!(
            "state: {}, directory: {}, entries: {}",
            phrase::count(contents.states as usize, "record", "records"),
            contents.directory,
            contents.entries
        ),
    )
}

fn accounting(contents: &Contents) -> Check {
    const NAME: &str = "accounting";
    const CURE: &str = "Run clear(): it begins anew. Until then the budget is kept on a wrong count.";
    if contents.directory != contents.entries {
        return Check::failed(
            NAME,
            format!("{} in the directory, {} in entries", contents.directory, contents.entries),
            CURE,
        );
    }
    match contents.usage {
        Some((bytes, entries)) if entries == f64::from(contents.directory) => Check::passed(
            NAME,
            format!("{} in {}", phrase::bytes(bytes), phrase::count(entries as usize, "entry", "entries")),
        ),
        None if contents.directory == 0 => Check::passed(NAME, "nothing to count"),
        Some((_, entries)) => {
            Check::failed(NAME, format!("{entries} counted, {} in the directory", contents.directory), CURE)
        }
        None => Check::failed(NAME, format!("no count, {} in the directory", contents.directory), CURE),
    }
}

fn partitions(contents: &Contents) -> Check {
    const NAME: &str = "partitions";
    if contents.partitions.is_empty() {
        return Check::passed(NAME, "none: no response of a named user was seen yet");
    }
    let line = |(name, state): &(String, Found<StateInfo>)| match state {
        Found::Known(state) => format!("`{name}` {}", state.line()),
        Found::Absent | Found::Unreadable => format!("`{name}` unreadable"),
    };
    let detail = contents.partitions.iter().map(line).collect::<Vec<_>>().join("; ");
    let unreadable = contents.partitions.iter().any(|(_, state)| state.known().is_none());
    let shut = contents
        .partitions
        .iter()
        .filter_map(|(_, state)| state.known())
        .any(|state| !state.enabled || state.suspended != "no" || state.displaced.is_some());
    match (unreadable, shut) {
        (true, _) => Check::failed(
            NAME,
            detail,
            "A state of an unknown format counts as absent. If a newer library wrote it, bring this page up to date.",
        ),
        (false, true) => Check::noted(
            NAME,
            detail,
            "A partition that is switched off, suspended or displaced serves nothing; explain(url) tells what \
             lifts it.",
        ),
        (false, false) => Check::passed(NAME, detail),
    }
}

#[cfg(test)]
mod tests {
    use hybrid_cache_core::coherence::State;

    use super::*;

    fn contents() -> Contents {
        let state = State::new(1, 3, None);
        Contents {
            stores: ["directory", "entries", "state"].map(String::from).into(),
            states: 3,
            directory: 2,
            entries: 2,
            usage: Some((2_000.0, 2.0)),
            partitions: vec![("a u".into(), Found::Known(StateInfo::new("a u", &state)))],
        }
    }

    fn failed(contents: &Contents) -> Vec<&'static str> {
        checks(Some(contents))
            .iter()
            .filter(|check| !check.ok && check.cure.is_some())
            .map(|check| check.name)
            .collect()
    }

    #[test]
    fn a_sound_database_fails_nothing() {
        assert_eq!(failed(&contents()), [""; 0]);
        assert!(checks(None).iter().all(|check| check.ok));
    }

    #[test]
    fn a_foreign_database_is_recognised() {
        let foreign = Contents { stores: vec!["keyval".into()], ..Contents::default() };
        assert_eq!(failed(&foreign), ["database"]);
    }

    #[test]
    fn a_wrong_count_is_found() {
        assert_eq!(failed(&Contents { entries: 1, ..contents() }), ["accounting"]);
        assert_eq!(failed(&Contents { usage: Some((2_000.0, 3.0)), ..contents() }), ["accounting"]);
        assert_eq!(failed(&Contents { usage: None, ..contents() }), ["accounting"]);
    }

    #[test]
    fn an_unreadable_state_fails_and_a_shut_one_is_noted() {
        let unreadable = Contents { partitions: vec![("a u".into(), Found::Unreadable)], ..contents() };
        assert_eq!(failed(&unreadable), ["partitions"]);
        let mut state = State::new(1, 3, None);
        state.enabled = false;
        let shut =
            Contents { partitions: vec![("a u".into(), Found::Known(StateInfo::new("a u", &state)))], ..contents() };
        assert_eq!(failed(&shut), [""; 0]);
        assert!(checks(Some(&shut)).iter().any(|check| check.name == "partitions" && check.cure.is_some()));
    }
}
