use hybrid_cache_contract::CacheVersion;

use super::*;

const NOW: f64 = 784_111_777_000.0;

fn good() -> Reply<'static> {
    Reply {
        url: "https://api.example/invoices/",
        status: 200,
        cross_origin: false,
        raw: RawHeaders {
            version: Some("7"),
            enabled: Some("true"),
            scope: Some("scope-of-ada"),
            policy: Some("max-age=300, stale-while-revalidate=60"),
            cache_control: Some("private, no-store"),
            date: Some("Sun, 06 Nov 1994 08:49:37 GMT"),
            ..RawHeaders::default()
        },
        vary: None,
    }
}

fn with(change: impl FnOnce(&mut RawHeaders<'static>)) -> Reply<'static> {
    let mut reply = good();
    change(&mut reply.raw);
    reply
}

fn setting(state: Option<State>) -> Setting {
    Setting { state, now: NOW, ..Setting::default() }
}

fn state() -> State {
    let mut state = State::new(1, 4, Some("scope-of-ada".into()));
    state.version = CacheVersion::new(7);
    state
}

/// Names of the checks that failed. Every one of them must say what to do.
fn failed(reply: &Reply<'_>, setting: &Setting) -> Vec<&'static str> {
    let checks = checks(reply, setting);
    assert!(checks.iter().all(|check| check.ok || check.cure.is_some()));
    checks.iter().filter(|check| !check.ok).map(|check| check.name).collect()
}

fn outcome_of(reply: &Reply<'_>, setting: &Setting) -> Check {
    checks(reply, setting).pop().expect("the outcome comes last")
}

#[test]
fn a_good_response_fails_nothing_and_is_stored() {
    for state in [None, Some(state())] {
        assert_eq!(failed(&good(), &setting(state)), [""; 0]);
    }
    let detail = outcome_of(&good(), &setting(Some(state()))).detail;
    assert_eq!(detail, "stored (R2), fresh for 5 min, then served for 1 min while it is fetched again");
    assert!(outcome_of(&good(), &setting(None)).detail.starts_with("stored (R1)"));
}

#[test]
fn a_version_must_be_there_and_valid() {
    for (value, detail) in [(None, "absent"), (Some("abc"), "`abc`"), (Some("1, 2"), "`1, 2`"), (Some("007"), "`007`")]
    {
        let reply = with(|raw| raw.version = value);
        let checks = checks(&reply, &setting(None));
        let version = checks.iter().find(|check| check.name == "X-Cache-Version").unwrap();
        assert!(!version.ok && version.detail.contains(detail), "{}", version.detail);
        assert!(failed(&reply, &setting(None)).contains(&"outcome"));
    }
}

#[test]
fn another_origin_is_told_which_headers_to_expose() {
    let reply = Reply { cross_origin: true, ..with(|raw| (raw.version, raw.date) = (None, None)) };
    let checks = checks(&reply, &setting(None));
    let cure = checks.iter().find(|check| check.name == "X-Cache-Version").unwrap().cure.as_deref().unwrap();
    assert!(cure.contains("Access-Control-Expose-Headers: X-Cache-Version, "), "{cure}");
    assert!(checks.iter().any(|check| check.name == "replay" && check.ok && check.cure.is_some()));
}

#[test]
fn stamped_responses_keep_http_caches_out() {
    for value in [None, Some("no-store"), Some("private, max-age=60"), Some("public")] {
        let reply = with(|raw| raw.cache_control = value);
        assert_eq!(failed(&reply, &setting(None)), ["Cache-Control"], "{value:?}");
    }
    let unstamped = with(|raw| (raw.version, raw.cache_control) = (None, Some("max-age=60")));
    assert!(!failed(&unstamped, &setting(None)).contains(&"Cache-Control"));
}

#[test]
fn a_replay_is_recognised() {
    assert_eq!(failed(&with(|raw| raw.age = Some("30")), &setting(None)), ["replay", "outcome"]);
    let old = with(|raw| raw.date = Some("Sun, 06 Nov 1994 08:39:37 GMT"));
    let checks = checks(&old, &setting(None));
    assert!(checks.iter().any(|check| check.name == "replay" && check.ok && check.detail.contains("10 min")));
    let lower = with(|raw| (raw.version, raw.age) = (Some("6"), Some("30")));
    assert!(outcome_of(&lower, &setting(Some(state()))).detail.contains("R4a"));
}

#[test]
fn the_scope_is_compared_with_the_recorded_one() {
    for scope in [Some("scope-of-bob"), None] {
        let reply = with(|raw| raw.scope = scope);
        assert_eq!(failed(&reply, &setting(Some(state()))), ["X-Cache-Scope", "outcome"], "{scope:?}");
        assert_eq!(failed(&reply, &setting(None)), [""; 0], "{scope:?}");
    }
    assert_eq!(failed(&with(|raw| raw.scope = Some("a, b")), &setting(None)), ["X-Cache-Scope", "outcome"]);
}

#[test]
fn the_outcome_is_the_engines_judgement() {
    let outcome = |change: fn(&mut RawHeaders<'static>)| outcome_of(&with(change), &setting(Some(state())));
    assert!(outcome(|raw| raw.version = Some("8")).detail.starts_with("stored (R3)"));
    for (change, rule) in [
        ((|raw| raw.version = Some("6")) as fn(&mut RawHeaders<'static>), "(R4)"),
        (|raw| raw.version = None, "(R8)"),
        (|raw| raw.enabled = Some("false"), "(R9)"),
    ] {
        let check = outcome(change);
        assert!(!check.ok && check.detail.contains(rule), "{}", check.detail);
    }
    assert!(outcome(|raw| raw.enabled = Some("false")).detail.contains("not served any more"));
}

#[test]
fn no_store_needs_a_policy_or_a_rule() {
    let silent = with(|raw| raw.policy = None);
    assert_eq!(failed(&silent, &setting(None)), ["outcome"]);
    let rule = Setting { rule: Some(RuleTimes::default()), ..setting(None) };
    assert_eq!(outcome_of(&silent, &rule).detail, "stored (R1), fresh for 5 min");
    assert_eq!(failed(&with(|raw| raw.policy = Some("no-store")), &rule), ["outcome"]);
    assert_eq!(failed(&with(|raw| raw.policy = Some("max-age=0")), &rule), ["outcome"]);
    assert_eq!(failed(&with(|raw| raw.policy = Some("max-age=5,")), &rule), ["Hybrid-Cache-Control"]);
}

#[test]
fn only_status_200_is_stored() {
    for status in [401, 404, 206, 304] {
        assert_eq!(failed(&Reply { status, ..good() }, &setting(None)), ["request", "outcome"], "{status}");
    }
}

#[test]
fn without_a_user_the_outcome_says_so() {
    let check = outcome_of(&good(), &Setting { user: false, ..setting(None) });
    assert!(check.ok && check.detail.contains("no user") && check.cure.is_some());
}
