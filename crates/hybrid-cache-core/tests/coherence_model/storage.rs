//! What outlives a tab: the database, and what `localStorage` says about it.

use std::hash::{Hash, Hasher};

use hybrid_cache_core::coherence::{Label, State, Suspension, Targets};

use crate::{
    network::Body,
    tab::Floor,
    world::{URLS, USERS},
};

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
