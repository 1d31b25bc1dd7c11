//! Everything the model knows: servers, one browser with its tabs and its database, and what is under way between them.
//!
//! Fields called `required`, `heard`, `sent`, `issued`, `epoch` and `data`, and a state's `floor`, are what only an
//! onlooker can know: they say what a tab must not serve any more. No rule reads them.

use crate::{
    network::Request,
    storage::{Database, Mirror},
    tab::Tab,
};

pub(crate) const TABS: usize = 2;

pub(crate) const USERS: usize = 2;

pub(crate) const URLS: usize = 2;

/// More epochs than any slice's budget allows.
pub(crate) const EPOCHS: usize = 8;

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct World {
    pub(crate) servers: [Server; USERS],
    pub(crate) database: Database,
    /// `localStorage`, by user.
    pub(crate) mirror: [Option<Mirror>; USERS],
    pub(crate) tabs: [Tab; TABS],
    /// In the order of their departure.
    pub(crate) requests: Vec<Request>,
    /// Whose cookie the browser holds.
    pub(crate) session: usize,
    /// Who was last named under a cookie session, and committed.
    pub(crate) named: usize,
    /// How often each URL was invalidated, cleared included, by user.
    pub(crate) issued: [[u8; URLS]; USERS],
    /// The latest point in time that anything remembers.
    pub(crate) time: u64,
    pub(crate) left: Budget,
    /// A generation went down (I3).
    pub(crate) went_back: bool,
    pub(crate) seen: Seen,
}

/// How often each kind of event may still happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    pub(crate) edits: u8,
    pub(crate) writes: u8,
    pub(crate) flushes: u8,
    pub(crate) lags: u8,
    pub(crate) replays: u8,
    pub(crate) pushes: u8,
    pub(crate) toggles: u8,
    pub(crate) losses: u8,
    pub(crate) rotations: u8,
    pub(crate) sign_ins: u8,
    pub(crate) clears: u8,
    pub(crate) invalidations: u8,
    pub(crate) crashes: u8,
    pub(crate) failures: u8,
    pub(crate) deletions: u8,
}

impl Budget {
    pub(crate) const NONE: Self = Self {
        edits: 0,
        writes: 0,
        flushes: 0,
        lags: 0,
        replays: 0,
        pushes: 0,
        toggles: 0,
        losses: 0,
        rotations: 0,
        sign_ins: 0,
        clears: 0,
        invalidations: 0,
        crashes: 0,
        failures: 0,
        deletions: 0,
    };
}

/// A server's counter as it stood for a while: the number, and how much had been committed when it became that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Epoch {
    pub(crate) number: u8,
    pub(crate) data: u8,
}

/// What the server keeps for one user.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Server {
    pub(crate) history: [Epoch; EPOCHS],
    pub(crate) epoch: u8,
    /// How many writes are committed.
    pub(crate) data: u8,
    /// Writes that are committed and not yet followed by their bump (or the other way round, for a mutant).
    pub(crate) owed: u8,
    /// A bump could not be recorded (H4).
    pub(crate) lost: bool,
    pub(crate) enabled: bool,
    pub(crate) rotation: u8,
}

impl Server {
    pub(crate) fn now(&self) -> Epoch {
        self.history[self.epoch as usize]
    }
}

/// What an onlooker sees in a world, found once and asked by the properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    pub(crate) from_memory: bool,
    pub(crate) from_database: bool,
    pub(crate) every_tab: bool,
    pub(crate) stale: bool,
    pub(crate) own_write: bool,
    pub(crate) invalidated: bool,
    pub(crate) cross_user: bool,
    pub(crate) displaced: bool,
}
