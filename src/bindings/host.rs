//! What the page offers the engine: callbacks, and the tokens that cross between them.

use hybrid_cache_core::coherence::{Label, Token};
use wasm_bindgen::prelude::*;

use crate::words;

#[wasm_bindgen]
extern "C" {
    /// The page's half of the boundary; `Host` in `js/boundary.ts`. Every method must return normally.
    pub type Host;
    /// A lookup has ended. `verdict` is `fresh`, `stale`, or the reason of a miss; `layer` is `memory`, `indexeddb` or
    /// empty; `token` goes back into `observe` when the request departs.
    #[wasm_bindgen(method)]
    pub(crate) fn answered(this: &Host, id: u32, verdict: &JsValue, layer: &JsValue, record: &JsValue, token: &JsValue);
    /// Something asked for by id is done; `value` is a count where one was asked for.
    #[wasm_bindgen(method)]
    pub(crate) fn settled(this: &Host, id: u32, value: f64);
    /// The storage is there (`indexeddb`) or is not (`memory`, with the reason). May come again.
    #[wasm_bindgen(method)]
    pub(crate) fn opened(this: &Host, mode: &str, reason: &str);
    /// A partition's state changed, in this tab or in another.
    #[wasm_bindgen(method)]
    pub(crate) fn changed(this: &Host, handle: u32, cause: &str, version: Option<f64>, enabled: bool, suspended: bool);
    /// Tell the other tabs that this partition changed.
    #[wasm_bindgen(method)]
    pub(crate) fn broadcast(this: &Host, partition: &str);
    /// Something the developer should know; said once for each cause.
    #[wasm_bindgen(method)]
    pub(crate) fn warn(this: &Host, cause: &str, detail: &str);
    /// A response was delivered and not stored because of this rule.
    #[wasm_bindgen(method)]
    pub(crate) fn late(this: &Host, id: u32, rule: &str);
    /// A body is on record.
    #[wasm_bindgen(method)]
    pub(crate) fn stored(this: &Host, id: u32);
    /// The module panicked and is not to be called again.
    #[wasm_bindgen(method)]
    pub(crate) fn panicked(this: &Host, message: &str);
}

/// A token as the page keeps it: incarnation, generation, clock, departure.
pub(crate) fn write_token(token: &Token) -> JsValue {
    let Some(label) = token.label else {
        return JsValue::UNDEFINED;
    };
    words::tuple(label.incarnation as f64, label.generation as f64, token.clock as f64, token.departed)
}

/// Reads a token back; anything else than what [`write_token`] made is the unknown token.
pub(crate) fn read_token(value: &JsValue) -> Token {
    let [incarnation, generation, clock, departed] = [0, 1, 2, 3].map(|at| words::item(value, at));
    if (incarnation + generation + clock + departed).is_nan() {
        return Token::unknown(0.0);
    }
    let label = Some(Label { incarnation: incarnation as u64, generation: generation as u64 });
    Token { label, clock: clock as u64, departed }
}
