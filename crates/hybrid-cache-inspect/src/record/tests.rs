use super::*;

fn record() -> StateRecord {
    StateRecord {
        format: FORMAT,
        incarnation: 9,
        generation: 4,
        barrier: 2,
        clock: 1,
        version: Some(7),
        scope: Some("s1".into()),
        enabled: true,
        suspended: None,
        displaced: None,
        adopted_date: Some(10),
    }
}

#[test]
fn a_state_is_read_field_by_field() {
    let state = record().state().unwrap();
    assert_eq!(state.label, Label { incarnation: 9, generation: 4 });
    assert_eq!((state.barrier, state.clock), (2, 1));
    assert_eq!(state.version, CacheVersion::new(7));
    assert_eq!(state.scope.as_deref(), Some("s1"));
    assert_eq!(state.adopted_date, Some(10));
    assert_eq!(state.is_open(), Ok(()));
}

#[test]
fn another_format_or_an_impossible_version_is_unreadable() {
    assert_eq!(StateRecord { format: 2.0, ..record() }.state(), None);
    assert_eq!(StateRecord { version: Some(0), ..record() }.state(), None);
}

#[test]
fn an_unknown_word_for_suspended_is_the_stricter_one() {
    for (word, expected) in [("awaiting", "awaiting"), ("suspended", "suspended"), ("later", "suspended")] {
        let state = StateRecord { suspended: Some(word.into()), ..record() }.state().unwrap();
        assert_eq!(StateInfo::new("p", &state).suspended, expected);
    }
}

#[test]
fn a_target_of_an_unknown_kind_makes_all_unreadable() {
    let target = |kind: &str| TargetRecord { clock: 1, kind: kind.into(), source: "x".into(), flags: String::new() };
    let targets = |list| TargetsRecord { format: FORMAT, floor: 0, list }.targets();
    assert_eq!(targets(vec![target("url"), target("group")]).unwrap().list.len(), 2);
    assert_eq!(targets(vec![target("url"), target("host")]), None);
}

#[test]
fn the_line_names_what_keeps_a_partition_from_serving() {
    let mut state = record().state().unwrap();
    assert_eq!(StateInfo::new("p", &state).line(), "version 7, generation 4");
    state.enabled = false;
    state.displaced = Some(1.0);
    let line = StateInfo::new("p", &state).line();
    assert!(line.contains("R9") && line.contains("S6"), "{line}");
}
