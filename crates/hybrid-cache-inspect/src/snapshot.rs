//! Entries on their way out of one database and into another: what a snapshot holds, and what may come back.
//!
//! Importing is storing, so the rules for storing hold. An entry is taken in only while the partition it is for is at
//! the very version, scope and user it was kept under, and only if nothing it belongs to was invalidated since. Within
//! one database [`judge`] decides, barrier included. Between databases generations cannot be compared (R0): there the
//! version alone must tell, which it does where the server never uses a number twice (H5).

use hybrid_cache_core::{
    coherence::{Context, EntryStamp, Label, Lookup, Observed, State, Targets, Token, judge, may_replace, may_serve},
    key::RequestKey,
};
use serde::{Deserialize, Serialize};

use crate::record::EntryRecord;

/// Format number of the snapshots that are written and read.
pub const SNAPSHOT_FORMAT: f64 = 1.0;

/// One exported entry; its body stands in `record.body`, as text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnapshotEntry {
    /// Server origin, a blank, the user.
    pub partition: String,
    /// The request key.
    pub key: String,
    /// The version the partition was at.
    pub version: u64,
    /// The scope that was recorded for it, if any.
    pub scope: Option<String>,
    /// How `record.body` is written.
    pub encoding: Encoding,
    /// The record as the database held it.
    pub record: EntryRecord,
}

/// How a body is written in a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// As it is.
    Text,
    /// Bytes, in base64 (RFC 4648 section 4).
    Base64,
}

/// The partition that entries are imported into.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'a> {
    /// Its name.
    pub partition: &'a str,
    /// Its state now.
    pub state: &'a State,
    /// What was invalidated in it.
    pub targets: &'a Targets,
    /// The time, in milliseconds since the epoch.
    pub now: f64,
}

/// An entry that was not imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Its request key, or its place in the snapshot where that could not be read.
    pub key: String,
    /// Why, with the rule.
    pub reason: String,
}

impl SnapshotEntry {
    /// May the entry be stored in this partition? `Ok` carries the record to store, under the current label; `Err` the
    /// reason. `pattern` evaluates a regular expression, given its source and flags, on the entry's URL.
    ///
    /// Whether a younger entry is there already (R14) is [`replaces`]'s question.
    pub fn admit(&self, to: &Destination<'_>, pattern: impl Fn(&str, &str) -> bool) -> Result<EntryRecord, String> {
        let (state, record) = (to.state, &self.record);
        self.check_shape()?;
        if self.partition != to.partition {
            return Err(format!("it was kept for `{}`, not for `{}` (S4)", self.partition, to.partition));
        }
        if let Err(rule) = state.is_open() {
            return Err(format!("nothing may be stored in this partition now ({})", rule.name()));
        }
        if self.scope != state.scope {
            return Err("the partition's scope is not the one it was kept under (R11)".into());
        }
        match state.version {
            Some(version) if version.get() == self.version => {}
            Some(version) => {
                return Err(format!("it was kept at version {}, the partition is at {version} (R7)", self.version));
            }
            None => return Err("the partition has adopted no version yet, so nothing can be compared (R8)".into()),
        }
        let known = record.incarnation == state.label.incarnation;
        if known {
            self.check_generation(state)?;
        }
        let clock = if known { record.clock } else { 0 };
        if clock < state.clock && record.invalidated_since(clock, to.targets, pattern) {
            return Err("its URL or one of its groups was invalidated since (R13)".into());
        }
        let stamp = EntryStamp { label: state.label, clock: state.clock, ..record.stamp() };
        match may_serve(state, &stamp, to.now, |_| false) {
            Lookup::Miss(_) if record.stored > to.now => Err("it was stored in the future of the clock (S3)".into()),
            Lookup::Miss(_) => Err("its time has run out (S2)".into()),
            Lookup::Fresh | Lookup::Stale => Ok(EntryRecord {
                incarnation: state.label.incarnation,
                generation: state.label.generation,
                clock: state.clock,
                ..record.clone()
            }),
        }
    }

    fn check_shape(&self) -> Result<(), String> {
        let record = &self.record;
        if !record.is_readable() {
            return Err("its record is of a format this version does not know".into());
        }
        let times = [record.departed, record.stored, record.fresh, record.stale];
        if !times.iter().all(|time| *time >= 0.0) || !record.departed.is_finite() || record.departed > record.stored {
            return Err("its times are impossible: `departed` must not be after `stored`, none below 0".into());
        }
        if !(record.bytes >= 0.0 && record.bytes.is_finite()) {
            return Err("its size is impossible: `bytes` must be a number from 0 up".into());
        }
        if RequestKey::parse(&self.key).is_none_or(|key| key.method != "GET" || key.url != record.url) {
            return Err("its key is not that of a GET request for its URL".into());
        }
        Ok(())
    }

    /// Within one database: the rules for a response that departed when the entry's request did.
    fn check_generation(&self, state: &State) -> Result<(), String> {
        let label = Label { incarnation: self.record.incarnation, generation: self.record.generation };
        let token = Token { label: Some(label), clock: self.record.clock, departed: self.record.departed };
        let response = Observed { version: state.version, scope: self.scope.as_deref(), ..Observed::default() };
        let context = Context { next_generation: state.label.generation + 1, ..Context::default() };
        let verdict = judge(state, &token, &response, &context);
        if verdict.stores() {
            return Ok(());
        }
        let rule = verdict.rule().name();
        Err(format!("it is older than the last clear, reset or change of user in this database ({rule})"))
    }
}

/// R14: may an entry whose request departed at `departed` take the place of the one that is there?
pub fn replaces(existing: Option<f64>, departed: f64) -> Result<(), String> {
    match existing {
        Some(there) if !may_replace(there, departed) => Err("a younger entry is there already (R14)".into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
