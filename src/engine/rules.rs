//! Whatever changes a partition's state: one strict transaction, judged there, told to everybody afterwards.
//!
//! From the moment an event is enqueued until it is committed the partition serves nothing in this tab (S1a). If the
//! commit fails the events stay where they are, as a floor; the next event, or a retry, carries them again.

use alloc::{boxed::Box, rc::Rc, vec::Vec};

use crate::bindings::js::{self, Array};
use hybrid_cache_core::{
    coherence::{Rule, State},
    key,
};

use super::{
    Inner,
    connection::Phase,
    event::Event,
    jobs::{Job, Purpose, Then},
    partition::Partition,
    store::is_full,
    turn::{Turn, read_siblings},
};
use crate::{
    bindings::record::{Root, read_state, read_targets, write_state, write_targets},
    driver::{ALL, Operations, STATES},
    words::Word,
};

/// First pause before a failed commit is tried again, in milliseconds; doubled each time.
const RETRY_AFTER: f64 = 100.0;
/// How often in a row a commit may be tried again before memory has to do.
const MAX_FAILURES: u32 = 6;
/// Above so many failed events, a clear stands for all of them.
const MAX_FLOOR: usize = 64;

/// The events of a partition on their way to its state.
pub(crate) struct Rules {
    handle: u32,
    events: Vec<Rc<Event>>,
    now: f64,
    turn: Option<Box<Turn>>,
}

impl Inner {
    /// Raises the fence and takes the event to the database.
    pub(crate) fn enqueue(&self, handle: u32, event: Event) {
        if let Some(mut partition) = self.at(handle) {
            if partition.floor.len() >= MAX_FLOOR && partition.failures > 0 && !partition.committing {
                partition.floor.clear();
                partition.floor.push(Rc::new(Event::Clear { id: None }));
            }
            partition.floor.push(Rc::new(event));
        }
        self.commit_floor(handle);
    }

    /// Carries the floor to the database, unless a transaction is under way.
    pub(crate) fn commit_floor(&self, handle: u32) {
        let phase = self.phase.get();
        let (ask, events) = {
            let Some(mut partition) = self.at(handle) else { return };
            if partition.committing || partition.floor.is_empty() {
                return;
            }
            partition.committing = matches!(phase, Phase::Open | Phase::Memory);
            let ask = Operations::default();
            ask.get(Word::state, &Word::root.js());
            ask.get(Word::state, &partition.state_key);
            ask.get(Word::state, &partition.targets_key);
            if partition.floor.iter().any(|event| event.asks_siblings()) {
                // A server's name ends in a blank, and the first character above it is the exclamation mark.
                let first = key::joined(&[STATES, &partition.server, " "]);
                let last = key::joined(&[STATES, &partition.server, "!"]);
                ask.range(Word::state, &first.into(), &last.into(), ALL);
            }
            (ask, partition.floor.clone())
        };
        let rules = Box::new(Rules { handle, events, now: js::now(), turn: None });
        match phase {
            Phase::Open => self.transact(Purpose::Rule, Job::Rules(rules), &ask),
            Phase::Memory => self.apply_in_memory(rules),
            Phase::Closed => self.connect(),
            Phase::Opening => {}
        }
    }

    /// The state is there: judge, and say what to write.
    pub(crate) fn rules_answered(&self, rules: &mut Rules, answers: &Array) -> Option<Operations> {
        // Another database than the one these events were meant for: nothing of this is to be kept.
        let root = Root::read(&answers.get(0)).filter(|root| root.incarnation == self.incarnation.get())?;
        let (expected, state_key, targets_key) = {
            let partition = self.at(rules.handle)?;
            (partition.expected_scope.clone(), partition.state_key.clone(), partition.targets_key.clone())
        };
        let found = read_state(&answers.get(1)).filter(|state| state.label.incarnation == root.incarnation);
        let siblings = read_siblings(answers, &state_key);
        let is_new = found.is_none();
        let mut highest = root.highest;
        if let Some(state) = &found
            && state.label.generation > highest
        {
            // The database-wide record is older than this one, and what it counted since is lost: leave a wide gap.
            highest = state.label.generation.max((rules.now / 1_000.0) as u64) + 1_000_000;
        }
        highest += u64::from(is_new);
        let state = found.unwrap_or_else(|| Rc::new(State::new(root.incarnation, highest, expected.clone())));
        let mut turn = Turn::new(state, read_targets(&answers.get(2)), highest);
        turn.changed = is_new;

        let write = Operations::default();
        for event in &rules.events {
            self.apply(&mut turn, event, expected.as_deref(), &siblings);
            if !matches!(**event, Event::Named { cookie: true, .. }) {
                continue;
            }
            for (key, sibling) in &siblings {
                if let Some(displaced) = sibling.displaced(rules.now) {
                    write.put(Word::state, key, &write_state(&displaced));
                    turn.displaced.extend(key.as_string());
                }
            }
        }
        if turn.changed {
            if turn.highest != root.highest {
                let root = Root { highest: turn.highest, ..root };
                write.put(Word::state, &Word::root.js(), &root.write());
            }
            write.put(Word::state, &state_key, &write_state(&turn.state));
            if turn.ticked {
                write.put(Word::state, &targets_key, &write_targets(&turn.targets));
            }
        }
        rules.turn = Some(turn);
        Some(write)
    }

    /// Without a database the tab's own copy is the state.
    fn apply_in_memory(&self, mut rules: Box<Rules>) {
        let known = self.at(rules.handle).and_then(|mut partition| {
            let state = partition.known.clone()?;
            Some((state, partition.targets.take().unwrap_or_default(), partition.expected_scope.clone()))
        });
        if let Some((state, targets, expected)) = known {
            let highest = state.label.generation;
            let mut turn = Turn::new(state, targets, highest);
            for event in &rules.events {
                self.apply(&mut turn, event, expected.as_deref(), &[]);
            }
            rules.turn = Some(turn);
        }
        self.committed(rules);
    }

    /// The rules hold: lift the fence, tell everybody.
    pub(crate) fn committed(&self, rules: Box<Rules>) {
        if rules.turn.as_ref().is_some_and(|turn| turn.state.label.incarnation != self.incarnation.get()) {
            return self.failed(&rules, "another database has taken the place of the one that was written");
        }
        if self.is_open() {
            self.recovered();
        }
        let Rules { handle, events, now, turn } = *rules;
        let Some(turn) = turn else {
            // Nothing was known to judge by: the events stay until the database is there again (S1a).
            if let Some(mut partition) = self.at(handle) {
                partition.committing = false;
            }
            return;
        };
        let (moved, news, name) = {
            let Some(mut partition) = self.at(handle) else { return };
            let moved = partition.known.as_ref().map(|known| known.label) != Some(turn.state.label);
            let news = partition.learn(Some(turn.state), now);
            partition.targets = Some(turn.targets);
            partition.committing = false;
            partition.failures = 0;
            // They are the first ones of the floor.
            for _ in 0..events.len().min(partition.floor.len()) {
                partition.floor.remove(0);
            }
            if turn.changed {
                self.publish(&partition);
            }
            (moved, news, partition.name.clone())
        };
        if moved {
            self.schedule_sweep();
        }
        for (id, rule, stores) in turn.outcomes {
            if !stores {
                // Judged again under the state it brought, the body would pass for R5.
                self.forget_body(id);
            }
            match rule {
                Rule::R4 => Word::regresses.count(),
                Rule::R9 => Word::disabled.count(),
                Rule::R11 => Word::suspended.count(),
                Rule::R0 | Rule::R7 | Rule::R4a => self.refused(id, rule),
                _ => {}
            }
        }
        if turn.changed {
            self.host.broadcast(&name);
        }
        for key in turn.displaced {
            self.host.broadcast(key.strip_prefix(STATES).unwrap_or_default());
        }
        if news {
            self.tell(handle, turn.cause);
        }
        for event in events {
            self.settle(handle, &event);
        }
        self.commit_floor(handle);
        self.resume_lookups();
    }

    /// The commit failed: the events stay as a floor, whoever waits is released, and it is tried again.
    pub(crate) fn failed(&self, rules: &Rules, failure: &str) {
        Word::floors.count();
        let (failures, retries) = {
            let Some(mut partition) = self.at(rules.handle) else { return };
            partition.committing = false;
            let retries = !core::mem::replace(&mut partition.retrying, true);
            partition.failures += u32::from(retries);
            (partition.failures, retries)
        };
        for event in &rules.events {
            if let Event::Response { id, .. } | Event::Named { id, .. } = &**event {
                self.host.settled(*id, 0.0);
            }
        }
        self.host.warn("rule", failure);
        if is_full(failure) {
            self.make_room();
        } else if failures > MAX_FAILURES && self.is_open() {
            self.fall_back("changes cannot be written");
        }
        if retries {
            let pause = RETRY_AFTER * f64::from(1u32 << failures.min(6));
            self.after(pause, Then::Retry { handle: rules.handle });
        }
        self.resume_lookups();
    }

    /// The pause after a failed commit is over.
    pub(crate) fn retry(&self, handle: u32) {
        if let Some(mut partition) = self.at(handle) {
            partition.retrying = false;
        }
        self.commit_floor(handle);
    }

    /// Tells whoever asked for an event that it holds.
    fn settle(&self, handle: u32, event: &Event) {
        match event {
            Event::Response { id, .. } | Event::Named { id, .. } => self.host.settled(*id, 0.0),
            Event::Clear { id: Some(id) } => self.cleared_one(*id),
            Event::Invalidate { id: Some(id), target } => self.remove_matching(*id, handle, target.clone()),
            _ => {}
        }
    }

    /// Without a database: any change another tab announces counts as a clear here.
    pub(crate) fn notice_other_tabs(&self, partition: &mut Partition, heard: bool) {
        if (heard || self.mirror_moved(partition))
            && let Some(state) = partition.known.take()
        {
            let next = state.label.generation + 1;
            partition.learn(Some(Rc::new(state.cleared(next))), js::now());
            self.remember_mirror(partition);
        }
    }
}
