//! `diagnose`.

use hybrid_cache_inspect::browser::diagnose::diagnose;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::world::*;

async fn diagnosed(options: Value) -> Value {
    rust(diagnose(js(&options)).await)
}

fn check<'d>(diagnosis: &'d Value, name: &str) -> &'d Value {
    let checks = diagnosis["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no check {name}: {diagnosis}"))
}

fn failed(diagnosis: &Value) -> Vec<&str> {
    let checks = diagnosis["checks"].as_array().unwrap();
    let failed: Vec<_> = checks.iter().filter(|check| check["ok"] == false).collect();
    assert!(failed.iter().all(|check| check["cure"].is_string()), "{diagnosis}");
    assert_eq!(diagnosis["ok"], failed.is_empty());
    failed.into_iter().map(|check| check["name"].as_str().unwrap()).collect()
}

/// A `fetch` that answers with these headers and keeps the last request in `globalThis.asked`.
fn server(status: u16, headers: &Value) -> Replaced {
    Replaced::new(
        "fetch",
        &format!(
            "async (request) => {{
               globalThis.asked = request;
               return new Response('[]', {{ status: {status}, headers: {headers} }});
             }}"
        ),
    )
}

fn stamped() -> Value {
    json!({
        "X-Cache-Version": "5", "X-Cache-Enabled": "true", "X-Cache-Scope": "scope",
        "Cache-Control": "private, no-store", "Hybrid-Cache-Control": "max-age=300",
    })
}

/// A URL of the page's own origin.
async fn own_url() -> String {
    script("return location.origin + '/api/invoices/'").await.as_string().unwrap()
}

#[wasm_bindgen_test]
async fn a_sound_browser_and_database_pass() {
    let world = World::new().await;
    world.store(ADA, "json GET https://api.example/invoices/", record(12, json!("[]"))).await;
    let diagnosis = diagnosed(json!({ "now": NOW, "userAgent": "Browser/1" })).await;
    assert_eq!(failed(&diagnosis), [""; 0], "{diagnosis}");
    for name in [
        "secure context",
        "IndexedDB",
        "quota",
        "persistence",
        "WebAssembly",
        "BroadcastChannel",
        "Web Locks",
        "localStorage",
        "database",
        "accounting",
        "partitions",
    ] {
        check(&diagnosis, name);
    }
    assert_eq!(check(&diagnosis, "database")["detail"], "state: 4 records, directory: 1, entries: 1");
    assert!(
        check(&diagnosis, "partitions")["detail"].as_str().unwrap().contains("`https://api.example ada` version 5")
    );
    let summary = diagnosis["summary"].as_str().unwrap();
    assert!(summary.starts_with("hybrid-cache diagnosis of http"), "{summary}");
    assert!(summary.contains("2023-11-14T22:15:00.000Z"), "{summary}");
    assert!(summary.contains("Browser/1") && summary.contains("All 11 checks passed."), "{summary}");
    world.close();
    delete().await;
}

#[wasm_bindgen_test]
async fn a_diagnosis_leaves_nothing_behind() {
    delete().await;
    let diagnosis = rust(diagnose(JsValue::UNDEFINED).await);
    assert_eq!(failed(&diagnosis), [""; 0], "{diagnosis}");
    assert!(check(&diagnosis, "IndexedDB")["detail"].as_str().unwrap().contains("nothing is stored yet"));
    assert!(!databases().await.contains(&"hybrid-cache".into()));
    assert_eq!(script("return localStorage.getItem('hybrid-cache:diagnosis')").await, JsValue::NULL);
}

#[wasm_bindgen_test]
async fn a_storage_that_does_not_work_is_told_by_its_kind() {
    let never = "{ open() { return {} } }";
    for (global, detail) in [
        ("undefined", "not offered here"),
        ("{ open() { throw new DOMException('denied', 'SecurityError') } }", "SecurityError: denied"),
        (never, "did not answer within 3 s"),
    ] {
        let _broken = Replaced::new("indexedDB", global);
        // Time is not to be waited for: the timer of the opening is over at once.
        let hurried = "(task, ms) => { if (ms === 3_000) queueMicrotask(task); return 0 }";
        let _hurried = (global == never).then(|| Replaced::new("setTimeout", hurried));
        let diagnosis = diagnosed(json!({})).await;
        assert_eq!(failed(&diagnosis), ["IndexedDB"]);
        assert!(check(&diagnosis, "IndexedDB")["detail"].as_str().unwrap().contains(detail), "{diagnosis}");
    }
}

#[wasm_bindgen_test]
async fn missing_interfaces_are_noted() {
    delete().await;
    let _channel = Replaced::new("BroadcastChannel", "undefined");
    let full = "{ setItem() { throw new DOMException('full', 'QuotaExceededError') } }";
    let _storage = Replaced::new("localStorage", full);
    let diagnosis = diagnosed(json!({})).await;
    assert_eq!(failed(&diagnosis), [""; 0]);
    assert!(check(&diagnosis, "BroadcastChannel")["cure"].is_string());
    assert!(check(&diagnosis, "localStorage")["detail"].as_str().unwrap().contains("QuotaExceededError: full"));
}

#[wasm_bindgen_test]
async fn a_database_that_disagrees_with_itself_is_recognised() {
    let world = World::new().await;
    world.put("entries", "000000000c|json GET https://api.example/", record(12, json!("[]"))).await;
    assert_eq!(failed(&diagnosed(json!({})).await), ["accounting"]);
    world.put("state", &format!("p:{ADA}"), json!({ "format": 2 })).await;
    assert_eq!(failed(&diagnosed(json!({})).await), ["accounting", "partitions"]);
    world.close();
    delete().await;
}

#[wasm_bindgen_test]
async fn a_response_is_judged_against_the_users_state() {
    let world = World::new().await;
    let url = own_url().await;
    let origin = script("return location.origin").await.as_string().unwrap();
    world.put("state", &format!("p:{origin} ada"), state(12)).await;
    let bearer = json!({ "Authorization": "Bearer x" });
    let options = json!({ "url": url, "user": "ada", "headers": bearer, "credentials": "include", "now": NOW });

    let good = server(200, &stamped());
    let diagnosis = diagnosed(options.clone()).await;
    assert_eq!(failed(&diagnosis), [""; 0], "{diagnosis}");
    assert_eq!(check(&diagnosis, "outcome")["detail"], "stored (R2), fresh for 5 min");
    assert_eq!(check(&diagnosis, "request")["detail"], format!("GET {url} answered 200"));
    let asked = "return [asked.method, asked.url, asked.headers.get('authorization'), asked.credentials].join(' ')";
    let asked = script(asked).await;
    assert_eq!(asked.as_string().unwrap(), format!("GET {url} Bearer x include"));
    drop(good);

    let mut lower = stamped();
    lower["X-Cache-Version"] = json!("4");
    let _lower = server(200, &lower);
    let diagnosis = diagnosed(options).await;
    assert_eq!(failed(&diagnosis), ["outcome"]);
    assert!(check(&diagnosis, "outcome")["detail"].as_str().unwrap().contains("(R4)"));
    assert_eq!(world.get("state", &format!("p:{origin} ada")).await, state(12), "nothing was changed by asking");
    world.close();
    delete().await;
}

#[wasm_bindgen_test]
async fn headers_that_break_the_contract_are_named() {
    delete().await;
    let url = own_url().await;
    for (change, expected) in [
        (json!({ "X-Cache-Version": "007" }), &["X-Cache-Version", "outcome"][..]),
        (json!({ "X-Cache-Enabled": "false" }), &["X-Cache-Enabled", "outcome"]),
        (json!({ "Cache-Control": "max-age=60" }), &["Cache-Control"]),
        (json!({ "Age": "12" }), &["replay", "outcome"]),
        (json!({ "Hybrid-Cache-Control": "no-store" }), &["outcome"]),
    ] {
        let mut headers = stamped();
        for (name, value) in change.as_object().unwrap() {
            headers[name] = value.clone();
        }
        let _server = server(200, &headers);
        assert_eq!(failed(&diagnosed(json!({ "url": url, "user": "ada" })).await), expected, "{change}");
    }
}

#[wasm_bindgen_test]
async fn a_rule_and_a_ttl_count() {
    delete().await;
    let url = own_url().await;
    let mut silent = stamped();
    silent.as_object_mut().unwrap().remove("Hybrid-Cache-Control");
    let _server = server(200, &silent);
    assert_eq!(failed(&diagnosed(json!({ "url": url, "user": "ada" })).await), ["outcome"]);
    let ruled = json!({ "url": url, "user": "ada", "rule": { "staleWhileRevalidate": 1_000 }, "ttl": 2_000 });
    let detail = check(&diagnosed(ruled).await, "outcome")["detail"].clone();
    assert_eq!(detail, "stored (R1), fresh for 2 s, then served for 1 s while it is fetched again");
}

#[wasm_bindgen_test]
async fn another_origin_that_hides_its_headers_is_told_how_to_show_them() {
    delete().await;
    let _server = server(200, &json!({ "Cache-Control": "private, no-store" }));
    let diagnosis = diagnosed(json!({ "url": URL, "user": "ada" })).await;
    let cure = check(&diagnosis, "X-Cache-Version")["cure"].as_str().unwrap();
    assert!(cure.contains("Access-Control-Expose-Headers: X-Cache-Version"), "{cure}");
}

#[wasm_bindgen_test]
async fn a_server_that_does_not_answer_is_one_failed_check() {
    delete().await;
    let refused = |diagnosis: &Value, detail: &str| {
        assert_eq!(failed(diagnosis), ["request"]);
        let found = check(diagnosis, "request")["detail"].as_str().unwrap();
        assert!(found.contains(detail), "{found}");
    };
    let options = json!({ "url": URL, "user": "ada" });
    let down = Replaced::new("fetch", "async () => { throw new TypeError('Failed to fetch') }");
    refused(&diagnosed(options.clone()).await, "Failed to fetch");
    drop(down);
    let _silent = Replaced::new(
        "fetch",
        "(request) => new Promise((_, refuse) => { request.signal.onabort = () => refuse(request.signal.reason) })",
    );
    // Time is not to be waited for: the timer of the request is over at once.
    let _hurried = Replaced::new("setTimeout", "(task, ms) => { if (ms === 6_000) queueMicrotask(task); return 0 }");
    refused(&diagnosed(options).await, "no answer within 6 s");
}
