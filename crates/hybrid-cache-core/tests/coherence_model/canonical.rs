//! Worlds that no rule and no onlooker can tell apart are the same world.
//!
//! - Rules compare generations and times and never count with them, except that a new one is above all others. So both
//!   are renamed in their order, and of a token's generation only its place between the generations that a state holds
//!   is kept.
//! - A dead entry or mirror is one whose label no state holds any more. It is forgotten, but only after it was looked at
//!   in the world that killed it.
//! - Requests and bodies have no order where their times are of no interest, and tabs have no names.
//!
//! That leaves finitely many worlds though requests come and go for ever.

use std::hash::{Hash, Hasher};

use hybrid_cache_core::coherence::{Label, State};

use crate::{
    coherence::Coherence,
    network::Departure,
    storage::{Database, Entry},
    tab::{Event, Tab},
    world::{TABS, World},
};

pub(crate) fn rename(model: &Coherence, world: &mut World) {
    // A mutant may bring the dead to life.
    if model.mutant.is_none() {
        forget_the_dead(world);
    }
    generations(world);
    if model.slice.timed {
        times(world);
    } else {
        world.time = 0;
        departures(world, &mut |departure| departure.at = 0);
        entries(world, &mut |entry| entry.departed = 0);
        world.requests.sort_by_cached_key(digest);
    }
    for tab in &mut world.tabs {
        tab.pending.sort_by_cached_key(digest);
    }
    let [first, second] = [0, 1].map(|tab| {
        let own = world.requests.iter().enumerate().filter(|(_, request)| request.tab == tab);
        let own: Vec<_> = own.map(|(index, request)| (index, request.url, &request.token, &request.stage)).collect();
        digest(&(&world.tabs[tab], own))
    });
    if first > second && model.slice.tabs == TABS {
        world.tabs.swap(0, 1);
        for request in &mut world.requests {
            request.tab = 1 - request.tab;
        }
    }
}

fn digest(value: &impl Hash) -> u64 {
    let mut digest = Digest(0);
    value.hash(&mut digest);
    digest.0
}

/// Only puts things into some order, so it may be simple.
struct Digest(u64);

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }
}

/// Every state that anything may yet be compared with.
fn states<'a>(database: &'a mut Database, tabs: &'a mut [Tab]) -> impl Iterator<Item = &'a mut State> {
    let views = tabs.iter_mut().flat_map(|tab| &mut tab.views);
    let held = views.flat_map(|view| {
        let committing = view.committing.as_mut().map(|committing| &mut committing.held);
        view.known.iter_mut().chain(committing)
    });
    let stored = database.partitions.iter_mut().flatten().map(|stored| &mut stored.held);
    stored.chain(held).map(|held| &mut held.state)
}

fn forget_the_dead(world: &mut World) {
    let living: Vec<Label> = states(&mut world.database, &mut world.tabs).map(|state| state.label).collect();
    let forget = |slot: &mut Option<Entry>| {
        slot.take_if(|entry| !living.contains(&entry.label));
    };
    world.database.partitions.iter_mut().flatten().flat_map(|stored| &mut stored.entries).for_each(forget);
    world.tabs.iter_mut().flat_map(|tab| &mut tab.views).flat_map(|view| &mut view.memory).for_each(forget);
    for mirror in world.mirror.iter_mut().flatten() {
        if !living.contains(&mirror.label) {
            mirror.outdate();
        }
    }
}

/// Gives the generations that states hold even numbers, in their order, and all others the odd number in between.
fn generations(world: &mut World) {
    let mut held = vec![world.database.highest];
    for state in states(&mut world.database, &mut world.tabs) {
        held.extend([state.label.generation, state.barrier]);
    }
    held.sort_unstable();
    held.dedup();
    let place = |generation: &mut u64| {
        *generation = match held.binary_search(generation) {
            Ok(index) => 2 * index as u64 + 2,
            Err(index) => 2 * index as u64 + 1,
        };
    };
    place(&mut world.database.highest);
    for state in states(&mut world.database, &mut world.tabs) {
        place(&mut state.label.generation);
        place(&mut state.barrier);
    }
    for mirror in world.mirror.iter_mut().flatten().filter(|mirror| mirror.label.generation > 0) {
        place(&mut mirror.label.generation);
    }
    entries(world, &mut |entry| place(&mut entry.label.generation));
    departures(world, &mut |departure| {
        if let Some(label) = &mut departure.label {
            place(&mut label.generation);
        }
    });
}

/// Numbers the points in time that a rule may yet compare, from 1. One in memory is never compared.
fn times(world: &mut World) {
    fn stored(database: &mut Database) -> impl Iterator<Item = &mut u64> {
        let entries = database.partitions.iter_mut().flatten().flat_map(|stored| &mut stored.entries);
        entries.flatten().map(|entry| &mut entry.departed)
    }
    let mut known = Vec::with_capacity(16);
    for view in world.tabs.iter_mut().flat_map(|tab| &mut tab.views) {
        view.memory.iter_mut().flatten().for_each(|entry| entry.departed = 0);
    }
    departures(world, &mut |departure| known.push(departure.at));
    known.extend(stored(&mut world.database).map(|departed| *departed));
    known.extend(states(&mut world.database, &mut world.tabs).filter_map(|state| Some(state.displaced? as u64)));
    known.sort_unstable();
    known.dedup();
    let place = |time: u64| known.binary_search(&time).expect("every time was collected") as u64 + 1;
    departures(world, &mut |departure| departure.at = place(departure.at));
    for departed in stored(&mut world.database) {
        *departed = place(*departed);
    }
    for state in states(&mut world.database, &mut world.tabs) {
        state.displaced = state.displaced.map(|since| place(since as u64) as f64);
    }
    world.time = known.len() as u64;
}

fn entries(world: &mut World, each: &mut dyn FnMut(&mut Entry)) {
    let stored = world.database.partitions.iter_mut().flatten().flat_map(|stored| &mut stored.entries);
    let kept = world.tabs.iter_mut().flat_map(|tab| &mut tab.views).flat_map(|view| &mut view.memory);
    stored.chain(kept).flatten().for_each(each);
}

fn departures(world: &mut World, each: &mut dyn FnMut(&mut Departure)) {
    for request in &mut world.requests {
        each(&mut request.token);
    }
    for tab in &mut world.tabs {
        for pending in &mut tab.pending {
            each(&mut pending.token);
        }
        for event in tab.views.iter_mut().flat_map(|view| &mut view.floor) {
            if let Event::Response(token, _) = event {
                each(token);
            }
        }
    }
}
