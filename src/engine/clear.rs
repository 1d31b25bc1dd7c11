//! Clears and narrower invalidations, as they are asked for.

use alloc::{boxed::Box, string::String};

use hybrid_cache_core::{
    coherence::{Target, TargetKind},
    key,
};

use super::{
    Inner,
    event::Event,
    jobs::{Job, Purpose},
};
use crate::{
    bindings::js::Array,
    driver::{ALL, Operations, STATES, STATES_END},
    words::Word,
};

impl Inner {
    /// Invalidates a target and removes what it covers; `id` is told how many entries went.
    pub(crate) fn invalidate(&self, id: u32, handle: u32, kind: TargetKind, source: String, flags: String) {
        let target = Target { clock: 0, kind, source, flags };
        self.enqueue(handle, Event::Invalidate { id: Some(id), target });
    }

    /// Clears one partition, or every one on record, and tells `id`.
    pub(crate) fn clear(&self, id: u32, handle: Option<u32>) {
        match handle {
            Some(handle) => {
                self.clearing.keep(id, Box::new(1));
                self.enqueue(handle, Event::Clear { id: Some(id) });
            }
            None if self.is_open() => {
                let ask = Operations::default();
                ask.range(Word::state, &STATES.into(), &STATES_END.into(), ALL);
                self.transact(Purpose::Read, Job::ClearAll { id, keys: Array::new() }, &ask);
            }
            None => self.clear_named(id, &Array::new()),
        }
    }

    /// Clears the partitions of these keys of states, and those this tab knows.
    pub(crate) fn clear_named(&self, id: u32, keys: &Array) {
        for key in keys.iter() {
            // Partitions of users this tab never named have a record too.
            let key = key.as_string().unwrap_or_default();
            if let Some((server, user)) = key.strip_prefix(STATES).and_then(key::split_partition) {
                self.partition(server, user, false);
            }
        }
        let partitions = self.partitions.borrow_mut().len() as u32;
        self.clearing.keep(id, Box::new(partitions + 1));
        for handle in 0..partitions {
            self.enqueue(handle, Event::Clear { id: Some(id) });
        }
        self.cleared_one(id);
    }

    /// One more of the partitions a clear was asked for is cleared.
    pub(crate) fn cleared_one(&self, id: u32) {
        let Some(mut left) = self.clearing.take(id) else { return };
        *left -= 1;
        if *left == 0 {
            self.host.settled(id, 0.0);
        } else {
            self.clearing.keep(id, left);
        }
    }
}
