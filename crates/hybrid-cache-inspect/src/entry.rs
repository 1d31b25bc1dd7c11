//! Entries as they are listed: rows of the directory beside their partition's state.

use hybrid_cache_core::{
    coherence::State,
    key::{RequestKey, split_entry, split_partition},
};
use serde::Serialize;

use crate::record::DirectoryRow;

/// One entry, without its body.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryInfo {
    /// The entry's key: its generation, a bar, the request key.
    pub key: String,
    /// Absolute URL.
    pub url: String,
    /// `fetch`, `json`, `text`, `arraybuffer` or `blob`: who can read it.
    pub variant: String,
    /// Server origin, a blank, the user.
    pub partition: String,
    /// Generation it was stored under.
    pub generation: u64,
    /// That generation is its partition's current one (S1). What is not live is never served, and is swept soon.
    pub live: bool,
    /// Size as the budget counts it.
    pub bytes: f64,
    /// When it was stored, in milliseconds since the epoch.
    pub stored: f64,
    /// When it was last used, in milliseconds since the epoch; written with a delay.
    pub used: f64,
    /// For how long it is fresh after it was stored, in milliseconds.
    pub fresh: f64,
    /// For how long after that it may be served while it is fetched again, in milliseconds.
    pub stale: f64,
    /// Milliseconds until it is no longer fresh; negative since then.
    pub expires_in: f64,
    /// HTTP status code.
    pub status: u16,
}

impl EntryInfo {
    /// Describes a row at `now` (milliseconds since the epoch), given its partition's state; `None` for a row whose
    /// key is not one.
    pub fn new(row: &DirectoryRow, state: Option<&State>, now: f64) -> Option<Self> {
        let (generation, request) = split_entry(&row.key)?;
        Some(Self {
            key: row.key.clone(),
            url: row.url.clone(),
            variant: RequestKey::parse(request)?.variant.into(),
            partition: row.partition.clone(),
            generation,
            live: state.is_some_and(|state| state.label.generation == generation),
            bytes: row.bytes,
            stored: row.stored,
            used: row.used,
            fresh: row.fresh,
            stale: row.stale,
            expires_in: row.stored + row.fresh - now,
            status: row.status,
        })
    }

    /// The part of the key that a request determines.
    pub fn request(&self) -> &str {
        split_entry(&self.key).map_or("", |(_, request)| request)
    }
}

/// Which entries are meant. Everything that is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// The partition, in full.
    pub partition: Option<String>,
    /// The server's origin.
    pub server: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// Also entries of generations that are over; they wait for the sweep.
    pub include_dead: bool,
}

impl Filter {
    /// Is this partition meant?
    pub fn covers(&self, partition: &str) -> bool {
        let (server, user) = split_partition(partition).unwrap_or((partition, ""));
        let fits = |wanted: &Option<String>, actual: &str| wanted.as_deref().is_none_or(|wanted| wanted == actual);
        fits(&self.partition, partition) && fits(&self.server, server) && fits(&self.user, user)
    }

    /// The entries meant, each described, in the order of the rows. `state` answers with a partition's state.
    pub fn select<'s>(
        &self,
        rows: &[DirectoryRow],
        state: impl Fn(&str) -> Option<&'s State>,
        now: f64,
    ) -> Vec<EntryInfo> {
        rows.iter()
            .filter(|row| self.covers(&row.partition))
            .filter_map(|row| EntryInfo::new(row, state(&row.partition), now))
            .filter(|entry| entry.live || self.include_dead)
            .collect()
    }
}

/// Of the entries with one URL or one request key, the one a request would find, or that comes closest: a live one
/// before a dead one, then the younger.
pub fn closest(entries: &[EntryInfo]) -> Option<&EntryInfo> {
    entries.iter().max_by(|one, other| one.live.cmp(&other.live).then(one.stored.total_cmp(&other.stored)))
}

#[cfg(test)]
mod tests {
    use hybrid_cache_core::key;

    use super::*;
    use crate::record::FORMAT;

    fn row(generation: u64, partition: &str) -> DirectoryRow {
        DirectoryRow {
            format: FORMAT,
            key: key::entry(generation, "json GET https://a.example/x"),
            partition: partition.into(),
            url: "https://a.example/x".into(),
            bytes: 10.0,
            used: 5.0,
            departed: 1.0,
            stored: 1_000.0,
            fresh: 500.0,
            stale: 100.0,
            status: 200,
        }
    }

    #[test]
    fn only_the_current_generation_is_live() {
        let state = State::new(1, 7, None);
        let describe = |row: &DirectoryRow| EntryInfo::new(row, Some(&state), 1_200.0).unwrap();
        assert!(describe(&row(7, "a u")).live);
        assert!(!describe(&row(6, "a u")).live);
        assert!(!EntryInfo::new(&row(7, "a u"), None, 0.0).unwrap().live);
        assert_eq!(describe(&row(7, "a u")).expires_in, 300.0);
        assert_eq!(describe(&row(7, "a u")).variant, "json");
    }

    #[test]
    fn a_row_without_an_entry_key_is_left_out() {
        for key in ["", "json GET https://a.example/x", "0000000007|json"] {
            assert_eq!(EntryInfo::new(&DirectoryRow { key: key.into(), ..row(7, "a u") }, None, 0.0), None, "{key}");
        }
    }

    #[test]
    fn filters_combine() {
        let by = |server: Option<&str>, user: Option<&str>| Filter {
            server: server.map(Into::into),
            user: user.map(Into::into),
            ..Filter::default()
        };
        assert!(by(None, None).covers("https://a.example ada l"));
        assert!(by(None, Some("ada l")).covers("https://a.example ada l"));
        assert!(!by(None, Some("ada")).covers("https://a.example ada l"));
        assert!(!by(Some("https://b.example"), Some("ada l")).covers("https://a.example ada l"));
        let exact = Filter { partition: Some("https://a.example ada".into()), ..Filter::default() };
        assert!(exact.covers("https://a.example ada") && !exact.covers("https://a.example ada l"));
    }

    #[test]
    fn dead_entries_are_listed_only_on_request() {
        let state = State::new(1, 7, None);
        let rows = [row(6, "a u"), row(7, "a u"), row(7, "b u")];
        let states = |partition: &str| (partition == "a u").then_some(&state);
        let generations = |filter: Filter| -> Vec<u64> {
            filter.select(&rows, states, 0.0).iter().map(|entry| entry.generation).collect()
        };
        assert_eq!(generations(Filter::default()), [7]);
        assert_eq!(generations(Filter { include_dead: true, ..Filter::default() }), [6, 7, 7]);
    }

    #[test]
    fn a_live_entry_is_closer_than_a_younger_dead_one() {
        let state = State::new(1, 7, None);
        let info = |generation, stored| {
            EntryInfo::new(&DirectoryRow { stored, ..row(generation, "a u") }, Some(&state), 0.0).unwrap()
        };
        let entries = [info(6, 9.0), info(7, 1.0), info(7, 2.0), info(5, 10.0)];
        assert_eq!(closest(&entries), Some(&entries[2]));
        assert_eq!(closest(&entries[..1]), Some(&entries[0]));
        assert_eq!(closest(&[]), None);
    }
}
