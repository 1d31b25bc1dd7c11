//! What the page or worker around this module offers.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::diagnosis::environment::{Environment, Opening};

/// Key that is written to `localStorage` and removed at once.
const PROBE: &str = "hybrid-cache:diagnosis";

/// A property of an object; `undefined` on what is not an object.
pub(super) fn property(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    if object.is_object() || object.is_function() { Reflect::get(object, &name.into()) } else { Ok(JsValue::UNDEFINED) }
}

/// A global; reading one may throw where site data is blocked.
pub(super) fn global_value(name: &str) -> Result<JsValue, JsValue> {
    property(&js_sys::global(), name)
}

fn offers(value: Result<JsValue, JsValue>) -> bool {
    value.is_ok_and(|value| value.is_object() || value.is_function())
}

/// Calls a method; an error where there is none.
fn call(object: &JsValue, method: &str, arguments: &[&str]) -> Result<JsValue, JsValue> {
    let function: Function = property(object, method)?.dyn_into()?;
    let arguments: js_sys::Array = arguments.iter().map(|argument| JsValue::from_str(argument)).collect();
    function.apply(object, &arguments)
}

async fn call_and_wait(object: &JsValue, method: &str) -> Option<JsValue> {
    let promise: Promise = call(object, method, &[]).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}

/// One line on what was thrown.
pub(super) fn thrown(error: &JsValue) -> String {
    let text = |name| property(error, name).ok().and_then(|value| value.as_string()).filter(|text| !text.is_empty());
    match (text("name"), text("message")) {
        (Some(name), Some(message)) => format!("{name}: {message}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => error.as_string().unwrap_or_else(|| "something without a name was thrown".into()),
    }
}

/// The page's own origin, as far as there is one.
pub(super) fn origin() -> String {
    global_value("origin").ok().and_then(|origin| origin.as_string()).unwrap_or_default()
}

/// How the browser names itself.
pub(super) fn user_agent() -> Option<String> {
    property(&global_value("navigator").ok()?, "userAgent").ok()?.as_string()
}

/// Looks around. `indexed_db` was found by opening the database.
pub(super) async fn environment(indexed_db: Opening) -> Environment {
    let navigator = global_value("navigator").unwrap_or_default();
    let storage = property(&navigator, "storage").unwrap_or_default();
    let estimate = call_and_wait(&storage, "estimate").await;
    let number = |name| property(estimate.as_ref()?, name).ok()?.as_f64();
    Environment {
        secure: global_value("isSecureContext").is_ok_and(|secure| secure.is_truthy()),
        indexed_db,
        estimate: number("usage").zip(number("quota")),
        persisted: call_and_wait(&storage, "persisted").await.and_then(|persisted| persisted.as_bool()),
        channel: offers(global_value("BroadcastChannel")),
        locks: offers(property(&navigator, "locks")),
        local_storage: local_storage().map_err(|error| thrown(&error)),
    }
}

fn local_storage() -> Result<(), JsValue> {
    let storage = global_value("localStorage")?;
    if storage.is_undefined() || storage.is_null() {
        return Err("not offered here".into());
    }
    call(&storage, "setItem", &[PROBE, "1"])?;
    let read = call(&storage, "getItem", &[PROBE])?;
    call(&storage, "removeItem", &[PROBE])?;
    if read == "1" { Ok(()) } else { Err("what was written could not be read back".into()) }
}
