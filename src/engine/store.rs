//! Bodies are written after they were delivered, in small batches, each judged again in its transaction.
//!
//! Reads wait for writes, so a batch is short and the next one begins when it is complete; until then the memory layer
//! answers for what is being written.

use alloc::{boxed::Box, vec::Vec};

use crate::bindings::js::Array;
use hybrid_cache_core::{
    coherence::{EntryStamp, Rule, State, Verdict, may_replace},
    eviction::Usage,
};
use wasm_bindgen::prelude::*;

use super::{
    Event, Inner,
    jobs::{Job, Purpose, Then},
    lookup::{belongs_to_invalidated, entry_key},
    observe::Ticket,
    partition::Partition,
};
use crate::{
    bindings::record::{self, directory_number, read_state, read_targets, read_usage, write_usage},
    driver::Operations,
    words::Word,
};

/// How long bodies gather before a batch is written, in milliseconds: requests one after the other share a transaction.
const GATHER: f64 = 20.0;
/// Most entries of a batch.
const BATCH_ENTRIES: usize = 16;
/// Most bytes of a batch, unless one body alone is larger.
const BATCH_BYTES: f64 = 128.0 * 1024.0;
/// How often a body is judged again after its response changed the state.
const MAX_ROUNDS: u8 = 3;

/// A body on its way to the database.
pub(crate) struct Write {
    id: u32,
    ticket: Box<Ticket>,
    record: JsValue,
    bytes: f64,
    now: f64,
    rounds: u8,
}

/// A body that the rules let in.
struct Admitted {
    write: Box<Write>,
    stamp: EntryStamp,
    key: JsValue,
}

/// Bodies that are written in one transaction.
pub(crate) struct Batch {
    writes: Vec<Box<Write>>,
    /// The partitions they belong to, in the order their states were asked for.
    handles: Vec<u32>,
    admitted: Vec<Box<Admitted>>,
    usage: Usage,
    judged: bool,
}

impl Inner {
    /// Takes the body of a response that [`observe`](Inner::observe) called storable, as the record it is to be.
    pub(crate) fn admit(&self, id: u32, record: JsValue, now: f64) {
        let Some(ticket) = self.take_ticket(id) else { return };
        let bytes = Word::bytes.number(&record);
        if !self.settings.budget.admits(bytes as u64) {
            return;
        }
        record::complete(&record, &ticket.url, &ticket.groups, ticket.token.departed);
        if let Some(stamp) = self.foreseen_stamp(&ticket, now) {
            record::write_stamp(&record, &stamp);
            self.remember(ticket.handle, &ticket.key, &stamp, &record, bytes, false);
        }
        if self.is_memory_only() {
            Word::stores.count();
            return self.host.stored(id);
        }
        self.waiting.borrow_mut().push(Box::new(Write { id, ticket, record, bytes, now, rounds: 0 }));
        self.gather();
    }

    /// The stamp a response would be stored with by what this tab knows, if it would be (S1b).
    fn foreseen_stamp(&self, ticket: &Ticket, now: f64) -> Option<EntryStamp> {
        let partition = self.at(ticket.handle)?;
        if partition.is_fenced() {
            return None;
        }
        let state = partition.known.as_ref()?;
        let untouched = ticket.token.clock == state.clock
            || partition.targets.as_ref().is_some_and(|targets| {
                !belongs_to_invalidated(targets, ticket.token.clock, &ticket.url, &ticket.groups)
            });
        let stored = matches!(self.judge_ticket(&partition, state, ticket), Verdict::Store { .. });
        (stored && untouched).then(|| entry_stamp(ticket, state, now))
    }

    fn judge_ticket(&self, partition: &Partition, state: &State, ticket: &Ticket) -> Verdict {
        self.judged(partition, state, &ticket.token, &ticket.said)
    }

    fn gather(&self) {
        if !self.flushing.replace(true) {
            self.after(GATHER, Then::Flush);
        }
    }

    /// Writes the next batch of what waits.
    pub(crate) fn flush(&self) {
        let writes = self.next_batch();
        if writes.is_empty() || !self.is_open() {
            self.flushing.set(false);
            return;
        }
        let ask = Operations::default();
        ask.get(Word::state, &Word::usage.js());
        let mut handles = Vec::new();
        for write in &writes {
            let handle = write.ticket.handle;
            if !handles.contains(&handle)
                && let Some(partition) = self.at(handle)
            {
                ask.get(Word::state, &partition.state_key);
                ask.get(Word::state, &partition.targets_key);
                handles.push(handle);
            }
        }
        let batch = Batch { writes, handles, admitted: Vec::new(), usage: Usage::default(), judged: false };
        self.transact(Purpose::Write, Job::Write(Box::new(batch)), &ask);
    }

    fn next_batch(&self) -> Vec<Box<Write>> {
        let mut waiting = self.waiting.borrow_mut();
        let mut bytes = 0.0;
        let mut batch: Vec<Box<Write>> = Vec::new();
        while let Some(write) = waiting.first() {
            bytes += write.bytes;
            if batch.len() == BATCH_ENTRIES || (!batch.is_empty() && bytes > BATCH_BYTES) {
                break;
            }
            batch.push(waiting.remove(0));
        }
        batch
    }

    /// First the states are there, then what stands under the keys.
    pub(crate) fn batch_answered(&self, batch: &mut Batch, answers: &Array) -> Operations {
        let next = Operations::default();
        if batch.judged {
            self.write_admitted(batch, answers, &next);
            return next;
        }
        batch.judged = true;
        batch.usage = read_usage(&answers.get(0));
        for write in core::mem::take(&mut batch.writes) {
            let Some(at) = batch.handles.iter().position(|handle| *handle == write.ticket.handle) else { continue };
            let at = 1 + 2 * at as u32;
            let state = read_state(&answers.get(at)).filter(|state| state.label.incarnation == self.incarnation.get());
            let Some(state) = state else { continue };
            if let Some(admitted) = self.judge_write(write, &state, &answers.get(at + 1)) {
                next.get(Word::directory, &admitted.key);
                batch.admitted.push(admitted);
            }
        }
        next
    }

    /// The rules, inside the transaction. A response that changes the state goes by the rules' own transaction first,
    /// and its body is judged again afterwards.
    fn judge_write(&self, mut write: Box<Write>, state: &State, targets: &JsValue) -> Option<Box<Admitted>> {
        let ticket = &write.ticket;
        let verdict = self.judge_ticket(&*self.at(ticket.handle)?, state, ticket);
        match verdict {
            Verdict::Store { .. } => {
                let before = ticket.token.clock;
                if before < state.clock
                    && belongs_to_invalidated(&read_targets(targets), before, &ticket.url, &ticket.groups)
                {
                    Word::invalidated.count();
                    self.host.late(write.id, Rule::R13.name());
                    return None;
                }
                let key = entry_key(state.label.generation, &ticket.key);
                Some(Box::new(Admitted { stamp: entry_stamp(ticket, state, write.now), key, write }))
            }
            Verdict::Refuse(refusal) => {
                self.refused(write.id, refusal.rule);
                None
            }
            Verdict::Advance { .. } | Verdict::AdvanceAndStore { .. } => {
                let stores = verdict.stores();
                let event = Event::Response { id: write.id, token: ticket.token, said: ticket.said.clone() };
                let handle = ticket.handle;
                write.rounds += 1;
                if stores && write.rounds < MAX_ROUNDS {
                    self.waiting.borrow_mut().push(write);
                }
                self.enqueue(handle, event);
                None
            }
        }
    }

    /// The body of a response is not to be stored, whether it came already or not.
    pub(crate) fn forget_body(&self, id: u32) {
        self.take_ticket(id);
        let mut waiting = self.waiting.borrow_mut();
        if let Some(at) = waiting.iter().position(|write| write.id == id) {
            waiting.remove(at);
        }
    }

    fn write_admitted(&self, batch: &mut Batch, existing: &Array, next: &Operations) {
        for (at, admitted) in core::mem::take(&mut batch.admitted).into_iter().enumerate() {
            let row = existing.get(at as u32);
            let Admitted { write, stamp, key } = &*admitted;
            if row.is_object() {
                if !may_replace(directory_number(&row, Word::departed), write.ticket.token.departed) {
                    Word::superseded.count();
                    self.host.late(write.id, Rule::R14.name());
                    continue;
                }
                batch.usage = batch.usage.without(directory_number(&row, Word::bytes) as u64);
            }
            record::write_stamp(&write.record, stamp);
            next.put(Word::entries, key, &write.record);
            if let Some(partition) = self.at(write.ticket.handle) {
                let row = record::write_directory(key, &partition.name, &write.record, write.now);
                next.put(Word::directory, key, &row);
            }
            batch.usage = batch.usage.with(write.bytes as u64);
            batch.admitted.push(admitted);
        }
        if !batch.admitted.is_empty() {
            next.put(Word::state, &Word::usage.js(), &write_usage(batch.usage));
        }
    }

    pub(crate) fn batch_ended(&self, batch: Box<Batch>, failure: Option<&str>) {
        let Batch { mut writes, admitted, usage, .. } = *batch;
        let evict = match failure {
            Some(failure) => {
                Word::storeErrors.add(f64::from((writes.len() + admitted.len()) as u32));
                if !is_full(failure) {
                    self.host.warn("storage", failure);
                } else if self.make_room() {
                    // Once more, when there is room; until then nothing is written.
                    for admitted in admitted {
                        writes.push(admitted.write);
                    }
                    writes.append(&mut self.waiting.borrow_mut());
                    *self.waiting.borrow_mut() = writes;
                    return;
                }
                false
            }
            None => {
                self.recovered();
                if !admitted.is_empty() {
                    self.full.set(false);
                }
                for admitted in admitted {
                    let Admitted { write, stamp, .. } = *admitted;
                    Word::stores.count();
                    let Write { id, ticket, record, bytes, .. } = *write;
                    if self.at(ticket.handle).is_some_and(|partition| !partition.is_fenced()) {
                        self.remember(ticket.handle, &ticket.key, &stamp, &record, bytes, false);
                    }
                    self.host.stored(id);
                }
                !self.settings.budget.excess(usage).is_zero()
            }
        };
        if evict {
            self.schedule_eviction();
        }
        if self.waiting.borrow_mut().len() < BATCH_ENTRIES {
            self.after(GATHER, Then::Flush);
        } else {
            self.flush();
        }
    }
}

/// Does a transaction's failure say that there is no room left?
pub(crate) fn is_full(failure: &str) -> bool {
    failure.starts_with("QuotaExceededError")
}

fn entry_stamp(ticket: &Ticket, state: &State, now: f64) -> EntryStamp {
    EntryStamp {
        label: state.label,
        clock: state.clock,
        stored: now,
        fresh: ticket.lifetime.fresh,
        stale: ticket.lifetime.stale,
    }
}
