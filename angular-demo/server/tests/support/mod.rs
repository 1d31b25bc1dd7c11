//! The demo server in process, with a small amount of data.
#![allow(dead_code, missing_docs)]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt;
use hybrid_cache_demo_server::{
    app::{self, App},
    data::{Amount, Database},
};
use hybrid_cache_tower::{Versions, store::MemoryStore};
use serde_json::{Value, json};
use tower::ServiceExt;

/// A server with 50 customers and 500 invoices a user, and a folder of its own.
pub(crate) struct Demo {
    pub(crate) app: Router,
    pub(crate) folder: PathBuf,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("fields are ASCII"))
    }

    pub(crate) fn version(&self) -> u64 {
        self.field("x-cache-version").expect("a version is stamped").parse().expect("it is a number")
    }

    /// The sentence of a problem response with this status.
    pub(crate) fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status);
        assert_eq!(self.field("content-type"), Some("application/problem+json"));
        self.json()["detail"].as_str().expect("a problem has a detail").to_owned()
    }
}

pub(crate) const AMOUNT: Amount = Amount { customers: 100, invoices: 1_000 };

impl Demo {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let folder = std::env::temp_dir().join(format!("hybrid-cache-demo-{}-{number}", std::process::id()));
        fs::create_dir_all(folder.join("app")).expect("the temporary folder is writable");
        for (file, text) in [
            ("index.html", "<!doctype html>the application"),
            ("main-5QTGXKFI.js", "export {}"),
            ("module.wasm", "\0asm"),
        ] {
            fs::write(folder.join("app").join(file), text).expect("the temporary folder is writable");
        }
        let app = Self::router(&folder);
        Self { app, folder }
    }

    pub(crate) fn router(folder: &Path) -> Router {
        let database = Database::open(&folder.join("data/invoices.sqlite3"), AMOUNT, |_| {}).expect("it can be made");
        let versions = Versions::new(MemoryStore::new());
        app::router(App { database, versions, app_dir: folder.join("app"), hold: true }).expect("the database is whole")
    }

    pub(crate) async fn send(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = match body {
            Some(json) => {
                request = request.header("content-type", "application/json");
                Body::from(json.to_string())
            }
            None => Body::empty(),
        };
        let response = self.app.clone().oneshot(request.body(body).expect("the request is valid")).await;
        let (parts, body) = response.expect("a router does not fail").into_parts();
        let body = body.collect().await.expect("bodies do not fail").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, token, None).await
    }

    pub(crate) async fn sign_in(&self, username: &str) -> (String, Value) {
        let login = json!({"username": username, "password": "demo"});
        let answer = self.send("POST", "/api/auth/login/", "", Some(login)).await.json();
        (answer["token"].as_str().expect("a token is given").to_owned(), answer["user"].clone())
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
