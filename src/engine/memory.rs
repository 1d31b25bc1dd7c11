//! The layer in front of the database: the records this tab stored or read last, as they are.
//!
//! A record carries its stamp, so that nothing of it has to be kept here, and a JavaScript `Map` keeps the order of use:
//! a lookup copies no key into the module.

use hybrid_cache_core::coherence::Label;
use wasm_bindgen::prelude::*;

use crate::bindings::js::Array;

#[wasm_bindgen(module = "/src/memory.js")]
extern "C" {
    /// Records by partition and request key, the least recently used leaving first.
    pub(crate) type Memory;
    /// Empty; `memoryBytes` and `maxEntries` of the options are its budget.
    #[wasm_bindgen(constructor)]
    pub(crate) fn new(options: &JsValue) -> Memory;
    /// The record, `undefined` where there is none; whether it may be served is for the caller to judge.
    #[wasm_bindgen(method)]
    pub(crate) fn get(this: &Memory, handle: u32, key: &JsValue) -> JsValue;
    /// Keeps a record; `entry` is its key in the database.
    #[wasm_bindgen(method)]
    pub(crate) fn put(
        this: &Memory,
        handle: u32,
        key: &JsValue,
        entry: &JsValue,
        record: &JsValue,
        bytes: f64,
        used: bool,
    );
    #[wasm_bindgen(method)]
    fn prune(this: &Memory, handle: u32, incarnation: f64, generation: f64);
    /// Forgets everything.
    #[wasm_bindgen(method)]
    pub(crate) fn clear(this: &Memory);
    /// Keys of the entries that were served since this was last asked, a hundred or little more.
    #[wasm_bindgen(method)]
    pub(crate) fn used(this: &Memory) -> Array;
    /// Adds entries and bytes to the counters.
    #[wasm_bindgen(method)]
    pub(crate) fn count(this: &Memory, counters: JsValue) -> JsValue;
}

impl Memory {
    /// Forgets what a partition has under another label than this one. O(n).
    pub(crate) fn remove_dead(&self, handle: u32, label: Label) {
        self.prune(handle, label.incarnation as f64, label.generation as f64);
    }
}
