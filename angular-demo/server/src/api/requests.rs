//! What this server has seen: the demo's proof that a hit did not come from here.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Extension, Json,
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::sessions::Account;
use crate::app::Shared;

/// How many requests for `/api/invoices/**` came from each user since the server began.
#[derive(Clone, Default)]
pub(crate) struct Requests(Arc<Mutex<HashMap<i64, Seen>>>);

#[derive(Clone, Default, Serialize)]
pub(crate) struct Seen {
    api_requests: u64,
    by_path: BTreeMap<String, u64>,
}

/// Counts a request, of whatever method, before it is handled.
pub(crate) async fn count(
    State(shared): State<Shared>,
    Extension(account): Extension<Account>,
    request: Request,
    next: Next,
) -> Response {
    {
        let mut all = shared.requests.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = all.entry(account.id).or_default();
        seen.api_requests += 1;
        *seen.by_path.entry(request.uri().path().into()).or_default() += 1;
    }
    next.run(request).await
}

/// Not stamped, so that asking changes nothing; hence it says itself that it is not to be stored.
pub(crate) async fn show(
    State(shared): State<Shared>,
    Extension(account): Extension<Account>,
) -> impl IntoResponse + use<> {
    let all = shared.requests.0.lock().unwrap_or_else(PoisonError::into_inner);
    ([(header::CACHE_CONTROL, "no-store")], Json(all.get(&account.id).cloned().unwrap_or_default()))
}
