//! The layer that stamps responses.
//!
//! It sits inside authentication, which tells it the user, and outside the handlers:
//!
//! ```
//! use axum::{Router, body::Body, http::{Request, Response}, routing::get};
//! use hybrid_cache_tower::{HybridCacheLayer, ScopeSecret, User, Versions, store::MemoryStore};
//! use tower::{Service, ServiceExt};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let versions = Versions::new(MemoryStore::new());
//! let secret = ScopeSecret::new(b"random bytes, kept across restarts").unwrap();
//! let app: Router = Router::new()
//!     .route("/api/invoices/", get(async || "[]"))
//!     .layer(HybridCacheLayer::new(versions, secret));
//!
//! // Authentication would have put the user here.
//! let mut request = Request::new(Body::empty());
//! *request.uri_mut() = "/api/invoices/".parse().unwrap();
//! request.extensions_mut().insert(User::new("alice").unwrap());
//!
//! let response = app.oneshot(request).await.unwrap();
//! assert!(response.headers().contains_key("x-cache-version"));
//! assert_eq!(response.headers()["x-cache-enabled"], "true");
//! assert_eq!(response.headers()["cache-control"], "private, no-store");
//! # });
//! ```
//!
//! With the application's own idea of a user, and a policy for all routes:
//!
//! ```
//! use axum::{Router, body::Body, http::{Request, request::Parts}, routing::get};
//! use hybrid_cache_tower::{HybridCacheLayer, ScopeSecret, StorePolicy, User, Versions, store::MemoryStore};
//! use tower::ServiceExt;
//!
//! #[derive(Clone)]
//! struct Account { id: u64 }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let layer = HybridCacheLayer::new(
//!         Versions::new(MemoryStore::new()),
//!         ScopeSecret::new(b"random bytes, kept across restarts").unwrap(),
//!     )
//!     .user_of(|parts: &Parts| User::new(&parts.extensions.get::<Account>()?.id.to_string()).ok())
//!     .policy(StorePolicy { max_age: Some(300), stale_while_revalidate: Some(60), ..StorePolicy::default() });
//! let app: Router = Router::new().route("/", get(async || "hello")).layer(layer);
//!
//! let mut request = Request::new(Body::empty());
//! request.extensions_mut().insert(Account { id: 7 });
//! let response = app.clone().oneshot(request).await.unwrap();
//! assert_eq!(response.headers()["hybrid-cache-control"], "max-age=300, stale-while-revalidate=60");
//!
//! let anonymous = app.oneshot(Request::new(Body::empty())).await.unwrap();
//! assert!(!anonymous.headers().contains_key("x-cache-version"));
//! # });
//! ```
//!
//! # What it does to a response of a user
//!
//! 1. `X-Cache-Version`: read before a safe method's handler runs, after that of an unsafe one (H1); absent when not
//!    known (H4a).
//! 2. `X-Cache-Enabled`: the user's flag; `false` while a bump waits to be recorded (H4); absent when not known.
//! 3. `X-Cache-Scope`: always.
//! 4. `Hybrid-Cache-Control` on `GET` and `HEAD`: the [`ResponseRule`](crate::ResponseRule) of the route or handler; else
//!    `no-store` if the handler's `Cache-Control` says so; else, unless the status is an error's, the layer's policy, if it has one.
//! 5. `Cache-Control: private, no-store`; targeted fields of other caches (`CDN-Cache-Control`, `Surrogate-Control`)
//!    are removed (H6).
//! 6. `Authorization` and `Cookie` are appended to `Vary`, and, where the request has an `Origin` or the response is a
//!    CORS response, the contract's fields to `Access-Control-Expose-Headers`.
//!
//! Copies of 1 to 4 that come from further in are overwritten, or removed where there is nothing to say; also from
//! anonymous and unstamped responses (H7). Bodies are not touched, nor is the status.
//!
//! # Deployment caveat
//!
//! A CORS layer further out may replace `Access-Control-Expose-Headers`: name the contract's fields there too, with
//! [`exposed_headers`]. Where a CORS layer is further in, nothing needs to be done.
//!
//! A layer outside of authentication finds no user and stamps nothing. Where a request with an `Authorization` field
//! succeeds and there is no user, one warning is logged.
//!
//! # Cost
//!
//! A response whose version is at hand is stamped without waiting, and without a task, a timer or a boxed future of the
//! layer's own. `axum::Router::layer` boxes every request once for each call of it, which costs about as much as all the
//! stamp's fields: one `tower::ServiceBuilder` with authentication and this layer is boxed once.

mod future;
mod headers;
mod layer;
mod service;
mod visit;

use http::HeaderName;
use hybrid_cache_contract::header::EXPOSED;

pub(crate) use self::visit::Visit;
pub use self::{future::StampFuture, layer::HybridCacheLayer, service::HybridCache};

/// What a CORS layer further out must name in `Access-Control-Expose-Headers`, for example with tower-http's
/// `CorsLayer::expose_headers`.
///
/// ```
/// assert!(hybrid_cache_tower::exposed_headers().contains(&http::HeaderName::from_static("x-cache-version")));
/// ```
pub fn exposed_headers() -> Vec<HeaderName> {
    EXPOSED.iter().filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok()).collect()
}
