use axum::{
    Extension,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use hybrid_cache_contract::control::ErrorCode;

use super::Problem;
use crate::Caller;

/// Refuses a user's unsafe requests with 503 while a bump of the user could not be recorded, before their handler runs.
///
/// A bump that could not be recorded is remembered and made good (H4), but not across the end of the process. Where
/// losing one then is worse than not being able to write, this goes around the writing routes, inside the layer:
///
/// ```
/// use axum::{Router, body::Body, http::{Request, StatusCode}, middleware::from_fn, routing::post};
/// use hybrid_cache_tower::{HybridCacheLayer, ScopeSecret, User, Versions, control};
/// use hybrid_cache_tower::store::{RedisConfig, RedisStore};
/// use tower::ServiceExt;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// // Nobody listens on port 9 of this machine.
/// let versions = Versions::new(RedisStore::new(RedisConfig::parse("redis://127.0.0.1:9").unwrap()));
/// let secret = ScopeSecret::new(b"random bytes, kept across restarts").unwrap();
/// let app: Router = Router::new()
///     .route("/api/invoices/", post(async || "saved"))
///     .layer(from_fn(control::refuse_unrecordable_writes))
///     .layer(HybridCacheLayer::new(versions, secret));
///
/// let request = Request::post("/api/invoices/").extension(User::new("alice").unwrap()).body(Body::empty()).unwrap();
/// assert_eq!(app.oneshot(request).await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
/// # });
/// ```
///
/// It costs a write one more question to the store. A store that fails between that and the bump leaves the write as it is
/// and the bump to be made good.
pub async fn refuse_unrecordable_writes(caller: Option<Extension<Caller>>, request: Request, next: Next) -> Response {
    if let Some(Extension(caller)) = caller
        && let Some(user) = caller.user()
        && !request.method().is_safe()
        && let Err(error) = caller.versions().could_record(user).await
    {
        let sentence =
            format!("nothing was written, since the caches could not be told of it: {error}; try again later");
        return Problem::new(ErrorCode::StoreUnavailable, &sentence).into_response();
    }
    next.run(request).await
}
