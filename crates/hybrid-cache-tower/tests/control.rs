//! The control API, `/health` and `/metrics`.
#![allow(missing_docs)]

mod support;

use axum::{Router, body::Body, http::Request, routing::get as get_route};
use hybrid_cache_contract::control::{CacheStatus, ControlError, ErrorCode, Health};
use hybrid_cache_tower::{Versions, control, store::MemoryStore};
use support::{Answer, get, layer, post, request, send, user};

fn app() -> (Versions, Router) {
    let versions = Versions::new(MemoryStore::new());
    let app = control::router(versions.clone())
        .layer(layer(&versions))
        .merge(control::health_router(versions.clone()))
        .merge(control::metrics_router(versions.clone()));
    (versions, app)
}

fn status(answer: &Answer) -> CacheStatus {
    serde_json::from_slice(&answer.body).expect("the body is the contract's CacheStatus")
}

/// The contract's error, which is a problem of RFC 9457 too.
fn problem(answer: &Answer) -> ControlError {
    assert_eq!(answer.field("content-type").as_deref(), Some("application/problem+json"));
    let json = answer.json();
    assert_eq!(json["status"], answer.status.as_u16());
    assert_eq!(json["type"], "about:blank");
    assert!(json["detail"].as_str().is_some_and(|detail| detail.contains(' ')), "a sentence: {json}");
    let error: ControlError = serde_json::from_value(json).expect("the body is the contract's ControlError");
    assert_eq!(error.code.status(), answer.status.as_u16());
    error
}

#[tokio::test]
async fn status_tells_what_the_stamp_says_and_is_not_stored() {
    let (_, app) = app();
    let answer = get(&app, "/api/cache/status/", "alice").await;
    let told = status(&answer);
    assert_eq!(told.version.map(|version| version.get()), answer.version());
    assert_eq!(told.scope, answer.field("x-cache-scope"));
    assert_eq!((told.enabled, told.store.as_str(), told.health), (true, "memory", Health::Ok));
    assert_eq!(answer.field("hybrid-cache-control").as_deref(), Some("no-store"));
}

#[tokio::test]
async fn clear_raises_the_callers_version_and_nobody_elses() {
    let (versions, app) = app();
    let before = get(&app, "/api/cache/status/", "alice").await.version().unwrap();
    let bob = versions.read(&user("bob")).await;
    let answer = post(&app, "/api/cache/clear/", "alice").await;
    assert!(answer.version().unwrap() > before, "the one who clears learns it at once (H1)");
    assert_eq!(status(&answer).version.map(|version| version.get()), answer.version());
    assert_eq!(versions.read(&user("bob")).await, bob);
}

#[tokio::test]
async fn disable_and_enable_are_seen_at_once_and_keep_the_version() {
    let (_, app) = app();
    let version = get(&app, "/api/cache/status/", "alice").await.version();
    for (path, enabled) in [("/api/cache/disable/", false), ("/api/cache/enable/", true)] {
        let answer = post(&app, path, "alice").await;
        assert_eq!(answer.enabled(), Some(enabled.to_string()), "{path}");
        assert_eq!((status(&answer).enabled, answer.version()), (enabled, version), "{path}");
        let later = get(&app, "/api/cache/status/", "alice").await;
        assert_eq!(later.enabled(), Some(enabled.to_string()));
    }
}

#[tokio::test]
async fn nothing_happens_for_the_wrong_method_user_origin_or_content_type() {
    let (versions, app) = app();
    let before = versions.read(&user("alice")).await;
    for path in ["/api/cache/enable/", "/api/cache/disable/", "/api/cache/clear/"] {
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            let answer = send(&app, request(method, path, Some("alice"))).await;
            assert_eq!(problem(&answer).code, ErrorCode::MethodNotAllowed, "{method} {path}");
            assert_eq!(answer.field("allow").as_deref(), Some("POST"));
        }
        assert_eq!(problem(&send(&app, request("POST", path, None)).await).code, ErrorCode::Unauthenticated);

        let mut stranger = request("POST", path, Some("alice"));
        stranger.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(problem(&send(&app, stranger).await).code, ErrorCode::CrossOrigin);

        for form in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"] {
            let mut request = Request::post(path).header("content-type", form).body(Body::from("a=b")).unwrap();
            request.extensions_mut().insert(user("alice"));
            assert_eq!(problem(&send(&app, request).await).code, ErrorCode::UnsupportedMediaType, "{form}");
        }
    }
    let answer = send(&app, request("POST", "/api/cache/status/", Some("alice"))).await;
    assert_eq!(problem(&answer).code, ErrorCode::MethodNotAllowed);
    assert_eq!(versions.read(&user("alice")).await, before);
}

#[tokio::test]
async fn a_json_body_is_accepted_and_not_read() {
    let (_, app) = app();
    for body in [String::new(), "{}".into(), "{\"unknown\":1}".into(), "x".repeat(1 << 20)] {
        let mut request = Request::post("/api/cache/clear/")
            .header("content-type", "application/json; charset=utf-8")
            .body(Body::from(body))
            .unwrap();
        request.extensions_mut().insert(user("alice"));
        assert_eq!(send(&app, request).await.status, 200);
    }
}

#[tokio::test]
async fn refusals_are_stamped_like_everything() {
    let (_, app) = app();
    assert!(send(&app, request("PUT", "/api/cache/clear/", Some("alice"))).await.version().is_some());
}

#[tokio::test]
async fn outside_the_layer_it_says_what_is_wrong() {
    let app = control::router(Versions::new(MemoryStore::new()));
    let error = problem(&get(&app, "/api/cache/status/", "alice").await);
    assert_eq!(error.code, ErrorCode::Misconfigured);
    assert!(error.message.contains("HybridCacheLayer"), "{}", error.message);
}

#[tokio::test]
async fn health_passes_with_the_memory_store() {
    let (_, app) = app();
    let answer = send(&app, request("GET", "/health", None)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), serde_json::json!({"status": "pass", "store": "memory", "warnings": []}));
    assert_eq!(answer.field("content-type").as_deref(), Some("application/health+json"));
}

#[tokio::test]
async fn metrics_count_and_name_nobody() {
    let versions = Versions::new(MemoryStore::new());
    let app = Router::new()
        .route("/", get_route(async || ""))
        .layer(layer(&versions))
        .merge(control::metrics_router(versions.clone()));
    for _ in 0..3 {
        get(&app, "/", "a-very-secret-user").await;
    }
    versions.bump(&user("a-very-secret-user")).await;
    let text = String::from_utf8(send(&app, request("GET", "/metrics", None)).await.body.to_vec()).unwrap();
    assert!(text.contains("hybrid_cache_stamped_total 3\n"), "{text}");
    assert!(text.contains("hybrid_cache_bumps_total 1\n"), "{text}");
    assert!(text.contains("hybrid_cache_at_hand_total 3\n"), "{text}");
    for line in text.lines() {
        let is_sample = line.split_once(' ').is_some_and(|(name, value)| {
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') && value.parse::<u64>().is_ok()
        });
        assert!(
            line.starts_with("# HELP hybrid_cache_") || line.starts_with("# TYPE hybrid_cache_") || is_sample,
            "{line}"
        );
    }
    assert!(!text.contains("secret"), "{text}");
}
