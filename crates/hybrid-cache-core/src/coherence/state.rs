//! The durable state of a partition, and the events that change it without a response.

use alloc::string::String;

use hybrid_cache_contract::CacheVersion;

use super::Label;

/// The rules of `docs/coherence.md` that a decision can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the rule of that number in docs/coherence.md")]
pub enum Rule {
    R0,
    R1,
    R2,
    R3,
    R4,
    R4a,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    S6,
}

impl Rule {
    /// The rule's number as `docs/coherence.md` prints it.
    pub const fn name(self) -> &'static str {
        match self {
            Rule::R0 => "R0",
            Rule::R1 => "R1",
            Rule::R2 => "R2",
            Rule::R3 => "R3",
            Rule::R4 => "R4",
            Rule::R4a => "R4a",
            Rule::R5 => "R5",
            Rule::R6 => "R6",
            Rule::R7 => "R7",
            Rule::R8 => "R8",
            Rule::R9 => "R9",
            Rule::R10 => "R10",
            Rule::R11 => "R11",
            Rule::R12 => "R12",
            Rule::R13 => "R13",
            Rule::R14 => "R14",
            Rule::S6 => "S6",
        }
    }
}

/// Whether the server's word about the user contradicted the application's (R11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Suspension {
    /// It did not.
    #[default]
    No,
    /// It did: nothing is stored or served until the application names the user again.
    Suspended,
    /// The application named the user again; the first response that departs now records its scope and lifts it.
    Awaiting,
}

/// The durable state of one partition.
///
/// It is created once and never deleted within an incarnation, so generations never go down (I3).
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The current label; only entries under it are servable.
    pub label: Label,
    /// Generation of the last event that was not a plain "version went up".
    pub barrier: u64,
    /// Invalidation clock; advanced by every narrower invalidation.
    pub clock: u64,
    /// The version the server was last known to be at; `None` when nothing was adopted or after a regress (R4).
    pub version: Option<CacheVersion>,
    /// The server's opaque name of the user, once a response recorded it.
    pub scope: Option<String>,
    /// `false` from an `X-Cache-Enabled: false` until an explicit `true` (R9).
    pub enabled: bool,
    /// See [`Suspension`].
    pub suspension: Suspension,
    /// When another user was named in this browser under a cookie session, in milliseconds since the epoch (S6);
    /// `None` while this partition's user is the one named.
    pub displaced: Option<f64>,
    /// `Date` of the response that brought the version, in seconds since the epoch (R4a).
    pub adopted_date: Option<i64>,
}

impl State {
    /// The state of a partition that was never seen: `generation` is the database's highest ever used, plus one.
    ///
    /// `scope` is given where the application names the user by the server's scope; then no first response is trusted.
    pub fn new(incarnation: u64, generation: u64, scope: Option<String>) -> Self {
        Self {
            label: Label { incarnation, generation },
            barrier: generation,
            clock: 0,
            version: None,
            scope,
            enabled: true,
            suspension: Suspension::No,
            displaced: None,
            adopted_date: None,
        }
    }

    /// May anything at all be served or stored under this state? `Err` names the rule that forbids it.
    pub fn is_open(&self) -> Result<(), Rule> {
        if self.suspension != Suspension::No {
            Err(Rule::R11)
        } else if !self.enabled {
            Err(Rule::R9)
        } else if self.displaced.is_some() {
            Err(Rule::S6)
        } else {
            Ok(())
        }
    }

    /// Are they the same in everything? As `==`, which the compiler repeats wherever it is asked.
    #[inline(never)]
    pub fn same(&self, other: &Self) -> bool {
        self == other
    }

    /// Goes to the next generation.
    pub(crate) fn advance(&mut self, next: u64) {
        debug_assert!(next > self.label.generation);
        self.label.generation = next;
    }

    /// Goes to the next generation, with the barrier there.
    pub(crate) fn bar(&mut self, next: u64) {
        self.advance(next);
        self.barrier = next;
    }

    /// This state after something happened to it.
    fn after(&self, happens: impl FnOnce(&mut Self)) -> Self {
        let mut state = self.clone();
        happens(&mut state);
        state
    }

    /// R10: the partition was cleared. Nothing stored so far is servable, nothing that departed so far is stored.
    #[must_use]
    pub fn cleared(&self, next: u64) -> Self {
        self.after(|state| state.bar(next))
    }

    /// The application names this partition's user (at start, at sign-in): what was suspended may record its scope
    /// afresh (R11), what was displaced is in place again (S6). `None` when there is nothing to write.
    pub fn named(&self, next: u64) -> Option<Self> {
        let suspended = self.suspension == Suspension::Suspended;
        if !suspended && self.displaced.is_none() {
            return None;
        }
        // A response to a request that departed meanwhile may be another user's, and no scope would tell.
        let is_unproven = self.scope.is_none() || self.suspension == Suspension::Awaiting;
        Some(self.after(|state| {
            if suspended || is_unproven {
                state.bar(next);
            }
            if suspended {
                state.suspension = Suspension::Awaiting;
            }
            state.displaced = None;
        }))
    }

    /// S6: under cookie sessions another user was named at `now` (milliseconds since the epoch). `None` when this
    /// partition was displaced already.
    pub fn displaced(&self, now: f64) -> Option<Self> {
        self.displaced.is_none().then(|| self.after(|state| state.displaced = Some(now)))
    }

    /// R12: a version learned without a response (push, broadcast). It can only raise; `None` when it changes nothing.
    ///
    /// A `scope` that is not the recorded one belongs to somebody else and is ignored.
    pub fn learned(&self, version: CacheVersion, scope: Option<&str>, next: u64) -> Option<Self> {
        if self.suspension != Suspension::No || (scope.is_some() && scope != self.scope.as_deref()) {
            return None;
        }
        if self.version.is_none_or(|known| version <= known) {
            return None;
        }
        Some(self.after(|state| {
            state.advance(next);
            state.version = Some(version);
            state.adopted_date = None;
        }))
    }

    /// A URL, a pattern or a group was invalidated: the clock advances, the label stays.
    #[must_use]
    pub fn ticked(&self) -> Self {
        self.after(|state| state.clock += 1)
    }
}
