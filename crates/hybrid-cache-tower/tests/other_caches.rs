//! What the layer says to caches: policies, opting out, and keeping others out (H6).
#![allow(missing_docs)]

mod support;

use axum::{
    Router,
    http::{HeaderValue, header},
    routing::{any, get},
};
use hybrid_cache_tower::{ResponseRule, StorePolicy, Versions, exposed_headers, store::MemoryStore};
use support::{get as get_as, layer, post as post_as, request, send};
use tower_http::cors::CorsLayer;

/// H6.
#[tokio::test]
async fn a_cache_control_that_permits_storing_is_replaced_and_counted() {
    let versions = Versions::new(MemoryStore::new());
    let app = Router::new()
        .route("/silent", get(async || ""))
        .route("/strict", get(async || ([("cache-control", "no-store")], "")))
        .route("/lax", get(async || ([("cache-control", "public, max-age=600")], "")))
        .route("/cdn", get(async || ([("cdn-cache-control", "max-age=600"), ("surrogate-control", "max-age=600")], "")))
        .layer(layer(&versions));
    for (path, counted) in [("/silent", 0), ("/strict", 0), ("/lax", 1), ("/cdn", 2)] {
        let answer = get_as(&app, path, "alice").await;
        assert_eq!(answer.field("cache-control").as_deref(), Some("private, no-store"), "{path}");
        assert_eq!(answer.field("cdn-cache-control"), None, "{path}");
        assert_eq!(answer.field("surrogate-control"), None, "{path}");
        assert_eq!(versions.counts().cache_control_replaced, counted, "{path}");
    }
}

#[tokio::test]
async fn a_route_may_opt_out() {
    let versions = Versions::new(MemoryStore::new());
    let own = async || ([("cache-control", "public, max-age=600")], "");
    let app = Router::new()
        .route("/by-route", get(own).layer(ResponseRule::unstamped()))
        .route("/by-handler", get(async || (ResponseRule::unstamped(), [("cache-control", "max-age=1")], "")))
        .layer(layer(&versions));
    for (path, kept) in [("/by-route", "public, max-age=600"), ("/by-handler", "max-age=1")] {
        let answer = get_as(&app, path, "alice").await;
        assert_eq!(answer.field("cache-control").as_deref(), Some(kept));
        for name in ["x-cache-version", "x-cache-enabled", "x-cache-scope", "vary"] {
            assert_eq!(answer.field(name), None, "{path} {name}");
        }
    }
    let mut by_request = request("GET", "/nowhere", Some("alice"));
    by_request.extensions_mut().insert(ResponseRule::unstamped());
    assert_eq!(send(&app, by_request).await.version(), None);
}

#[tokio::test]
async fn the_policy_is_the_handlers_else_the_routes_else_no_store_if_it_says_so_else_the_layers() {
    let seconds = |max_age| StorePolicy { max_age: Some(max_age), ..StorePolicy::default() };
    let versions = Versions::new(MemoryStore::new());
    let app = Router::new()
        .route("/layer", any(async || ""))
        .route("/route", get(async || "").layer(ResponseRule::policy(seconds(20))))
        .route(
            "/handler",
            get(async move || (ResponseRule::policy(seconds(30)), "")).layer(ResponseRule::policy(seconds(20))),
        )
        .route("/strict", get(async || ([("cache-control", "no-store")], "")))
        .route(
            "/strict-route",
            get(async || ([("cache-control", "no-store")], "")).layer(ResponseRule::policy(seconds(20))),
        )
        .layer(layer(&versions).policy(seconds(10)));
    for (path, policy) in [
        ("/layer", "max-age=10"),
        ("/route", "max-age=20"),
        ("/handler", "max-age=30"),
        ("/strict", "no-store"),
        ("/strict-route", "max-age=20"),
    ] {
        assert_eq!(get_as(&app, path, "alice").await.field("hybrid-cache-control").as_deref(), Some(policy), "{path}");
    }
    assert_eq!(post_as(&app, "/layer", "alice").await.field("hybrid-cache-control"), None);
    assert_eq!(get_as(&app, "/nowhere", "alice").await.field("hybrid-cache-control"), None, "an error");
}

#[tokio::test]
async fn vary_is_appended_to() {
    let versions = Versions::new(MemoryStore::new());
    let app = Router::new()
        .route("/", get(async || ([(header::VARY, "Accept-Encoding, Cookie")], "")))
        .layer(layer(&versions));
    let answer = get_as(&app, "/", "alice").await;
    assert_eq!(answer.field("vary").as_deref(), Some("Accept-Encoding, Cookie, authorization"));
}

/// The names must be listed one by one: `*` is no wildcard where credentials are sent.
#[tokio::test]
async fn cors_responses_expose_the_stamp_by_name() {
    let versions = Versions::new(MemoryStore::new());
    let origin = HeaderValue::from_static("https://app.example");
    let cors = CorsLayer::new().allow_origin(origin.clone()).allow_credentials(true);
    let routes = || Router::new().route("/", get(async || ""));
    let naming_others = cors.clone().expose_headers([header::CONTENT_LENGTH]);
    let naming_ours = cors.clone().expose_headers(exposed_headers());
    for (name, app) in [
        ("CORS further in", routes().layer(naming_others).layer(layer(&versions))),
        ("CORS further out", routes().layer(layer(&versions)).layer(cors)),
        ("CORS further out with names", routes().layer(layer(&versions)).layer(naming_ours)),
    ] {
        let mut request = request("GET", "/", Some("alice"));
        request.headers_mut().insert(header::ORIGIN, origin.clone());
        let exposed = send(&app, request).await.field("access-control-expose-headers").unwrap_or_default();
        let exposed: Vec<_> = exposed.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
        for field in exposed_headers() {
            assert!(exposed.contains(&field.to_string()), "{name}: {field} is not among {exposed:?}");
        }
    }
    let same_origin = get_as(&routes().layer(layer(&versions)), "/", "alice").await;
    assert_eq!(same_origin.field("access-control-expose-headers"), None);
}
