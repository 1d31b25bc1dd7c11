//! What is around the API: holding back, files, the database file.
#![allow(missing_docs)]

mod support;

use std::fs;

use axum::http::StatusCode;
use hybrid_cache_demo_server::data::Database;
use serde_json::{Value, json};
use support::{AMOUNT, Demo};

/// A held answer has read its version and its data; both are old when it is released after an edit.
#[tokio::test]
async fn a_held_answer_is_finished_and_comes_when_it_is_released() {
    let demo = std::sync::Arc::new(Demo::new());
    let (token, _) = demo.sign_in("alice").await;
    let before = demo.get("/api/invoices/7/", &token).await;
    demo.send("POST", "/api/demo/hold/", "", Some(json!({"path_prefix": "/api/invoices/7"}))).await;
    let held = tokio::spawn({
        let (demo, token) = (demo.clone(), token.clone());
        async move { demo.get("/api/invoices/7/", &token).await }
    });
    while demo.get("/api/demo/hold/", "").await.json()["held"] != 1 {
        tokio::task::yield_now().await;
    }
    let other = demo.get("/api/invoices/8/", &token).await;
    assert_eq!(other.status, StatusCode::OK, "others pass");
    let edited = demo.send("PATCH", "/api/invoices/7/", &token, Some(json!({"note": "newer"}))).await;
    assert!(edited.version() > before.version(), "writes pass");
    let told = demo.send("POST", "/api/demo/release/", "", None).await.json();
    assert_eq!(told["path_prefix"], Value::Null);
    let late = held.await.unwrap();
    assert_eq!((late.json(), late.version()), (before.json(), before.version()));
}

#[tokio::test]
async fn files_have_their_types_and_cache_fields_and_routes_get_the_page() {
    let demo = Demo::new();
    for (path, media_type, cache_control) in [
        ("/", "text/html", "no-cache"),
        ("/index.html", "text/html", "no-cache"),
        ("/invoices/7", "text/html", "no-cache"),
        ("/main-5QTGXKFI.js", "text/javascript", "public, max-age=31536000, immutable"),
        ("/module.wasm", "application/wasm", "no-cache"),
    ] {
        let answer = demo.get(path, "").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.field("content-type").is_some_and(|found| found.starts_with(media_type)), "{path}");
        assert_eq!(answer.field("cache-control"), Some(cache_control), "{path}");
    }
    for path in ["/missing.wasm", "/chunk-AAAAAAAA.js", "/../data/invoices.sqlite3"] {
        let answer = demo.get(path, "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.body.starts_with(b"<!doctype"), "{path}");
    }
    demo.get("/api/nowhere", "").await.problem(404);
}

#[tokio::test]
async fn a_page_comes_with_the_strict_policy_where_its_address_asks_for_it() {
    let demo = Demo::new();
    for path in ["/?csp=strict", "/invoices/7?page=2&csp=strict"] {
        let answer = demo.get(path, "").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.field("content-security-policy").is_some_and(|it| !it.contains("wasm")), "{path}");
    }
    for path in ["/", "/?csp=stricter"] {
        assert_eq!(demo.get(path, "").await.field("content-security-policy"), None, "{path}");
    }
}

#[tokio::test]
async fn without_a_built_application_it_says_how_to_build_one() {
    let demo = Demo::new();
    fs::remove_dir_all(demo.folder.join("app")).unwrap();
    let answer = demo.get("/", "").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(String::from_utf8_lossy(&answer.body).contains("npm run demo"));
}

#[tokio::test]
async fn a_restart_keeps_tokens_scopes_and_edits() {
    let mut demo = Demo::new();
    let (token, alice) = demo.sign_in("alice").await;
    demo.send("PATCH", "/api/invoices/7/", &token, Some(json!({"note": "kept"}))).await;
    demo.app = Demo::router(&demo.folder);
    let after = demo.get("/api/invoices/7/", &token).await;
    assert_eq!(after.json()["note"], "kept");
    assert_eq!(after.field("x-cache-scope"), alice["scope"].as_str());
}

#[test]
fn a_stale_file_is_made_anew_and_a_foreign_one_is_left_alone() {
    let demo = Demo::new();
    let path = demo.folder.join("other.sqlite3");
    let open = |path: &std::path::Path| {
        let mut steps = 0;
        Database::open(path, AMOUNT, |_| steps += 1).map(|_| steps)
    };
    assert!(open(&path).unwrap() > 0, "generated");
    assert_eq!(open(&path).unwrap(), 0, "kept");
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 0").unwrap();
    assert!(open(&path).unwrap() > 0, "of an older generation");

    for (name, content) in [("notes.txt", "not a database"), ("empty.sqlite3", "")] {
        fs::write(demo.folder.join(name), content).unwrap();
    }
    let error = open(&demo.folder.join("notes.txt")).unwrap_err().to_string();
    assert!(error.contains("not a database of this demo") && error.contains("DEMO_DATABASE"), "{error}");
    assert_eq!(fs::read_to_string(demo.folder.join("notes.txt")).unwrap(), "not a database");
    assert!(open(&demo.folder.join("empty.sqlite3")).unwrap() > 0);
    let error = open(&demo.folder.join("notes.txt/below.sqlite3")).unwrap_err().to_string();
    assert!(error.contains("set DEMO_DATABASE to a file this user may write"), "{error}");
}

#[tokio::test]
async fn health_is_for_everybody_and_metrics_too() {
    let demo = Demo::new();
    assert_eq!(demo.get("/health", "").await.json()["status"], "pass");
    assert!(demo.get("/metrics", "").await.body.starts_with(b"# HELP hybrid_cache_"));
}
