//! What people look at rather than wait for: the list of entries, why a URL is (not) served, a diagnosis of browser,
//! database and server, export and import.
//!
//! This is a second WebAssembly module. No page loads it to serve a request, so here the comfort crates are at home
//! (rexie, serde-wasm-bindgen, gloo-net), and their size is paid by whoever opens the console.
//!
//! # What does this crate not do?
//!
//! It decides nothing: whether an entry is servable or a response storable is asked of `hybrid-cache-core`, and headers
//! are read by `hybrid-cache-contract`, as the engine does. Except for [`snapshot`] imports it writes nothing. It never
//! creates the database, and keeps no connection open between two calls.
//!
//! | module | purpose |
//! |---|---|
//! | [`record`] | what the database holds, without the bodies |
//! | [`entry`] | entries as they are listed, and filters |
//! | [`mod@explain`] | would it be served now, and why (not) |
//! | [`diagnosis`] | checks with cures, and the report |
//! | [`snapshot`] | what may be imported |
//! | [`phrase`] | durations and sizes as people read them |
//! | `browser` | the exports: arguments, IndexedDB through rexie, requests through gloo-net (wasm only) |
//!
//! Everything but `browser` is pure and tested natively.

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod diagnosis;
pub mod entry;
pub mod explain;
pub mod phrase;
pub mod record;
pub mod snapshot;
