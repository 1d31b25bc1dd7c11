use hybrid_cache_core::{
    coherence::{Label, Suspension, Target, TargetKind},
    key,
};

use super::*;
use crate::record::{DirectoryRow, FORMAT};

const URL: &str = "https://api.example/invoices/";
const NOW: f64 = 100_000.0;

fn question() -> Question {
    Question { url: URL.into(), partition: Some("https://api.example ada".into()), now: NOW }
}

fn state() -> State {
    State::new(9, 12, None)
}

/// An entry of generation 12, stored 10 s ago, fresh for 60 s and servable stale for another 30 s.
fn entry(generation: u64) -> (EntryInfo, EntryRecord) {
    let record = EntryRecord {
        format: FORMAT,
        incarnation: 9,
        generation,
        clock: 0,
        departed: 89_000.0,
        stored: 90_000.0,
        fresh: 60_000.0,
        stale: 30_000.0,
        bytes: 20_480.0,
        status: 200,
        status_text: "OK".into(),
        url: URL.into(),
        headers: "content-type: application/json".into(),
        groups: vec!["invoices".into()],
    };
    (info(&record), record)
}

fn info(record: &EntryRecord) -> EntryInfo {
    let row = DirectoryRow {
        format: FORMAT,
        key: key::entry(record.generation, &format!("json GET {URL}")),
        partition: "https://api.example ada".into(),
        url: URL.into(),
        bytes: record.bytes,
        used: record.stored,
        departed: record.departed,
        stored: record.stored,
        fresh: record.fresh,
        stale: record.stale,
        status: record.status,
    };
    EntryInfo::new(&row, Some(&state()), NOW).unwrap()
}

fn ask(state: Found<State>, entry: Found<(EntryInfo, EntryRecord)>) -> Explanation {
    ask_with(state, entry, Targets::default())
}

fn ask_with(state: Found<State>, entry: Found<(EntryInfo, EntryRecord)>, targets: Targets) -> Explanation {
    let evidence = Evidence { state, targets, entry, others: Vec::new() };
    explain(&question(), &Ground::Read(Box::new(evidence)), |_, _| false)
}

fn essence(answer: &Explanation) -> (bool, &str, Option<&str>) {
    assert!(!answer.reason.is_empty());
    (answer.served, answer.verdict, answer.rule)
}

#[test]
fn a_fresh_entry_is_served() {
    let answer = ask(Found::Known(state()), Found::Known(entry(12)));
    assert_eq!(essence(&answer), (true, "fresh", Some("S1")));
    assert!(answer.reason.contains("another 50 s"), "{}", answer.reason);
    assert_eq!(answer.cure, None);
    assert_eq!(answer.entry.unwrap().key, format!("000000000c|json GET {URL}"));
    assert_eq!(answer.state.unwrap().generation, 12);
    assert!(
        answer.steps.iter().any(|step| step.contains("20.5 KB") && step.contains("10 s ago")),
        "{:?}",
        answer.steps
    );
}

#[test]
fn time_is_judged_after_coherence() {
    let at = |fresh: f64, stale: f64, stored: f64| {
        let (_, record) = entry(12);
        let record = EntryRecord { fresh, stale, stored, ..record };
        ask(Found::Known(state()), Found::Known((info(&record), record)))
    };
    let stale = at(5_000.0, 30_000.0, 90_000.0);
    assert_eq!(essence(&stale), (true, "stale", Some("S2")));
    assert!(stale.reason.contains("ran out 5 s ago") && stale.reason.contains("another 25 s"), "{}", stale.reason);
    let expired = at(5_000.0, 0.0, 90_000.0);
    assert_eq!(essence(&expired), (false, "expired", Some("S2")));
    assert!(expired.cure.unwrap().contains("ttl"));
    assert_eq!(essence(&at(5_000.0, 0.0, NOW + 1.0)), (false, "expired", Some("S3")));
    let dead = State { label: Label { incarnation: 9, generation: 13 }, ..state() };
    assert_eq!(essence(&ask(Found::Known(dead), Found::Known(entry(12)))), (false, "generation", Some("S1")));
}

#[test]
fn another_incarnation_is_another_generation() {
    let mut other = state();
    other.label.incarnation = 10;
    assert_eq!(essence(&ask(Found::Known(other), Found::Known(entry(12)))), (false, "generation", Some("S1")));
}

#[test]
fn an_invalidated_group_is_named_by_its_rule() {
    let mut targets = Targets::default();
    targets.push(Target { clock: 1, kind: TargetKind::Group, source: "invoices".into(), flags: String::new() });
    let ticked = state().ticked();
    let answer = ask_with(Found::Known(ticked.clone()), Found::Known(entry(12)), targets);
    assert_eq!(essence(&answer), (false, "invalidated", Some("R13")));
    let untouched = ask(Found::Known(ticked), Found::Known(entry(12)));
    assert!(untouched.served, "a target of something else changes nothing");
}

#[test]
fn a_closed_partition_is_explained_with_and_without_an_entry() {
    let closed = |change: fn(&mut State)| {
        let mut closed = state();
        change(&mut closed);
        [ask(Found::Known(closed.clone()), Found::Known(entry(12))), ask(Found::Known(closed), Found::Absent)]
    };
    for (change, verdict, rule) in [
        ((|state| state.enabled = false) as fn(&mut State), "disabled", "R9"),
        (|state| state.suspension = Suspension::Suspended, "suspended", "R11"),
        (|state| state.displaced = Some(1.0), "displaced", "S6"),
    ] {
        for answer in closed(change) {
            assert_eq!(essence(&answer), (false, verdict, Some(rule)));
            assert!(answer.cure.is_some(), "{verdict} can be lifted");
        }
    }
}

#[test]
fn what_is_not_there_is_told_apart() {
    assert_eq!(essence(&ask(Found::Known(state()), Found::Absent)), (false, "absent", None));
    assert_eq!(essence(&ask(Found::Known(state()), Found::Unreadable)), (false, "corrupt", None));
    assert_eq!(essence(&ask(Found::Absent, Found::Absent)), (false, "absent", None));
    assert_eq!(essence(&ask(Found::Unreadable, Found::Absent)), (false, "corrupt", None));
    let nobody = Question { partition: None, ..question() };
    assert_eq!(essence(&explain(&nobody, &Ground::NoDatabase, |_, _| false)), (false, "no-user", None));
    assert_eq!(essence(&explain(&question(), &Ground::NoDatabase, |_, _| false)), (false, "no-database", None));
    let locked = Ground::Unavailable("SecurityError".into());
    let answer = explain(&question(), &locked, |_, _| false);
    assert_eq!(essence(&answer), (false, "storage", None));
    assert!(answer.reason.contains("SecurityError"));
}

#[test]
fn other_entries_of_the_url_are_mentioned() {
    let (other, _) = entry(11);
    let evidence = Evidence {
        state: Found::Known(state()),
        targets: Targets::default(),
        entry: Found::Absent,
        others: vec![other],
    };
    let answer = explain(&question(), &Ground::Read(Box::new(evidence)), |_, _| false);
    assert!(answer.steps.iter().any(|step| step.contains("generation 11 (over)")), "{:?}", answer.steps);
}
