//! What the tests share. Each test binary uses a part of it.
#![allow(dead_code, missing_docs)]

pub(crate) mod redis;
pub(crate) mod redis_app;
pub(crate) mod scripted;

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt;
use hybrid_cache_tower::{HybridCacheLayer, ScopeSecret, User, Versions};
use tower::ServiceExt;

pub(crate) fn user(id: &str) -> User {
    User::new(id).expect("a test's user id is valid")
}

pub(crate) fn layer(versions: &Versions) -> HybridCacheLayer {
    HybridCacheLayer::new(versions.clone(), ScopeSecret::new(b"a secret for tests only").expect("it is long enough"))
}

/// A response, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// All values of a field, joined as HTTP joins them.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let values: Vec<_> =
            self.headers.get_all(name).iter().map(|value| value.to_str().expect("fields are ASCII")).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    pub(crate) fn version(&self) -> Option<u64> {
        self.field("x-cache-version").map(|version| version.parse().expect("a version is a number"))
    }

    pub(crate) fn enabled(&self) -> Option<String> {
        self.field("x-cache-enabled")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

/// A request of `who`, as authentication would pass it on; anonymous for `None`.
pub(crate) fn request(method: &str, path: &str, who: Option<&str>) -> Request<Body> {
    let mut request =
        Request::builder().method(method).uri(path).body(Body::empty()).expect("a test's request is valid");
    if let Some(who) = who {
        request.extensions_mut().insert(user(who));
    }
    request
}

pub(crate) async fn send(app: &Router, request: Request<Body>) -> Answer {
    let response = app.clone().oneshot(request).await.expect("a router does not fail");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a test's body does not fail").to_bytes();
    Answer { status: parts.status, headers: parts.headers, body }
}

pub(crate) async fn get(app: &Router, path: &str, who: &str) -> Answer {
    send(app, request("GET", path, Some(who))).await
}

pub(crate) async fn post(app: &Router, path: &str, who: &str) -> Answer {
    send(app, request("POST", path, Some(who))).await
}
