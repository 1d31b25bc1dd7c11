//! The judgement of a response: rules R0 to R9 and R11, in their order.

use alloc::string::String;

use hybrid_cache_contract::CacheVersion;

use super::{Rule, State, Suspension, Token, label::Standing};

/// How much older than the adopted `Date` a response's `Date` must be to count as replayed, in seconds (R4a).
const REPLAY_SECONDS: i64 = 2;

/// What one response says, as far as coherence is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Observed<'a> {
    /// `X-Cache-Version`; `None` when absent or not a version (R8).
    pub version: Option<CacheVersion>,
    /// `X-Cache-Enabled`; `None` when absent.
    pub enabled: Option<bool>,
    /// `X-Cache-Scope`; `None` when absent.
    pub scope: Option<&'a str>,
    /// `X-Cache-Scope` was there and is no scope. Nothing of such a response is stored.
    pub scope_invalid: bool,
    /// `Age`, in seconds; 0 when absent.
    pub age: u32,
    /// `Date`, in seconds since the Unix epoch.
    pub date: Option<i64>,
}

/// What a judgement needs besides state, token and response.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The generation to go to if one is needed: the highest ever used in this database, plus one.
    pub next_generation: u64,
    /// The application names its users by the server's scope, and this is the one it named.
    pub expected_scope: Option<&'a str>,
    /// The response's scope is recorded for another partition of the same server. Asked only when a scope is about
    /// to be recorded.
    pub scope_elsewhere: bool,
    /// Store versionless responses while no version is known (`versionless: 'ttl'`).
    pub store_versionless: bool,
}

/// Why a response changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule that refused it.
    pub rule: Rule,
}

/// What is to be done about a response.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Store the body under the current label (R2, R5, and R8 where versionless responses are allowed).
    Store {
        /// The rule that allowed it.
        rule: Rule,
    },
    /// Write this state; store the body under its label (R1, R3).
    AdvanceAndStore {
        /// The rule that changed the state.
        rule: Rule,
        /// The state to write.
        state: State,
    },
    /// Write this state; do not store the body (R4, R6, R9, R11, or a change while caching is off).
    Advance {
        /// The rule that changed the state.
        rule: Rule,
        /// The state to write.
        state: State,
    },
    /// Change nothing, store nothing.
    Refuse(Refusal),
}

impl Verdict {
    /// The rule that decided.
    pub fn rule(&self) -> Rule {
        match self {
            Verdict::Store { rule } | Verdict::AdvanceAndStore { rule, .. } | Verdict::Advance { rule, .. } => *rule,
            Verdict::Refuse(refusal) => refusal.rule,
        }
    }

    /// The state to write, if the response changes it.
    pub fn state(&self) -> Option<&State> {
        match self {
            Verdict::AdvanceAndStore { state, .. } | Verdict::Advance { state, .. } => Some(state),
            Verdict::Store { .. } | Verdict::Refuse(_) => None,
        }
    }

    /// May the body be stored (R13 and R14 still to be asked)?
    pub fn stores(&self) -> bool {
        matches!(self, Verdict::Store { .. } | Verdict::AdvanceAndStore { .. })
    }
}

/// R14: may a response whose request departed at `departed` replace an entry whose request departed at `stored`?
/// Both in milliseconds since the epoch.
pub fn may_replace(stored: f64, departed: f64) -> bool {
    stored <= departed
}

/// Judges a response against the state that is current in the transaction this is called in.
///
/// The order is R11, S6, R9, R8, R0, then exactly one of R1 to R7. R9 stands before R8 and R0 because a server that
/// lost an invalidation says `X-Cache-Enabled: false` on responses that carry no version (H4), and because switching
/// off is safe whenever the request departed.
///
/// ```
/// use hybrid_cache_contract::CacheVersion;
/// use hybrid_cache_core::coherence::{Context, Observed, State, Token, Verdict, judge};
/// let state = State::new(1, 1, None);
/// let token = Token { label: Some(state.label), clock: 0, departed: 0.0 };
/// let response = Observed { version: CacheVersion::new(5), ..Observed::default() };
/// let context = Context { next_generation: 2, ..Context::default() };
/// let Verdict::AdvanceAndStore { state, .. } = judge(&state, &token, &response, &context) else { panic!("R1") };
/// assert_eq!(state.version, CacheVersion::new(5));
/// ```
pub fn judge(state: &State, token: &Token, response: &Observed<'_>, context: &Context<'_>) -> Verdict {
    let mut next = state.clone();
    let (rule, stores) = decide(&mut next, token, response, context);
    match (!next.same(state), stores) {
        (true, true) => Verdict::AdvanceAndStore { rule, state: next },
        (true, false) => Verdict::Advance { rule, state: next },
        (false, true) => Verdict::Store { rule },
        (false, false) => Verdict::Refuse(Refusal { rule }),
    }
}

/// Makes of a state what the response makes of it; answers the rule that decided, and whether the body may be stored.
fn decide(state: &mut State, token: &Token, response: &Observed<'_>, context: &Context<'_>) -> (Rule, bool) {
    let departed = token.standing(state.label, state.barrier);
    // What an HTTP cache answers was said at some earlier time, whenever its request departed (R4a).
    let standing = if response.age > 0 { Standing::Unknown } else { departed };
    let next = context.next_generation;
    match identify(state, token, standing, response, context) {
        Identity::Contradicted => {
            state.bar(next);
            state.suspension = Suspension::Suspended;
            return (Rule::R11, false);
        }
        Identity::Decided(rule) => return (rule, false),
        Identity::Known => {}
    }
    match response.enabled {
        // Also when it is switched off already: a `true` that was said before may still be under way.
        Some(false) => {
            state.bar(next);
            state.enabled = false;
            return (Rule::R9, false);
        }
        Some(true) if standing == Standing::Current => state.enabled = true,
        _ => {}
    }
    let (rule, stores) = match response.version {
        Some(version) => by_version(state, standing, version, response, next),
        None => {
            let stores = context.store_versionless
                && state.version.is_none()
                && departed == Standing::Current
                && (state.scope.is_none() || response.scope.is_some());
            (Rule::R8, stores)
        }
    };
    match rule {
        Rule::R2 | Rule::R5 if !state.enabled => (Rule::R9, false),
        _ => (rule, stores && state.enabled),
    }
}

/// R0 to R7: the rule, and whether the body may be stored while caching is on.
fn by_version(
    state: &mut State,
    standing: Standing,
    version: CacheVersion,
    response: &Observed<'_>,
    next: u64,
) -> (Rule, bool) {
    let rule = match (standing, state.version) {
        (Standing::Current, None) => Rule::R1,
        (Standing::Current, Some(known)) if version == known => return (Rule::R2, true),
        (Standing::Current, Some(known)) if version > known => Rule::R3,
        (Standing::Current, Some(_)) if is_older(state, response) => return (Rule::R4a, false),
        (Standing::Current, Some(_)) => {
            state.bar(next);
            state.version = None;
            state.adopted_date = None;
            return (Rule::R4, false);
        }
        (Standing::Older { before_barrier: false }, Some(known)) if version == known => return (Rule::R5, true),
        (_, Some(known)) if version > known => Rule::R6,
        (Standing::Unknown, _) if response.age > 0 => return (Rule::R4a, false),
        (Standing::Unknown, _) => return (Rule::R0, false),
        (Standing::Older { .. }, _) => return (Rule::R7, false),
    };
    state.advance(next);
    state.version = Some(version);
    state.adopted_date = response.date;
    if rule == Rule::R6 {
        // It may be an answer from before a reset. Others of that time must not be stored by R5.
        state.barrier = next;
    }
    (rule, rule != Rule::R6)
}

/// R4a: an HTTP cache that sends no `Age` answered, not the server.
fn is_older(state: &State, response: &Observed<'_>) -> bool {
    matches!((response.date, state.adopted_date), (Some(date), Some(adopted)) if date + REPLAY_SECONDS <= adopted)
}

/// What the response says about who the user is.
enum Identity {
    /// Nothing that stands in the way; what is new is recorded.
    Known,
    /// It contradicts what is recorded (R11).
    Contradicted,
    /// This rule decided, and nothing else of the response counts.
    Decided(Rule),
}

fn identify(
    state: &mut State,
    token: &Token,
    standing: Standing,
    response: &Observed<'_>,
    context: &Context<'_>,
) -> Identity {
    if state.suspension != Suspension::No {
        return lift(state, standing, response, context);
    }
    if state.scope.is_none() {
        // Who made the record knew the user only by name: a clear of everybody does. There is no first response to trust.
        state.scope = context.expected_scope.map(String::from);
    }
    match (state.scope.as_deref(), response.scope) {
        (Some(recorded), Some(scope)) if recorded != scope => return Identity::Contradicted,
        (Some(_), None) if response.scope_invalid || response.version.is_some() => return Identity::Contradicted,
        _ if state.displaced.is_some() => return replace(state, token, response),
        (None, None) if response.scope_invalid => return Identity::Decided(Rule::R11),
        (None, Some(_)) if context.scope_elsewhere => return Identity::Contradicted,
        (None, Some(scope)) if standing == Standing::Current => state.scope = Some(String::from(scope)),
        _ => {}
    }
    Identity::Known
}

/// R11, second half: the first response that departed after the user was named again records its scope afresh.
fn lift(state: &mut State, standing: Standing, response: &Observed<'_>, context: &Context<'_>) -> Identity {
    let Some(scope) = response.scope else { return Identity::Decided(Rule::R11) };
    if state.displaced.is_some() {
        return Identity::Decided(Rule::S6);
    }
    if state.suspension != Suspension::Awaiting || standing != Standing::Current {
        return Identity::Decided(Rule::R11);
    }
    if context.scope_elsewhere || context.expected_scope.is_some_and(|expected| expected != scope) {
        return Identity::Contradicted;
    }
    state.bar(context.next_generation);
    state.suspension = Suspension::No;
    state.scope = Some(String::from(scope));
    state.version = response.version;
    state.adopted_date = response.version.and(response.date);
    if let Some(enabled) = response.enabled {
        state.enabled = enabled;
    }
    Identity::Decided(Rule::R11)
}

/// S6, second half: a response with this partition's own scope, departed after the other user was named, proves that
/// the session is this user's again.
fn replace(state: &mut State, token: &Token, response: &Observed<'_>) -> Identity {
    let own = response.scope.is_some() && response.scope == state.scope.as_deref();
    if !own {
        return Identity::Decided(Rule::S6);
    }
    // Departed earlier, it proves nothing about the session, but what it says is about this user.
    if state.displaced.is_some_and(|since| token.departed > since && response.age == 0) {
        state.displaced = None;
    }
    Identity::Known
}
