//! What is needed of JavaScript itself. js-sys has it all, and brings its futures along, whose texts and tables stay in the
//! module although nothing calls them.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A JavaScript array.
    pub type Array;
    /// An empty one.
    #[wasm_bindgen(constructor)]
    pub(crate) fn new() -> Array;
    #[wasm_bindgen(method)]
    pub(crate) fn at(this: &Array, at: i32) -> JsValue;
    #[wasm_bindgen(method)]
    pub(crate) fn push(this: &Array, value: &JsValue);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn length(this: &Array) -> u32;

    /// A JavaScript object.
    pub type Object;
    /// One without properties.
    #[wasm_bindgen(constructor)]
    pub(crate) fn new() -> Object;

    /// Milliseconds since the Unix epoch.
    #[wasm_bindgen(js_namespace = Date)]
    pub(crate) fn now() -> f64;
    /// From 0 to below 1.
    #[wasm_bindgen(js_namespace = Math)]
    pub(crate) fn random() -> f64;
}

impl Default for Array {
    fn default() -> Self {
        Self::new()
    }
}

impl Array {
    /// The value at a place; `undefined` behind the end.
    pub(crate) fn get(&self, at: u32) -> JsValue {
        self.at(at as i32)
    }

    /// Its values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = JsValue> + '_ {
        (0..self.length()).map(|at| self.get(at))
    }
}
