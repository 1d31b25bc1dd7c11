//! Looking an entry up: memory first, else state and entry in one transaction.
//!
//! This is the path every hit takes. It waits for nothing but the two `get` requests, decides in the event of the
//! second, and answers from there. Lookups of one turn share a transaction.

use alloc::{boxed::Box, rc::Rc};

use hybrid_cache_core::{
    coherence::{EntryStamp, Lookup, Miss, State, Suspension, Target, Targets, Token, closed, may_serve},
    key,
};
use wasm_bindgen::prelude::*;

use super::{
    Inner,
    connection::Phase,
    jobs::{Job, Purpose},
    partition::Partition,
};
use crate::bindings::js;
use crate::{
    bindings::{
        host::write_token,
        record::{read_stamp, read_state, read_targets},
    },
    driver::Operations,
    words::{self, Word},
};

/// A lookup under way.
pub(crate) struct Question {
    pub(crate) id: u32,
    pub(crate) handle: u32,
    pub(crate) key: JsValue,
    pub(crate) now: f64,
    /// The generation its entry is looked for under.
    generation: u64,
    /// What was found, while its partition's targets are read.
    found: Option<Found>,
}

impl Question {
    #[inline(never)]
    fn new(id: u32, handle: u32, key: JsValue, now: f64) -> Box<Self> {
        Box::new(Self { id, handle, key, now, generation: 0, found: None })
    }
}

struct Found {
    record: JsValue,
    stamp: EntryStamp,
    bytes: f64,
}

impl Inner {
    /// Looks an entry up and answers through `Host::answered`, exactly once.
    pub(crate) fn lookup(&self, id: u32, handle: u32, key: JsValue, now: f64) {
        let Some(mut partition) = self.at(handle) else {
            return self.answer(id, Word::storage, None, &JsValue::UNDEFINED, &JsValue::UNDEFINED);
        };
        let memory_only = self.is_memory_only();
        if memory_only {
            self.notice_other_tabs(&mut partition, false);
        }
        let token = partition.token(now);
        if partition.known.is_none() && partition.committing {
            // The state is being made or read; a request that departed now could not be judged.
            drop(partition);
            return self.waiting_lookups.borrow_mut().push(Question::new(id, handle, key, now));
        }
        if partition.is_fenced() && (partition.known.is_some() || self.is_open()) {
            drop(partition);
            return self.miss(id, Miss::Fenced, &token);
        }
        let record = self.memory.get(handle, &key);
        let has_answer =
            !record.is_undefined() || partition.known.as_deref().is_some_and(|known| closed(known).is_some());
        if memory_only || (has_answer && self.may_trust_memory(&mut partition, now)) {
            let (verdict, record) = self.ask_memory(&partition, record, now);
            drop(partition);
            match verdict {
                Some(Lookup::Miss(miss)) => return self.miss(id, miss, &token),
                Some(verdict) => return self.hit(id, verdict, Word::memory, &record, &token),
                None if memory_only => return self.miss(id, Miss::Absent, &token),
                None => {}
            }
        } else {
            drop(partition);
        }
        self.read(Question::new(id, handle, key, now));
    }

    /// What memory's `record` comes to, where the tab knows the state; `None` when it has nothing to say.
    fn ask_memory(&self, partition: &Partition, record: JsValue, now: f64) -> (Option<Lookup>, JsValue) {
        let silent = (None, JsValue::UNDEFINED);
        let Some(state) = &partition.known else { return silent };
        if let Some(miss) = closed(state) {
            return (Some(Lookup::Miss(miss)), JsValue::UNDEFINED);
        }
        let Some((stamp, _)) = read_stamp(&record) else { return silent };
        if stamp.clock < state.clock && partition.targets.is_none() {
            return silent;
        }
        match serve(state, &stamp, now, partition.targets.as_ref(), &record) {
            Lookup::Miss(_) => silent,
            verdict => {
                if verdict == Lookup::Fresh && !self.is_memory_only() {
                    partition.grant(&self.memory, now, stamp.stored + stamp.fresh);
                }
                (Some(verdict), record)
            }
        }
    }

    /// Takes up the lookups that waited for a state.
    pub(crate) fn resume_lookups(&self) {
        for question in self.waiting_lookups.take() {
            self.lookup(question.id, question.handle, question.key, question.now);
        }
    }

    fn read(&self, mut question: Box<Question>) {
        if self.phase.get() == Phase::Closed {
            self.connect();
        }
        if !self.is_open() {
            return self.waiting_lookups.borrow_mut().push(question);
        }
        self.read_lately.set(true);
        let (id, handle, now) = (question.id, question.handle, question.now);
        let state_key = match self.at(handle) {
            Some(partition) => {
                question.generation = partition.known.as_ref().map_or(0, |state| state.label.generation);
                partition.state_key.clone()
            }
            None => JsValue::UNDEFINED,
        };
        let entry_key = entry_key(question.generation, &question.key);
        self.asking.keep(id, question);
        if let Some(driver) = self.driver.get()
            && !driver.look(id, &state_key, &entry_key)
        {
            self.asking.take(id);
            self.lost();
            self.miss(id, Miss::Storage, &self.token(handle, now));
        }
    }

    /// The state and an entry were read; answers the key of something else to read in the same transaction.
    pub(crate) fn found(&self, id: u32, state: &JsValue, entry: JsValue) -> Option<JsValue> {
        let mut question = self.asking.take(id)?;
        let (handle, now) = (question.handle, question.now);
        let outcome = if entry.is_null() {
            Err(Miss::Storage)
        } else if let Some(found) = question.found.take() {
            if let Some(mut partition) = self.at(handle) {
                partition.targets = Some(read_targets(&entry));
            }
            self.judge_found(read_state(state).as_deref(), handle, &found, now).map(|verdict| (verdict, found))
        } else {
            match self.judge_entry(&mut question, state, entry) {
                Ok(Step::Verdict(verdict, found)) => Ok((verdict, found)),
                Ok(Step::Read(key)) => {
                    self.asking.keep(id, question);
                    return Some(key);
                }
                Err(miss) => Err(miss),
            }
        };
        let token = self.token(handle, now);
        match outcome {
            Err(miss) => self.miss(id, miss, &token),
            Ok((verdict, Found { record, stamp, bytes })) => {
                self.remember(handle, &question.key, &stamp, &record, bytes, true);
                self.hit(id, verdict, Word::indexeddb, &record, &token);
            }
        }
        None
    }

    fn judge_entry(&self, question: &mut Question, state: &JsValue, entry: JsValue) -> Result<Step, Miss> {
        let (handle, now) = (question.handle, question.now);
        let state = self.read_known(handle, state, now).ok_or(Miss::Absent)?;
        if let Some(miss) = closed(&state) {
            return Err(miss);
        }
        if state.label.generation != question.generation {
            question.generation = state.label.generation;
            return Ok(Step::Read(entry_key(question.generation, &question.key)));
        }
        if entry.is_undefined() {
            return Err(Miss::Absent);
        }
        let Some((stamp, bytes)) = read_stamp(&entry) else {
            Word::corrupt.count();
            return Err(Miss::Corrupt);
        };
        let found = Found { record: entry, stamp, bytes };
        if stamp.clock < state.clock
            && let Some(partition) = self.at(handle)
            && partition.targets.is_none()
        {
            question.found = Some(found);
            return Ok(Step::Read(partition.targets_key.clone()));
        }
        self.judge_found(Some(&state), handle, &found, now).map(|verdict| Step::Verdict(verdict, found))
    }

    /// Puts a record into memory.
    pub(crate) fn remember(
        &self,
        handle: u32,
        key: &JsValue,
        stamp: &EntryStamp,
        record: &JsValue,
        bytes: f64,
        used: bool,
    ) {
        self.memory.put(handle, key, &entry_key(stamp.label.generation, key), record, bytes, used);
    }

    fn judge_found(&self, state: Option<&State>, handle: u32, found: &Found, now: f64) -> Result<Lookup, Miss> {
        // A fence may have been raised while the transaction ran (S1a).
        let partition = self.at(handle).filter(|partition| !partition.is_fenced()).ok_or(Miss::Fenced)?;
        let state = state.ok_or(Miss::Absent)?;
        match serve(state, &found.stamp, now, partition.targets.as_ref(), &found.record) {
            Lookup::Miss(miss) => Err(miss),
            verdict => Ok(verdict),
        }
    }

    /// A partition's state was read in a transaction that was begun at `now`.
    pub(crate) fn read_known(&self, handle: u32, value: &JsValue, now: f64) -> Option<Rc<State>> {
        if self.is_memory_only() {
            // Asked before the database was done without, it says nothing of what memory holds.
            return None;
        }
        let state = read_state(value).filter(|state| state.label.incarnation == self.incarnation.get());
        if state.is_none() && !value.is_undefined() {
            Word::corrupt.count();
        }
        let changed = {
            let mut partition = self.at(handle)?;
            let changed = partition.learn(state.clone(), now);
            self.mend_mirror(&mut partition, now);
            changed
        };
        if changed {
            self.tell(handle, "read");
        }
        state
    }

    /// Reads a partition's state without looking anything up.
    pub(crate) fn read_state(&self, handle: u32) {
        if !self.is_open() {
            return;
        }
        let ask = Operations::default();
        if let Some(partition) = self.at(handle) {
            ask.get(Word::state, &partition.state_key);
        }
        self.transact(Purpose::Read, Job::State { handle, now: js::now() }, &ask);
    }

    pub(crate) fn token(&self, handle: u32, now: f64) -> Token {
        self.at(handle).map_or(Token::unknown(now), |partition| partition.token(now))
    }

    fn miss(&self, id: u32, miss: Miss, token: &Token) {
        self.answer(id, word(miss), None, &JsValue::UNDEFINED, &write_token(token));
    }

    fn hit(&self, id: u32, verdict: Lookup, layer: Word, record: &JsValue, token: &Token) {
        let (word, token) = match verdict {
            Lookup::Fresh => (Word::fresh, JsValue::UNDEFINED),
            _ => (Word::stale, write_token(token)),
        };
        self.answer(id, word, Some(layer), record, &token);
    }

    #[inline(never)]
    fn answer(&self, id: u32, verdict: Word, layer: Option<Word>, record: &JsValue, token: &JsValue) {
        let layer = layer.map_or(JsValue::UNDEFINED, Word::js);
        self.host.answered(id, &verdict.js(), &layer, record, token);
    }

    /// Tells the page what this tab knows of a partition now.
    pub(crate) fn tell(&self, handle: u32, cause: &str) {
        let told = self.at(handle).and_then(|partition| {
            let state = partition.known.as_ref()?;
            let version = state.version.map(|version| version.get() as f64);
            Some((version, state.enabled, state.suspension != Suspension::No))
        });
        if let Some((version, enabled, suspended)) = told {
            self.host.changed(handle, cause, version, enabled, suspended);
        }
    }
}

enum Step {
    Verdict(Lookup, Found),
    /// A key to read in the same transaction.
    Read(JsValue),
}

/// The key of an entry in the database.
pub(crate) fn entry_key(generation: u64, key: &JsValue) -> JsValue {
    words::prefixed(&key::entry_prefix(generation), key)
}

/// S1, S2, S3 for a record, with what is known to have been invalidated (R13).
#[inline(never)]
fn serve(state: &State, stamp: &EntryStamp, now: f64, targets: Option<&Targets>, record: &JsValue) -> Lookup {
    may_serve(state, stamp, now, |clock| targets.is_some_and(|targets| is_invalidated(targets, clock, record)))
}

/// The word the page is given for a miss.
fn word(miss: Miss) -> Word {
    match miss {
        Miss::Absent => Word::absent,
        Miss::Expired => Word::expired,
        Miss::Generation => Word::generation,
        Miss::Invalidated => Word::invalidated,
        Miss::Disabled => Word::disabled,
        Miss::Suspended => Word::suspended,
        Miss::Displaced => Word::displaced,
        Miss::Fenced => Word::fenced,
        Miss::Corrupt => Word::corrupt,
        Miss::Storage => Word::storage,
    }
}

/// R13, and the clock part of S1: was something this record belongs to invalidated after `clock`?
fn is_invalidated(targets: &Targets, clock: u64, record: &JsValue) -> bool {
    belongs_to_invalidated(targets, clock, &Word::url.of(record), &Word::groups.lines(record))
}

/// The same for a response that has no record yet.
#[inline(never)]
pub(crate) fn belongs_to_invalidated(targets: &Targets, clock: u64, url: &JsValue, groups: &str) -> bool {
    let url = url.as_string().unwrap_or_default();
    targets.invalidated_since(clock, |target| covers(target, &url, groups))
}

/// Does a response of this URL belong to a target? Its groups have a line feed after each.
#[inline(never)]
pub(crate) fn covers(target: &Target, url: &str, groups: &str) -> bool {
    target.covers(url, lines(groups), |source, flags| words::matches(source, flags, url))
}

/// The lines of a text that has a line feed after each.
fn lines(mut text: &str) -> impl Iterator<Item = &str> {
    core::iter::from_fn(move || {
        let (line, rest) = key::cut(text, b'\n')?;
        text = rest;
        Some(line)
    })
}
