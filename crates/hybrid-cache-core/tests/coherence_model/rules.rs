//! The rules as shipped, with a mutation put over them where the model has one.

use hybrid_cache_core::coherence::{
    Context, EntryStamp, Lookup, Observed, Refusal, Rule, State, Target, TargetKind, Targets, Token, Verdict, judge,
    may_serve,
};

use crate::{
    coherence::Coherence,
    mutant::Mutant,
    network::{Said, version},
    storage::{Entry, Held},
    tab::What,
};

fn observed(said: &Said) -> Observed<'static> {
    Observed {
        version: said.version.map(version),
        enabled: said.enabled,
        scope: said.scope,
        scope_invalid: false,
        age: u32::from(said.replayed),
        date: None,
    }
}

/// What the shipped rules say.
pub(crate) fn lawful(state: &State, token: &Token, said: &Said, context: &Context<'_>) -> Verdict {
    judge(state, token, &observed(said), context)
}

impl Coherence {
    /// What the rules of this model say.
    pub(crate) fn judged(&self, state: &State, token: &Token, said: &Said, context: &Context<'_>) -> Verdict {
        let verdict = match self.mutant {
            None => lawful(state, token, said, context),
            Some(mutant) => mutated(mutant, state, token, said, context),
        };
        self.note(verdict.rule());
        verdict
    }

    pub(crate) fn serves(&self, held: &Held, entry: &Entry, url: usize) -> bool {
        let mut state = &held.state;
        let mut label = entry.label;
        let changed;
        match self.mutant {
            Some(Mutant::IgnoresDisplacement) => {
                changed = State { displaced: None, ..state.clone() };
                state = &changed;
            }
            Some(Mutant::PurgesAndReadsWithoutLabels) => label = state.label,
            Some(Mutant::IgnoresTheIncarnation) => label.incarnation = state.label.incarnation,
            _ => {}
        }
        let stamp = EntryStamp { label, clock: entry.clock, stored: 0.0, fresh: 2.0, stale: 0.0 };
        let invalidated =
            |clock| belongs_to_invalidated(&held.targets, clock, url) && !self.is(Mutant::ServesWhatWasInvalidated);
        may_serve(state, &stamp, 1.0, invalidated) == Lookup::Fresh
    }
}

fn mutated(mutant: Mutant, state: &State, token: &Token, said: &Said, context: &Context<'_>) -> Verdict {
    let law = |said: &Said| lawful(state, token, said, context);
    let other = said.version.is_some() && said.version.map(version) != state.version;
    match mutant {
        Mutant::AdoptsAnyDifferentNumber if other => {
            let mut adopted = state.clone();
            adopted.label.generation = context.next_generation;
            adopted.version = said.version.map(version);
            Verdict::AdvanceAndStore { rule: Rule::R3, state: adopted }
        }
        Mutant::BelievesTheHighestNumber => match law(said) {
            Verdict::Advance { rule: Rule::R4, .. } => Verdict::Refuse(Refusal { rule: Rule::R7 }),
            verdict => verdict,
        },
        Mutant::IgnoresTheBarrier => {
            let lowered = State { barrier: 0, ..state.clone() };
            restored(lawful(&lowered, token, said, context), |changed| {
                changed.barrier = changed.barrier.max(state.barrier);
            })
        }
        Mutant::IgnoresTheIncarnation => {
            let mut token = *token;
            if let Some(label) = &mut token.label {
                label.incarnation = state.label.incarnation;
            }
            lawful(state, &token, said, context)
        }
        Mutant::IgnoresScopes => {
            let anonymous = State { scope: None, ..state.clone() };
            let unnamed = Context { expected_scope: None, ..*context };
            let verdict = lawful(&anonymous, token, &Said { scope: None, ..*said }, &unnamed);
            restored(verdict, |changed| changed.scope = state.scope.clone())
        }
        Mutant::IgnoresADisable => law(&Said { enabled: None, ..*said }),
        Mutant::IgnoresDisplacement => {
            let placed = State { displaced: None, ..state.clone() };
            restored(lawful(&placed, token, said, context), |changed| changed.displaced = state.displaced)
        }
        Mutant::AdoptsByR6WithoutABarrier => match law(said) {
            Verdict::Advance { rule: Rule::R6, state: adopted } => {
                Verdict::Advance { rule: Rule::R6, state: State { barrier: state.barrier, ..adopted } }
            }
            verdict => verdict,
        },
        Mutant::TakesAReplayForARegress => law(&Said { replayed: false, ..*said }),
        Mutant::TakesAReplayForNews if said.version.map(version) >= state.version => {
            law(&Said { replayed: false, ..*said })
        }
        Mutant::RegressesUnderTheOldLabel => match law(said) {
            Verdict::Advance { rule: Rule::R4, state: mut regressed } => {
                regressed.label = state.label;
                regressed.barrier = state.barrier;
                Verdict::Advance { rule: Rule::R4, state: regressed }
            }
            verdict => verdict,
        },
        _ => law(said),
    }
}

fn restored(verdict: Verdict, restore: impl FnOnce(&mut State)) -> Verdict {
    match verdict {
        Verdict::Advance { rule, mut state } => {
            restore(&mut state);
            Verdict::Advance { rule, state }
        }
        Verdict::AdvanceAndStore { rule, mut state } => {
            restore(&mut state);
            Verdict::AdvanceAndStore { rule, state }
        }
        verdict => verdict,
    }
}

const GROUP: &str = "group";

/// The first URL belongs to the group, the second does not.
pub(crate) fn is_in_group(url: usize) -> bool {
    url == 0
}

pub(crate) fn target(what: What, clock: u64) -> Target {
    let (kind, source) = match what {
        What::Url(url) => (TargetKind::Url, url.to_string()),
        What::Group => (TargetKind::Group, GROUP.to_string()),
    };
    Target { clock, kind, source, flags: String::new() }
}

pub(crate) fn belongs_to_invalidated(targets: &Targets, clock: u64, url: usize) -> bool {
    let groups: &[&str] = if is_in_group(url) { &[GROUP] } else { &[] };
    targets.invalidated_since(clock, |target| {
        target.covers(if url == 0 { "0" } else { "1" }, groups.iter().copied(), |_, _| true)
    })
}
