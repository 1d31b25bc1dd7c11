//! The control API, `/health` and `/metrics`, for axum.
//!
//! | route | does |
//! |---|---|
//! | `GET /api/cache/status/` | tells the user's version, flag and scope; also the probe of H8 |
//! | `POST /api/cache/enable/` | lets the user's responses be cached |
//! | `POST /api/cache/disable/` | forbids it |
//! | `POST /api/cache/clear/` | raises the user's version |
//! | `GET /api/cache/events/` | tells the user's version as it changes, as server-sent events |
//!
//! They concern the user who asks and nobody else. The first four take no body and answer with the
//! contract's `CacheStatus`, not to be stored; or with a [`Problem`]. They belong inside the layer, which stamps them like everything:
//!
//! ```
//! use axum::{Router, body::Body, http::{Request, StatusCode}};
//! use hybrid_cache_tower::{HybridCacheLayer, ScopeSecret, User, Versions, control, store::MemoryStore};
//! use tower::ServiceExt;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let versions = Versions::new(MemoryStore::new());
//! let secret = ScopeSecret::new(b"random bytes, kept across restarts").unwrap();
//! let app: Router =
//!     control::router(versions.clone()).layer(HybridCacheLayer::new(versions, secret));
//!
//! let request = || Request::post("/api/cache/clear/");
//! let mut signed_in = request().body(Body::empty()).unwrap();
//! signed_in.extensions_mut().insert(User::new("alice").unwrap());
//! assert_eq!(app.clone().oneshot(signed_in).await.unwrap().status(), StatusCode::OK);
//!
//! let anonymous = request().body(Body::empty()).unwrap();
//! assert_eq!(app.oneshot(anonymous).await.unwrap().status(), StatusCode::UNAUTHORIZED);
//! # });
//! ```
//!
//! Where the page and the API have different origins, the page's is named:
//!
//! ```
//! use axum::{Router, body::Body, http::{Request, StatusCode}};
//! use hybrid_cache_tower::{HybridCacheLayer, ScopeSecret, User, Versions, control::ControlApi, store::MemoryStore};
//! use tower::ServiceExt;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let versions = Versions::new(MemoryStore::new());
//! let secret = ScopeSecret::new(b"random bytes, kept across restarts").unwrap();
//! let app: Router = ControlApi::new(versions.clone())
//!     .allow_origin("https://app.example")
//!     .router()
//!     .layer(HybridCacheLayer::new(versions, secret));
//!
//! for (origin, status) in [("https://app.example", StatusCode::OK), ("https://evil.example", StatusCode::FORBIDDEN)] {
//!     let mut request = Request::post("/api/cache/clear/")
//!         .header("sec-fetch-site", "cross-site")
//!         .header("origin", origin)
//!         .body(Body::empty())
//!         .unwrap();
//!     request.extensions_mut().insert(User::new("alice").unwrap());
//!     assert_eq!(app.clone().oneshot(request).await.unwrap().status(), status);
//! }
//! # });
//! ```

mod admin;
mod api;
mod clear_site_data;
mod events;
mod health;
mod metrics;
mod origin;
mod problem;
mod rate;
mod signed_in;
mod strict;

use axum::{Router, routing::get};

pub use self::{
    admin::{Authorizer, admin_router},
    api::ControlApi,
    clear_site_data::ClearSiteData,
    health::{HealthBody, WarningBody},
    problem::Problem,
    signed_in::SignedIn,
    strict::refuse_unrecordable_writes,
};
use crate::Versions;

/// The control API with its defaults: `ControlApi::new(versions).router()`.
pub fn router<S: Clone + Send + Sync + 'static>(versions: Versions) -> Router<S> {
    ControlApi::new(versions).router()
}

/// `GET /health`: always 200 while the application answers, since it does so without the store too. The body is a
/// [`HealthBody`]. For operators and load balancers; belongs outside authentication and tells nothing about users.
pub fn health_router<S: Clone + Send + Sync + 'static>(versions: Versions) -> Router<S> {
    let only_get = get(move || health::health(versions.clone())).fallback(async || api::only("GET, HEAD"));
    Router::new().route("/health", only_get)
}

/// `GET /metrics`: the [`Counts`](crate::versions::Counts) in Prometheus' text format, without any user in them.
pub fn metrics_router<S: Clone + Send + Sync + 'static>(versions: Versions) -> Router<S> {
    let only_get = get(async move || metrics::metrics(&versions)).fallback(async || api::only("GET, HEAD"));
    Router::new().route("/metrics", only_get)
}
