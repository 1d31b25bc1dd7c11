//! A tab of a page: an engine, and the page's half of its boundary.

use std::cell::Cell;

use hybrid_cache::bindings::engine_class;
use js_sys::{Array, JSON, JsString, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/tests/browser/page.js")]
extern "C" {
    type Page;
    #[wasm_bindgen(constructor)]
    fn new() -> Page;
    #[wasm_bindgen(method)]
    fn heard(this: &Page, call: &str, first: JsValue) -> Promise;
    #[wasm_bindgen(method)]
    fn refuse(this: &Page);
    /// An engine of the class the package ships, with this page as its host.
    #[wasm_bindgen(method)]
    fn engine(this: &Page, class: &JsValue) -> Engine;
    fn headers(fields: &JsValue) -> JsValue;
    fn rows(store: &str) -> Promise;
    fn put(store: &str, key: &JsValue, value: &JsValue) -> Promise;
    fn remove() -> Promise;
    #[wasm_bindgen(js_name = lock)]
    fn lock_states() -> Promise;
    #[wasm_bindgen(js_name = unlock)]
    fn unlock_states() -> Promise;

    /// `Engine` of `js/boundary.ts`.
    type Engine;
    #[wasm_bindgen(method)]
    fn open(this: &Engine);
    #[wasm_bindgen(method)]
    fn partition(this: &Engine, server: &str, user: &str, scope_is_user: bool) -> u32;
    #[wasm_bindgen(method)]
    fn name_user(this: &Engine, id: u32, handle: u32, cookies: bool);
    #[wasm_bindgen(method)]
    fn lookup(this: &Engine, id: u32, handle: u32, key: &str, now: f64);
    #[wasm_bindgen(method)]
    fn depart(this: &Engine, handle: u32, now: f64) -> JsValue;
    #[wasm_bindgen(method, variadic)]
    fn observe(this: &Engine, given: &Array) -> u32;
    #[wasm_bindgen(method)]
    fn admit(this: &Engine, id: u32, record: &JsValue, now: f64);
    #[wasm_bindgen(method)]
    fn abandon(this: &Engine, id: u32);
    #[wasm_bindgen(method)]
    fn clear(this: &Engine, id: u32, handle: u32);
    #[wasm_bindgen(method)]
    fn wake(this: &Engine);
    #[wasm_bindgen(method)]
    fn lost(this: &Engine);
    #[wasm_bindgen(method)]
    fn version(this: &Engine, handle: u32) -> Option<f64>;
}

/// One tab of one user.
pub(crate) struct Tab {
    page: Page,
    engine: Engine,
    handle: u32,
    last: Cell<u32>,
}

fn now() -> f64 {
    js_sys::Date::now()
}

fn key(path: &str) -> String {
    format!("fetch GET https://example.test{path}")
}

impl Tab {
    /// Opens a tab in which this user is named.
    pub(crate) async fn open(user: &str) -> Self {
        let page = Page::new();
        let engine = page.engine(&engine_class(&wasm_bindgen::exports()));
        engine.open();
        JsFuture::from(page.heard("opened", "indexeddb".into())).await.unwrap();
        let handle = engine.partition("https://example.test", user, false);
        let tab = Self { page, engine, handle, last: Cell::new(0) };
        tab.name().await;
        tab
    }

    fn next(&self) -> u32 {
        self.last.set(self.last.get() + 1);
        self.last.get()
    }

    async fn settled(&self, id: u32) {
        JsFuture::from(self.page.heard("settled", id.into())).await.unwrap();
    }

    /// The application names the user.
    pub(crate) async fn name(&self) {
        let id = self.next();
        self.engine.name_user(id, self.handle, false);
        self.settled(id).await;
    }

    /// Looks a path up: verdict, layer and body.
    pub(crate) async fn look(&self, path: &str) -> (String, String, String) {
        let id = self.next();
        self.engine.lookup(id, self.handle, &key(path), now());
        let given: Array = JsFuture::from(self.page.heard("answered", id.into())).await.unwrap().unchecked_into();
        let text = |value: JsValue| value.as_string().unwrap_or_default();
        let record = given.get(3);
        let body =
            if record.is_object() { text(Reflect::get(&record, &"body".into()).unwrap()) } else { String::new() };
        (text(given.get(1)), text(given.get(2)), body)
    }

    /// The token of a request that departs now.
    pub(crate) fn depart(&self) -> JsValue {
        self.engine.depart(self.handle, now())
    }

    /// A response without a body arrives; answers whether its body would be stored, when what it changes is committed.
    pub(crate) async fn arrive(&self, path: &str, token: &JsValue, fields: &[(&str, &str)]) -> bool {
        let id = self.next();
        let storable = self.observe(id, path, token, fields).await;
        self.engine.abandon(id);
        storable
    }

    async fn observe(&self, id: u32, path: &str, token: &JsValue, fields: &[(&str, &str)]) -> bool {
        let object = Object::new();
        for (name, value) in fields {
            Reflect::set(&object, &JsString::from(*name), &JsString::from(*value)).unwrap();
        }
        let headers = headers(&object);
        let url = format!("https://example.test{path}");
        let said = self.engine.observe(&Array::of(&[
            id.into(),
            self.handle.into(),
            token.clone(),
            key(path).into(),
            url.into(),
            "GET".into(),
            200.into(),
            headers,
            (-1.0).into(),
            f64::NAN.into(),
        ]));
        if said & 2 != 0 {
            self.settled(id).await;
        }
        said & 1 != 0
    }

    /// A request departs, its response arrives and is stored.
    pub(crate) async fn fetch(&self, path: &str, fields: &[(&str, &str)], body: &str) {
        let id = self.next();
        assert!(self.observe(id, path, &self.depart(), fields).await, "{path} is to be stored");
        let record = Object::new();
        for (name, value) in [
            ("body", body.into()),
            ("bytes", body.len().into()),
            ("headers", "content-type: text/plain".into()),
            ("statusText", "OK".into()),
        ] {
            Reflect::set(&record, &name.into(), &value).unwrap();
        }
        self.engine.admit(id, &record, now());
        JsFuture::from(self.page.heard("stored", id.into())).await.unwrap();
    }

    /// Clears the partition.
    pub(crate) async fn clear(&self) {
        let id = self.next();
        self.engine.clear(id, self.handle);
        self.settled(id).await;
    }

    /// Another tab told that this user's partition changed.
    pub(crate) fn heard_of_others(&self) {
        self.engine.wake();
    }

    /// The database is lost, and cannot be opened any more.
    pub(crate) async fn lose_database(&self) {
        self.page.refuse();
        self.engine.lost();
        JsFuture::from(self.page.heard("opened", "memory".into())).await.unwrap();
    }

    /// The version this tab knows.
    pub(crate) fn version(&self) -> Option<f64> {
        self.engine.version(self.handle)
    }
}

/// The keys of the entries of a path.
pub(crate) async fn entry_keys(path: &str) -> Vec<JsValue> {
    let found: Array = JsFuture::from(rows("entries")).await.unwrap().unchecked_into();
    let ending = key(path);
    let keys = found.iter().map(|row| row.unchecked_into::<Array>().get(0));
    keys.filter(|key| key.as_string().is_some_and(|key| key.ends_with(&ending))).collect()
}

/// Writes a record, given as JSON, in place of another.
pub(crate) async fn overwrite(store: &str, key: &JsValue, json: &str) {
    JsFuture::from(put(store, key, &JSON::parse(json).unwrap())).await.unwrap();
}

/// Has whatever reads or writes a state wait.
pub(crate) async fn lock() {
    JsFuture::from(lock_states()).await.unwrap();
}

/// Ends that; what waited has been answered.
pub(crate) async fn unlock() {
    JsFuture::from(unlock_states()).await.unwrap();
}

/// Deletes the database, as from the console.
pub(crate) async fn delete_database() {
    JsFuture::from(remove()).await.unwrap();
}
