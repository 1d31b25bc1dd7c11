//! The server's half of hybrid-cache: a tower layer that stamps a signed-in user's responses with the user's cache
//! version, stores for the versions, and the control API.
//!
//! ```
//! use axum::{Router, routing::get};
//! use hybrid_cache_tower::{HybridCacheLayer, ScopeSecret, SignedIn, StorePolicy, Versions, control, store::MemoryStore};
//!
//! async fn list() -> &'static str { "[]" }
//! async fn save(user: SignedIn) -> &'static str {
//!     // ... commit first, then:
//!     user.bump().await;
//!     "saved"
//! }
//!
//! let versions = Versions::new(MemoryStore::new());
//! let secret = ScopeSecret::new(b"random bytes, kept across restarts").unwrap();
//! let five_minutes = StorePolicy { max_age: Some(300), ..StorePolicy::default() };
//! let app: Router = Router::new()
//!     .route("/api/invoices/", get(list).post(save))
//!     .merge(control::router(versions.clone()))
//!     .layer(HybridCacheLayer::new(versions.clone(), secret).policy(five_minutes))
//!     // .layer(your authentication, which puts a hybrid_cache_tower::User among the request's extensions)
//!     .merge(control::health_router(versions));
//! # let _ = app;
//! ```
//!
//! # What does this crate not do?
//!
//! It does not authenticate, it does not cache responses on the server (the [`query`] cache keeps what handlers
//! ask of a database), and it does not change bodies. Which requests
//! change a user's data it cannot know: the application says so with [`Versions::bump`] or [`Versions::pending_bump`].
//! Rules such as H1 are those of `docs/coherence.md`.
//!
//! # Modules
//!
//! | module | is about |
//! |---|---|
//! | [`stamp`] | the layer, what it writes and where it belongs |
//! | [`rule`] | what a route says about its own responses |
//! | [`user`], [`scope`] | who is behind a request, and the token that stands for the user |
//! | [`at_rest`] | the secret under which a browser seals what it stores |
//! | [`versions`] | reading and raising versions, and what happens when the store fails |
//! | [`store`] | where the versions live |
//! | [`query`] | a cache for the answers of database queries |
//! | [`control`] | `/api/cache/...`, `/health`, `/metrics` |
//!
//! # Features
//!
//! | feature | adds | dependencies |
//! |---|---|---|
//! | `control` (default) | [`control`], [`SignedIn`], [`ResponseRule`] as part of an axum response | axum, futures-util, serde, serde_json |
//! | `query` (default) | [`query`] | moka, serde, serde_json |
//! | `redis` (default) | [`store::RedisStore`] | redis |
//! | `tls` | `rediss://` URLs, `RedisConfig::trusting` | rustls |
//! | `sentinel` | `RedisConfig::through_sentinels` | |
//! | `cluster` | `RedisConfig::in_cluster` | |

pub mod at_rest;
mod budget;
mod caller;
#[cfg(feature = "control")]
pub mod control;
#[cfg(feature = "query")]
pub mod query;
pub mod rule;
pub mod scope;
pub mod stamp;
pub mod store;
pub mod user;
pub mod versions;

pub use hybrid_cache_contract::{CacheVersion, StorePolicy};

#[cfg(feature = "control")]
pub use self::control::SignedIn;
pub use self::{
    at_rest::{AtRestKey, AtRestSecret},
    caller::Caller,
    rule::ResponseRule,
    scope::{Scope, ScopeSecret},
    stamp::{HybridCacheLayer, exposed_headers},
    user::{ExtensionUser, Tenant, User, UserOf},
    versions::{Bumped, PendingBump, Reading, Versions},
};
