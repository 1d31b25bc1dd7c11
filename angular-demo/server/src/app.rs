//! The routes, put together.

use std::{fmt, path::PathBuf};

use axum::{Router, middleware};
use hybrid_cache_tower::{HybridCacheLayer, ScopeSecret, StorePolicy, Versions, control};
use tower_http::compression::CompressionLayer;

use crate::{
    api::{self, hold::Hold, requests::Requests, sessions::Sessions},
    data::Database,
    files,
};

/// What the browser's cache may do with this API: five minutes fresh, one more while it is fetched again.
const POLICY: StorePolicy =
    StorePolicy { no_store: false, max_age: Some(300), stale_while_revalidate: Some(60), stale_if_error: None };

/// What the server is made of.
#[derive(Clone)]
pub struct App {
    /// The invoices.
    pub database: Database,
    /// The users' cache versions.
    pub versions: Versions,
    /// The built application.
    pub app_dir: PathBuf,
    /// Whether tests may hold responses back.
    pub hold: bool,
}

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) database: Database,
    pub(crate) secret: ScopeSecret,
    pub(crate) sessions: Sessions,
    pub(crate) requests: Requests,
}

/// The whole server as one router.
///
/// From the outside in: compression; authentication, which names the user; the layer, which stamps; counting, and
/// holding back, of what reaches the API; the handlers.
///
/// # Errors
///
/// The database does not hold what it must.
pub fn router(app: App) -> Result<Router, SecretError> {
    let stored = app.database.scope_secret().map_err(|error| SecretError(error.to_string()))?;
    let secret = ScopeSecret::new(&stored).map_err(|error| SecretError(error.to_string()))?;
    let sessions = Sessions::load(&app.database).map_err(|error| SecretError(error.to_string()))?;
    let shared = Shared { database: app.database, secret: secret.clone(), sessions, requests: Requests::default() };

    let hold = Hold::default();
    let mut invoices = api::invoices::router();
    if app.hold {
        invoices = invoices.layer(middleware::from_fn_with_state(hold.clone(), api::hold::hold_back));
    }
    let invoices = invoices.layer(middleware::from_fn_with_state(shared.clone(), api::requests::count));
    let signed_in = invoices
        .merge(api::demo_router())
        .merge(control::router(app.versions.clone()))
        .layer(HybridCacheLayer::new(app.versions.clone(), secret).policy(POLICY))
        .layer(middleware::from_fn_with_state(shared.clone(), api::sessions::authenticate));
    let mut router = signed_in.merge(api::sessions::router()).with_state(shared);
    if app.hold {
        router = router.merge(api::hold::router(hold));
    }
    Ok(router
        .method_not_allowed_fallback(api::problem::method_not_allowed)
        .merge(control::health_router(app.versions.clone()))
        .merge(control::metrics_router(app.versions))
        .fallback_service(files::service(app.app_dir))
        .layer(CompressionLayer::new()))
}

/// The database lacks what makes the scopes or the sessions.
#[derive(Debug)]
pub struct SecretError(String);

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The database is damaged ({}): delete the file, and it will be generated anew.", self.0)
    }
}

impl std::error::Error for SecretError {}
