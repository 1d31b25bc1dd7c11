//! The exports: what JavaScript calls.
//!
//! Every one of them checks what it is given and fails with an `Error` that says what was wrong and what is accepted.
//! Every one that touches the database opens it, reads or writes in one transaction, and closes it again, so that no
//! deletion or upgrade ever waits for this module. None of them creates the database.
//!
//! | module | exports |
//! |---|---|
//! | [`look`] | `entries`, `explain` |
//! | [`diagnose`] | `diagnose` |
//! | [`stamp`] | `readStamp` |
//! | [`exchange`] | `exportEntries`, `importEntries` |
//! | this one | `onPanic`, `trap` |
//!
//! The types are written by hand beside the JavaScript that calls.

mod argument;
mod database;
mod deadline;
pub mod diagnose;
pub mod exchange;
pub mod look;
mod page;
mod read;
mod request;
pub mod stamp;

use js_sys::{Array, Function, Reflect, RegExp};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// Has `handler` called with a message when the module panics.
///
/// A panic leaves the promise of the call under way unsettled for ever; this is how its caller learns of it.
#[wasm_bindgen(js_name = onPanic)]
pub fn on_panic(handler: Function) {
    std::panic::set_hook(Box::new(move |info| {
        // Nothing can be done about a handler that throws.
        let _ = handler.call1(&JsValue::UNDEFINED, &JsValue::from_str(&info.to_string()));
    }));
}

/// A result as JavaScript gets it: plain objects, `null` for what is not there.
fn answer(value: &impl Serialize) -> Result<JsValue, JsError> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// Panics on purpose, for tests of the page's defence.
#[wasm_bindgen]
pub fn trap() {
    panic!("asked to panic");
}

/// Evaluates a target's regular expression on a URL; what is no regular expression counts as matching.
fn pattern_on(url: &str) -> impl Fn(&str, &str) -> bool {
    move |source, flags| {
        // Through `Reflect`, since the constructor throws on a bad source.
        let arguments = Array::of2(&source.into(), &flags.into());
        let expression = page::global_value("RegExp")
            .and_then(|constructor| Reflect::construct(constructor.unchecked_ref::<Function>(), &arguments));
        expression.map_or(true, |expression| expression.unchecked_ref::<RegExp>().test(url))
    }
}
