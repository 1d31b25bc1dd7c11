//! `entries` and `explain`.

use hybrid_cache_inspect::browser::look::{entries, explain};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::world::*;

const REQUEST: &str = "json GET https://api.example/invoices/";

async fn listed(filter: Value) -> Vec<Value> {
    rust(entries(js(&filter)).await).as_array().unwrap().clone()
}

/// Verdict, rule, and whether it is served.
async fn explained(question: Value) -> (String, Value, bool) {
    let answer = rust(explain(js(&question)).await);
    assert!(!answer["reason"].as_str().unwrap().is_empty());
    (answer["verdict"].as_str().unwrap().into(), answer["rule"].clone(), answer["served"].as_bool().unwrap())
}

fn about(user: &str) -> Value {
    json!({ "user": user, "url": URL, "key": REQUEST, "now": NOW })
}

#[wasm_bindgen_test]
async fn entries_are_listed_as_the_directory_has_them() {
    let world = World::new().await;
    world.store(ADA, REQUEST, record(12, json!("[]"))).await;
    world.store(ADA, REQUEST, record(11, json!("[]"))).await;
    world.store(BOB, "text GET https://api.example/invoices/\naccept: text/plain", record(7, json!("x"))).await;

    let all = listed(json!({ "now": NOW })).await;
    assert_eq!(all.len(), 2, "{all:?}");
    let of_ada = listed(json!({ "server": SERVER, "user": "ada", "now": NOW })).await;
    assert_eq!(
        of_ada,
        [json!({
            "key": "000000000c|json GET https://api.example/invoices/", "url": URL, "variant": "json", "partition": ADA,
            "generation": 12, "live": true, "bytes": 100, "stored": STORED, "used": STORED, "fresh": 60_000, "stale": 0,
            "expiresIn": 50_000, "status": 200,
        })]
    );
    let dead = listed(json!({ "partition": ADA, "includeDead": true })).await;
    assert_eq!(dead.iter().map(|entry| entry["live"].as_bool().unwrap()).collect::<Vec<_>>(), [false, true]);
    assert!(listed(json!({ "user": "nobody" })).await.is_empty());
    assert_eq!(rust(entries(JsValue::UNDEFINED).await).as_array().unwrap().len(), 2);
    world.close();
}

#[wasm_bindgen_test]
async fn looking_never_makes_a_database_and_never_holds_one() {
    delete().await;
    assert!(listed(json!({})).await.is_empty());
    assert_eq!(explained(about("ada")).await, ("no-database".into(), Value::Null, false));
    assert!(!databases().await.contains(&"hybrid-cache".into()));

    World::new().await.close();
    assert!(listed(json!({})).await.is_empty());
    assert_eq!(explained(about("ada")).await.0, "absent");
    // Would wait for ever if a connection had stayed open that does not give way.
    delete().await;
}

#[wasm_bindgen_test]
async fn a_foreign_database_of_that_name_is_left_alone() {
    delete().await;
    script(
        "const opening = indexedDB.open('hybrid-cache', 1);
         opening.onupgradeneeded = () => opening.result.createObjectStore('keyval');
         await new Promise((done) => (opening.onsuccess = done));
         opening.result.close();",
    )
    .await;
    assert!(failure(entries(JsValue::UNDEFINED).await).contains("could not be read"));
    let stores = script(
        "const opening = indexedDB.open('hybrid-cache');
         await new Promise((done) => (opening.onsuccess = done));
         const names = [...opening.result.objectStoreNames].join();
         opening.result.close();
         return names;",
    )
    .await;
    assert_eq!(stores.as_string().as_deref(), Some("keyval"));
    delete().await;
}

#[wasm_bindgen_test]
async fn a_newer_schema_is_reported() {
    delete().await;
    script(
        "const opening = indexedDB.open('hybrid-cache', 2);
         await new Promise((done) => (opening.onsuccess = done));
         opening.result.close();",
    )
    .await;
    assert!(failure(entries(JsValue::UNDEFINED).await).contains("VersionError"));
    assert_eq!(explained(about("ada")).await.0, "storage");
    delete().await;
}

#[wasm_bindgen_test]
async fn what_would_be_served_is_explained() {
    let world = World::new().await;
    world.store(ADA, REQUEST, record(12, json!("[]"))).await;
    assert_eq!(explained(about("ada")).await, ("fresh".into(), json!("S1"), true));
    assert_eq!(explained(about("bob")).await, ("absent".into(), Value::Null, false));
    assert_eq!(explained(json!({ "url": URL, "now": NOW })).await, ("no-user".into(), Value::Null, false));
    let later = json!({ "user": "ada", "url": URL, "now": STORED + 60_000 });
    assert_eq!(explained(later).await, ("expired".into(), json!("S2"), false));
    let before = json!({ "user": "ada", "url": URL, "now": STORED - 1 });
    assert_eq!(explained(before).await, ("expired".into(), json!("S3"), false));

    let answer = rust(explain(js(&about("ada"))).await);
    assert_eq!(answer["url"], URL);
    assert_eq!(answer["entry"]["expiresIn"], 50_000);
    assert_eq!(answer["state"]["generation"], 12);
    assert_eq!(answer["state"]["suspended"], "no");
    assert!(answer["steps"].as_array().unwrap().len() >= 3, "{answer}");

    world.put("state", &format!("p:{ADA}"), state(13)).await;
    assert_eq!(explained(about("ada")).await, ("generation".into(), json!("S1"), false));
    world.close();
}

#[wasm_bindgen_test]
async fn another_request_for_the_same_url_is_mentioned_and_does_not_count() {
    let world = World::new().await;
    world.store(ADA, "text GET https://api.example/invoices/", record(12, json!("[]"))).await;
    let answer = rust(explain(js(&about("ada"))).await);
    assert_eq!(answer["verdict"], "absent");
    assert!(answer["steps"].to_string().contains("text GET https://api.example/invoices/"), "{answer}");
    let any = json!({ "user": "ada", "url": format!("{URL}#top"), "now": NOW });
    assert_eq!(explained(any).await.0, "fresh");
    let mut by_entry_key = about("ada");
    by_entry_key["key"] = json!("000000000c|text GET https://api.example/invoices/");
    assert_eq!(explained(by_entry_key).await.0, "fresh");
    world.close();
}

#[wasm_bindgen_test]
async fn narrower_invalidation_is_explained() {
    for (kind, source, flags, verdict) in [
        ("url", URL, "", "invalidated"),
        ("prefix", "https://api.example/inv", "", "invalidated"),
        ("pattern", "INVOICES", "i", "invalidated"),
        ("pattern", "(", "", "invalidated"),
        ("group", "invoices", "", "invalidated"),
        ("pattern", "INVOICES", "", "fresh"),
        ("group", "customers", "", "fresh"),
    ] {
        let world = World::new().await;
        world.store(ADA, REQUEST, record(12, json!("[]"))).await;
        let mut ticked = state(12);
        ticked["clock"] = json!(1);
        world.put("state", &format!("p:{ADA}"), ticked).await;
        let target = json!({ "clock": 1, "kind": kind, "source": source, "flags": flags });
        world.put("state", &format!("t:{ADA}"), json!({ "format": 1, "floor": 0, "list": [target] })).await;
        assert_eq!(explained(about("ada")).await.0, verdict, "{kind} {source}");
        world.close();
    }
}

#[wasm_bindgen_test]
async fn a_partition_that_serves_nothing_is_explained() {
    let world = World::new().await;
    world.store(ADA, REQUEST, record(12, json!("[]"))).await;
    for (field, value, verdict, rule) in [
        ("enabled", json!(false), "disabled", "R9"),
        ("suspended", json!("suspended"), "suspended", "R11"),
        ("displaced", json!(NOW), "displaced", "S6"),
    ] {
        let mut closed = state(12);
        closed[field] = value;
        world.put("state", &format!("p:{ADA}"), closed).await;
        assert_eq!(explained(about("ada")).await, (verdict.into(), json!(rule), false));
        assert!(rust(explain(js(&about("ada"))).await)["cure"].is_string());
    }
    world.close();
}

#[wasm_bindgen_test]
async fn unreadable_records_are_recognised() {
    let world = World::new().await;
    let mut unknown = record(12, json!("[]"));
    unknown["format"] = json!(2);
    for damaged in [unknown, record(12, json!(5)), record(12, Value::Null)] {
        world.store(ADA, REQUEST, damaged).await;
        assert_eq!(explained(about("ada")).await, ("corrupt".into(), Value::Null, false));
    }
    world.put("state", &format!("p:{ADA}"), json!({ "format": 1, "generation": "12" })).await;
    assert_eq!(explained(about("ada")).await.0, "corrupt");
    assert_eq!(listed(json!({ "includeDead": true })).await.len(), 1, "its entry is listed, and not as live");
    world.close();
}
