//! Why a store did not answer.

use std::{fmt, time::Duration};

/// Why an operation of a [`VersionStore`](super::VersionStore) failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The store cannot be reached, or it answers that it cannot serve; the text says why.
    Unreachable(String),
    /// It did not answer within this time.
    TooSlow(Duration),
    /// It is not asked at the moment: it has failed several times in a row and is being probed in the background.
    Resting,
    /// It answered, and what it keeps for this user is not a version (H4a).
    NotAVersion,
}

impl StoreError {
    /// Does it say something about the store as a whole, rather than about one user's value?
    pub const fn is_outage(&self) -> bool {
        !matches!(self, Self::NotAVersion)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "the version store cannot be used: {why}"),
            Self::TooSlow(limit) => write!(f, "the version store did not answer within {} ms", limit.as_millis()),
            Self::Resting => f.write_str("the version store has failed repeatedly and is being probed"),
            Self::NotAVersion => f.write_str("the version store keeps something for this user that is not a version"),
        }
    }
}

impl std::error::Error for StoreError {}
