use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hybrid_cache_contract::control::{ControlError, ErrorCode};
use serde::Serialize;

/// A refusal as `application/problem+json` (RFC 9457), with the contract's `code` and `message` among its members.
///
/// ```
/// use hybrid_cache_contract::control::ErrorCode;
/// use hybrid_cache_tower::control::Problem;
///
/// let problem = Problem::new(ErrorCode::Unauthenticated, "sign in first");
/// assert_eq!(
///     serde_json::to_string(&problem).unwrap(),
///     r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"sign in first","code":"unauthenticated","message":"sign in first"}"#,
/// );
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(flatten)]
    error: ControlError,
}

impl Problem {
    /// A problem of this kind; the status follows from it.
    pub fn new(code: ErrorCode, detail: &str) -> Self {
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: detail.into(),
            error: ControlError { code, message: detail.into() },
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let media_type = [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
        (status, media_type, Json(self)).into_response()
    }
}
