use axum::{
    Json,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use serde::Serialize;

use crate::Versions;

/// The body of `/health`, in the manner of the `application/health+json` draft: `pass`, or `warn` with what to mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HealthBody {
    /// `pass`: everything works. `warn`: requests are answered, and the cache does not work fully.
    pub status: &'static str,
    /// The kind of store in one word.
    pub store: &'static str,
    /// What is the matter, the gravest first.
    pub warnings: Vec<WarningBody>,
}

/// One entry of [`HealthBody::warnings`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WarningBody {
    /// For programs, as [`HealthWarning::code`](crate::versions::HealthWarning::code).
    pub code: &'static str,
    /// What is the matter.
    pub problem: String,
    /// What to do about it.
    pub cure: String,
}

pub(super) async fn health(versions: Versions) -> impl IntoResponse {
    let warnings: Vec<_> = versions
        .health()
        .await
        .warnings
        .into_iter()
        .map(|warning| WarningBody { code: warning.code, problem: warning.problem, cure: warning.cure })
        .collect();
    let status = if warnings.is_empty() { "pass" } else { "warn" };
    let fields = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/health+json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (fields, Json(HealthBody { status, store: versions.store_kind(), warnings }))
}
