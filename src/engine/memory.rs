//! The layer in front of the database: the records this tab stored or read last, as they are.
//!
//! A record carries its stamp, so that nothing of it has to be kept here, and the keys stay in JavaScript: a lookup
//! copies none into the module. What was served once is served again without the module, as long as [`Memory::grant`] says.

use hybrid_cache_core::coherence::Label;
use wasm_bindgen::prelude::*;

use crate::bindings::js::Array;

#[wasm_bindgen(module = "/src/memory.js")]
extern "C" {
    /// Records by request key, one for each, the least recently used leaving first.
    pub(crate) type Memory;
    /// Empty; `memoryBytes` and `maxEntries` of the options are its budget. `engine` is given it as `memory`.
    #[wasm_bindgen(constructor)]
    pub(crate) fn new(options: &JsValue, engine: &JsValue) -> Memory;
    /// The record, `undefined` where there is none; whether it may be served is for the caller to judge.
    #[wasm_bindgen(method)]
    pub(crate) fn get(this: &Memory, handle: u32, key: &JsValue) -> JsValue;
    /// What [`get`](Memory::get) answered last is served, and may be again from `from` until before `until`, unless the
    /// engine is called for anything but such a lookup, or `place` of the mirror says something else than `text`. To be
    /// called only in a lookup that changes nothing the engine knows.
    #[wasm_bindgen(method)]
    pub(crate) fn grant(this: &Memory, from: f64, until: f64, place: &JsValue, text: &JsValue);
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
