//! Bad input: every export says what was wrong and what is accepted.

use hybrid_cache_inspect::browser::{
    diagnose::diagnose,
    exchange::{export_entries, import_entries},
    look::{entries, explain},
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::world::*;

async fn value(source: &str) -> JsValue {
    script(&format!("return ({source})")).await
}

fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is missing in: {message}");
    }
}

#[wasm_bindgen_test]
async fn filters_are_checked() {
    for (filter, parts) in [
        ("'ada'", ["the string \"ada\"", "partition, server, user"]),
        ("['ada']", ["an array", "expected an object"]),
        ("{ usr: 'ada' }", ["no field \"usr\"", "accepted are: partition, server, user"]),
        ("{ user: 5 }", ["\"user\" is the number 5", "expected the user's name"]),
        ("{ user: '' }", ["\"user\" is the string \"\"", "not empty"]),
        ("{ server: 'api.example' }", ["\"server\" is the string", "https://api.example"]),
        ("{ server: 'https://api.example/' }", ["\"server\" is the string", "an origin"]),
        ("{ now: -1 }", ["\"now\" is the number -1", "milliseconds since the epoch"]),
        ("{ now: NaN }", ["\"now\" is the number NaN", "milliseconds since the epoch"]),
        ("{ get user() { throw 1 } }", ["\"user\" cannot be read", "throws"]),
    ] {
        says(&failure(entries(value(filter).await).await), &parts);
        says(&failure(export_entries(value(filter).await).await), &parts);
    }
    says(&failure(entries(value("{ includeDead: 'yes' }").await).await), &["\"includeDead\"", "true or false"]);
    says(&failure(export_entries(value("{ includeDead: true }").await).await), &["no field \"includeDead\""]);
}

#[wasm_bindgen_test]
async fn questions_are_checked() {
    for (question, parts) in [
        ("undefined", ["\"url\" is missing", "an absolute URL"]),
        ("{ user: 'ada' }", ["\"url\" is missing", "an absolute URL"]),
        ("{ url: '/invoices/' }", ["\"url\" is the string \"/invoices/\"", "an absolute URL"]),
        ("{ url: 'data:,x' }", ["\"url\" is the string", "an absolute URL"]),
        ("{ url: 'https://a.example/', key: 5 }", ["\"key\" is the number 5", "a request key"]),
        ("{ url: 'https://a.example/', user: false }", ["\"user\" is false", "expected"]),
    ] {
        says(&failure(explain(value(question).await).await), &parts);
    }
}

#[wasm_bindgen_test]
async fn options_of_a_diagnosis_are_checked() {
    for (options, parts) in [
        ("5", ["the number 5", "expected an object"]),
        ("{ uri: 'https://a.example/' }", ["no field \"uri\"", "accepted are: url"]),
        ("{ url: 'nowhere' }", ["\"url\" is the string", "an absolute URL"]),
        ("{ headers: 'Authorization: x' }", ["\"headers\" is the string", "names and string values"]),
        ("{ headers: { Authorization: 5 } }", ["\"headers.Authorization\" is the number 5", "a string"]),
        ("{ headers: { 'a b': 'x' } }", ["\"headers.a b\"", "that HTTP allows"]),
        ("{ headers: { a: 'x\\ny' } }", ["\"headers.a\"", "that HTTP allows"]),
        ("{ credentials: 'always' }", ["\"credentials\" is the string \"always\"", "\"include\""]),
        ("{ rule: { ttl: '5' } }", ["\"ttl\" is the string", "a duration in milliseconds"]),
        ("{ rule: { tll: 5 } }", ["no field \"tll\"", "ttl, staleWhileRevalidate"]),
        ("{ ttl: Infinity }", ["\"ttl\"", "a duration in milliseconds"]),
    ] {
        says(&failure(diagnose(value(options).await).await), &parts);
    }
}

#[wasm_bindgen_test]
async fn snapshots_are_checked() {
    let good = || async { value("{ format: 1, exported: 0, entries: [] }").await };
    for (snapshot, part) in [
        ("undefined", "the snapshot is of type undefined"),
        ("'{}'", "the snapshot is the string"),
        ("{}", "\"format\" is of type undefined"),
        ("{ format: 2, entries: [] }", "\"format\" is the number 2"),
        ("{ format: 1, entries: {} }", "\"entries\" is of type object"),
    ] {
        let options = value("{ partition: 'https://api.example ada' }").await;
        let message = failure(import_entries(value(snapshot).await, options).await);
        says(&message, &[part, "what exportEntries() made"]);
    }
    says(&failure(import_entries(good().await, JsValue::UNDEFINED).await), &["\"partition\" is missing"]);
    let options = value("{ user: 'ada' }").await;
    says(&failure(import_entries(good().await, options).await), &["no field \"user\"", "partition, now"]);
}
