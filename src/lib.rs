//! The browser half of hybrid-cache: the WebAssembly module that every page loads.
//!
//! It runs the decisions of `hybrid-cache-core` inside IndexedDB transactions, keeps a memory layer in front, and talks
//! to the page through one function, of which `words.js` makes the class `Engine`, and one object of callbacks, `Host`. It makes no request of its own, never
//! decodes a body, and copies none into its memory: bodies stay JavaScript values from the response to the record.
//!
//! | module | purpose |
//! |---|---|
//! | `bindings` | the boundary with the page: `Engine`, `Host`, tokens, records |
//! | `engine` | what is done: lookups, rules, stores, sweeps, the memory layer |
//! | `driver` | the boundary with IndexedDB: `driver.js` moves requests and records, and decides nothing |
//! | `words` | names and words, kept as JavaScript strings |
//!
//! Built natively the crate is empty; its tests run in a browser (`tests/browser.rs`).
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
extern crate alloc;
// Debug builds are for tests, and the test harness brings the standard library with its panic handler.
#[cfg(all(target_arch = "wasm32", debug_assertions))]
extern crate std;

#[cfg(target_arch = "wasm32")]
pub mod bindings;
#[cfg(target_arch = "wasm32")]
mod driver;
#[cfg(target_arch = "wasm32")]
mod engine;
#[cfg(all(target_arch = "wasm32", not(debug_assertions)))]
mod runtime;
#[cfg(target_arch = "wasm32")]
mod words;
