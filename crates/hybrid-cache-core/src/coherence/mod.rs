//! Coherence: is a stored response still what the server would answer to this user?
//!
//! The words used here:
//!
//! - a **partition** is everything kept for one user of one server;
//! - a **generation** is a number that only grows within one database and belongs to one partition; together with the
//!   database's random **incarnation** it is a [`Label`]. Every entry carries the label it was stored under, and it is
//!   servable only while that label is the partition's current one. Changing the label is one small write, and it is
//!   the whole invalidation;
//! - the **barrier** is the generation of the last event that was not a plain "version went up": responses that
//!   departed before it are never stored;
//! - the **invalidation clock** counts narrower invalidations (a URL, a pattern, a group);
//! - a **token** is what a request carries from its departure to its response.
//!
//! [`judge`] takes a response's measure (rules R0 to R9 and R11), [`State`] has one method for each event that is not
//! a response (R10, R12, S6), [`may_serve`] decides about an entry (S1, S3), and [`Targets`] remembers what was
//! invalidated (R13). None of them does anything: the caller writes the returned state and the entry in the same
//! transaction it read them in.

mod judge;
mod label;
mod serve;
mod state;
mod target;

pub use judge::{Context, Observed, Refusal, Verdict, judge, may_replace};
pub use label::{Label, Token};
pub use serve::{EntryStamp, Lookup, Miss, closed, may_serve};
pub use state::{Rule, State, Suspension};
pub use target::{MAX_TARGETS, Target, TargetKind, Targets};
