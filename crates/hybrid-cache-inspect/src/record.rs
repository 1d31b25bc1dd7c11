//! What the database holds, as far as it is looked at here. Bodies are never among it.
//!
//! The engine writes these records; a field of the wrong type, or a `format` other than [`FORMAT`], makes a record
//! unreadable, and the engine treats an unreadable record as if it were not there.

use hybrid_cache_contract::CacheVersion;
use hybrid_cache_core::coherence::{EntryStamp, Label, State, Suspension, Target, TargetKind, Targets};
use serde::{Deserialize, Serialize};

/// Format number of the records that are understood.
pub const FORMAT: f64 = 1.0;

/// Something that was looked for in the database.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<T> {
    /// It is not there.
    Absent,
    /// Something is there that this version does not understand.
    Unreadable,
    /// Here it is.
    Known(T),
}

impl<T> Found<T> {
    /// What is there and understood.
    pub fn known(&self) -> Option<&T> {
        match self {
            Found::Known(value) => Some(value),
            Found::Absent | Found::Unreadable => None,
        }
    }
}

/// A partition's state as the store `state` holds it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "each field is the one of that name of `State`")]
pub struct StateRecord {
    pub format: f64,
    pub incarnation: u64,
    pub generation: u64,
    pub barrier: u64,
    pub clock: u64,
    pub version: Option<u64>,
    pub scope: Option<String>,
    pub enabled: bool,
    pub suspended: Option<String>,
    pub displaced: Option<f64>,
    pub adopted_date: Option<i64>,
}

impl StateRecord {
    /// The state; `None` when the record is of another format or holds an impossible version.
    pub fn state(self) -> Option<State> {
        (self.format == FORMAT).then_some(())?;
        Some(State {
            label: Label { incarnation: self.incarnation, generation: self.generation },
            barrier: self.barrier,
            clock: self.clock,
            version: match self.version {
                Some(version) => Some(CacheVersion::new(version)?),
                None => None,
            },
            scope: self.scope,
            enabled: self.enabled,
            suspension: match self.suspended.as_deref() {
                None => Suspension::No,
                Some("awaiting") => Suspension::Awaiting,
                Some(_) => Suspension::Suspended,
            },
            displaced: self.displaced,
            adopted_date: self.adopted_date,
        })
    }
}

/// A partition's invalidation targets as the store `state` holds them.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs, reason = "each field is the one of that name of `Targets`")]
pub struct TargetsRecord {
    pub format: f64,
    pub floor: u64,
    pub list: Vec<TargetRecord>,
}

/// One of them.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs, reason = "each field is the one of that name of `Target`")]
pub struct TargetRecord {
    pub clock: u64,
    pub kind: String,
    pub source: String,
    pub flags: String,
}

impl TargetsRecord {
    /// The targets; `None` when the record cannot be understood.
    pub fn targets(self) -> Option<Targets> {
        (self.format == FORMAT).then_some(())?;
        Some(Targets {
            floor: self.floor,
            list: self.list.into_iter().map(TargetRecord::target).collect::<Option<_>>()?,
        })
    }
}

impl TargetRecord {
    fn target(self) -> Option<Target> {
        let kind = match self.kind.as_str() {
            "url" => TargetKind::Url,
            "prefix" => TargetKind::Prefix,
            "pattern" => TargetKind::Pattern,
            "group" => TargetKind::Group,
            _ => return None,
        };
        Some(Target { clock: self.clock, kind, source: self.source, flags: self.flags })
    }
}

/// Targets that could not be read: everything counts as invalidated.
pub fn unreadable_targets() -> Targets {
    Targets { floor: u64::MAX, ..Targets::default() }
}

/// A row of the store `directory`: an entry without its body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by `EntryInfo`")]
pub struct DirectoryRow {
    pub format: f64,
    pub key: String,
    pub partition: String,
    pub url: String,
    pub bytes: f64,
    pub used: f64,
    pub departed: f64,
    pub stored: f64,
    pub fresh: f64,
    pub stale: f64,
    pub status: u16,
}

/// A record of the store `entries`, without its body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryRecord {
    /// Always [`FORMAT`].
    pub format: f64,
    /// The database the entry was stored in.
    pub incarnation: u64,
    /// The generation it was stored under.
    pub generation: u64,
    /// The partition's invalidation clock when it was stored.
    pub clock: u64,
    /// When its request departed, in milliseconds since the epoch.
    pub departed: f64,
    /// When it was stored, in milliseconds since the epoch.
    pub stored: f64,
    /// For how long it is fresh, in milliseconds.
    pub fresh: f64,
    /// For how long after that it may be served while it is fetched again, in milliseconds.
    pub stale: f64,
    /// Its size as the budget counts it.
    pub bytes: f64,
    /// HTTP status code.
    pub status: u16,
    /// HTTP reason phrase.
    pub status_text: String,
    /// Absolute URL.
    pub url: String,
    /// Header lines, `name: value`, joined by line feeds.
    pub headers: String,
    /// Groups of RFC 9875 it belongs to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

impl EntryRecord {
    /// Is this a record that is understood?
    pub fn is_readable(&self) -> bool {
        self.format == FORMAT
    }

    /// What the entry remembers of its own storing.
    pub fn stamp(&self) -> EntryStamp {
        EntryStamp {
            label: Label { incarnation: self.incarnation, generation: self.generation },
            clock: self.clock,
            stored: self.stored,
            fresh: self.fresh,
            stale: self.stale,
        }
    }

    /// Was anything this entry belongs to invalidated after `clock` (R13)? `pattern` evaluates a regular expression,
    /// given its source and flags, on the entry's URL.
    pub fn invalidated_since(&self, clock: u64, targets: &Targets, pattern: impl Fn(&str, &str) -> bool) -> bool {
        targets.invalidated_since(clock, |target| {
            target.covers(&self.url, self.groups.iter().map(String::as_str), &pattern)
        })
    }
}

/// A partition's state for people and for programs that show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateInfo {
    /// Server origin, a blank, the user.
    pub partition: String,
    /// Random number of the database.
    pub incarnation: u64,
    /// Current generation; only entries under it are servable (S1).
    pub generation: u64,
    /// Generation of the last event that was not a plain "version went up".
    pub barrier: u64,
    /// Invalidation clock.
    pub clock: u64,
    /// The server's version, once one was adopted.
    pub version: Option<u64>,
    /// The server's opaque name of the user, once one was recorded.
    pub scope: Option<String>,
    /// `false` from an `X-Cache-Enabled: false` until an explicit `true` (R9).
    pub enabled: bool,
    /// `no`, `suspended` or `awaiting` (R11).
    pub suspended: &'static str,
    /// When another user was named under a cookie session, in milliseconds since the epoch (S6).
    pub displaced: Option<f64>,
    /// `Date` of the response that brought the version, in seconds since the epoch (R4a).
    pub adopted_date: Option<i64>,
}

impl StateInfo {
    /// Describes the state of a partition.
    pub fn new(partition: &str, state: &State) -> Self {
        Self {
            partition: partition.into(),
            incarnation: state.label.incarnation,
            generation: state.label.generation,
            barrier: state.barrier,
            clock: state.clock,
            version: state.version.map(CacheVersion::get),
            scope: state.scope.clone(),
            enabled: state.enabled,
            suspended: match state.suspension {
                Suspension::No => "no",
                Suspension::Suspended => "suspended",
                Suspension::Awaiting => "awaiting",
            },
            displaced: state.displaced,
            adopted_date: state.adopted_date,
        }
    }

    /// One line: version, generation, and whatever keeps the partition from serving.
    pub fn line(&self) -> String {
        let mut line = match self.version {
            Some(version) => format!("version {version}, generation {}", self.generation),
            None => format!("no version yet, generation {}", self.generation),
        };
        match self.suspended {
            "no" => {}
            "awaiting" => line.push_str(", suspended until a response records its scope (R11)"),
            _ => line.push_str(", suspended: the server contradicted the user (R11)"),
        }
        if !self.enabled {
            line.push_str(", switched off by the server (R9)");
        }
        if self.displaced.is_some() {
            line.push_str(", another user is signed in (S6)");
        }
        line
    }
}

#[cfg(test)]
mod tests;
