//! What a route says about its own responses.
//!
//! A [`ResponseRule`] is given to a route as a layer, or by a handler as part of its response; the handler's counts.
//!
//! ```
//! use axum::{Router, routing::get};
//! use hybrid_cache_tower::{ResponseRule, StorePolicy};
//!
//! let five_minutes = StorePolicy { max_age: Some(300), ..StorePolicy::default() };
//! let app: Router = Router::new()
//!     .route("/api/rates/", get(async || "1.25").layer(ResponseRule::policy(five_minutes)))
//!     // Not stamped, not touched: its own Cache-Control stays.
//!     .route("/api/logo.svg", get(async || "<svg/>").layer(ResponseRule::unstamped()));
//! ```
//!
//! In a handler, where the answer decides:
//!
//! ```
//! use axum::response::{IntoResponse, Response};
//! use hybrid_cache_tower::{ResponseRule, StorePolicy};
//!
//! async fn report(finished: bool) -> Response {
//!     if finished {
//!         "all of it".into_response()
//!     } else {
//!         let rule = ResponseRule::policy(StorePolicy { no_store: true, ..StorePolicy::default() });
//!         (rule, "half of it").into_response()
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! assert!(report(false).await.extensions().get::<ResponseRule>().unwrap().store_policy().unwrap().no_store);
//! assert!(report(true).await.extensions().get::<ResponseRule>().is_none());
//! # });
//! ```

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::{Request, Response};
use hybrid_cache_contract::StorePolicy;
use tower_layer::Layer;
use tower_service::Service;

/// A route's word about its responses: a policy for the browser's cache, or that they are not to be stamped.
///
/// Without one, the policy of the [`HybridCacheLayer`](crate::HybridCacheLayer) applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseRule(Rule);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Policy(StorePolicy),
    Unstamped,
}

impl ResponseRule {
    /// `Hybrid-Cache-Control` says `policy`, whatever the layer's own policy is.
    pub const fn policy(policy: StorePolicy) -> Self {
        Self(Rule::Policy(policy))
    }

    /// The response leaves as it is, without a stamp, and `Cache-Control` is its own (H6). Copies of the stamp's
    /// fields are removed all the same: without a version there is nothing they could belong to.
    pub const fn unstamped() -> Self {
        Self(Rule::Unstamped)
    }

    /// The policy, if it is one.
    pub const fn store_policy(&self) -> Option<StorePolicy> {
        match self.0 {
            Rule::Policy(policy) => Some(policy),
            Rule::Unstamped => None,
        }
    }

    /// Is the response to be left without a stamp?
    pub const fn is_unstamped(&self) -> bool {
        matches!(self.0, Rule::Unstamped)
    }
}

/// Marks every response that does not carry a rule already.
impl<S> Layer<S> for ResponseRule {
    type Service = Ruled<S>;

    fn layer(&self, inner: S) -> Ruled<S> {
        Ruled { inner, rule: *self }
    }
}

#[cfg(feature = "control")]
impl axum::response::IntoResponseParts for ResponseRule {
    type Error = std::convert::Infallible;

    fn into_response_parts(
        self,
        mut parts: axum::response::ResponseParts,
    ) -> Result<axum::response::ResponseParts, Self::Error> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}

/// The service made by using a [`ResponseRule`] as a layer.
#[derive(Clone, Copy, Debug)]
pub struct Ruled<S> {
    inner: S,
    rule: ResponseRule,
}

impl<S, B, ResBody> Service<Request<B>> for Ruled<S>
where
    S: Service<Request<B>, Response = Response<ResBody>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RuledFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        RuledFuture { inner: self.inner.call(request), rule: self.rule }
    }
}

pin_project_lite::pin_project! {
    /// The response future of [`Ruled`].
    #[derive(Debug)]
    pub struct RuledFuture<F> {
        #[pin]
        inner: F,
        rule: ResponseRule,
    }
}

impl<F, ResBody, E> Future for RuledFuture<F>
where
    F: Future<Output = Result<Response<ResBody>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.inner.poll(cx))?;
        response.extensions_mut().get_or_insert(*this.rule);
        Poll::Ready(Ok(response))
    }
}
