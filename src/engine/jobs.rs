//! Jobs: what happens in a transaction of its own, or after a pause.
//!
//! A job says what to ask, decides when the answers are there, inside the transaction, and hears how it ended. Each is
//! a piece of data; none waits anywhere in the middle of a function.

use alloc::{boxed::Box, vec::Vec};

use core::ops::Range;

use crate::bindings::js::Array;
use wasm_bindgen::prelude::*;

use super::{
    Inner,
    connection::{RootStep, keys_of},
    reclaim::Removal,
    rules::Rules,
    store::Batch,
};
use crate::driver::Operations;

/// What a transaction is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Read states.
    Read,
    /// Change states; must not be lost.
    Rule,
    /// Store, touch or remove entries.
    Write,
}

/// Something under way.
pub(crate) enum Job {
    /// Read the database-wide record, or make it.
    Root(RootStep),
    /// Read a partition's state.
    State { handle: u32, now: f64 },
    /// Carry a partition's events to its state.
    Rules(Box<Rules>),
    /// Write bodies.
    Write(Box<Batch>),
    /// Find out which generations live, then remove the rest.
    Live { ranges: Vec<Range<u64>>, highest: u64, swept: u64 },
    /// Remove entries.
    Remove(Box<Removal>),
    /// Write down which entries were used.
    Touch { keys: Array, now: f64 },
    /// Find every partition on record, to clear it.
    ClearAll { id: u32, keys: Array },
    /// Nothing but a pause.
    Pause(Then),
}

/// What follows a pause.
pub(crate) enum Then {
    /// The database is opened again.
    Open { turn: u32 },
    /// The database should be open by now.
    OpenTimeout { turn: u32 },
    /// Bodies have gathered.
    Flush,
    /// The page is quiet enough for a sweep.
    Sweep,
    /// The next chunk of a removal.
    Remove(Box<Removal>),
    /// A rule whose commit failed is tried again.
    Retry { handle: u32 },
    /// Use is written down.
    Touch,
}

impl Inner {
    fn keep(&self, job: Job) -> u32 {
        let id = self.next_job.get();
        self.next_job.set(id.wrapping_add(1));
        self.jobs.keep(id, Box::new(job));
        id
    }

    /// Runs a job's transaction.
    #[inline(never)]
    pub(crate) fn transact(&self, purpose: Purpose, job: Job, operations: &Operations) {
        let (stores, mode) = match purpose {
            Purpose::Read => (1, 0),
            Purpose::Rule => (1, 2),
            Purpose::Write => (3, 1),
        };
        let id = self.keep(job);
        if let Some(driver) = self.driver.get() {
            driver.transact(id, stores, mode, &operations.0);
        }
    }

    /// Runs what follows a pause, after that.
    #[inline(never)]
    pub(crate) fn after(&self, ms: f64, then: Then) {
        let id = self.keep(Job::Pause(then));
        if let Some(driver) = self.driver.get() {
            driver.wait(id, ms);
        }
    }

    /// The answers of a job are there: what is to be asked or written next? `undefined` to have nothing of it kept.
    pub(crate) fn answered(&self, id: u32, answers: &Array) -> JsValue {
        let Some(mut job) = self.jobs.take(id) else { return JsValue::UNDEFINED };
        let next = match &mut *job {
            Job::Root(step) => Some(self.root_answered(step, answers)),
            Job::State { handle, now } => {
                self.read_known(*handle, &answers.get(0), *now);
                Some(Operations::default())
            }
            Job::Rules(rules) => self.rules_answered(rules, answers),
            Job::Write(batch) => Some(self.batch_answered(batch, answers)),
            Job::Live { ranges, highest, .. } => {
                self.live_answered(answers, ranges, highest);
                Some(Operations::default())
            }
            Job::Remove(removal) => Some(self.removal_answered(removal, answers)),
            Job::Touch { keys, now } => Some(self.touch_answered(keys, *now, answers)),
            Job::ClearAll { keys, .. } => {
                *keys = keys_of(answers, 0);
                Some(Operations::default())
            }
            Job::Pause(_) => None,
        };
        self.jobs.keep(id, job);
        next.map_or(JsValue::UNDEFINED, |operations| operations.0.into())
    }

    /// A job has ended; with a `failure` nothing of it was kept.
    pub(crate) fn ended(&self, id: u32, failure: Option<&str>) {
        let Some(job) = self.jobs.take(id) else { return };
        match (*job, failure) {
            (Job::Root(step), failure) => self.root_ended(step, failure),
            (Job::State { .. }, _) => {}
            (Job::Rules(rules), None) => self.committed(rules),
            (Job::Rules(rules), Some(failure)) => self.failed(&rules, failure),
            (Job::Write(batch), failure) => self.batch_ended(batch, failure),
            (Job::Live { ranges, highest, swept }, None) => self.live_ended(ranges, highest, swept),
            (Job::Remove(removal), None) => self.removal_ended(removal),
            (Job::Remove(removal), Some(_)) => self.removal_failed(&removal),
            (Job::Live { .. }, Some(_)) => self.sweep_ended(),
            // Lost touches make an entry look older than it is; no more.
            (Job::Touch { .. }, _) => {}
            (Job::ClearAll { id, keys }, _) => self.clear_named(id, &keys),
            (Job::Pause(then), _) => match then {
                Then::Open { turn } => self.open(turn),
                Then::OpenTimeout { turn } => self.open_timed_out(turn),
                Then::Flush => self.flush(),
                Then::Sweep => self.sweep(0),
                Then::Remove(removal) => self.remove(removal),
                Then::Retry { handle } => self.retry(handle),
                Then::Touch => self.touch_again(),
            },
        }
    }
}
