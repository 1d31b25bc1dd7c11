//! The boundary with the page: one function, the callbacks of `Host`, and the shapes of what crosses.
//!
//! `words.js` makes a class of it: `Engine` in `js/boundary.ts`, where its methods are described. Bodies cross as
//! they are and are never read. Times are milliseconds since the Unix epoch.

pub mod call;
pub mod host;
pub mod js;
pub(crate) mod record;

use alloc::vec::Vec;

use hybrid_cache_contract::RawHeaders;
use wasm_bindgen::prelude::*;

use self::host::Host;
use crate::{
    engine::{Inner, Shared},
    words,
};

/// The engines of this instance of the module; a page makes one.
struct Engines(Shared<Vec<&'static Inner>>);

#[allow(unsafe_code, reason = "a static asks for `Sync`, and a module without threads has it")]
// SAFETY: the module is built without the `atomics` feature, so there is one thread.
unsafe impl Sync for Engines {}

static ENGINES: Engines = Engines(Shared::new(Vec::new()));

/// Makes an engine; it opens nothing yet. Answers the number by which [`call`](call::call) knows it.
///
/// `engine` is the object whose methods the driver calls, `host` the page's half of the boundary, `options` the
/// `EngineOptions` of `js/boundary.ts`.
fn start(engine: &JsValue, host: Host, options: &JsValue) -> u32 {
    words::listen(&host, RawHeaders::NAME_LIST);
    words::begin_counting();
    let mut engines = ENGINES.0.borrow_mut();
    engines.push(Inner::new(engine, host, options));
    engines.len() as u32 - 1
}

#[wasm_bindgen(module = "/src/words.js")]
extern "C" {
    /// The class `Engine` of a module, given its export [`call`](call::call).
    #[wasm_bindgen(js_name = engineClass)]
    pub fn engine_class(exports: &JsValue) -> JsValue;
}

/// The engine of this number.
fn engine(at: u32) -> Option<&'static Inner> {
    ENGINES.0.borrow_mut().get(at as usize).copied()
}
