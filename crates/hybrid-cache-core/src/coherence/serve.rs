//! May a stored entry be served? (S1, S2, S3)

use super::{Label, Rule, State};
use crate::freshness::{self, Freshness};

/// What an entry remembers of its own storing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EntryStamp {
    /// Label it was stored under.
    pub label: Label,
    /// The partition's invalidation clock when it was stored.
    pub clock: u64,
    /// When it was stored, in milliseconds since the Unix epoch.
    pub stored: f64,
    /// For how long it is fresh, in milliseconds.
    pub fresh: f64,
    /// For how long after that it may be served while it is revalidated (RFC 5861), in milliseconds.
    pub stale: f64,
}

/// What a lookup ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Serve it.
    Fresh,
    /// Serve it and revalidate (RFC 5861 `stale-while-revalidate`).
    Stale,
    /// Go to the network.
    Miss(Miss),
}

/// Why an entry is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Miss {
    /// Nothing is stored under this key.
    Absent,
    /// Time ran out, or it was stored in the future of the clock (S3).
    Expired,
    /// It was stored under another label than the partition's current one (S1).
    Generation,
    /// Its URL or one of its groups was invalidated after it was stored (R13).
    Invalidated,
    /// The server switched caching off for this user (R9).
    Disabled,
    /// The server's word about the user contradicted the application's (R11).
    Suspended,
    /// Another user was named in this browser under a cookie session (S6).
    Displaced,
    /// A rule has not been committed yet, or could not be (S1a).
    Fenced,
    /// What is stored is not a record this version of the code understands.
    Corrupt,
    /// The storage failed or did not answer in time.
    Storage,
}

impl Miss {
    /// One lower-case word for events, counters and explanations.
    pub const fn name(self) -> &'static str {
        match self {
            Miss::Absent => "absent",
            Miss::Expired => "expired",
            Miss::Generation => "generation",
            Miss::Invalidated => "invalidated",
            Miss::Disabled => "disabled",
            Miss::Suspended => "suspended",
            Miss::Displaced => "displaced",
            Miss::Fenced => "fenced",
            Miss::Corrupt => "corrupt",
            Miss::Storage => "storage",
        }
    }
}

/// Why nothing at all is served under this state, if that is so.
pub fn closed(state: &State) -> Option<Miss> {
    match state.is_open() {
        Ok(()) => None,
        Err(Rule::R9) => Some(Miss::Disabled),
        Err(Rule::S6) => Some(Miss::Displaced),
        Err(_) => Some(Miss::Suspended),
    }
}

/// S1, S2, S3: may this entry be served under this state at `now` (milliseconds since the epoch)?
///
/// State and entry must come from the same transaction, or the state must be the one the tab knows to be current
/// (S1b). `invalidated` tells whether something the entry belongs to was invalidated after the given clock; it is
/// asked only when the partition's clock has moved since the entry was stored.
///
/// ```
/// use hybrid_cache_core::coherence::{EntryStamp, Lookup, Miss, State, may_serve};
/// let state = State::new(1, 7, None);
/// let entry = EntryStamp { label: state.label, clock: 0, stored: 1_000.0, fresh: 500.0, stale: 0.0 };
/// assert_eq!(may_serve(&state, &entry, 1_200.0, |_| false), Lookup::Fresh);
/// assert_eq!(may_serve(&state.cleared(8), &entry, 1_200.0, |_| false), Lookup::Miss(Miss::Generation));
/// ```
pub fn may_serve(state: &State, entry: &EntryStamp, now: f64, invalidated: impl FnOnce(u64) -> bool) -> Lookup {
    if let Some(miss) = closed(state) {
        return Lookup::Miss(miss);
    }
    if entry.label != state.label {
        return Lookup::Miss(Miss::Generation);
    }
    if entry.clock < state.clock && invalidated(entry.clock) {
        return Lookup::Miss(Miss::Invalidated);
    }
    match freshness::judge(now, entry.stored, entry.fresh, entry.stale) {
        Freshness::Fresh { .. } => Lookup::Fresh,
        Freshness::StaleWhileRevalidate => Lookup::Stale,
        Freshness::Expired | Freshness::FromTheFuture => Lookup::Miss(Miss::Expired),
    }
}
