use std::{
    sync::Arc,
    task::{Context, Poll},
};

use http::{HeaderMap, Request, Response, header};
use hybrid_cache_contract::{CacheVersion, header::VERSION_LOWER};
use tower_service::Service;

use super::future::{Setup, StampFuture, Visit};
use crate::{Caller, ExtensionUser, ResponseRule, UserOf};

/// The service made by [`HybridCacheLayer`](crate::HybridCacheLayer).
#[derive(Clone, Debug)]
pub struct HybridCache<S, U = ExtensionUser> {
    pub(super) inner: S,
    pub(super) user_of: U,
    pub(super) setup: Arc<Setup>,
}

impl<S, U, ReqBody, ResBody> Service<Request<ReqBody>> for HybridCache<S, U>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    U: UserOf,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = StampFuture<S, ReqBody, ResBody>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let user = self.user_of.user_of(&parts).map(|user| {
            let scope = self.setup.secret.scope(&user);
            (user, scope)
        });
        let visit = Visit {
            user: user.clone(),
            safe: parts.method.is_safe(),
            echo: echoed_version(&parts.headers),
            cross_origin: parts.headers.contains_key(header::ORIGIN),
            has_policy: matches!(parts.method, http::Method::GET | http::Method::HEAD),
            unidentified: user.is_none() && parts.headers.contains_key(header::AUTHORIZATION),
            rule: parts.extensions.get::<ResponseRule>().copied(),
            setup: self.setup.clone(),
        };
        parts.extensions.insert(Caller { versions: self.setup.versions.clone(), user });
        StampFuture::new(visit, &mut self.inner, Request::from_parts(parts, body))
    }
}

/// The version the browser says it knows (H3); `None` unless there is exactly one, and valid.
fn echoed_version(headers: &HeaderMap) -> Option<CacheVersion> {
    let mut values = headers.get_all(VERSION_LOWER).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    CacheVersion::parse(value.to_str().ok()?).ok()
}
