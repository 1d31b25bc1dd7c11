use std::{
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::{Request, Response, StatusCode};
use hybrid_cache_contract::CacheVersion;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::headers::{self, Defaults, Stamp};
use crate::{
    ResponseRule, Scope, ScopeSecret, User, Versions,
    budget::Budget,
    versions::{Lookup, Reading},
};

type Wait = Pin<Box<dyn Future<Output = Reading> + Send>>;

/// What is known about a request before its handler runs.
pub(super) struct Visit {
    pub(super) user: Option<(User, Scope)>,
    pub(super) safe: bool,
    pub(super) echo: Option<CacheVersion>,
    pub(super) cross_origin: bool,
    /// Is it a request whose response carries a policy?
    pub(super) has_policy: bool,
    /// Somebody has authenticated it, and yet there is no user.
    pub(super) unidentified: bool,
    pub(super) rule: Option<ResponseRule>,
    pub(super) setup: Arc<Setup>,
}

/// What is the same for every request.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) versions: Versions,
    pub(super) secret: ScopeSecret,
    pub(super) defaults: Defaults,
}

pin_project! {
    /// The response future of [`HybridCache`](super::HybridCache).
    ///
    /// For a safe method: read the version, then run the handler, then stamp. For an unsafe one: run the handler, then
    /// read the version, then stamp (H1).
    pub struct StampFuture<S, ReqBody, ResBody>
    where
        S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    {
        visit: Visit,
        budget: Budget,
        #[pin]
        step: Step<S, ReqBody, ResBody>,
    }
}

pin_project! {
    #[project = StepProjection]
    enum Step<S, ReqBody, ResBody>
    where
        S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    {
        ReadBefore { wait: Wait, held: Option<(S, Request<ReqBody>)> },
        Handle { #[pin] handler: S::Future, read: Option<Reading> },
        ReadAfter { wait: Wait, held: Option<Response<ResBody>> },
    }
}

impl<S, ReqBody, ResBody> StampFuture<S, ReqBody, ResBody>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
{
    /// `service` has been polled ready.
    pub(super) fn new(visit: Visit, service: &mut S, request: Request<ReqBody>) -> Self
    where
        S: Clone,
    {
        let budget = visit.setup.versions.request_budget();
        let before = match &visit.user {
            Some((user, _)) if visit.safe => Some(visit.setup.versions.look_up(user, visit.echo, budget.clone())),
            _ => None,
        };
        let step = match before {
            Some(Lookup::Later(wait)) => {
                // The service that was polled ready is the one to call.
                let next = service.clone();
                Step::ReadBefore { wait, held: Some((mem::replace(service, next), request)) }
            }
            Some(Lookup::Now(reading)) => {
                Step::Handle { handler: budget.during(|| service.call(request)), read: Some(reading) }
            }
            None => Step::Handle { handler: budget.during(|| service.call(request)), read: None },
        };
        Self { visit, budget, step }
    }
}

impl<S, ReqBody, ResBody> Future for StampFuture<S, ReqBody, ResBody>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
{
    type Output = Result<Response<ResBody>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.step.as_mut().project() {
                StepProjection::ReadBefore { wait, held } => {
                    let reading = ready!(wait.as_mut().poll(cx));
                    let (mut service, request) = held.take().expect("polled after completion");
                    let handler = this.budget.during(|| service.call(request));
                    this.step.set(Step::Handle { handler, read: Some(reading) });
                }
                StepProjection::Handle { handler, read } => {
                    let mut response = ready!(this.budget.during(|| handler.poll(cx)))?;
                    let read = *read;
                    let Some((user, _)) = &this.visit.user else {
                        if this.visit.unidentified && response.status().is_success() {
                            this.visit.setup.versions.warn_of_unidentified();
                        }
                        headers::remove_copies(response.headers_mut());
                        return Poll::Ready(Ok(response));
                    };
                    if this.visit.rule_of(&response).is_some_and(|rule| rule.is_unstamped()) {
                        headers::remove_copies(response.headers_mut());
                        return Poll::Ready(Ok(response));
                    }
                    let after = match read {
                        Some(reading) => Lookup::Now(reading),
                        None => this.visit.setup.versions.look_up(user, this.visit.echo, this.budget.clone()),
                    };
                    match after {
                        Lookup::Now(reading) => return Poll::Ready(Ok(this.visit.stamp(response, reading))),
                        Lookup::Later(wait) => this.step.set(Step::ReadAfter { wait, held: Some(response) }),
                    }
                }
                StepProjection::ReadAfter { wait, held } => {
                    let reading = ready!(wait.as_mut().poll(cx));
                    let response = held.take().expect("polled after completion");
                    return Poll::Ready(Ok(this.visit.stamp(response, reading)));
                }
            }
        }
    }
}

impl Visit {
    /// The response's own rule, else the one that came with the request.
    fn rule_of<B>(&self, response: &Response<B>) -> Option<ResponseRule> {
        response.extensions().get::<ResponseRule>().copied().or(self.rule)
    }

    fn stamp<B>(&self, mut response: Response<B>, reading: Reading) -> Response<B> {
        let Some((user, scope)) = &self.user else { return response };
        // A bump may have failed since the version was read.
        let reading = if self.setup.versions.owes(user) { Reading::Owed } else { reading };
        let rule = self.rule_of(&response);
        let stamp = Stamp {
            reading,
            scope,
            policy: rule.and_then(|rule| rule.store_policy()),
            has_policy: self.has_policy,
            is_usual: response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED,
            cross_origin: self.cross_origin,
        };
        stamp.write(response.headers_mut(), &self.setup.defaults, self.setup.versions.counters());
        response
    }
}
