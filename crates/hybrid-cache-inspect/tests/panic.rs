//! `onPanic`. A binary of its own: after a panic the hook that was set before cannot be set again.
#![cfg(target_arch = "wasm32")]

use hybrid_cache_inspect::browser::{on_panic, trap};
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn a_panic_is_told_before_the_call_dies() {
    let told = Array::new();
    let handler = Function::new_with_args("told", "return (message) => told.push(message)");
    on_panic(handler.call1(&JsValue::UNDEFINED, &told).unwrap().unchecked_into());

    let trapped = Closure::<dyn Fn()>::new(trap);
    let survive = Function::new_with_args("trapped", "try { trapped() } catch (error) { return error.name }");
    let error = survive.call1(&JsValue::UNDEFINED, trapped.as_ref()).unwrap();
    // It is on loan to the call that died.
    std::mem::forget(trapped);

    assert_eq!(error.as_string().as_deref(), Some("RuntimeError"));
    let message = told.get(0).as_string().expect("the handler was called");
    assert!(message.contains("asked to panic"), "{message}");
}
