//! Everything the model knows: servers, one browser with its tabs and its database, and what is under way between them.
//!
//! Fields called `floor`, `required`, `sent`, `epoch` and `data` are what only an onlooker can know: they say what a tab
//! must not serve any more. No rule reads them.

use std::hash::{Hash, Hasher};

use hybrid_cache_contract::CacheVersion;
use hybrid_cache_core::coherence::{Label, State, Suspension, Targets, Token};

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

/// What a served body must not be older than.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Floor {
    /// The newest epoch whose version was adopted.
    pub(crate) epoch: u8,
    /// What the server had committed by then, or when it said that caching is off.
    pub(crate) data: u8,
    /// What an own write had committed.
    pub(crate) written: u8,
    /// How often the URL had been invalidated.
    pub(crate) sent: [u8; URLS],
}

impl Floor {
    pub(crate) fn join(&mut self, other: &Floor) {
        self.epoch = self.epoch.max(other.epoch);
        self.data = self.data.max(other.data);
        self.written = self.written.max(other.written);
        for (own, other) in self.sent.iter_mut().zip(other.sent) {
            *own = (*own).max(other);
        }
    }

    pub(crate) fn join_epoch(&mut self, server: &Server, epoch: u8) {
        self.epoch = self.epoch.max(epoch);
        self.data = self.data.max(server.history[epoch as usize].data);
    }
}

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
    /// What was committed when it was said.
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

/// A body that was delivered and waits to be written.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Pending {
    pub(crate) user: usize,
    pub(crate) url: usize,
    pub(crate) token: Departure,
    pub(crate) said: Said,
    pub(crate) body: Body,
    pub(crate) rounds: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Hash)]
pub(crate) enum What {
    Url(usize),
    Group,
}

/// Something that may change a partition's state.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) enum Event {
    Response(Departure, Said),
    Clear { issued: [u8; URLS] },
    Named,
    Learned { number: u8, epoch: u8, scope: Option<&'static str> },
    Invalidate(What, [u8; URLS]),
}

/// A state with its targets, and what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held {
    pub(crate) state: State,
    pub(crate) targets: Targets,
    pub(crate) floor: Floor,
}

impl Hash for Held {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let state = &self.state;
        (state.label, state.barrier, state.clock, state.version, &state.scope, state.enabled).hash(hasher);
        (state.suspension, state.displaced.map(f64::to_bits), state.adopted_date).hash(hasher);
        self.targets.floor.hash(hasher);
        for target in &self.targets.list {
            (target.clock, target.kind, &target.source, &target.flags).hash(hasher);
        }
        self.floor.hash(hasher);
    }
}

/// An entry, in the database or in a tab's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Entry {
    pub(crate) label: Label,
    pub(crate) clock: u64,
    pub(crate) departed: u64,
    pub(crate) body: Body,
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Stored {
    pub(crate) held: Held,
    /// The last entry written of each URL. Earlier ones are under other keys and cannot be read any more.
    pub(crate) entries: [Option<Entry>; URLS],
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Database {
    pub(crate) incarnation: u64,
    pub(crate) highest: u64,
    pub(crate) partitions: [Option<Stored>; USERS],
    /// Somebody asked to delete it; it goes when no tab is connected.
    pub(crate) deleting: bool,
}

/// What `localStorage` says about a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mirror {
    pub(crate) label: Label,
    pub(crate) clock: u64,
    flags: (Suspension, bool, bool),
}

impl Mirror {
    pub(crate) fn of(state: &State) -> Self {
        let flags = (state.suspension, state.enabled, state.displaced.is_some());
        Self { label: state.label, clock: state.clock, flags }
    }

    /// It names a label that no state holds any more: that is all that is left to know of it.
    pub(crate) fn outdate(&mut self) {
        self.label.generation = 0;
        self.clock = 0;
        self.flags = Default::default();
    }
}

/// A rule transaction that is durable and not yet known to be.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Committing {
    pub(crate) events: usize,
    pub(crate) held: Held,
    pub(crate) changed: bool,
    /// A second has passed since it began.
    pub(crate) aged: bool,
}

/// A partition as a tab sees it.
#[derive(Clone, Debug, Default, PartialEq, Hash)]
pub(crate) struct View {
    pub(crate) known: Option<Held>,
    /// Read or written within the last second (S1b).
    pub(crate) recent: bool,
    /// What changes the state and is not committed (S1a).
    pub(crate) floor: Vec<Event>,
    pub(crate) committing: Option<Box<Committing>>,
    pub(crate) memory: [Option<Entry>; URLS],
    /// What the tab has adopted.
    pub(crate) required: Floor,
    /// What it is about to adopt, as far as anybody can tell before the commit (S1a).
    pub(crate) heard: Floor,
    /// The partition has been displaced for a second.
    pub(crate) displaced: bool,
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Tab {
    pub(crate) user: usize,
    pub(crate) connected: bool,
    pub(crate) views: [View; USERS],
    pub(crate) pending: Vec<Pending>,
}

/// What an onlooker sees in a world, found once and asked by the properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    pub(crate) from_memory: bool,
    pub(crate) from_database: bool,
    pub(crate) both_tabs: bool,
    pub(crate) stale: bool,
    pub(crate) own_write: bool,
    pub(crate) invalidated: bool,
    pub(crate) cross_user: bool,
    pub(crate) displaced: bool,
}
