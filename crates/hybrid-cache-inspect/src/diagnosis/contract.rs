//! The headers of one response, and what would become of it.

use hybrid_cache_contract::{RawHeaders, ResponseStamp, VersionField, header};
use hybrid_cache_core::{
    coherence::{Context, Observed, State, Token, Verdict, judge},
    freshness::{DEFAULT_TTL, NotStorable, RuleTimes, lifetime},
};

use super::Check;
use crate::phrase;

/// How far the server's clock may be behind this computer's before it is mentioned, in seconds.
const CLOCKS_APART: i64 = 300;

/// A response to a GET request that departed now, as far as the page may read it.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The request's absolute URL.
    pub url: &'a str,
    /// HTTP status code.
    pub status: u16,
    /// The URL belongs to another origin than the page.
    pub cross_origin: bool,
    /// The fields the contract reads.
    pub raw: RawHeaders<'a>,
    /// `Vary`.
    pub vary: Option<&'a str>,
}

/// What the response comes upon.
#[derive(Clone, Debug)]
pub struct Setting {
    /// A user is named.
    pub user: bool,
    /// The state of the user's partition, where one was found.
    pub state: Option<State>,
    /// The rule that names the URL, if one does.
    pub rule: Option<RuleTimes>,
    /// The option `ttl`, in milliseconds.
    pub ttl: f64,
    /// The time, in milliseconds since the epoch.
    pub now: f64,
}

impl Default for Setting {
    fn default() -> Self {
        Self { user: true, state: None, rule: None, ttl: DEFAULT_TTL, now: 0.0 }
    }
}

/// Judges a response.
pub fn checks(reply: &Reply<'_>, setting: &Setting) -> Vec<Check> {
    let stamp = ResponseStamp::parse(&reply.raw);
    vec![
        status(reply),
        version(reply, &stamp),
        enabled(reply, &stamp),
        scope(reply, &stamp, setting),
        cache_control(reply, &stamp),
        replay(reply, &stamp, setting),
        policy(reply, &stamp, setting),
        outcome(reply, &stamp, setting),
    ]
}

fn status(reply: &Reply<'_>) -> Check {
    let detail = format!("GET {} answered {}", reply.url, reply.status);
    match reply.status {
        200 => Check::passed("request", detail),
        401 | 403 => Check::failed(
            "request",
            detail,
            "Give diagnose() the request headers the application sends, such as Authorization.",
        ),
        _ => Check::failed("request", detail, "Only responses of status 200 are stored; ask for a URL that gives one."),
    }
}

/// What to do where a header cannot be read.
fn exposing() -> String {
    format!(
        "If the server sends it, let pages of other origins read it: Access-Control-Expose-Headers: {}. A `*` does not \
         count on requests with credentials.",
        header::EXPOSED_LIST
    )
}

fn version(reply: &Reply<'_>, stamp: &ResponseStamp<'_>) -> Check {
    match (stamp.version, reply.raw.version) {
        (VersionField::Known(version), _) => Check::passed(header::VERSION, version.to_string()),
        (VersionField::Invalid, value) => Check::failed(
            header::VERSION,
            format!("`{}` is no version (R8)", value.unwrap_or_default()),
            "Send one integer from 1 to 9007199254740991 in plain decimal digits, in one field line.",
        ),
        (VersionField::Absent, _) if reply.cross_origin => {
            Check::failed(header::VERSION, "absent, or not to be read from this origin (H6)", exposing())
        }
        (VersionField::Absent, _) => Check::failed(
            header::VERSION,
            "absent, so the response is not stored (R8)",
            "Let the server stamp this route for this user; a stamp is missing too while the server's version store is \
             down.",
        ),
    }
}

fn enabled(reply: &Reply<'_>, stamp: &ResponseStamp<'_>) -> Check {
    match stamp.enabled {
        _ if stamp.enabled_invalid => Check::failed(
            header::ENABLED,
            format!("`{}` is neither true nor false", reply.raw.enabled.unwrap_or_default()),
            "Send exactly `true` or `false`.",
        ),
        Some(true) => Check::passed(header::ENABLED, "true"),
        None => Check::passed(header::ENABLED, "absent, which beside a version means enabled"),
        Some(false) => Check::failed(
            header::ENABLED,
            "false: the server switched caching off for this user (R9)",
            "Switch it on at the server (POST /api/cache/enable/). It is also off while the server holds a bump that \
             it could not record (H4).",
        ),
    }
}

fn scope(reply: &Reply<'_>, stamp: &ResponseStamp<'_>, setting: &Setting) -> Check {
    let recorded = setting.state.as_ref().and_then(|state| state.scope.as_deref());
    let versioned = stamp.version.known().is_some();
    match (stamp.scope.map(|scope| scope.as_str()), recorded) {
        _ if stamp.scope_invalid => Check::failed(
            header::SCOPE,
            format!("`{}` is no scope, so nothing is stored (R11)", reply.raw.scope.unwrap_or_default()),
            "Send 1 to 128 characters of letters, digits and !#$%&'*+-.^_`|~, in one field line.",
        ),
        (Some(_), None) => Check::passed(header::SCOPE, "present"),
        (Some(scope), Some(recorded)) if scope == recorded => {
            Check::passed(header::SCOPE, "present, and the one that is recorded")
        }
        (Some(_), Some(_)) => Check::failed(
            header::SCOPE,
            "another one than is recorded for this user (R11)",
            "The session is somebody else's, or two users share one name: name each user differently, and name the \
             signed-in one (`setUser(name)`).",
        ),
        (None, Some(_)) if versioned && reply.cross_origin => {
            Check::failed(header::SCOPE, "recorded for this user, and absent or not to be read here (R11)", exposing())
        }
        (None, Some(_)) if versioned => Check::failed(
            header::SCOPE,
            "recorded for this user, and absent here (R11)",
            "Send it on every versioned response or on none.",
        ),
        (None, _) => Check::noted(
            header::SCOPE,
            "absent",
            "Right with bearer tokens. With cookie sessions send it, so that another tab's sign-in is noticed (R11).",
        ),
    }
}

fn cache_control(reply: &Reply<'_>, stamp: &ResponseStamp<'_>) -> Check {
    const NAME: &str = "Cache-Control";
    let value = reply.raw.cache_control.unwrap_or("absent");
    let said = stamp.cache_control.unwrap_or_default();
    if stamp.version.known().is_none() || (said.private && said.no_store) {
        Check::passed(NAME, value)
    } else {
        Check::failed(
            NAME,
            format!("`{value}` on a stamped response (H6)"),
            format!(
                "Send `{}`, or the browser's own HTTP cache answers with old versions. What this cache may do is said \
                 in {}.",
                header::STAMPED_CACHE_CONTROL,
                header::CONTROL
            ),
        )
    }
}

fn replay(reply: &Reply<'_>, stamp: &ResponseStamp<'_>, setting: &Setting) -> Check {
    const NAME: &str = "replay";
    let now = (setting.now / 1_000.0) as i64;
    match (stamp.age, stamp.date) {
        (Some(age), _) if age > 0 => Check::failed(
            NAME,
            format!("an HTTP cache answered (Age: {age}), not the server (R4a)"),
            format!("Send `Cache-Control: {}` with stamped responses (H6).", header::STAMPED_CACHE_CONTROL),
        ),
        (_, Some(date)) if now - date > CLOCKS_APART => Check::noted(
            NAME,
            format!("Date is {} old", phrase::duration((now - date) as f64 * 1_000.0)),
            "Either an HTTP cache answered, or one of the two clocks is wrong.",
        ),
        (_, Some(_)) => Check::passed(NAME, "the server itself answered: Date is recent, no Age"),
        (_, None) if reply.cross_origin => {
            Check::noted(NAME, "Date cannot be read here, so a replay may go unnoticed (R4a)", exposing())
        }
        (_, None) => Check::passed(NAME, "no Age, no Date"),
    }
}

fn policy(reply: &Reply<'_>, stamp: &ResponseStamp<'_>, setting: &Setting) -> Check {
    let value = reply.raw.policy.unwrap_or_default();
    if stamp.policy_invalid {
        return Check::failed(
            header::CONTROL,
            format!("`{value}` is malformed and counts as absent"),
            "Send a structured-field dictionary such as `max-age=300, stale-while-revalidate=60`.",
        );
    }
    match stamp.policy {
        Some(_) => Check::passed(header::CONTROL, value),
        None if setting.rule.is_some() => Check::passed(header::CONTROL, "absent; a rule names this URL"),
        None => Check::noted(
            header::CONTROL,
            "absent, and no rule names this URL",
            "Beside `Cache-Control: no-store` one of the two is needed for the response to be stored.",
        ),
    }
}

fn outcome(reply: &Reply<'_>, stamp: &ResponseStamp<'_>, setting: &Setting) -> Check {
    const NAME: &str = "outcome";
    if !setting.user {
        return Check::noted(
            NAME,
            "not stored: no user is named",
            "Name the user: the option `user`, or `setUser(name)`.",
        );
    }
    let unseen = State::new(0, 0, None);
    let state = setting.state.as_ref().unwrap_or(&unseen);
    let token = Token { label: Some(state.label), clock: state.clock, departed: setting.now };
    let said = Observed {
        version: stamp.version.known(),
        enabled: stamp.enabled,
        scope: stamp.scope.map(|scope| scope.as_str()),
        scope_invalid: stamp.scope_invalid,
        age: stamp.age.unwrap_or(0),
        date: stamp.date,
    };
    let context = Context { next_generation: state.label.generation + 1, ..Context::default() };
    let verdict = judge(state, &token, &said, &context);
    let rule = verdict.rule().name();
    if !verdict.stores() {
        let changes = match verdict {
            Verdict::Advance { .. } => "not stored, and what is stored of this user is not served any more",
            _ => "not stored",
        };
        return Check::failed(NAME, format!("{changes} ({rule})"), refused(rule));
    }
    if reply.status != 200 {
        return Check::failed(NAME, "not stored: its status is not 200", "Ask for a URL that answers 200.");
    }
    match lifetime(stamp, setting.rule, setting.ttl) {
        Ok(time) => {
            let mut detail = format!("stored ({rule}), fresh for {}", phrase::duration(time.fresh));
            if time.stale > 0.0 {
                detail
                    .push_str(&format!(", then served for {} while it is fetched again", phrase::duration(time.stale)));
            }
            if let Some(vary) = reply.vary {
                detail.push_str(&format!(", if the headers that `Vary: {vary}` names are among `keyHeaders`"));
            }
            Check::passed(NAME, detail)
        }
        Err(reason) => Check::failed(NAME, "not stored", unstorable(reason)),
    }
}

/// What to do about a rule that keeps a response from being stored.
fn refused(rule: &str) -> &'static str {
    match rule {
        "R4" => {
            "The server's version went down: its version store was flushed, restored, or is a lagging replica. Once is \
             harmless; let counters start from the clock (H5) so that no number is used twice."
        }
        "R4a" => "An HTTP cache answered, not the server; see Cache-Control above (H6).",
        "R8" => "See X-Cache-Version above; versionless responses are kept only under `versionless: 'ttl'`.",
        "R9" => "See X-Cache-Enabled above.",
        "R11" => "See X-Cache-Scope above; name the signed-in user (`setUser(name)`), and the next response lifts it.",
        "S6" => "Another user was named in this browser; name this one again (`setUser(name)`).",
        _ => "Ask again: the state changed meanwhile.",
    }
}

fn unstorable(reason: NotStorable) -> &'static str {
    match reason {
        NotStorable::Version => "See X-Cache-Version above: what it says is no version.",
        NotStorable::Groups => {
            "Cache-Groups is malformed: write a list of quoted strings, such as \"invoices\", \"invoice:7\"."
        }
        NotStorable::Policy => "Hybrid-Cache-Control forbids it (no-store or no-cache).",
        NotStorable::CacheControl => {
            "Cache-Control says no-store. Send Hybrid-Cache-Control: max-age=300, or add a rule that names the URL: \
             rules: [{ match: '/api/' }]."
        }
        NotStorable::NoTime => "There is no time left in which it could be served: max-age or ttl is 0, or below Age.",
    }
}

#[cfg(test)]
mod tests;
