//! The exports in a real browser, on a database of the engine's schema.
//!
//! `CHROMEDRIVER=$(command -v chromedriver) CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
//! cargo test --target wasm32-unknown-unknown -p hybrid-cache-inspect`
#![cfg(target_arch = "wasm32")]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[path = "browser/arguments.rs"]
mod arguments;
#[path = "browser/diagnosing.rs"]
mod diagnosing;
#[path = "browser/exchanging.rs"]
mod exchanging;
#[path = "browser/looking.rs"]
mod looking;
#[path = "browser/stamps.rs"]
mod stamps;
#[path = "browser/world.rs"]
mod world;
