//! What hybrid-cache decides: may a stored response be served, may a response be stored, for how long, and what goes
//! when space is short.
//!
//! # What does this crate not do?
//!
//! It reads no clock, opens no storage and talks to no network: it is `no_std`, so none of these can be named here.
//! Time, stored state and the parsed headers of a response come in as arguments; a decision goes out as an enum that
//! carries the next step and the rule that led there. Nothing here waits, so every decision can be taken inside a
//! database transaction, between reading the state and writing it.
//!
//! # Map
//!
//! | module | question |
//! |---|---|
//! | [`coherence`] | Is this stored response still the server's truth for this user? (rules R0 to R14, S1 to S6) |
//! | [`freshness`] | For how long may it be used, and when is it to be revalidated? (RFC 9111, RFC 5861, S2, S3) |
//! | [`eviction`] | Which entries go when the byte or the entry budget is exceeded? |
//! | [`key`] | Under which key is an entry kept? |
//!
//! The rules are explained by number in `docs/coherence.md`.
#![no_std]

extern crate alloc;

pub mod coherence;
pub mod eviction;
pub mod freshness;
pub mod key;
