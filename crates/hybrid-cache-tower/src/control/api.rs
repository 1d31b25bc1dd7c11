use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::Request,
    http::{HeaderMap, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use hybrid_cache_contract::control::{CacheStatus, ErrorCode};

use super::{
    Problem, SignedIn,
    events::{Limits, events},
    origin::Origins,
    rate::RateLimit,
};
use crate::{Bumped, Reading, ResponseRule, StorePolicy, Versions};

/// Sets up the control API.
#[derive(Clone, Debug)]
#[must_use]
pub struct ControlApi {
    versions: Versions,
    origins: Origins,
    rate: RateLimit,
    events: Limits,
}

impl ControlApi {
    /// The control API over these versions, which are to be the layer's.
    pub fn new(versions: Versions) -> Self {
        Self { versions, origins: Origins::default(), rate: RateLimit::new(10, 20), events: Limits::default() }
    }

    /// Lets pages of this origin (`https://app.example`) use the API as well as those of its own. May be called for
    /// several.
    pub fn allow_origin(mut self, origin: &str) -> Self {
        self.origins.allow(origin);
        self
    }

    /// How often one user may enable, disable and clear: so many times at once, and then so many a second. More are refused
    /// with 429. Default: 10 a second, 20 at once.
    pub fn rate_limit(mut self, per_second: u32, burst: u32) -> Self {
        self.rate = RateLimit::new(per_second, burst);
        self
    }

    /// How long an event stream lasts before the client has to come back, and so to authenticate again, at most. Default:
    /// 15 minutes.
    pub fn events_lifetime(mut self, lifetime: Duration) -> Self {
        self.events.lifetime = lifetime;
        self
    }

    /// After how long without news an event stream says that it is still there. Default: 25 s.
    pub fn events_keep_alive(mut self, interval: Duration) -> Self {
        self.events.keep_alive = interval;
        self
    }

    /// How many event streams one user may have open in this process; more are refused with 429. Default: 50.
    pub fn event_streams_of_a_user(mut self, streams: usize) -> Self {
        self.events.streams_of_a_user = streams;
        self
    }

    /// The routes, for `Router::merge` inside the layer.
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        let Self { versions, origins, rate, events: limits } = self;
        let origins = Arc::new(origins);
        let not_stored = StorePolicy { no_store: true, ..StorePolicy::default() };
        let actions = Router::new()
            .route("/api/cache/enable/", action(&versions, &rate, Action::Enable))
            .route("/api/cache/disable/", action(&versions, &rate, Action::Disable))
            .route("/api/cache/clear/", action(&versions, &rate, Action::Clear))
            .layer(from_fn(move |request, next| refuse_strangers(origins.clone(), request, next)));
        let watched = versions.clone();
        Router::new()
            .route(
                "/api/cache/status/",
                get(async move |user: SignedIn| status(&versions, &user).await).fallback(async || only("GET, HEAD")),
            )
            .route(
                "/api/cache/events/",
                get(async move |user: SignedIn| events(watched, &user, limits)).fallback(async || only("GET, HEAD")),
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

fn action<S: Clone + Send + Sync + 'static>(versions: &Versions, rate: &RateLimit, action: Action) -> MethodRouter<S> {
    let (versions, rate) = (versions.clone(), rate.clone());
    let act = async move |user: SignedIn| match rate.take(user.user()) {
        Ok(()) => carry_out(action, &versions, &user).await.into_response(),
        Err(wait) => too_often(wait),
    };
    post(act).fallback(async || only("POST"))
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

fn too_often(wait: Duration) -> Response {
    let seconds = wait.as_millis().div_ceil(1_000);
    let problem = Problem::new(ErrorCode::RateLimited, &format!("too many requests: try again in {seconds} s"));
    ([(header::RETRY_AFTER, seconds.to_string())], problem).into_response()
}

pub(super) fn only(methods: &'static str) -> Response {
    let problem = Problem::new(ErrorCode::MethodNotAllowed, &format!("this path takes only {methods}"));
    ([(header::ALLOW, methods)], problem).into_response()
}
