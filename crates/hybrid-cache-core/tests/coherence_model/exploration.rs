//! Explores a slice, and says what was found.

use std::{fmt::Write, time::Instant};

use hybrid_cache_core::coherence::Rule;
use stateright::{Checker, HasDiscoveries, Model};

use crate::{coherence::Coherence, mutant::Mutant, onlooker, slice::Slice};

/// How many steps a slice may take in full. It bounds time and memory.
const MOST_STEPS: usize = 8_000_000;

/// Larger bounds, with `HYBRID_CACHE_FULL=1`.
pub(crate) fn in_full() -> bool {
    std::env::var_os("HYBRID_CACHE_FULL").is_some_and(|value| value == "1")
}

/// The slice is explored to its end: no invariant is violated, what should be possible was seen, and the rules it is
/// there for have decided something. In full a slice may be too large for that: then no invariant is violated in what was
/// reached, the shorter orders of events first, and what is printed says so.
pub(crate) fn holds(name: &str, slice: Slice) {
    let begun = Instant::now();
    let mut checker = Coherence::new(slice, None).checker().finish_when(HasDiscoveries::AnyFailures);
    if in_full() {
        checker = checker.target_state_count(MOST_STEPS);
    }
    let checker = checker.spawn_bfs().join();
    let stopped = in_full() && checker.state_count() >= MOST_STEPS;
    let model = checker.model();
    let decided: Vec<&str> = RULES.iter().filter(|rule| model.noted(**rule)).map(|rule| rule.name()).collect();
    println!(
        "{name}: {} states, depth {}{}, {:.1} s; decided: {}",
        checker.unique_state_count(),
        checker.max_depth(),
        if stopped { ", not to its end" } else { "" },
        begun.elapsed().as_secs_f32(),
        decided.join(" ")
    );
    for (property, path) in checker.discoveries() {
        let violated = onlooker::INVARIANTS.contains(&property);
        assert!(!violated, "{name} violates \"{property}\" by{}", steps(&path.into_actions()));
    }
    if stopped {
        return;
    }
    assert!(checker.is_done(), "{name} was not explored to its end");
    checker.assert_properties();
    for rule in model.slice.decides {
        assert!(model.noted(*rule), "{} decided nothing in {name}", rule.name());
    }
}

/// The mutant violates the property within the slice.
pub(crate) fn fails(mutant: Mutant, slice: Slice, property: &'static str) {
    let begun = Instant::now();
    let model = Coherence::new(slice, Some(mutant));
    let checker = model.checker().finish_when(HasDiscoveries::AllOf([property].into())).spawn_bfs().join();
    let Some(path) = checker.discovery(property) else {
        let found: Vec<&str> = checker.discoveries().into_keys().collect();
        panic!("{mutant:?} was not found out by \"{property}\"; found: {found:?}");
    };
    let states = checker.unique_state_count();
    let seconds = begun.elapsed().as_secs_f32();
    println!("{mutant:?}: {states} states, {seconds:.1} s, \"{property}\" by{}", steps(&path.into_actions()));
}

fn steps(actions: &[crate::action::Action]) -> String {
    actions.iter().fold(String::new(), |mut text, action| {
        write!(text, "\n  {action:?}").expect("a string takes any text");
        text
    })
}

/// Every rule a decision can name.
pub(crate) const RULES: [Rule; 17] = [
    Rule::R0,
    Rule::R1,
    Rule::R2,
    Rule::R3,
    Rule::R4,
    Rule::R4a,
    Rule::R5,
    Rule::R6,
    Rule::R7,
    Rule::R8,
    Rule::R9,
    Rule::R10,
    Rule::R11,
    Rule::R12,
    Rule::R13,
    Rule::R14,
    Rule::S6,
];
