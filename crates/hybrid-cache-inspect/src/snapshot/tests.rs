use hybrid_cache_contract::CacheVersion;
use hybrid_cache_core::coherence::{Suspension, Target, TargetKind};

use super::*;
use crate::record::FORMAT;

const URL: &str = "https://api.example/invoices/";
const ADA: &str = "https://api.example ada";
const NOW: f64 = 100_000.0;

/// The entry's own database: generation 12, which began at a barrier.
fn state() -> State {
    let mut state = State::new(9, 12, Some("scope-of-ada".into()));
    state.version = CacheVersion::new(5);
    state
}

fn entry() -> SnapshotEntry {
    SnapshotEntry {
        partition: ADA.into(),
        key: format!("json GET {URL}\naccept: application/json"),
        version: 5,
        scope: Some("scope-of-ada".into()),
        encoding: Encoding::Text,
        record: EntryRecord {
            format: FORMAT,
            incarnation: 9,
            generation: 12,
            clock: 0,
            departed: 89_000.0,
            stored: 90_000.0,
            fresh: 60_000.0,
            stale: 30_000.0,
            bytes: 100.0,
            status: 200,
            status_text: "OK".into(),
            url: URL.into(),
            headers: String::new(),
            groups: vec!["invoices".into()],
        },
    }
}

fn admit(entry: &SnapshotEntry, state: &State) -> Result<EntryRecord, String> {
    admit_with(entry, state, &Targets::default(), NOW)
}

fn admit_with(entry: &SnapshotEntry, state: &State, targets: &Targets, now: f64) -> Result<EntryRecord, String> {
    entry.admit(&Destination { partition: ADA, state, targets, now }, |_, _| false)
}

fn refused(result: Result<EntryRecord, String>, rule: &str) {
    let reason = result.expect_err("it must be refused");
    assert!(reason.ends_with(&format!("({rule})")), "{reason}");
}

/// A change of a state.
type Change = fn(&mut State);

#[test]
fn an_entry_of_the_current_version_is_stored_under_the_current_label() {
    let mut state = state();
    state.label.generation = 20;
    state.clock = 3;
    let record = admit(&entry(), &state).unwrap();
    assert_eq!((record.incarnation, record.generation, record.clock), (9, 20, 3));
    assert_eq!((record.stored, record.fresh), (90_000.0, 60_000.0), "its time goes on, it does not begin anew");
}

#[test]
fn another_version_is_refused() {
    for version in [4, 6] {
        refused(admit(&SnapshotEntry { version, ..entry() }, &state()), "R7");
    }
    refused(admit(&entry(), &State { version: None, ..state() }), "R8");
}

#[test]
fn another_user_is_refused() {
    refused(admit(&SnapshotEntry { partition: "https://api.example bob".into(), ..entry() }, &state()), "S4");
    for scope in [None, Some("scope-of-bob".into())] {
        refused(admit(&SnapshotEntry { scope, ..entry() }, &state()), "R11");
    }
}

#[test]
fn a_closed_partition_takes_nothing_in() {
    let cases: [(Change, &str); 3] = [
        (|state| state.enabled = false, "R9"),
        (|state| state.suspension = Suspension::Suspended, "R11"),
        (|state| state.displaced = Some(1.0), "S6"),
    ];
    for (change, rule) in cases {
        let mut closed = state();
        change(&mut closed);
        refused(admit(&entry(), &closed), rule);
    }
}

#[test]
fn what_was_cleared_does_not_come_back_into_the_same_database() {
    let cleared = state().cleared(13);
    refused(admit(&entry(), &cleared), "R7");
    let mut elsewhere = entry();
    elsewhere.record.incarnation = 8;
    assert!(admit(&elsewhere, &cleared).is_ok(), "generations of another database say nothing");
}

#[test]
fn what_was_invalidated_does_not_come_back() {
    let mut targets = Targets::default();
    targets.push(Target { clock: 1, kind: TargetKind::Group, source: "invoices".into(), flags: String::new() });
    let ticked = state().ticked();
    refused(admit_with(&entry(), &ticked, &targets, NOW), "R13");
    let mut later = entry();
    later.record.clock = 1;
    assert!(admit_with(&later, &ticked, &targets, NOW).is_ok());
    later.record.incarnation = 8;
    refused(admit_with(&later, &ticked, &targets, NOW), "R13");
}

#[test]
fn time_runs_on() {
    assert!(admit_with(&entry(), &state(), &Targets::default(), 179_000.0).is_ok(), "stale, but servable");
    refused(admit_with(&entry(), &state(), &Targets::default(), 181_000.0), "S2");
    refused(admit_with(&entry(), &state(), &Targets::default(), 89_500.0), "S3");
}

#[test]
fn impossible_records_are_refused() {
    let breaks: [fn(&mut SnapshotEntry); 8] = [
        |entry| entry.record.format = 2.0,
        |entry| entry.record.bytes = -1.0,
        |entry| entry.record.bytes = f64::NAN,
        |entry| entry.record.stored = f64::NAN,
        |entry| entry.record.departed = 91_000.0,
        |entry| entry.key = "json GET https://api.example/other".into(),
        |entry| entry.key = format!("json POST {URL}"),
        |entry| entry.key = URL.into(),
    ];
    for (index, damage) in breaks.iter().enumerate() {
        let mut entry = entry();
        damage(&mut entry);
        assert!(admit(&entry, &state()).is_err(), "case {index}");
    }
}

#[test]
fn a_younger_entry_stays() {
    assert_eq!(replaces(None, 5.0), Ok(()));
    assert_eq!(replaces(Some(5.0), 5.0), Ok(()));
    assert!(replaces(Some(6.0), 5.0).unwrap_err().contains("R14"));
}
