//! Events are judged against a partition's state, where nobody else can change it.

use alloc::{boxed::Box, rc::Rc, string::String, vec::Vec};

use hybrid_cache_core::coherence::{Context, Rule, State, Target, Targets, Verdict, judge};
use wasm_bindgen::prelude::*;

use super::{Inner, connection::keys_of, event::Event};
use crate::bindings::{js::Array, record::read_state};

/// A partition's state in a transaction, and what has happened to it there.
pub(crate) struct Turn {
    pub(crate) state: Rc<State>,
    pub(crate) targets: Targets,
    pub(crate) ticked: bool,
    pub(crate) highest: u64,
    pub(crate) changed: bool,
    pub(crate) cause: &'static str,
    /// What became of each response: its rule, and whether its body may be stored.
    pub(crate) outcomes: Vec<(u32, Rule, bool)>,
    /// Other partitions that were changed too.
    pub(crate) displaced: Vec<String>,
}

impl Turn {
    pub(crate) fn new(state: Rc<State>, targets: Targets, highest: u64) -> Box<Self> {
        Box::new(Self {
            state,
            targets,
            ticked: false,
            highest,
            changed: false,
            cause: "user",
            outcomes: Vec::new(),
            displaced: Vec::new(),
        })
    }
}

impl Inner {
    /// One event against the state in the transaction.
    pub(crate) fn apply(
        &self,
        turn: &mut Turn,
        event: &Event,
        expected: Option<&str>,
        siblings: &[(JsValue, Rc<State>)],
    ) {
        let next = turn.highest + 1;
        let changed = match event {
            Event::Response { id, token, said } => {
                let context = Context {
                    next_generation: next,
                    expected_scope: expected,
                    scope_elsewhere: said.scope.is_some()
                        && siblings.iter().any(|(_, other)| other.scope == said.scope),
                    store_versionless: self.settings.versionless,
                };
                let verdict = judge(&turn.state, token, &said.as_observed(), &context);
                turn.outcomes.push((*id, verdict.rule(), verdict.stores()));
                match verdict {
                    Verdict::Advance { state, .. } | Verdict::AdvanceAndStore { state, .. } => Some(state),
                    Verdict::Store { .. } | Verdict::Refuse(_) => None,
                }
            }
            Event::Clear { .. } => Some(turn.state.cleared(next)),
            Event::Named { .. } => turn.state.named(next),
            Event::Learned { version, scope } => turn.state.learned(*version, scope.as_deref(), next),
            Event::Invalidate { target, .. } => {
                let state = turn.state.ticked();
                turn.targets.push(Target { clock: state.clock, ..target.clone() });
                turn.ticked = true;
                Some(state)
            }
            Event::Healed { version, barred } => match version {
                None if !barred => None,
                Some(version) if !barred && turn.state.version == Some(*version) => None,
                Some(version) if !barred => {
                    let raised = turn.state.learned(*version, None, next);
                    Some(raised.unwrap_or_else(|| turn.state.cleared(next)))
                }
                _ => Some(turn.state.cleared(next)),
            },
        };
        if let Some(state) = changed {
            turn.highest = turn.highest.max(state.label.generation);
            turn.state = Rc::new(state);
            turn.changed = true;
            turn.cause = event.cause();
        }
    }
}

/// The other partitions of the same server, where they were asked for.
pub(crate) fn read_siblings(answers: &Array, own: &JsValue) -> Vec<(JsValue, Rc<State>)> {
    let mut siblings = Vec::new();
    if answers.length() < 5 {
        return siblings;
    }
    let (keys, states) = (keys_of(answers, 3), keys_of(answers, 4));
    for at in 0..keys.length() {
        let key = keys.get(at);
        if key != *own
            && let Some(state) = read_state(&states.get(at))
        {
            siblings.push((key, state));
        }
    }
    siblings
}
