use std::{
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response};
use tower_service::Service;

use super::{
    future::StampFuture,
    visit::{Setup, Visit},
};
use crate::{Caller, ExtensionUser, UserOf};

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
        let visit = Arc::new(Visit::new(&self.setup, &parts, self.user_of.user_of(&parts)));
        parts.extensions.insert(Caller(visit.clone()));
        StampFuture::new(visit, &mut self.inner, Request::from_parts(parts, body))
    }
}
