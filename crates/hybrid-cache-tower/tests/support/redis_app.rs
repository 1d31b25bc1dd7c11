//! An application on a real Redis.

use std::time::Duration;

use axum::{Extension, Router, routing::any};
use hybrid_cache_tower::{
    Bumped, Caller, Versions, control,
    store::{RedisConfig, RedisStore},
};

use super::{Answer, get, layer, redis::RedisServer, request, send};

pub(crate) const KEY: &str = "cache_user_version:alice";

async fn bumps(Extension(caller): Extension<Caller>) -> &'static str {
    match caller.bump().await {
        Some(Bumped::To(_)) => "recorded",
        Some(Bumped::Later) => "later",
        None => "anonymous",
    }
}

/// Versions that wait long enough for a busy machine; what is not about time must not fail for lack of it.
pub(crate) fn patient(redis: &RedisServer) -> Versions {
    patient_with(redis.config())
}

pub(crate) fn patient_with(config: RedisConfig) -> Versions {
    Versions::builder(RedisStore::new(config)).request_budget(Duration::from_secs(60)).build()
}

pub(crate) fn app(versions: &Versions) -> Router {
    Router::new()
        .route("/", any(async || "hello"))
        .route("/bump", any(bumps))
        .merge(control::router(versions.clone()))
        .layer(layer(versions))
        .merge(control::health_router(versions.clone()))
}

/// Asks until all is well, as [`until`] does.
pub(crate) async fn until_healthy(app: &Router) {
    for _ in 0..12_000 {
        if health(app).await == ("pass".into(), vec![]) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("/health did not pass within a minute");
}

pub(crate) async fn health(app: &Router) -> (String, Vec<String>) {
    let body = send(app, request("GET", "/health", None)).await.json();
    let codes = body["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap().to_owned());
    (body["status"].as_str().unwrap().to_owned(), codes.collect())
}

/// Asks until `enough`; what is waited for happens in the background, and there is no length of time to wait.
pub(crate) async fn until(app: &Router, enough: impl Fn(&Answer) -> bool) -> Answer {
    for _ in 0..12_000 {
        let answer = get(app, "/", "alice").await;
        if enough(&answer) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it did not happen within a minute");
}
