//! `readStamp`.

use hybrid_cache_contract::{RawHeaders, ResponseStamp};
use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{
    answer,
    argument::{describe, wrong},
    page,
};

const EXPORT: &str = "readStamp(headers)";
const EXPECTED: &str = "a Headers object, anything with get(name), or an object of header names and string values";

/// What one response says about caching, read by the parser that the engine and the server use.
///
/// `headers` is anything with a method `get(name)` that answers a string or `null`, or a plain object of names (in any
/// letter case) and strings. The answer has the shape of the cases under `stamp` in the contract's `vectors.json`.
///
/// # Errors
///
/// Anything else.
#[wasm_bindgen(js_name = readStamp)]
pub fn read_stamp(headers: JsValue) -> Result<JsValue, JsError> {
    if !headers.is_object() || js_sys::Array::is_array(&headers) {
        return Err(wrong(EXPORT, &format!("the argument is {}; expected {EXPECTED}", describe(&headers))));
    }
    let getter: Option<Function> = page::property(&headers, "get").ok().and_then(|get| get.dyn_into().ok());
    let mut values: [Option<String>; 9] = Default::default();
    for (value, name) in values.iter_mut().zip(RawHeaders::NAMES) {
        let found = match &getter {
            Some(get) => get.call1(&headers, &name.into()),
            None => named(&headers, name),
        };
        let found =
            found.map_err(|error| wrong(EXPORT, &format!("reading {name} failed: {}", page::thrown(&error))))?;
        *value = match found.as_string() {
            Some(text) => Some(text),
            None if found.is_null() || found.is_undefined() => None,
            None => return Err(wrong(EXPORT, &format!("{name} is {}; expected a string", describe(&found)))),
        };
    }
    answer(&ResponseStamp::parse(&values.each_ref().map(Option::as_deref).into()))
}

/// A field of a plain object, whatever the letter case of its name.
fn named(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    for own in Object::keys(object.unchecked_ref::<Object>()).iter() {
        if own.as_string().is_some_and(|own| own.eq_ignore_ascii_case(name)) {
            return Reflect::get(object, &own);
        }
    }
    Ok(JsValue::UNDEFINED)
}
