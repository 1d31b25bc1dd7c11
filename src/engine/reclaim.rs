//! Space is given back: dead generations are swept, entries over the budget evicted, and use is written down.
//!
//! None of it is needed for coherence, and none of it may make a read wait for long: everything goes in chunks that
//! resume after the last key, with pauses between them.

#![allow(clippy::single_range_in_vec_init, reason = "a list of ranges is meant, of which there may be one")]

use alloc::{boxed::Box, vec, vec::Vec};
use core::ops::Range;

use crate::bindings::js::{self, Array};
use hybrid_cache_core::{
    coherence::Target,
    eviction::Usage,
    key::{self, KeyRange},
};

use wasm_bindgen::prelude::*;

use super::{
    Inner,
    connection::keys_of,
    jobs::{Job, Purpose, Then},
    lookup::covers,
};
use crate::{
    bindings::record::{Root, directory_number, read_state, read_usage, touch_directory, write_usage},
    driver::{ALL, Operations, STATES, STATES_END},
    words::Word,
};

/// Quiet time before a sweep begins, in milliseconds.
const SWEEP_AFTER: f64 = 150.0;
/// Pause between two chunks, in milliseconds.
const PAUSE: f64 = 5.0;
/// The same while entries are being read: a read that comes during a chunk waits for it, so that few do.
const PAUSE_FOR_READS: f64 = 50.0;
/// Entries of a chunk.
const CHUNK: u32 = 100;
/// How often use is written down, in milliseconds.
const TOUCH_EVERY: f64 = 30_000.0;

/// What a removal removes.
enum Which {
    /// Everything of its ranges; then it is looked whether more has died since.
    Dead { highest: u64 },
    /// What a target covers; whoever asked is told how many went.
    Matching { id: u32, target: Target },
    /// The least recently used: what is in excess, once that is known.
    LeastUsed { excess: Option<Usage> },
}

/// Entries that are removed chunk by chunk.
pub(crate) struct Removal {
    which: Which,
    /// The generations that are still to be gone through, the last ones first.
    ranges: Vec<Range<u64>>,
    /// The key that was reached within the last ones; `undefined` before the first.
    reached: JsValue,
    removed: u32,
}

impl Removal {
    fn new(which: Which, ranges: Vec<Range<u64>>) -> Box<Self> {
        Box::new(Self { which, ranges, reached: JsValue::UNDEFINED, removed: 0 })
    }

    /// The keys after and before which to go on; `None` at the end.
    fn bounds(&self) -> Option<(JsValue, JsValue)> {
        let KeyRange { lower, upper } = key::range(self.ranges.last()?.clone());
        let after = if self.reached.is_undefined() { lower.into() } else { self.reached.clone() };
        Some((after, upper.into()))
    }
}

impl Inner {
    /// Removes what belongs to no live generation, some time soon.
    pub(crate) fn schedule_sweep(&self) {
        if !self.sweeping.replace(true) {
            self.after(SWEEP_AFTER, Then::Sweep);
        }
    }

    /// Finds out what is dead, unless that was just removed: up to the generation `swept`.
    pub(crate) fn sweep(&self, swept: u64) {
        self.forget_dead();
        if !self.is_open() {
            return self.sweep_ended();
        }
        let ask = Operations::default();
        ask.get(Word::state, &Word::root.js());
        ask.range(Word::state, &STATES.into(), &STATES_END.into(), ALL);
        self.transact(Purpose::Read, Job::Live { ranges: Vec::new(), highest: 0, swept }, &ask);
    }

    /// Memory's part of a sweep. It takes time by the number of records, so no answer waits for it: what is dead is not
    /// served anyway (S1).
    fn forget_dead(&self) {
        for (handle, partition) in self.partitions.borrow_mut().iter().enumerate() {
            if let Some(state) = &partition.known {
                self.memory.remove_dead(handle as u32, state.label);
            }
        }
    }

    pub(crate) fn live_answered(&self, answers: &Array, ranges: &mut Vec<Range<u64>>, highest: &mut u64) {
        let Some(root) = Root::read(&answers.get(0)) else { return };
        let mut live = Vec::new();
        for value in keys_of(answers, 2).iter() {
            if let Some(state) = read_state(&value)
                && state.label.incarnation == root.incarnation
            {
                live.push(state.label.generation);
            }
        }
        *highest = root.highest;
        *ranges = key::gaps(&mut live, root.highest);
    }

    pub(crate) fn live_ended(&self, ranges: Vec<Range<u64>>, highest: u64, swept: u64) {
        if highest == swept {
            self.sweep_ended();
        } else {
            self.remove(Removal::new(Which::Dead { highest }, ranges));
        }
    }

    pub(crate) fn sweep_ended(&self) {
        self.sweeping.set(false);
        if self.evicting.get() && self.is_open() {
            self.evict();
        }
    }

    /// Brings the database under its budget, some time soon; what is dead goes first.
    pub(crate) fn schedule_eviction(&self) {
        if !self.evicting.replace(true) {
            self.schedule_sweep();
        }
    }

    fn evict(&self) {
        if !self.is_open() {
            return self.eviction_ended();
        }
        self.write_touches();
        // In the order of use, generations are not asked for.
        self.remove(Removal::new(Which::LeastUsed { excess: None }, vec![0..0]));
    }

    /// What waited for room is written now.
    fn eviction_ended(&self) {
        self.evicting.set(false);
        if self.full.get() {
            self.flush();
        }
    }

    /// Removes the entries of a partition's current generation that a target covers, and tells `id` how many.
    pub(crate) fn remove_matching(&self, id: u32, handle: u32, target: Target) {
        let generation = self.at(handle).and_then(|partition| Some(partition.known.as_ref()?.label.generation));
        let ranges = match generation {
            Some(generation) if self.is_open() => vec![generation..generation + 1],
            _ => Vec::new(),
        };
        self.remove(Removal::new(Which::Matching { id, target }, ranges));
    }

    /// Goes on with a removal, or ends it.
    pub(crate) fn remove(&self, removal: Box<Removal>) {
        let Some((after, before)) = removal.bounds() else {
            return match removal.which {
                Which::Dead { highest } => {
                    Word::swept.add(f64::from(removal.removed));
                    self.sweep(highest);
                }
                Which::Matching { id, .. } => self.host.settled(id, f64::from(removal.removed)),
                Which::LeastUsed { .. } => {
                    Word::evicted.add(f64::from(removal.removed));
                    self.eviction_ended();
                }
            };
        };
        let ask = Operations::default();
        ask.get(Word::state, &Word::usage.js());
        if let Which::LeastUsed { .. } = removal.which {
            ask.order(Word::directory, Word::used, CHUNK);
        } else {
            ask.range(Word::directory, &after, &before, CHUNK);
        }
        self.transact(Purpose::Write, Job::Remove(removal), &ask);
    }

    pub(crate) fn removal_answered(&self, removal: &mut Removal, answers: &Array) -> Operations {
        let write = Operations::default();
        let (keys, rows) = (keys_of(answers, 1), keys_of(answers, 2));
        let mut usage = read_usage(&answers.get(0));
        let mut excess = match removal.which {
            Which::LeastUsed { excess: Some(left) } => left,
            _ if self.full.get() => usage.quarter(),
            _ => self.settings.budget.excess(usage),
        };
        let (length, mut removed) = (keys.length(), 0);
        for at in 0..length {
            let (key, row) = (keys.get(at), rows.get(at));
            let goes = match &removal.which {
                Which::Dead { .. } => true,
                Which::Matching { target, .. } => covers(target, &Word::url.text(&row).unwrap_or_default(), ""),
                Which::LeastUsed { .. } => !excess.is_zero(),
            };
            if !goes {
                continue;
            }
            if !matches!(removal.which, Which::Dead { .. }) {
                write.delete(Word::directory, &key);
                write.delete(Word::entries, &key);
            }
            let bytes = directory_number(&row, Word::bytes) as u64;
            usage = usage.without(bytes);
            excess = excess.without(bytes);
            removed += 1;
        }
        if length == 0 && matches!(removal.which, Which::LeastUsed { .. }) {
            // Nothing is left to evict: whatever the books say, the store is empty.
            usage = Usage::default();
        }
        removal.removed += removed;
        let last = keys.at(-1);
        if let (Which::Dead { .. }, Some((after, _)), true) = (&removal.which, removal.bounds(), removed > 0) {
            write.cut(Word::directory, &after, &last);
            write.cut(Word::entries, &after, &last);
        }
        let more = match &mut removal.which {
            Which::LeastUsed { excess: left } => {
                *left = Some(excess);
                removed > 0 && !excess.is_zero()
            }
            _ => length == CHUNK,
        };
        if more {
            removal.reached = last;
        } else {
            removal.reached = JsValue::UNDEFINED;
            removal.ranges.pop();
        }
        if removed > 0 || length == 0 {
            write.put(Word::state, &Word::usage.js(), &write_usage(usage));
        }
        write
    }

    pub(crate) fn removal_ended(&self, removal: Box<Removal>) {
        let pause = if self.read_lately.replace(false) { PAUSE_FOR_READS } else { PAUSE };
        self.after(pause, Then::Remove(removal));
    }

    /// What a failed removal leaves is found by the next one.
    pub(crate) fn removal_failed(&self, removal: &Removal) {
        match removal.which {
            Which::Dead { .. } => self.sweep_ended(),
            Which::Matching { id, .. } => self.host.settled(id, f64::from(removal.removed)),
            Which::LeastUsed { .. } => self.eviction_ended(),
        }
    }

    /// Writes use down from now on, now and then.
    pub(crate) fn touch_again(&self) {
        self.write_touches();
        self.after(TOUCH_EVERY, Then::Touch);
    }

    fn write_touches(&self) {
        if !self.is_open() {
            return;
        }
        let keys = self.memory.used();
        if keys.length() == 0 {
            return;
        }
        let ask = Operations::default();
        for key in keys.iter() {
            ask.get(Word::directory, &key);
        }
        self.transact(Purpose::Write, Job::Touch { keys, now: js::now() }, &ask);
    }

    pub(crate) fn touch_answered(&self, keys: &Array, now: f64, rows: &Array) -> Operations {
        let write = Operations::default();
        for at in 0..keys.length() {
            let row = rows.get(at);
            if touch_directory(&row, now) {
                write.put(Word::directory, &keys.get(at), &row);
            }
        }
        write
    }
}
