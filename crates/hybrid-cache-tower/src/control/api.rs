use std::sync::Arc;

use axum::{
    Json, Router,
    extract::Request,
    http::{HeaderMap, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use hybrid_cache_contract::control::{CacheStatus, ErrorCode};

use super::{Problem, SignedIn, origin::Origins};
use crate::{Bumped, Reading, ResponseRule, StorePolicy, Versions};

/// Sets up the control API.
#[derive(Clone, Debug)]
#[must_use]
pub struct ControlApi {
    versions: Versions,
    origins: Origins,
}

impl ControlApi {
    /// The control API over these versions, which are to be the layer's.
    pub fn new(versions: Versions) -> Self {
        Self { versions, origins: Origins::default() }
    }

    /// Lets pages of this origin (`https://app.example`) use the API as well as those of its own. May be called for
    /// several.
    pub fn allow_origin(mut self, origin: &str) -> Self {
        self.origins.allow(origin);
        self
    }

    /// The routes, for `Router::merge` inside the layer.
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        let origins = Arc::new(self.origins);
        let not_stored = StorePolicy { no_store: true, ..StorePolicy::default() };
        let actions = Router::new()
            .route("/api/cache/enable/", action(&self.versions, Action::Enable))
            .route("/api/cache/disable/", action(&self.versions, Action::Disable))
            .route("/api/cache/clear/", action(&self.versions, Action::Clear))
            .layer(from_fn(move |request, next| refuse_strangers(origins.clone(), request, next)));
        let versions = self.versions;
        Router::new()
            .route(
                "/api/cache/status/",
                get(async move |user: SignedIn| status(&versions, &user).await).fallback(async || only("GET, HEAD")),
            )
            .merge(actions)
            .layer(ResponseRule::policy(not_stored))
    }
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Enable,
    Disable,
    Clear,
}

fn action<S: Clone + Send + Sync + 'static>(versions: &Versions, action: Action) -> MethodRouter<S> {
    let versions = versions.clone();
    post(async move |user: SignedIn| carry_out(action, &versions, &user).await).fallback(async || only("POST"))
}

async fn carry_out(action: Action, versions: &Versions, user: &SignedIn) -> Result<Json<CacheStatus>, Problem> {
    match action {
        Action::Enable | Action::Disable => {
            let enabled = matches!(action, Action::Enable);
            versions
                .set_enabled(user.user(), enabled)
                .await
                .map_err(|error| Problem::new(ErrorCode::StoreUnavailable, &format!("{error}; try again later")))?;
        }
        Action::Clear => {
            if versions.bump(user.user()).await == Bumped::Later {
                return Err(Problem::new(
                    ErrorCode::StoreUnavailable,
                    "the version store did not answer; the cache will be cleared as soon as it does, and is off until then",
                ));
            }
        }
    }
    Ok(status(versions, user).await)
}

async fn status(versions: &Versions, user: &SignedIn) -> Json<CacheStatus> {
    let reading = versions.read(user.user()).await;
    let (version, enabled) = match reading {
        Reading::Known(known) => (Some(known.version), known.enabled),
        Reading::Unknown | Reading::Owed => (None, false),
    };
    Json(CacheStatus {
        version,
        enabled,
        scope: Some(user.scope().as_str().into()),
        store: versions.store_kind().into(),
        health: versions.health_for(user.user(), reading),
    })
}

async fn refuse_strangers(origins: Arc<Origins>, request: Request, next: Next) -> Response {
    if let Err(problem) = origins.check(request.headers(), request.uri()) {
        return problem.into_response();
    }
    if !is_json_or_nothing(request.headers()) {
        let problem =
            Problem::new(ErrorCode::UnsupportedMediaType, "send no body, or one with Content-Type: application/json");
        return problem.into_response();
    }
    next.run(request).await
}

/// A form, which a page of another origin could send without being asked, is neither.
fn is_json_or_nothing(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_TYPE).iter().all(|value| {
        let media_type = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
        media_type.trim().eq_ignore_ascii_case("application/json")
    })
}

fn only(methods: &'static str) -> Response {
    let problem = Problem::new(ErrorCode::MethodNotAllowed, &format!("this path takes only {methods}"));
    ([(header::ALLOW, methods)], problem).into_response()
}
