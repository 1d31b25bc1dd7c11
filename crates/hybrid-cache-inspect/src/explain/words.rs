//! The sentences of an explanation.

use hybrid_cache_core::coherence::{Lookup, Miss};

use super::Explanation;
use crate::{
    entry::EntryInfo,
    phrase,
    record::{EntryRecord, Found},
};

/// What was found of the entry that is meant.
pub(super) fn entry_step(entry: &Found<(EntryInfo, EntryRecord)>, now: f64) -> String {
    match entry {
        Found::Absent => "No entry is stored for this request.".into(),
        Found::Unreadable => "An entry is stored, and its record could not be read.".into(),
        Found::Known((info, record)) => format!(
            "An entry (`{}`, {}) was stored {} under generation {}.",
            info.variant,
            phrase::bytes(info.bytes),
            since(now - record.stored),
            record.generation,
        ),
    }
}

/// Another entry of the same URL.
pub(super) fn other_step(other: &EntryInfo, now: f64) -> String {
    format!(
        "The same URL is also stored for other requests: `{}`, {}, generation {}{}.",
        other.request().replace('\n', ", "),
        since(now - other.stored),
        other.generation,
        if other.live { "" } else { " (over)" },
    )
}

fn since(ms: f64) -> String {
    match ms {
        ms if ms < 0.0 => format!("{} in the future", phrase::duration(ms)),
        ms => format!("{} ago", phrase::duration(ms)),
    }
}

/// Puts the decision into words.
pub(super) fn word(answer: &mut Explanation, lookup: Lookup, now: f64) {
    let left = answer.entry.as_ref().map_or(0.0, |entry| entry.expires_in);
    let window = answer.entry.as_ref().map_or(0.0, |entry| entry.expires_in + entry.stale);
    let ahead = answer.entry.as_ref().is_some_and(|entry| entry.stored > now);
    let (verdict, rule, reason, cure) = match lookup {
        Lookup::Fresh => (
            "fresh",
            Some("S1"),
            format!(
                "It would be served: it belongs to the current generation and is fresh for another {}.",
                phrase::duration(left)
            ),
            None,
        ),
        Lookup::Stale => (
            "stale",
            Some("S2"),
            format!(
                "It would be served, and fetched again behind the caller's back: its time ran out {} ago, and it may \
                 be served stale for another {}.",
                phrase::duration(left),
                phrase::duration(window)
            ),
            None,
        ),
        Lookup::Miss(miss) => {
            let (rule, reason, cure) = missed(miss, left, ahead);
            (miss.name(), rule, reason, cure.map(String::from))
        }
    };
    answer.served = !matches!(lookup, Lookup::Miss(_));
    answer.verdict = verdict;
    answer.rule = rule;
    answer.steps.push(match rule {
        Some(rule) => format!("{rule} decides: {verdict}."),
        None => format!("No rule has anything to decide: {verdict}."),
    });
    answer.reason = reason;
    answer.cure = cure;
}

fn missed(miss: Miss, left: f64, ahead: bool) -> (Option<&'static str>, String, Option<&'static str>) {
    match miss {
        Miss::Absent => (
            None,
            "Nothing is stored for this user and this request. The next one goes to the network.".into(),
            Some(
                "If it stays so, run `diagnose(url)`: it tells whether the server's answer may be stored. An entry \
                 for another response type or other key headers does not count.",
            ),
        ),
        Miss::Expired if ahead => (
            Some("S3"),
            "It was stored in the future of this computer's clock, so its age cannot be known.".into(),
            None,
        ),
        Miss::Expired => (
            Some("S2"),
            format!("Its time ran out {} ago; the next request goes to the network.", phrase::duration(left)),
            Some(
                "For a longer time raise `max-age` in the server's Hybrid-Cache-Control, the matching rule's `ttl`, \
                 or the option `ttl`; `staleWhileRevalidate` serves it once more meanwhile.",
            ),
        ),
        Miss::Generation => (
            Some("S1"),
            "It was stored under a generation that is over: the user's version changed since, or the cache was \
             cleared. The next request goes to the network."
                .into(),
            None,
        ),
        Miss::Invalidated => (
            Some("R13"),
            "Its URL or one of its groups was invalidated after it was stored. The next request goes to the network."
                .into(),
            None,
        ),
        Miss::Disabled => (
            Some("R9"),
            "The server switched caching off for this user (X-Cache-Enabled: false).".into(),
            Some(
                "Switch it on at the server (POST /api/cache/enable/); the next response with X-Cache-Enabled: true \
                  lifts it.",
            ),
        ),
        Miss::Suspended => (
            Some("R11"),
            "The server's X-Cache-Scope contradicted the user the application named, so nothing is served.".into(),
            Some(
                "Name the signed-in user again (`setUser(name)`); the next response then records its scope afresh. \
                  Check that each user is named differently, and that every response of one user carries one scope.",
            ),
        ),
        Miss::Displaced => (
            Some("S6"),
            "Another user was named in this browser, and with cookie sessions a response might be theirs.".into(),
            Some(
                "Name this user again (`setUser(name)`) once the session is theirs. With bearer tokens set the \
                  option `session` to 'bearer'.",
            ),
        ),
        Miss::Fenced => {
            (Some("S1a"), "A rule is on its way to the database, and until it is there nothing is served.".into(), None)
        }
        Miss::Corrupt => (
            None,
            "What is stored is not a record this version understands; it counts as absent and will be replaced.".into(),
            None,
        ),
        Miss::Storage => (
            None,
            "The storage failed or did not answer in time.".into(),
            Some("Run `diagnose()`: it tells what keeps IndexedDB from working here."),
        ),
    }
}
