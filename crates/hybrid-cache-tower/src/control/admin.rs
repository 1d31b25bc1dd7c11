//! Clearing other people's caches.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Request, rejection::PathRejection},
    http::{StatusCode, request::Parts},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{MethodRouter, post},
};
use hybrid_cache_contract::control::ErrorCode;

use super::{Problem, api::only, origin::Origins};
use crate::{Bumped, Tenant, User, Versions, store::StoreError};

/// Says who may clear other people's caches. The host application's to implement: there is no default.
///
/// Must go by what the application's own authentication has established (H7). Implemented for functions
/// `Fn(&Parts) -> bool`.
pub trait Authorizer: Send + Sync + 'static {
    /// Is this request an administrator's?
    fn may_administer(&self, request: &Parts) -> bool;
}

impl<F: Fn(&Parts) -> bool + Send + Sync + 'static> Authorizer for F {
    fn may_administer(&self, request: &Parts) -> bool {
        self(request)
    }
}

/// The routes for administrators, as the host's `authorizer` knows them:
///
/// | route | raises the version of |
/// |---|---|
/// | `POST /api/cache/admin/users/{user}/clear/` | a user |
/// | `POST /api/cache/admin/tenants/{tenant}/clear/` | a tenant's users |
/// | `POST /api/cache/admin/clear/` | everybody |
///
/// They answer with 204, or with a [`Problem`]. Who may not is refused with 403, whatever is wrong with the request
/// otherwise. Each act is logged without saying whom it concerned.
///
/// ```
/// use axum::{Router, body::Body, http::{Request, StatusCode, request::Parts}};
/// use hybrid_cache_tower::{Versions, control, store::MemoryStore};
/// use tower::ServiceExt;
///
/// #[derive(Clone)]
/// struct Staff;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let versions = Versions::new(MemoryStore::new());
/// let app: Router = control::admin_router(versions, |parts: &Parts| parts.extensions.get::<Staff>().is_some());
///
/// let request = || Request::post("/api/cache/admin/users/alice/clear/");
/// let anybody = request().body(Body::empty()).unwrap();
/// assert_eq!(app.clone().oneshot(anybody).await.unwrap().status(), StatusCode::FORBIDDEN);
/// let staff = request().extension(Staff).body(Body::empty()).unwrap();
/// assert_eq!(app.oneshot(staff).await.unwrap().status(), StatusCode::NO_CONTENT);
/// # });
/// ```
///
/// Without an authorizer there is no router:
///
/// ```compile_fail
/// # use hybrid_cache_tower::{Versions, control, store::MemoryStore};
/// let app: axum::Router = control::admin_router(Versions::new(MemoryStore::new()));
/// ```
///
/// Nor with something else in its place:
///
/// ```compile_fail
/// # use hybrid_cache_tower::{Versions, control, store::MemoryStore};
/// let app: axum::Router = control::admin_router(Versions::new(MemoryStore::new()), ());
/// ```
pub fn admin_router<S: Clone + Send + Sync + 'static>(versions: Versions, authorizer: impl Authorizer) -> Router<S> {
    let authorizer = Arc::new(authorizer);
    let [of_user, of_tenant] = [versions.clone(), versions.clone()];
    let user = async move |id: Result<Path<String>, PathRejection>| clear_user(&of_user, id).await;
    let tenant = async move |id: Result<Path<String>, PathRejection>| clear_tenant(&of_tenant, id).await;
    let everybody = async move || done(versions.bump_everyone().await, "everybody's");
    Router::new()
        .route("/api/cache/admin/users/{user}/clear/", only_post(post(user)))
        .route("/api/cache/admin/tenants/{tenant}/clear/", only_post(post(tenant)))
        .route("/api/cache/admin/clear/", only_post(post(everybody)))
        .layer(from_fn(move |request, next| refuse_others(authorizer.clone(), request, next)))
}

fn only_post<S: Clone + Send + Sync + 'static>(route: MethodRouter<S>) -> MethodRouter<S> {
    route.fallback(async || only("POST"))
}

async fn refuse_others<A: Authorizer>(authorizer: Arc<A>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if !authorizer.may_administer(&parts) {
        return Problem::new(ErrorCode::Forbidden, "only administrators may do this").into_response();
    }
    if let Err(problem) = Origins::default().check(&parts.headers, &parts.uri) {
        return problem.into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

async fn clear_user(versions: &Versions, id: Result<Path<String>, PathRejection>) -> Response {
    match id.ok().and_then(|Path(id)| User::new(&id).ok()) {
        Some(user) => {
            let bumped = match versions.bump(&user).await {
                Bumped::To(_) => Ok(()),
                Bumped::Later => Err(StoreError::Resting),
            };
            done(bumped, "a user's")
        }
        None => invalid("user"),
    }
}

async fn clear_tenant(versions: &Versions, id: Result<Path<String>, PathRejection>) -> Response {
    match id.ok().and_then(|Path(id)| Tenant::new(&id).ok()) {
        Some(tenant) => done(versions.bump_tenant(&tenant).await, "a tenant's"),
        None => invalid("tenant"),
    }
}

fn invalid(what: &str) -> Response {
    let sentence = format!("the {what} id is none: 1 to 64 characters out of letters, digits, _ and -");
    Problem::new(ErrorCode::BadRequest, &sentence).into_response()
}

fn done(cleared: Result<(), StoreError>, whose: &str) -> Response {
    match cleared {
        Ok(()) => {
            tracing::info!("an administrator has cleared {whose} cache");
            StatusCode::NO_CONTENT.into_response()
        }
        Err(_) => Problem::new(
            ErrorCode::StoreUnavailable,
            "the version store did not answer; the cache will be cleared as soon as it does, and is off until then",
        )
        .into_response(),
    }
}
