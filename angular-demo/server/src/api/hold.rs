//! For tests that are to meet a response under way: answers to matching GET requests are finished, version and data
//! read, and then held until they are released. Only with `DEMO_HOLD=1`.
//!
//! `POST /api/demo/hold/ {"path_prefix"}` begins, `GET /api/demo/hold/` tells how many are held now, and
//! `POST /api/demo/release/` ends it. No test needs to wait for a length of time.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
    routing::post,
};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::problem::Body;

/// What is being held back.
#[derive(Clone)]
pub(crate) struct Hold(Arc<watch::Sender<Held>>);

#[derive(Clone, Default, Serialize)]
struct Held {
    path_prefix: Option<String>,
    held: u64,
}

impl Default for Hold {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Held::default())))
    }
}

#[derive(Deserialize)]
struct Begin {
    path_prefix: String,
}

pub(crate) fn router(hold: Hold) -> Router {
    Router::new()
        .route("/api/demo/hold/", post(begin).get(show))
        .route("/api/demo/release/", post(release))
        .with_state(hold)
}

async fn begin(State(hold): State<Hold>, Body(begin): Body<Begin>) -> Json<Held> {
    hold.0.send_modify(|held| held.path_prefix = Some(begin.path_prefix));
    show(State(hold)).await
}

async fn release(State(hold): State<Hold>) -> Json<Held> {
    hold.0.send_modify(|held| held.path_prefix = None);
    show(State(hold)).await
}

async fn show(State(hold): State<Hold>) -> Json<Held> {
    Json(hold.0.borrow().clone())
}

/// Holds the finished answer of a matching GET.
pub(crate) async fn hold_back(State(hold): State<Hold>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let is_get = request.method() == Method::GET;
    let response = next.run(request).await;
    let matches = |held: &Held| held.path_prefix.as_ref().is_some_and(|prefix| path.starts_with(prefix));
    if is_get && matches(&hold.0.borrow()) {
        let counted = Counted::new(&hold);
        let mut changes = hold.0.subscribe();
        // Fails only when the sender is gone, and this holds one.
        let _ = changes.wait_for(|held| !matches(held)).await;
        drop(counted);
    }
    response
}

/// Counts a held answer, also when the client hangs up.
struct Counted<'a>(&'a Hold);

impl<'a> Counted<'a> {
    fn new(hold: &'a Hold) -> Self {
        hold.0.send_modify(|held| held.held += 1);
        Self(hold)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|held| held.held -= 1);
    }
}
