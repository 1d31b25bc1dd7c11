//! Would a stored response be served now, and why (not)?
//!
//! The decision is [`may_serve`] of `hybrid-cache-core`, the very one the engine takes; here it is put into words.
//! What only a tab knows is not seen: a fence that a rule on its way has raised there (S1a), and that tab's memory.

use hybrid_cache_core::coherence::{EntryStamp, Lookup, Miss, State, Targets, may_serve};
use serde::Serialize;

use self::words::{entry_step, other_step, word};
use crate::{
    entry::EntryInfo,
    record::{EntryRecord, Found, StateInfo},
};

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Absolute URL.
    pub url: String,
    /// Server origin, a blank, the user; `None` where no user is named.
    pub partition: Option<String>,
    /// The time to judge by, in milliseconds since the epoch.
    pub now: f64,
}

/// What was found in the storage.
#[derive(Clone, Debug, PartialEq)]
pub enum Ground {
    /// The storage cannot be read, for this reason.
    Unavailable(String),
    /// There is no database.
    NoDatabase,
    /// There is one; its records were read in one transaction.
    Read(Box<Evidence>),
}

/// The records that matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The partition's state.
    pub state: Found<State>,
    /// What was invalidated more narrowly.
    pub targets: Targets,
    /// The entry that the request would find, or the one that came closest.
    pub entry: Found<(EntryInfo, EntryRecord)>,
    /// Other entries of this partition with the same URL.
    pub others: Vec<EntryInfo>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The URL that was asked about.
    pub url: String,
    /// Would it be served from the database now?
    pub served: bool,
    /// `fresh`, `stale` (served and fetched again), `no-user`, `no-database`, or the reason of a miss as the engine
    /// names it.
    pub verdict: &'static str,
    /// The rule of `docs/coherence.md` that decided; `None` where there was nothing to decide.
    pub rule: Option<&'static str>,
    /// The answer in one or two sentences.
    pub reason: String,
    /// What to do to have it served; `None` where it is, or where the next request does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cure: Option<String>,
    /// The entry the answer is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryInfo>,
    /// The partition's state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<StateInfo>,
    /// What was looked at, in order.
    pub steps: Vec<String>,
}

/// Answers. `pattern` evaluates a regular expression, given its source and flags, on the entry's URL; where it cannot
/// tell it answers `true`.
pub fn explain(question: &Question, ground: &Ground, pattern: impl Fn(&str, &str) -> bool) -> Explanation {
    let mut answer = Explanation {
        url: question.url.clone(),
        served: false,
        verdict: "no-user",
        rule: None,
        reason: String::new(),
        cure: None,
        entry: None,
        state: None,
        steps: Vec::new(),
    };
    let Some(partition) = &question.partition else {
        answer.reason = "No user is named, so nothing is kept and nothing is served.".into();
        answer.cure = Some("Name the user: the option `user`, or `setUser(name)` after sign-in.".into());
        return answer;
    };
    let evidence = match ground {
        Ground::Unavailable(reason) => {
            answer.verdict = Miss::Storage.name();
            answer.reason = format!("The storage cannot be read: {reason}.");
            answer.cure = Some("Run `diagnose()`: it tells what keeps IndexedDB from working here.".into());
            return answer;
        }
        Ground::NoDatabase => {
            answer.verdict = "no-database";
            answer.reason = "There is no database yet (or it was deleted): nothing is stored.".into();
            return answer;
        }
        Ground::Read(evidence) => evidence,
    };
    judge(&mut answer, question, partition, evidence, pattern);
    answer
}

fn judge(
    answer: &mut Explanation,
    question: &Question,
    partition: &str,
    evidence: &Evidence,
    pattern: impl Fn(&str, &str) -> bool,
) {
    let entry = evidence.entry.known();
    answer.entry = entry.map(|(info, _)| info.clone());
    let state = match &evidence.state {
        Found::Known(state) => state,
        Found::Absent => {
            answer.verdict = Miss::Absent.name();
            answer.reason = "No response of this user has been seen in this browser yet.".into();
            answer.steps.push(format!("The partition `{partition}` has no state."));
            return;
        }
        Found::Unreadable => {
            answer.verdict = Miss::Corrupt.name();
            answer.reason = "The state is of a shape this version does not know; it counts as absent.".into();
            answer.steps.push(format!("The state of the partition `{partition}` could not be read."));
            return;
        }
    };
    let info = StateInfo::new(partition, state);
    answer.steps.push(format!("The partition `{partition}` is at {}.", info.line()));
    answer.state = Some(info);
    answer.steps.push(entry_step(&evidence.entry, question.now));
    answer.steps.extend(evidence.others.iter().map(|other| other_step(other, question.now)));

    let lookup = match &evidence.entry {
        Found::Known((_, record)) => {
            let invalidated = |clock| record.invalidated_since(clock, &evidence.targets, &pattern);
            may_serve(state, &record.stamp(), question.now, invalidated)
        }
        Found::Absent => Lookup::Miss(match state.is_open() {
            // The state alone decides; the stamp is never looked at.
            Err(_) => closed(state, question.now),
            Ok(()) => Miss::Absent,
        }),
        Found::Unreadable => Lookup::Miss(Miss::Corrupt),
    };
    word(answer, lookup, question.now);
}

/// Why a partition that is not open serves nothing.
fn closed(state: &State, now: f64) -> Miss {
    let stamp = EntryStamp { label: state.label, clock: state.clock, stored: now, fresh: 1.0, stale: 0.0 };
    match may_serve(state, &stamp, now, |_| false) {
        Lookup::Miss(miss) => miss,
        Lookup::Fresh | Lookup::Stale => Miss::Absent,
    }
}

#[cfg(test)]
mod tests;
mod words;
