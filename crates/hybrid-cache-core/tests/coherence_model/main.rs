//! The rules of `docs/coherence.md`, explored exhaustively within the bounds of each slice.
//!
//! `slices.rs` says what is explored and how far, `mutants.rs` which mistakes are found out, and where. The decisions are
//! the shipped ones of `hybrid_cache_core::coherence`; what the model adds is everything around them: servers, network,
//! tabs, database. `HYBRID_CACHE_FULL=1` raises the bounds; `--nocapture` prints what was explored.

mod action;
mod beginning;
mod browser;
mod canonical;
mod coherence;
mod convergence;
mod exploration;
mod lookup;
mod mutant;
mod mutants;
mod network;
mod onlooker;
mod possible;
mod rules;
mod server;
mod slice;
mod slices;
mod storage;
mod tab;
mod transaction;
mod world;
