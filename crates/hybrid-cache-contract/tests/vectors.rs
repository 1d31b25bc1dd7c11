//! Reads `vectors.json`, as the tests in JavaScript and Python do.

use hybrid_cache_contract::{
    CacheControl, CacheScope, CacheVersion, RawHeaders, ResponseStamp, StorePolicy, UserId, age, control::CacheStatus,
    enabled, groups, http_date, redis_key,
};
use serde_json::{Map, Value, json};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors.json")).expect("vectors.json is JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn list(value: &Value) -> &[Value] {
    let list = value.as_array().expect("a list");
    assert!(!list.is_empty());
    list
}

/// Compares what `read` makes of every `in` with `out`.
fn check(cases: &Value, read: impl Fn(&str) -> Value) {
    for case in list(cases) {
        assert_eq!(read(text(&case["in"])), case["out"], "{case}");
    }
}

/// As [`check`], where `out` names only what differs from `unset`.
fn check_against_unset(vectors: &Value, read: impl Fn(&str) -> Value) {
    for case in list(&vectors["cases"]) {
        assert_eq!(read(text(&case["in"])), over(&vectors["unset"], &case["out"]), "{case}");
    }
}

/// `unset` with the members of `out` put over it; null stays null.
fn over(unset: &Value, out: &Value) -> Value {
    let Some(out) = out.as_object() else { return Value::Null };
    let mut whole: Map<String, Value> = unset.as_object().expect("an object").clone();
    for (name, value) in out {
        assert!(whole.insert(name.clone(), value.clone()).is_some(), "no such member: {name}");
    }
    Value::Object(whole)
}

#[test]
fn versions() {
    check(&vectors()["version"], |text| json!(CacheVersion::parse(text).ok()));
    for case in list(&vectors()["version"]) {
        if let Some(number) = case["out"].as_u64() {
            let version = CacheVersion::new(number).expect("a version");
            assert_eq!(version.to_string(), text(&case["in"]), "writing gives what was read");
            assert_eq!(serde_json::from_value::<CacheVersion>(case["out"].clone()).unwrap(), version);
        }
    }
    assert!(serde_json::from_str::<CacheVersion>("0").is_err());
    assert!(serde_json::from_str::<CacheVersion>("9007199254740992").is_err());
}

#[test]
fn enabled_values() {
    check(&vectors()["enabled"], |text| json!(enabled::parse(text).ok()));
    assert_eq!([true, false].map(enabled::as_str), ["true", "false"]);
}

#[test]
fn scopes() {
    check(&vectors()["scope"], |text| json!(CacheScope::parse(text).ok()));
}

#[test]
fn policies() {
    let vectors = &vectors()["policy"];
    check_against_unset(vectors, |text| json!(StorePolicy::parse(text).ok()));
    for case in list(&vectors["written"]) {
        let said = over(&vectors["unset"], &case["policy"]);
        let seconds = |name: &str| said[name].as_u64().map(|seconds| u32::try_from(seconds).unwrap());
        let policy = StorePolicy {
            no_store: said["noStore"] == true,
            max_age: seconds("maxAge"),
            stale_while_revalidate: seconds("staleWhileRevalidate"),
            stale_if_error: seconds("staleIfError"),
        };
        assert_eq!(policy.to_string(), text(&case["out"]));
        assert_eq!(StorePolicy::parse(text(&case["out"])), Ok(policy));
    }
}

#[test]
fn cache_controls() {
    check_against_unset(&vectors()["cacheControl"], |text| json!(CacheControl::parse(text)));
}

#[test]
fn ages() {
    check(&vectors()["age"], |text| json!(age::parse(text)));
}

#[test]
fn dates() {
    check(&vectors()["date"], |text| json!(http_date::parse(text)));
}

fn names(value: &str) -> Option<Vec<String>> {
    groups::parse(value).ok().map(|groups| groups.map(|group| groups::unescaped(group).collect()).collect())
}

#[test]
fn group_lists() {
    let vectors = &vectors()["groups"];
    check(&vectors["cases"], |text| json!(names(text)));
    for case in list(&vectors["written"]) {
        let written = groups::to_header_value(list(&case["groups"]).iter().map(text)).ok().flatten();
        assert_eq!(json!(written), case["out"], "{case}");
        if let Some(written) = written {
            assert_eq!(json!(names(&written)), case["groups"], "reading gives what was written");
        }
    }
    assert_eq!(groups::to_header_value([]), Ok(None));
}

#[test]
fn group_lists_have_the_limits_of_the_contract() {
    let limits = &vectors()["groups"]["limits"];
    assert_eq!(limits["groups"], groups::MAX_GROUPS);
    assert_eq!(limits["length"], groups::MAX_GROUP_LENGTH);
    let long = "x".repeat(groups::MAX_GROUP_LENGTH);
    let full = vec![long.as_str(); groups::MAX_GROUPS];
    let value = groups::to_header_value(full.iter().copied()).unwrap().unwrap();
    assert_eq!(names(&value).unwrap(), full);
    assert!(groups::parse(&format!("{value}, \"x\"")).is_err());
    assert!(groups::parse(&format!("\"{long}x\"")).is_err());
    assert!(groups::to_header_value([format!("{long}x").as_str()]).is_err());
}

#[test]
fn user_ids() {
    check(&vectors()["userId"], |text| json!(UserId::parse(text).is_ok()));
}

#[test]
fn redis_keys() {
    for case in list(&vectors()["redisKeys"]) {
        let user = UserId::parse(text(&case["user"])).unwrap();
        let version = CacheVersion::new(case["version"].as_u64().unwrap()).unwrap();
        let prefix = text(&case["prefix"]);
        assert_eq!(redis_key::user_version(user).prefixed(prefix).to_string(), text(&case["userVersion"]));
        let query = redis_key::query(user, version, text(&case["hash"])).prefixed(prefix);
        assert_eq!(query.to_string(), text(&case["query"]));
    }
}

#[test]
fn control_statuses() {
    for case in list(&vectors()["controlStatus"]) {
        let status: CacheStatus = serde_json::from_value(case.clone()).unwrap();
        assert_eq!(&serde_json::to_value(status).unwrap(), case);
    }
    let unknown = json!({"version": 1, "enabled": true, "scope": null, "store": "x", "health": "ok", "new": 1});
    assert!(serde_json::from_value::<CacheStatus>(unknown).is_ok(), "members may be added");
}

#[test]
fn stamps() {
    let vectors = &vectors()["stamp"];
    for case in list(&vectors["cases"]) {
        let headers = case["in"].as_object().expect("an object");
        let raw = RawHeaders::read(|name| {
            headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| text(value))
        });
        let stamp = json!(ResponseStamp::parse(&raw));
        assert_eq!(stamp, over(&vectors["unset"], &case["out"]), "{case}");
    }
}
