//! What is under way between a tab and the server.

use hybrid_cache_contract::CacheVersion;
use hybrid_cache_core::coherence::{Label, Token};

/// A response's body: whose data, and as of when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Body {
    pub(crate) user: usize,
    /// Epoch of the version it was stamped with.
    pub(crate) epoch: u8,
    pub(crate) data: u8,
    /// How often its URL had been invalidated when its request departed.
    pub(crate) sent: u8,
}

/// A token, with points in time as whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Departure {
    pub(crate) label: Option<Label>,
    pub(crate) clock: u64,
    pub(crate) at: u64,
}

impl Departure {
    pub(crate) fn token(&self) -> Token {
        Token { label: self.label, clock: self.clock, departed: self.at as f64 }
    }
}

/// A response's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Said {
    /// Whose session answered.
    pub(crate) user: usize,
    pub(crate) version: Option<u8>,
    pub(crate) epoch: u8,
    pub(crate) enabled: Option<bool>,
    pub(crate) scope: Option<&'static str>,
    /// An HTTP cache answered (`Age` above 0).
    pub(crate) replayed: bool,
    /// What was committed when it said that caching is off; otherwise 0.
    pub(crate) data: u8,
    /// A cookie session answered whose user had signed in and was not yet named (see `docs/coherence.md`, "Who is the
    /// user?"): a first response may be believed wrongly.
    pub(crate) unnamed: bool,
}

pub(crate) fn version(number: u8) -> CacheVersion {
    CacheVersion::new(u64::from(number)).expect("the model counts from 1")
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    Sent,
    /// An unsafe request's write is committed.
    Committed,
    /// It is bumped too, or (a mutant) stamped before its bump.
    Bumped,
    /// The version is read, the data is not.
    Stamped(Said),
    /// The data is read, the version is not (a mutant).
    Read(u8),
    Answered(Said, Body),
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Request {
    pub(crate) tab: usize,
    /// The partition it departed for (S4).
    pub(crate) user: usize,
    pub(crate) url: usize,
    pub(crate) write: bool,
    pub(crate) token: Departure,
    /// The version the tab knew, echoed (H3).
    pub(crate) echo: Option<u8>,
    pub(crate) sent: u8,
    pub(crate) stage: Stage,
}
