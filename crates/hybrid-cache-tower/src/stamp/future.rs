use std::{
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::{headers, visit::Visit};
use crate::versions::{Lookup, Reading};

type Wait = Pin<Box<dyn Future<Output = Reading> + Send>>;

pin_project! {
    /// The response future of [`HybridCache`](super::HybridCache).
    ///
    /// For a safe method: read the version, then run the handler, then stamp. For an unsafe one: run the handler, then
    /// read the version, then stamp (H1).
    pub struct StampFuture<S, ReqBody, ResBody>
    where
        S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    {
        visit: Arc<Visit>,
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
        // In a box, so that the futures that need not wait are small.
        ReadBefore { wait: Wait, held: Option<Box<(S, Request<ReqBody>)>> },
        Handle { #[pin] handler: S::Future, read: Option<Reading> },
        ReadAfter { wait: Wait, held: Option<Response<ResBody>> },
    }
}

impl<S, ReqBody, ResBody> StampFuture<S, ReqBody, ResBody>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
{
    /// `service` has been polled ready.
    pub(super) fn new(visit: Arc<Visit>, service: &mut S, request: Request<ReqBody>) -> Self
    where
        S: Clone,
    {
        let budget = visit.budget();
        let before = match &visit.user {
            Some((user, _)) if visit.safe => Some(visit.setup.versions.look_up(user, visit.echo, &budget)),
            _ => None,
        };
        let read = match before {
            Some(Lookup::Later(wait)) => {
                // The service that was polled ready is the one to call.
                let next = service.clone();
                let held = Some(Box::new((mem::replace(service, next), request)));
                return Self { visit, step: Step::ReadBefore { wait, held } };
            }
            Some(Lookup::Now(reading)) => Some(reading),
            None => None,
        };
        let handler = budget.during(|| service.call(request));
        Self { visit, step: Step::Handle { handler, read } }
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
                    let (mut service, request) = *held.take().expect("polled after completion");
                    let handler = this.visit.budget().during(|| service.call(request));
                    this.step.set(Step::Handle { handler, read: Some(reading) });
                }
                StepProjection::Handle { handler, read } => {
                    let mut response = ready!(this.visit.budget().during(|| handler.poll(cx)))?;
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
                        None => this.visit.setup.versions.look_up(user, this.visit.echo, &this.visit.budget()),
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
