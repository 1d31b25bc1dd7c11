//! `readStamp`.

use hybrid_cache_inspect::browser::stamp::read_stamp;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::world::*;

#[wasm_bindgen_test]
async fn headers_are_read_as_the_contract_says() {
    let vectors: Value = serde_json::from_str(include_str!("../../../hybrid-cache-contract/vectors.json")).unwrap();
    let cases = vectors["stamp"]["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let mut expected = vectors["stamp"]["unset"].clone();
        for (name, value) in case["out"].as_object().unwrap() {
            expected[name] = value.clone();
        }
        assert_eq!(rust(read_stamp(js(&case["in"]))), expected, "{case}");
    }
}

#[wasm_bindgen_test]
async fn anything_with_get_is_read() {
    let headers =
        script("return new Headers([['X-Cache-Version', '1'], ['x-cache-version', '2'], ['Age', '3']])").await;
    let stamp = rust(read_stamp(headers));
    assert_eq!((&stamp["version"], &stamp["age"]), (&json!("invalid"), &json!(3)), "two lines are two values");
    let angular = script("return { get: (name) => (name === 'X-Cache-Version' ? '7' : null) }").await;
    assert_eq!(rust(read_stamp(angular))["version"], 7);
}

#[wasm_bindgen_test]
async fn what_is_no_header_source_is_refused() {
    for (source, part) in [
        ("undefined", "of type undefined"),
        ("'X-Cache-Version: 1'", "the string"),
        ("[['X-Cache-Version', '1']]", "an array"),
        ("({ 'X-Cache-Version': 1 })", "X-Cache-Version is the number 1"),
        ("({ get() { throw new Error('broken') } })", "broken"),
    ] {
        let message = failure(read_stamp(script(&format!("return {source}")).await));
        assert!(message.contains(part) && message.contains("readStamp"), "{message}");
    }
}
