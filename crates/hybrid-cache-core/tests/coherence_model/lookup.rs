//! Lookups: what memory would answer, what the database would, and what a tab learns when it asks.

use std::cmp::Ordering;

use hybrid_cache_core::coherence::Verdict;

use crate::{
    coherence::Coherence,
    mutant::Mutant,
    rules::belongs_to_invalidated,
    storage::{Entry, Held, Mirror},
    tab::{Event, Pending, View},
    world::World,
};

impl Coherence {
    /// Puts a body into memory if, by what this tab knows, it may be stored.
    pub(crate) fn remember(&self, view: &mut View, pending: &Pending) {
        if self.is_fenced(view) {
            return;
        }
        let Some(Held { state, targets, .. }) = &view.known else { return };
        let context = self.context(state, pending.user);
        let may = matches!(self.judged(state, &pending.token.token(), &pending.said, &context), Verdict::Store { .. });
        let untouched = pending.token.clock == state.clock
            || !belongs_to_invalidated(targets, pending.token.clock, pending.url)
            || self.is(Mutant::IgnoresTheClock);
        if (may && untouched) || self.is(Mutant::FilesUnderTheCurrentLabel) {
            view.memory[pending.url] = Some(pending.entry(state));
        }
    }

    /// State and entry are read in one transaction.
    pub(crate) fn read(&self, world: &mut World, tab: usize, url: usize) {
        let user = world.tabs[tab].user;
        let stored = &world.database.partitions[user];
        let view = &mut world.tabs[tab].views[user];
        let was_recent = view.recent;
        world.went_back |= learn(view, stored.as_ref().map(|stored| &stored.held));
        view.recent = true;
        let Some(stored) = stored else { return };
        // A mirror that differs for long is written anew.
        let mirror = &mut world.mirror[user];
        let is_foreign = mirror.is_none_or(|mirror| mirror.label.incarnation != world.database.incarnation);
        if self.slice.mirror && (!was_recent || is_foreign) {
            *mirror = view.known.as_ref().map(|held| Mirror::of(&held.state));
        }
        let found = stored.entries[url].filter(|entry| self.serves(&stored.held, entry, url));
        if found.is_some() && !self.is_fenced(view) {
            view.memory[url] = found;
        }
    }

    pub(crate) fn is_fenced(&self, view: &View) -> bool {
        // Naming the user again takes nothing away.
        view.floor.iter().any(|event| !matches!(event, Event::Named)) && !self.is(Mutant::RaisesNoFence)
    }

    /// S1b: what memory would answer.
    pub(crate) fn memory_answers(&self, world: &World, tab: usize, url: usize) -> Option<Entry> {
        let user = world.tabs[tab].user;
        let view = &world.tabs[tab].views[user];
        let held = view.known.as_ref()?;
        let trusted = view.recent && world.mirror[user].is_none_or(|mirror| mirror == Mirror::of(&held.state));
        if self.is_fenced(view) || !(trusted || self.is(Mutant::TrustsItsOwnMemory)) {
            return None;
        }
        view.memory[url].filter(|entry| self.serves(held, entry, url))
    }

    /// S1: what the database would answer.
    pub(crate) fn database_answers(&self, world: &World, tab: usize, url: usize) -> Option<Entry> {
        let tab = &world.tabs[tab];
        if !tab.connected || self.is_fenced(&tab.views[tab.user]) {
            return None;
        }
        let stored = world.database.partitions[tab.user].as_ref()?;
        stored.entries[url].filter(|entry| self.serves(&stored.held, entry, url))
    }
}

/// A tab learns a state, unless it knows a later one of the same database (I3). Answers whether it went back.
pub(crate) fn learn(view: &mut View, held: Option<&Held>) -> bool {
    let order = |known: &Held, held: &Held| {
        let (known, held) = (known.state.label, held.state.label);
        (known.incarnation == held.incarnation).then(|| known.generation.cmp(&held.generation))
    };
    if let (Some(known), Some(held)) = (&view.known, held)
        && order(known, held) == Some(Ordering::Greater)
    {
        return false;
    }
    let before = view.known.take();
    view.known = held.cloned();
    if let Some(held) = &view.known {
        view.required.join(&held.floor);
    }
    matches!((&before, &view.known), (Some(before), Some(known))
        if order(before, known) == Some(Ordering::Greater))
}
