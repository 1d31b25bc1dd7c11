//! A database by the engine's schema, and small tools to look at what the exports answer.

use hybrid_cache_core::key;
use js_sys::{Array, Function, JSON, Promise, Reflect};
use rexie::{Index, ObjectStore, Rexie, TransactionMode};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

pub(crate) const SERVER: &str = "https://api.example";
pub(crate) const ADA: &str = "https://api.example ada";
pub(crate) const BOB: &str = "https://api.example bob";
pub(crate) const URL: &str = "https://api.example/invoices/";
pub(crate) const NOW: u64 = 1_700_000_100_000;
/// Ten seconds before [`NOW`].
pub(crate) const STORED: u64 = NOW - 10_000;

/// A JSON value as a JavaScript one.
pub(crate) fn js(value: &Value) -> JsValue {
    JSON::parse(&value.to_string()).unwrap()
}

/// What an export answered, as JSON; JSON has no `undefined`, so whatever was lost on the way is missed by a test.
pub(crate) fn rust(value: Result<JsValue, JsError>) -> Value {
    let value = value.map_err(JsValue::from).expect("the export must not fail");
    serde_json::from_str(&String::from(JSON::stringify(&value).unwrap())).unwrap()
}

/// The message of the error an export failed with.
pub(crate) fn failure(value: Result<JsValue, JsError>) -> String {
    let error = JsValue::from(value.expect_err("the export must fail"));
    assert!(error.is_instance_of::<js_sys::Error>());
    String::from(error.unchecked_into::<js_sys::Error>().message())
}

/// Runs JavaScript as the body of an async function.
pub(crate) async fn script(body: &str) -> JsValue {
    let run = Function::new_no_args(&format!("return (async () => {{ {body} }})()"));
    let promise: Promise = run.call0(&JsValue::UNDEFINED).unwrap().unchecked_into();
    JsFuture::from(promise).await.unwrap()
}

/// Names of the databases there are. WebKit also lists those whose making was given up, as of version 0.
pub(crate) async fn databases() -> Vec<String> {
    let names: Array = script("return (await indexedDB.databases()).filter((it) => it.version).map((it) => it.name)")
        .await
        .unchecked_into();
    names.iter().filter_map(|name| name.as_string()).collect()
}

/// Deletes the database. Ends only when nothing holds it open.
pub(crate) async fn delete() {
    Rexie::delete("hybrid-cache").await.unwrap();
}

/// A state record of incarnation 9, at version 5.
pub(crate) fn state(generation: u64) -> Value {
    json!({
        "format": 1, "incarnation": 9, "generation": generation, "barrier": 1, "clock": 0, "version": 5,
        "scope": "scope", "enabled": true, "adoptedDate": 1_700_000_000,
    })
}

/// A record under this generation, stored ten seconds ago, fresh for a minute.
pub(crate) fn record(generation: u64, body: Value) -> Value {
    json!({
        "format": 1, "incarnation": 9, "generation": generation, "clock": 0, "departed": STORED - 50,
        "stored": STORED, "fresh": 60_000, "stale": 0, "bytes": 100, "status": 200, "statusText": "OK", "url": URL,
        "headers": "content-type: application/json", "body": body, "groups": ["invoices"],
    })
}

/// A new database.
pub(crate) struct World {
    database: Rexie,
}

impl World {
    /// Makes it, with Ada's and Bob's states: generations 12 and 7.
    pub(crate) async fn new() -> Self {
        delete().await;
        let database = Rexie::builder("hybrid-cache")
            .version(1)
            .add_object_store(ObjectStore::new("state"))
            .add_object_store(ObjectStore::new("directory").add_index(Index::new("used", "used")))
            .add_object_store(ObjectStore::new("entries"))
            .build()
            .await
            .unwrap();
        let world = Self { database };
        world.put("state", "root", json!({ "format": 1, "incarnation": 9, "highest": 12 })).await;
        world.put("state", &format!("p:{ADA}"), state(12)).await;
        world.put("state", &format!("p:{BOB}"), state(7)).await;
        world.put("state", "usage", json!({ "format": 1, "bytes": 0, "entries": 0 })).await;
        world
    }

    /// Puts a record.
    pub(crate) async fn put(&self, store: &str, key: &str, value: Value) {
        self.put_js(store, key, &js(&value)).await;
    }

    /// Puts a record that JSON cannot hold.
    pub(crate) async fn put_js(&self, store: &str, key: &str, value: &JsValue) {
        let transaction = self.database.transaction(&[store], TransactionMode::ReadWrite).unwrap();
        transaction.store(store).unwrap().put(value, Some(&key.into())).await.unwrap();
        assert!(transaction.done().await.unwrap().is_committed());
    }

    /// Stores a record as the engine does: entry, directory row, accounting.
    pub(crate) async fn store(&self, partition: &str, request: &str, record: Value) {
        self.store_js(partition, request, &js(&record)).await;
    }

    /// The same for a record that JSON cannot hold.
    pub(crate) async fn store_js(&self, partition: &str, request: &str, record: &JsValue) {
        let field = |name: &str| Reflect::get(record, &name.into()).unwrap();
        let number = |name: &str| field(name).as_f64().unwrap();
        let key = key::entry(number("generation") as u64, request);
        let row = json!({
            "format": 1, "key": key, "partition": partition, "url": field("url").as_string(),
            "bytes": number("bytes"), "used": number("stored"), "departed": number("departed"),
            "stored": number("stored"), "fresh": number("fresh"), "stale": number("stale"),
            "status": number("status"),
        });
        self.put_js("entries", &key, record).await;
        self.put("directory", &key, row).await;
        let usage = self.get("state", "usage").await;
        let bytes = usage["bytes"].as_f64().unwrap() + number("bytes");
        let entries = usage["entries"].as_f64().unwrap() + 1.0;
        self.put("state", "usage", json!({ "format": 1, "bytes": bytes, "entries": entries })).await;
    }

    /// A record, `undefined` where there is none.
    pub(crate) async fn get_js(&self, store: &str, key: &str) -> JsValue {
        let transaction = self.database.transaction(&[store], TransactionMode::ReadOnly).unwrap();
        let found = transaction.store(store).unwrap().get(key.into()).await.unwrap();
        found.unwrap_or(JsValue::UNDEFINED)
    }

    /// A record as JSON, null where there is none.
    pub(crate) async fn get(&self, store: &str, key: &str) -> Value {
        match JSON::stringify(&self.get_js(store, key).await) {
            Ok(text) => text.as_string().map_or(Value::Null, |text| serde_json::from_str(&text).unwrap()),
            Err(_) => Value::Null,
        }
    }

    /// Number of records in a store.
    pub(crate) async fn count(&self, store: &str) -> u32 {
        let transaction = self.database.transaction(&[store], TransactionMode::ReadOnly).unwrap();
        transaction.store(store).unwrap().count(None).await.unwrap()
    }

    /// Closes this connection, so that a deletion waits for nobody but the module under test.
    pub(crate) fn close(self) {
        self.database.close();
    }
}

/// A global that is something else until this is dropped.
pub(crate) struct Replaced {
    name: &'static str,
    before: JsValue,
}

impl Replaced {
    /// `with` is a JavaScript expression.
    pub(crate) fn new(name: &'static str, with: &str) -> Self {
        let replace = Function::new_no_args(&format!(
            "const before = Object.getOwnPropertyDescriptor(globalThis, '{name}');
             Object.defineProperty(globalThis, '{name}', {{ value: ({with}), configurable: true, writable: true }});
             return before"
        ));
        Self { name, before: replace.call0(&JsValue::UNDEFINED).unwrap() }
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        let restore = Function::new_with_args(
            "before",
            &format!(
                "if (before) Object.defineProperty(globalThis, '{0}', before); else delete globalThis['{0}']",
                self.name
            ),
        );
        let _ = restore.call1(&JsValue::UNDEFINED, &self.before);
    }
}
