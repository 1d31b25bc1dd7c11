//! The connection to the database: opening, losing, reopening, and doing without.

use alloc::rc::Rc;

use crate::bindings::js::{self, Array};
use wasm_bindgen::prelude::*;

use super::{
    Event, Inner,
    jobs::{Job, Purpose, Then},
};
use crate::{bindings::record::Root, driver::Operations, words::Word};

/// How often in a row a lost connection is opened again, with nothing written meanwhile, before the tab goes on in memory.
const MAX_REOPENS: u32 = 5;
/// Pause before the second of these, in milliseconds; doubled each time. The first one is opened at once.
const REOPEN_AFTER: u32 = 50;
/// How long memory does before the database is tried again, in milliseconds; doubled each time.
const REST: u32 = 30_000;
/// It is not doubled more often than that.
const MAX_DOUBLED: u32 = 6;

/// Where the engine keeps what it keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Not opened yet, or closed by the page.
    #[default]
    Closed,
    /// On its way; lookups wait for it.
    Opening,
    /// Open.
    Open,
    /// The browser offers no database, or it does not answer: this tab's memory is all there is.
    Memory,
}

/// How far an opening is with the database-wide record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RootStep {
    /// It is looked for.
    Read,
    /// There is none: it is made, under this incarnation.
    Make(u64),
    /// It was found.
    Done,
}

/// A random whole number below 2^53.
fn random() -> u64 {
    (js::random() * 9_007_199_254_740_991.0) as u64
}

impl Inner {
    /// Opens the database unless it is open, and gives it [`open_timeout`](super::Settings::open_timeout) to answer.
    pub(crate) fn connect(&self) {
        if self.phase.get() != Phase::Closed {
            return;
        }
        self.phase.set(Phase::Opening);
        let reopens = self.reopens.get();
        let turn = self.next_turn();
        if reopens < 2 {
            self.open(turn);
        } else {
            self.after(f64::from(REOPEN_AFTER << (reopens - 2)), Then::Open { turn });
        }
    }

    /// Whatever was to come of an earlier opening is void.
    fn next_turn(&self) -> u32 {
        let turn = self.turn.get().wrapping_add(1);
        self.turn.set(turn);
        turn
    }

    /// The pause before an opening is over.
    pub(crate) fn open(&self, turn: u32) {
        if turn != self.turn.get() || !matches!(self.phase.get(), Phase::Opening | Phase::Memory) {
            return;
        }
        if let Some(driver) = self.driver.get() {
            driver.open();
        }
        self.after(self.settings.open_timeout, Then::OpenTimeout { turn });
    }

    /// The driver has a database, or cannot have one.
    pub(crate) fn opened(&self, failure: Option<&str>) {
        match failure {
            Some(failure) if self.phase.get() == Phase::Opening => self.fall_back(failure),
            Some(_) => {}
            None if self.phase.get() == Phase::Closed => self.close(),
            // Nearly always it is there, and reading it waits for nobody.
            None => self.ask_root(RootStep::Read),
        }
    }

    fn ask_root(&self, step: RootStep) {
        let purpose = if step == RootStep::Read { Purpose::Read } else { Purpose::Rule };
        let ask = Operations::default();
        ask.get(Word::state, &Word::root.js());
        self.transact(purpose, Job::Root(step), &ask);
    }

    /// With the database-wide record the storage is open. One that is missing or cannot be understood is made anew, as a
    /// new incarnation, by a step that may write.
    pub(crate) fn root_answered(&self, step: &mut RootStep, answers: &Array) -> Operations {
        let write = Operations::default();
        if let Some(root) = Root::read(&answers.get(0)) {
            *step = RootStep::Done;
            self.begin(root.incarnation);
        } else if let RootStep::Make(incarnation) = step {
            *incarnation = random();
            let seconds = (js::now() / 1_000.0) as u64;
            write.put(Word::state, &Word::root.js(), &Root { incarnation: *incarnation, highest: seconds }.write());
        }
        write
    }

    pub(crate) fn root_ended(&self, step: RootStep, failure: Option<&str>) {
        match (step, failure) {
            (RootStep::Done, _) => {}
            (_, Some(failure)) => {
                if self.phase.get() == Phase::Opening {
                    self.fall_back(failure);
                }
            }
            (RootStep::Read, None) => self.ask_root(RootStep::Make(0)),
            (RootStep::Make(incarnation), None) => self.begin(incarnation),
        }
    }

    /// The storage is open.
    fn begin(&self, incarnation: u64) {
        let before = self.phase.replace(Phase::Open);
        self.next_turn();
        self.incarnation.set(incarnation);
        if before == Phase::Memory {
            self.heal();
        }
        self.host.opened("indexeddb", "");
        self.resume();
        self.schedule_sweep();
    }

    /// Takes up what waited for the storage.
    fn resume(&self) {
        let partitions = self.partitions.borrow_mut().len() as u32;
        for handle in 0..partitions {
            self.commit_floor(handle);
            self.read_state(handle);
        }
        self.resume_lookups();
    }

    /// What this tab learned while it did without a database is carried into it before the first read (S1a).
    fn heal(&self) {
        self.memory.clear();
        for partition in self.partitions.borrow_mut().iter_mut() {
            if let Some(known) = partition.known.take() {
                let barred = known.barrier != 1 || !known.enabled;
                partition.floor.push(Rc::new(Event::Healed { version: known.version, barred }));
            }
            partition.forget();
        }
    }

    /// The storage does not serve: for a while this tab's memory is all there is.
    pub(crate) fn fall_back(&self, reason: &str) {
        self.phase.set(Phase::Memory);
        Word::fallbacks.count();
        if let Some(driver) = self.driver.get() {
            driver.close();
        }
        self.full.set(false);
        self.incarnation.set(random());
        self.memory.clear();
        self.waiting.borrow_mut().clear();
        for partition in self.partitions.borrow_mut().iter_mut() {
            partition.begin_in_memory(self.incarnation.get());
        }
        self.host.opened("memory", reason);
        self.resume();
        self.rest();
    }

    /// Tries the database again after a while.
    fn rest(&self) {
        let rests = self.rests.get();
        self.rests.set((rests + 1).min(MAX_DOUBLED));
        self.after(f64::from(REST << rests), Then::Open { turn: self.next_turn() });
    }

    pub(crate) fn open_timed_out(&self, turn: u32) {
        if turn != self.turn.get() {
            return;
        }
        match self.phase.get() {
            Phase::Opening => self.fall_back("opening the database takes too long"),
            Phase::Memory => self.rest(),
            _ => {}
        }
    }

    /// Something was written: the connection serves.
    pub(crate) fn recovered(&self) {
        self.reopens.set(0);
        self.rests.set(0);
    }

    /// The browser has no room left: a quarter of what is stored goes; if that does not help, memory has to do for a
    /// while. Will it be worth trying again?
    pub(crate) fn make_room(&self) -> bool {
        Word::quota.count();
        self.host.warn("quota", "");
        let first = !self.full.replace(true);
        if first {
            self.schedule_eviction();
        } else if self.is_open() && !self.evicting.get() {
            self.fall_back("the browser's storage is full");
        }
        first
    }

    /// The connection is gone: the database was deleted, or the browser closed it. Opens it again, a few times.
    pub(crate) fn lost(&self) {
        if self.phase.get() != Phase::Open {
            return;
        }
        self.phase.set(Phase::Closed);
        self.memory.clear();
        for partition in self.partitions.borrow_mut().iter_mut() {
            partition.forget();
        }
        Word::reopened.count();
        let reopens = self.reopens.get() + 1;
        self.reopens.set(reopens);
        if reopens > MAX_REOPENS {
            self.fall_back("the database was lost again and again");
        } else {
            self.connect();
        }
    }

    /// Closes the database.
    pub(crate) fn close(&self) {
        self.phase.set(Phase::Closed);
        if let Some(driver) = self.driver.get() {
            driver.close();
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.phase.get() == Phase::Open
    }

    pub(crate) fn is_memory_only(&self) -> bool {
        self.phase.get() == Phase::Memory
    }
}

/// The keys of a RANGE's answer.
pub(crate) fn keys_of(answers: &Array, at: u32) -> Array {
    answers.get(at).unchecked_into()
}
