//! JSON of the control API: `GET /api/cache/status/` and `POST /api/cache/{enable,disable,clear}/`.
//!
//! All four answer with a [`CacheStatus`] of the user who asks: as it is, or as it is after the action. They take no
//! body. `clear` raises the user's version. What fails answers with a [`ControlError`]. The answers are stamped like
//! every other response, and the stamp is what a browser goes by; the body is for people and for tools.
//!
//! Readers ignore members they do not know, so that members may be added.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::CacheVersion;

/// The state of one user's cache, as the server knows it.
///
/// ```
/// use hybrid_cache_contract::{CacheVersion, control::{CacheStatus, Health}};
///
/// let status = CacheStatus {
///     version: CacheVersion::new(42),
///     enabled: true,
///     scope: None,
///     store: "memory".into(),
///     health: Health::Ok,
/// };
/// let json = r#"{"version":42,"enabled":true,"scope":null,"store":"memory","health":"ok"}"#;
/// assert_eq!(serde_json::to_string(&status).unwrap(), json);
/// assert_eq!(serde_json::from_str::<CacheStatus>(json).unwrap(), status);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheStatus {
    /// The user's version; `null` when it is not known (H4a).
    pub version: Option<CacheVersion>,
    /// Whether this user's responses may be cached.
    pub enabled: bool,
    /// What `X-Cache-Scope` says; `null` when the server sends none.
    pub scope: Option<String>,
    /// The kind of store that keeps the versions, in one word: `memory`, `redis`, or another server's own.
    pub store: String,
    /// How that store is.
    pub health: Health,
}

/// How the version store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It answers.
    Ok,
    /// It answers, but bumps that could not be recorded wait to be replayed (H4).
    Degraded,
    /// It does not answer; no version is stamped (H4a).
    Down,
}

/// The data of one event of `GET /api/cache/events/`: a version the user has now.
///
/// ```
/// use hybrid_cache_contract::{CacheVersion, control::VersionEvent};
///
/// let event = VersionEvent { version: CacheVersion::new(42).unwrap(), scope: "u7Qk".into() };
/// assert_eq!(serde_json::to_string(&event).unwrap(), r#"{"version":42,"scope":"u7Qk"}"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionEvent {
    /// The version. Higher than that of the event before.
    pub version: CacheVersion,
    /// Whose it is, as `X-Cache-Scope` says it.
    pub scope: String,
}

impl VersionEvent {
    /// The name of the event.
    pub const NAME: &str = "version";
}

/// Why a control request was refused or failed.
///
/// ```
/// use hybrid_cache_contract::control::{ControlError, ErrorCode};
///
/// let error = ControlError { code: ErrorCode::StoreUnavailable, message: "no answer within 50 ms".into() };
/// let json = r#"{"code":"store_unavailable","message":"no answer within 50 ms"}"#;
/// assert_eq!(serde_json::to_string(&error).unwrap(), json);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlError {
    /// For programs.
    pub code: ErrorCode,
    /// For people; its wording may change.
    pub message: String,
}

/// The kinds of [`ControlError`], each with its HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 400: the request names something that cannot be.
    BadRequest,
    /// 401: no user is signed in.
    Unauthenticated,
    /// 403: the user may not do this.
    Forbidden,
    /// 403: the request comes from a page of another origin.
    CrossOrigin,
    /// 405: the path takes another method.
    MethodNotAllowed,
    /// 415: the request has a body that is not JSON.
    UnsupportedMediaType,
    /// 429: the user does this too often.
    RateLimited,
    /// 500: the server is put together wrongly.
    Misconfigured,
    /// 503: the version store did not carry out the action.
    StoreUnavailable,
}

impl ErrorCode {
    /// The HTTP status code to answer with.
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden | Self::CrossOrigin => 403,
            Self::MethodNotAllowed => 405,
            Self::UnsupportedMediaType => 415,
            Self::RateLimited => 429,
            Self::Misconfigured => 500,
            Self::StoreUnavailable => 503,
        }
    }
}
