//! `exportEntries` and `importEntries`.

use hybrid_cache_inspect::browser::exchange::{export_entries, import_entries};
use js_sys::{Object, Reflect, Uint8Array};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::world::*;

const JSON_REQUEST: &str = "json GET https://api.example/invoices/";
const BYTES_REQUEST: &str = "arraybuffer GET https://api.example/invoices/";
/// Every byte there is.
const BYTES: std::ops::RangeInclusive<u8> = 0..=255;

/// A record whose body is an `ArrayBuffer`.
fn binary(generation: u64) -> JsValue {
    let bytes: Vec<u8> = BYTES.collect();
    let value = js(&record(generation, Value::Null));
    Reflect::set(&value, &"body".into(), &Uint8Array::from(bytes.as_slice()).buffer()).unwrap();
    value
}

async fn exported(filter: Value) -> Value {
    rust(export_entries(js(&filter)).await)
}

async fn imported(snapshot: &Value, partition: &str) -> Value {
    rust(import_entries(js(snapshot), js(&json!({ "partition": partition, "now": NOW }))).await)
}

/// The reasons of an import that stored nothing.
async fn refusals(snapshot: &Value, partition: &str) -> Vec<String> {
    let result = imported(snapshot, partition).await;
    assert_eq!(result["imported"], 0, "{result}");
    result["refused"].as_array().unwrap().iter().map(|refused| refused["reason"].as_str().unwrap().into()).collect()
}

/// A world with Ada's two entries, one of text and one of bytes, and a snapshot of them.
async fn stocked() -> (World, Value) {
    let world = World::new().await;
    world.store(ADA, JSON_REQUEST, record(12, json!("[1, 2]"))).await;
    world.store_js(ADA, BYTES_REQUEST, &binary(12)).await;
    let snapshot = exported(json!({ "partition": ADA, "now": NOW })).await;
    (world, snapshot)
}

#[wasm_bindgen_test]
async fn a_snapshot_survives_json_and_another_database() {
    let (world, snapshot) = stocked().await;
    assert_eq!((&snapshot["format"], &snapshot["exported"]), (&json!(1), &json!(NOW)));
    assert_eq!(snapshot["entries"].as_array().unwrap().len(), 2);
    world.close();

    let world = World::new().await;
    world.put("state", "root", json!({ "format": 1, "incarnation": 10, "highest": 40 })).await;
    let mut elsewhere = state(40);
    elsewhere["incarnation"] = json!(10);
    elsewhere["clock"] = json!(3);
    world.put("state", &format!("p:{ADA}"), elsewhere).await;
    assert_eq!(imported(&snapshot, ADA).await, json!({ "imported": 2, "refused": [] }));

    let key = format!("0000000028|{JSON_REQUEST}");
    let stored = world.get("entries", &key).await;
    let mut expected = record(40, json!("[1, 2]"));
    expected["incarnation"] = json!(10);
    expected["clock"] = json!(3);
    assert_eq!(stored, expected);
    assert_eq!(
        world.get("directory", &key).await,
        json!({
            "format": 1, "key": key, "partition": ADA, "url": URL, "bytes": 100, "used": NOW, "departed": STORED - 50,
            "stored": STORED, "fresh": 60_000, "stale": 0, "status": 200,
        })
    );
    assert_eq!(world.get("state", "usage").await, json!({ "format": 1, "bytes": 200, "entries": 2 }));
    let bytes = world.get_js("entries", &format!("0000000028|{BYTES_REQUEST}")).await;
    let body = Reflect::get(&bytes, &"body".into()).unwrap();
    assert!(body.is_instance_of::<js_sys::ArrayBuffer>());
    assert_eq!(Uint8Array::new(&body).to_vec(), BYTES.collect::<Vec<u8>>());
    world.close();
}

#[wasm_bindgen_test]
async fn an_import_over_what_is_there_counts_once() {
    let (world, snapshot) = stocked().await;
    assert_eq!(imported(&snapshot, ADA).await["imported"], 2);
    assert_eq!(world.get("state", "usage").await, json!({ "format": 1, "bytes": 200, "entries": 2 }));
    let mut twice = snapshot.clone();
    twice["entries"].as_array_mut().unwrap().extend(snapshot["entries"].as_array().unwrap().clone());
    imported(&twice, ADA).await;
    assert_eq!(world.get("state", "usage").await, json!({ "format": 1, "bytes": 200, "entries": 2 }));
    assert_eq!((world.count("directory").await, world.count("entries").await), (2, 2));
    world.close();
}

#[wasm_bindgen_test]
async fn only_what_could_be_served_is_exported() {
    let (world, _) = stocked().await;
    world.store(ADA, JSON_REQUEST, record(11, json!("old"))).await;
    assert_eq!(exported(json!({ "user": "ada" })).await["entries"].as_array().unwrap().len(), 2);
    assert_eq!(exported(json!({ "user": "bob" })).await["entries"], json!([]));
    let mut versionless = state(12);
    versionless.as_object_mut().unwrap().remove("version");
    world.put("state", &format!("p:{ADA}"), versionless).await;
    assert_eq!(exported(json!({ "user": "ada" })).await["entries"], json!([]));
    world.close();
    delete().await;
    assert_eq!(exported(json!({})).await["entries"], json!([]));
    assert!(!databases().await.contains(&"hybrid-cache".into()));
}

#[wasm_bindgen_test]
async fn coherence_holds() {
    let (world, snapshot) = stocked().await;
    for (partition, change, part) in [
        (ADA, json!({ "version": 6 }), "kept at version 5, the partition is at 6"),
        (ADA, json!({ "version": 4 }), "the partition is at 4"),
        (ADA, json!({ "scope": "another" }), "R11"),
        (ADA, json!({ "enabled": false }), "R9"),
        (ADA, json!({ "generation": 13, "barrier": 13 }), "R7"),
        (BOB, json!({}), "S4"),
        ("https://api.example carol", json!({}), "no state here"),
    ] {
        let mut changed = state(12);
        for (name, value) in change.as_object().unwrap() {
            changed[name] = value.clone();
        }
        world.put("state", &format!("p:{ADA}"), changed).await;
        let reasons = refusals(&snapshot, partition).await;
        assert_eq!(reasons.len(), 2);
        assert!(reasons.iter().all(|reason| reason.contains(part)), "{part}: {reasons:?}");
    }
    world.close();
}

#[wasm_bindgen_test]
async fn an_invalidated_or_younger_entry_is_not_overwritten() {
    let (world, snapshot) = stocked().await;
    let mut younger = record(12, json!("younger"));
    younger["departed"] = json!(STORED);
    world.store(ADA, JSON_REQUEST, younger).await;
    let result = imported(&snapshot, ADA).await;
    assert_eq!(result["imported"], 1);
    assert_eq!(result["refused"][0]["key"], JSON_REQUEST);
    assert!(result["refused"][0]["reason"].as_str().unwrap().contains("R14"));
    assert_eq!(world.get("entries", &format!("000000000c|{JSON_REQUEST}")).await["body"], "younger");

    let mut ticked = state(12);
    ticked["clock"] = json!(1);
    world.put("state", &format!("p:{ADA}"), ticked).await;
    let target = json!({ "clock": 1, "kind": "url", "source": URL, "flags": "" });
    world.put("state", &format!("t:{ADA}"), json!({ "format": 1, "floor": 0, "list": [target] })).await;
    assert!(refusals(&snapshot, ADA).await.iter().all(|reason| reason.contains("R13")));
    world.close();
}

#[wasm_bindgen_test]
async fn damaged_entries_are_refused_one_by_one() {
    let (world, snapshot) = stocked().await;
    let mut damaged = snapshot.clone();
    let entries = damaged["entries"].as_array_mut().unwrap();
    let good = entries[0].clone();
    let mut no_record = good.clone();
    no_record.as_object_mut().unwrap().remove("record");
    let mut no_version = good.clone();
    no_version["version"] = json!("5");
    let mut no_base64 = good.clone();
    no_base64["encoding"] = json!("base64");
    no_base64["record"]["body"] = json!("***");
    *entries = vec![json!(5), Value::Null, no_record, no_version, no_base64, good];
    let result = imported(&damaged, ADA).await;
    assert_eq!(result["imported"], 1, "{result}");
    let refused = result["refused"].as_array().unwrap();
    let keys: Vec<_> = refused.iter().map(|refused| refused["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["entries[0]", "entries[1]", "entries[2]", "entries[3]", "entries[4]"]);
    assert!(refused[4]["reason"].as_str().unwrap().contains("base64"));
    world.close();
}

#[wasm_bindgen_test]
async fn a_storage_that_refuses_keeps_what_was_there() {
    let (world, snapshot) = stocked().await;
    let before = world.get("state", "usage").await;
    let put = script(
        "const { put } = IDBObjectStore.prototype;
         let writes = 0;
         IDBObjectStore.prototype.put = function (...given) {
           if (++writes > 2) throw new DOMException('no space left', 'QuotaExceededError');
           return put.apply(this, given);
         };
         return put;",
    )
    .await;
    let mut younger = snapshot.clone();
    for entry in younger["entries"].as_array_mut().unwrap() {
        entry["record"]["departed"] = json!(STORED);
        entry["record"]["status"] = json!(203);
    }
    let result = import_entries(js(&younger), js(&json!({ "partition": ADA, "now": NOW }))).await;
    let prototype = script("return IDBObjectStore.prototype").await;
    Reflect::set(&prototype, &"put".into(), &put).unwrap();
    let message = failure(result);
    assert!(message.contains("nothing was stored") && message.contains("QuotaExceededError"), "{message}");
    assert_eq!(world.get("state", "usage").await, before);
    for request in [JSON_REQUEST, BYTES_REQUEST] {
        assert_eq!(world.get("directory", &format!("000000000c|{request}")).await["status"], 200, "{request}");
    }
    world.close();
}

#[wasm_bindgen_test]
async fn without_a_database_nothing_is_imported_and_none_is_made() {
    let (world, snapshot) = stocked().await;
    world.close();
    delete().await;
    assert!(refusals(&snapshot, ADA).await.iter().all(|reason| reason.contains("no database")));
    assert!(!databases().await.contains(&"hybrid-cache".into()));
    let empty: JsValue = Object::new().into();
    Reflect::set(&empty, &"partition".into(), &ADA.into()).unwrap();
    let nothing = js(&json!({ "format": 1, "exported": 0, "entries": [] }));
    assert_eq!(rust(import_entries(nothing, empty).await), json!({ "imported": 0, "refused": [] }));
}
