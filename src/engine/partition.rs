//! What this tab knows of a partition.

use alloc::{rc::Rc, string::String, vec::Vec};

use hybrid_cache_core::{
    coherence::{Label, State, Targets, Token},
    key,
};
use wasm_bindgen::prelude::*;

use super::{Event, Inner, VERIFY_WITHIN, memory::Memory};
use crate::{
    driver::{STATES, TARGETS},
    words,
};

/// For how long the mirror may differ from the database before it is written anew, in milliseconds.
const MIRROR_PATIENCE: f64 = 2_000.0;

/// A partition as this tab sees it.
pub(crate) struct Partition {
    /// Server origin, a blank, the user.
    pub(crate) name: String,
    /// The server's part of the name.
    pub(crate) server: String,
    /// The scope the application named, where it names its users by scope.
    pub(crate) expected_scope: Option<String>,
    /// The state as it was last read or written; `None` until then.
    pub(crate) known: Option<Rc<State>>,
    /// The targets that belong to `known`'s clock, if they were read.
    pub(crate) targets: Option<Targets>,
    /// When `known` was last known to be the truth, in milliseconds since the epoch.
    verified: f64,
    /// What changes the state and is not committed yet; while there is any, nothing is served (S1a).
    pub(crate) floor: Vec<Rc<Event>>,
    /// A transaction is carrying `floor` to the database.
    pub(crate) committing: bool,
    /// How often in a row that failed, counting what failed before a retry as one.
    pub(crate) failures: u32,
    /// It will be tried again by itself.
    pub(crate) retrying: bool,
    pub(crate) state_key: JsValue,
    pub(crate) targets_key: JsValue,
    mirror_key: JsValue,
    /// What the mirror says when it agrees with `known`.
    mirror: JsValue,
    mirror_differs_since: Option<f64>,
}

impl Partition {
    pub(crate) fn new(server: &str, user: &str, scope_is_user: bool) -> Self {
        let name = key::partition(server, user);
        Self {
            expected_scope: scope_is_user.then(|| user.into()),
            known: None,
            targets: None,
            verified: f64::NEG_INFINITY,
            floor: Vec::new(),
            committing: false,
            failures: 0,
            retrying: false,
            state_key: key::joined(&[STATES, &name]).into(),
            targets_key: key::joined(&[TARGETS, &name]).into(),
            mirror_key: key::joined(&["hybrid-cache:", &name]).into(),
            mirror: JsValue::UNDEFINED,
            mirror_differs_since: None,
            server: server.into(),
            name,
        }
    }

    /// Without a database: a state of this tab's own, with what it knows.
    pub(crate) fn begin_in_memory(&mut self, incarnation: u64) {
        let mut state = State::new(incarnation, 1, self.expected_scope.clone());
        if let Some(known) = &self.known {
            state = State { label: state.label, barrier: 1, clock: 0, ..(**known).clone() };
        }
        self.forget();
        self.learn(Some(Rc::new(state)), 0.0);
    }

    /// The token of a request that departs now.
    pub(crate) fn token(&self, now: f64) -> Token {
        match &self.known {
            Some(state) => Token { label: Some(state.label), clock: state.clock, departed: now },
            None => Token::unknown(now),
        }
    }

    /// Nothing may be served: a rule is on its way, or could not be committed (S1a).
    pub(crate) fn is_fenced(&self) -> bool {
        // Naming the user again takes nothing away.
        self.floor.iter().any(|event| !matches!(**event, Event::Named { .. }))
    }

    /// The state was read or written in a transaction that began at `now`; answers whether it is another one than was
    /// known. What is older than what this tab knows of
    /// the same database is not learned (I3).
    pub(crate) fn learn(&mut self, state: Option<Rc<State>>, now: f64) -> bool {
        if let (Some(known), Some(state)) = (&self.known, &state)
            && known.label.incarnation == state.label.incarnation
            && known.label.generation > state.label.generation
        {
            return false;
        }
        self.verified = now;
        if match (&self.known, &state) {
            (Some(known), Some(state)) => known.same(state),
            (None, None) => true,
            _ => false,
        } {
            return false;
        }
        self.targets = None;
        self.mirror = state.as_deref().map_or(JsValue::UNDEFINED, mirror_text);
        self.known = state;
        true
    }

    /// Has memory serve what it just gave, on the terms of S1b, until before `until` at the latest.
    pub(crate) fn grant(&self, memory: &Memory, now: f64, until: f64) {
        memory.grant(now, until.min(self.verified + VERIFY_WITHIN), &self.mirror_key, &self.mirror);
    }

    /// What was known is not to be relied on any more; it still dates the requests that depart.
    pub(crate) fn doubt(&mut self) {
        self.verified = f64::NEG_INFINITY;
    }

    /// The database is gone.
    pub(crate) fn forget(&mut self) {
        self.known = None;
        self.targets = None;
        self.mirror = JsValue::UNDEFINED;
        self.doubt();
    }
}

/// What tabs tell each other through `localStorage`: any change of a state changes the text.
fn mirror_text(state: &State) -> JsValue {
    let flags = state.suspension as u32 + 4 * u32::from(state.enabled) + 8 * u32::from(state.displaced.is_some());
    let Label { incarnation, generation } = state.label;
    words::mirror_text(incarnation as f64, generation as f64, state.clock as f64, flags)
}

impl Inner {
    /// S1b: does this tab know the partition's state well enough for memory to answer?
    pub(crate) fn may_trust_memory(&self, partition: &mut Partition, now: f64) -> bool {
        if partition.known.is_none() || now - partition.verified > VERIFY_WITHIN || now < partition.verified {
            return false;
        }
        let agrees = !self.mirror_moved(partition);
        if agrees {
            partition.mirror_differs_since = None;
        }
        agrees
    }

    /// What the mirror says of a partition; `undefined` where it cannot be read.
    fn mirrored(&self, partition: &Partition) -> JsValue {
        words::read_mirror(&self.settings.mirror, &partition.mirror_key)
    }

    /// Writes the mirror after this tab changed the state. One that cannot be written costs other tabs at most a second
    /// (S1b).
    pub(crate) fn publish(&self, partition: &Partition) {
        words::write_mirror(&self.settings.mirror, &partition.mirror_key, &partition.mirror);
    }

    /// Does the mirror say something else than this tab knows? Without a database it only tells that another tab changed
    /// something since it was last looked at.
    pub(crate) fn mirror_moved(&self, partition: &Partition) -> bool {
        !words::agrees(&self.settings.mirror, &partition.mirror_key, &partition.mirror)
    }

    /// Remembers what the mirror says now.
    pub(crate) fn remember_mirror(&self, partition: &mut Partition) {
        partition.mirror = self.mirrored(partition);
    }

    /// After a read: a mirror that is missing, or has differed for a while (a crash lost what it announced), is
    /// written anew. One that has just changed belongs to a tab that is about to tell.
    pub(crate) fn mend_mirror(&self, partition: &mut Partition, now: f64) {
        let text = self.mirrored(partition);
        if partition.known.is_none() || text.is_undefined() {
            return;
        }
        if text == partition.mirror {
            partition.mirror_differs_since = None;
            return;
        }
        let since = *partition.mirror_differs_since.get_or_insert(now);
        if now - since > MIRROR_PATIENCE || now < since || !words::same_database(&text, &partition.mirror) {
            partition.mirror_differs_since = None;
            self.publish(partition);
        }
    }
}
