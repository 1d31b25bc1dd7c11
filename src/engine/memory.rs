//! The layer in front of the database: the records this tab stored or read last, as they are.

use alloc::string::String;

use hybrid_cache_core::{
    coherence::{EntryStamp, Label},
    eviction::{Budget, Recency},
    key,
};
use wasm_bindgen::prelude::*;

/// A record in memory.
struct Kept {
    stamp: EntryStamp,
    record: JsValue,
    used: bool,
}

/// Records by partition and request key, the least recently used leaving first.
pub(crate) struct Memory {
    kept: Recency<Kept>,
}

impl Memory {
    pub(crate) fn new(max_bytes: u64, max_entries: u64) -> Self {
        Self { kept: Recency::new(Budget { max_bytes, max_entries }) }
    }

    /// The record, if there is one; whether it may be served is for the caller to judge.
    pub(crate) fn get(&mut self, handle: u32, key: &str) -> Option<(EntryStamp, JsValue)> {
        self.kept.get_mut(&name(handle, key)).map(|kept| {
            kept.used = true;
            (kept.stamp, kept.record.clone())
        })
    }

    /// Keeps a record, unless one under the same label departed later.
    pub(crate) fn insert(&mut self, handle: u32, key: &str, stamp: EntryStamp, record: JsValue, bytes: f64) {
        self.kept.insert(&name(handle, key), bytes as u64, Kept { stamp, record, used: false });
    }

    /// Forgets what a partition has under another label than this one. O(n).
    pub(crate) fn remove_dead(&mut self, handle: u32, label: Label) {
        let prefix = name(handle, "");
        self.kept.retain(|key, kept| kept.stamp.label == label || !key.starts_with(prefix.as_str()));
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }

    /// Entry keys of the records that were served since this was last asked.
    pub(crate) fn take_used(&mut self, now: f64, each: &mut dyn FnMut(String, f64)) {
        self.kept.for_each_mut(|name, kept| {
            if core::mem::take(&mut kept.used)
                && let Some((_, request)) = key::cut(name, b'|')
            {
                each(key::entry(kept.stamp.label.generation, request), now);
            }
        });
    }

    /// Entries and bytes.
    pub(crate) fn usage(&self) -> (f64, f64) {
        let usage = self.kept.usage();
        (usage.entries as f64, usage.bytes as f64)
    }
}

/// The name of a record: its partition's handle in the place of an entry key's generation, and the request key.
fn name(handle: u32, key: &str) -> String {
    key::entry(handle.into(), key)
}
