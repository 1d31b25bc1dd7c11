//! What a tab knows, and what it is about to tell the database.

use hybrid_cache_core::coherence::State;

use crate::{
    network::{Body, Departure, Said},
    storage::{Entry, Held},
    world::{Server, URLS, USERS},
};

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

impl Pending {
    /// The entry it becomes under this state.
    pub(crate) fn entry(&self, state: &State) -> Entry {
        Entry { label: state.label, clock: state.clock, departed: self.token.at, body: self.body }
    }
}

/// What an invalidation is aimed at.
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
