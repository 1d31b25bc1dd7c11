//! A response arrives: what it says is read once, by the parser the server writes with.

use alloc::{boxed::Box, rc::Rc, string::String};

use hybrid_cache_contract::{CacheVersion, RawHeaders, ResponseStamp, VersionField, groups};
use hybrid_cache_core::{
    coherence::{Context, Observed, Refusal, Rule, State, Target, TargetKind, Token, Verdict, judge},
    freshness::{self, Lifetime, RuleTimes},
    key,
};

use super::{Event, Inner, partition::Partition};
use crate::words::{self, Word};
use wasm_bindgen::prelude::*;

/// Bit of [`Inner::observe`]'s answer: bring the body.
pub(crate) const STORABLE: u32 = 1;
/// Bit of [`Inner::observe`]'s answer: hold the delivery until the rule is committed.
pub(crate) const HOLD: u32 = 2;

/// Request headers that need not be named by the page to be safe in `Vary`: user, session and negotiation that the
/// browser does by itself are the same for everything in a partition.
const VARY_HARMLESS: &str = "accept-encoding,authorization,cookie,origin,x-cache-version";

/// A response's word on coherence, kept until a transaction judges it.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) version: Option<CacheVersion>,
    enabled: Option<bool>,
    pub(crate) scope: Option<String>,
    scope_invalid: bool,
    age: u32,
    date: Option<i64>,
}

impl Said {
    /// Is there anything in it for the rules?
    fn says_something(&self) -> bool {
        self.version.is_some() || self.enabled.is_some() || self.scope.is_some()
    }

    pub(crate) fn as_observed(&self) -> Observed<'_> {
        Observed {
            version: self.version,
            enabled: self.enabled,
            scope: self.scope.as_deref(),
            scope_invalid: self.scope_invalid,
            age: self.age,
            date: self.date,
        }
    }
}

/// A response that may be stored once its body is there.
pub(crate) struct Ticket {
    pub(crate) handle: u32,
    pub(crate) key: JsValue,
    pub(crate) url: JsValue,
    pub(crate) token: Token,
    pub(crate) said: Rc<Said>,
    pub(crate) lifetime: Lifetime,
    /// With a line feed after each.
    pub(crate) groups: String,
}

/// A response, as the page describes it.
pub(crate) struct Arrival<'a> {
    pub(crate) id: u32,
    pub(crate) handle: u32,
    pub(crate) token: Token,
    /// `undefined` for what is not to be stored.
    pub(crate) key: JsValue,
    pub(crate) url: &'a JsValue,
    pub(crate) method: &'a str,
    pub(crate) status: u32,
    /// Anything with `get(name)` that answers a string or `null`.
    pub(crate) headers: &'a JsValue,
    /// The matching rule's time, ms; NaN where it gives none, negative where no rule names the URL.
    pub(crate) rule_ttl: f64,
    pub(crate) rule_stale: f64,
}

/// What this tab can tell of the verdict on a response.
struct Foreseen {
    /// The database is to judge it at once.
    rule: bool,
    /// The rule that would refuse it.
    refusal: Option<Rule>,
    /// Its body would be stored, or it cannot be told.
    storable: bool,
}

impl Inner {
    /// Judges a response as far as this tab can, raises the fence where the database has to decide (S1a), and says
    /// what the page is to do next: a sum of [`STORABLE`] and [`HOLD`].
    pub(crate) fn observe(&self, arrival: Arrival<'_>) -> u32 {
        let lines = words::headers(arrival.headers).as_string().unwrap_or_default();
        let mut rest = lines.as_str();
        let mut next = || {
            let (line, after) = key::cut(rest, b'\n').unwrap_or((rest, ""));
            rest = after;
            line.strip_prefix(' ')
        };
        let stamp = ResponseStamp::parse_dated(&RawHeaders::read(|_| next()), date);
        let vary = next();
        let said = Rc::new(Said {
            version: stamp.version.known(),
            enabled: stamp.enabled,
            scope: stamp.scope.map(|scope| scope.as_str().into()),
            scope_invalid: stamp.scope_invalid,
            age: stamp.age.unwrap_or(0),
            date: stamp.date,
        });
        match stamp.version {
            VersionField::Absent => Word::versionless.count(),
            VersionField::Invalid => {
                Word::invalidVersions.count();
                self.host.warn("version", "");
            }
            VersionField::Known(_) => {}
        }
        self.invalidate_written(&arrival, &stamp);

        let Foreseen { rule, refusal, storable } = self.foresee(&arrival, &said);
        let mut answer = 0;
        if rule {
            self.enqueue(arrival.handle, Event::Response { id: arrival.id, token: arrival.token, said: said.clone() });
            answer |= HOLD;
        }
        if !arrival.key.is_undefined()
            && let Some(lifetime) = self.lifetime(&arrival, &stamp, vary)
        {
            if storable {
                let mut groups = String::new();
                for group in stamp.groups.iter() {
                    push_group(&mut groups, group);
                    groups.push('\n');
                }
                let ticket = Ticket {
                    handle: arrival.handle,
                    key: arrival.key,
                    url: arrival.url.clone(),
                    token: arrival.token,
                    said,
                    lifetime,
                    groups,
                };
                self.tickets.keep(arrival.id, Box::new(ticket));
                answer |= STORABLE;
            } else if let (Some(refusal), false) = (refusal, rule) {
                // Where the database judges, it is told then.
                self.refused(arrival.id, refusal);
            }
        }
        answer
    }

    /// Is the database to judge this response at once, and what would the verdict be by what this tab knows?
    fn foresee(&self, arrival: &Arrival<'_>, said: &Said) -> Foreseen {
        let unknown = Foreseen { rule: false, refusal: None, storable: true };
        let Some(partition) = self.at(arrival.handle) else { return unknown };
        let Some(state) = &partition.known else {
            // Nothing was read yet: whatever the response says is for the database to judge.
            return Foreseen { rule: said.says_something(), ..unknown };
        };
        let verdict = self.judged(&partition, state, &arrival.token, said);
        let refusal = match &verdict {
            Verdict::Refuse(Refusal { rule }) => Some(*rule),
            _ => None,
        };
        // What closes a partition may be over by now; only the database knows.
        let closed = matches!(refusal, Some(Rule::R11 | Rule::S6));
        let other_version = said.version.is_some() && said.version != state.version;
        let asks = if closed { said.says_something() } else { other_version };
        let rule = verdict.state().is_some() || asks;
        Foreseen { rule, refusal, storable: verdict.stores() }
    }

    /// The verdict on a response under the state that is given.
    #[inline(never)]
    pub(crate) fn judged(&self, partition: &Partition, state: &State, token: &Token, said: &Said) -> Verdict {
        let context = Context {
            next_generation: state.label.generation + 1,
            expected_scope: partition.expected_scope.as_deref(),
            scope_elsewhere: false,
            store_versionless: self.settings.versionless,
        };
        judge(state, token, &said.as_observed(), &context)
    }

    /// RFC 9111 section 4.4, RFC 9875: a successful unsafe request invalidates its URL and the groups it names.
    fn invalidate_written(&self, arrival: &Arrival<'_>, stamp: &ResponseStamp<'_>) {
        let safe = matches!(arrival.method, "GET" | "HEAD" | "OPTIONS" | "TRACE");
        if safe || !(200..400).contains(&arrival.status) {
            return;
        }
        let target = |kind, source| Target { clock: 0, kind, source, flags: String::new() };
        self.enqueue(
            arrival.handle,
            Event::Invalidate {
                id: None,
                target: target(TargetKind::Url, arrival.url.as_string().unwrap_or_default()),
            },
        );
        for group in stamp.group_invalidation.iter() {
            let mut name = String::new();
            push_group(&mut name, group);
            self.enqueue(arrival.handle, Event::Invalidate { id: None, target: target(TargetKind::Group, name) });
        }
    }

    /// For how long the response may be kept; `None` when it is not to be stored at all.
    fn lifetime(&self, arrival: &Arrival<'_>, stamp: &ResponseStamp<'_>, vary: Option<&str>) -> Option<Lifetime> {
        let versioned = stamp.version.known().is_some();
        if arrival.method != "GET" || arrival.status != 200 || !(versioned || self.settings.versionless) {
            return None;
        }
        if let Some(vary) = vary
            && !vary_is_covered(vary, &self.settings.key_headers)
        {
            self.host.warn("vary", "");
            return None;
        }
        let rule = (arrival.rule_ttl >= 0.0 || arrival.rule_ttl.is_nan()).then_some(RuleTimes {
            ttl: Some(arrival.rule_ttl).filter(|ttl| !ttl.is_nan()),
            stale_while_revalidate: Some(arrival.rule_stale).filter(|stale| !stale.is_nan()),
        });
        freshness::lifetime(stamp, rule, self.settings.ttl).ok()
    }

    /// The response that was given this id, if its body is still awaited.
    pub(crate) fn take_ticket(&self, id: u32) -> Option<Box<Ticket>> {
        self.tickets.take(id)
    }

    /// A response is delivered and not stored; coherence is why.
    pub(crate) fn refused(&self, id: u32, rule: Rule) {
        match rule {
            Rule::R0 | Rule::R7 => Word::late.count(),
            Rule::R4a => {
                Word::replayed.count();
                self.host.warn("replayed", "");
            }
            _ => {}
        }
        self.host.late(id, rule.name());
    }
}

/// A date in seconds since the Unix epoch, as the browser reads it: the rules only compare two of one server (R4a).
fn date(text: &str) -> Option<i64> {
    let seconds = words::date(text);
    (!seconds.is_nan()).then_some(seconds as i64)
}

/// A group's characters, from its spelling in a header.
fn push_group(text: &mut String, group: &str) {
    for character in groups::unescaped(group) {
        text.push(character);
    }
}

/// Is every header `Vary` names part of the key, or harmless within a partition?
fn vary_is_covered(vary: &str, key_headers: &str) -> bool {
    names(vary).all(|name| name.is_empty() || [VARY_HARMLESS, key_headers].iter().any(|list| lists(list, name)))
}

fn lists(list: &str, name: &[u8]) -> bool {
    names(list).any(|known| known.eq_ignore_ascii_case(name))
}

/// The members of a list that is parted by commas.
fn names(list: &str) -> impl Iterator<Item = &[u8]> {
    list.as_bytes().split(|&byte| byte == b',').map(<[u8]>::trim_ascii)
}
