//! The JSON API.

pub(crate) mod hold;
pub(crate) mod invoices;
mod other_person;
pub(crate) mod problem;
pub(crate) mod requests;
pub(crate) mod sessions;
mod write;

use axum::{
    Router,
    routing::{get, post},
};
use hybrid_cache_tower::ResponseRule;

use crate::app::Shared;

/// `/api/demo/...` of a signed-in user.
pub(crate) fn demo_router() -> Router<Shared> {
    Router::new()
        .route("/api/demo/other-person-edits/", post(other_person::edit))
        .route("/api/demo/requests/", get(requests::show).layer(ResponseRule::unstamped()))
}
