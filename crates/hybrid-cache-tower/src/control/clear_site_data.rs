use axum::{
    http::{HeaderName, HeaderValue},
    response::{IntoResponseParts, ResponseParts},
};

/// `Clear-Site-Data: "storage"` on the answer to a sign-out: the browser deletes what this origin keeps, IndexedDB and
/// `localStorage` included, even if no page of it is open.
///
/// That is everything of the *origin*, of other applications and other users too. The usual way is the client's `clear()`,
/// which makes one user's entries unusable at once; this is for shared machines, where they should be gone as well.
/// Browsers heed it on secure connections only. It does not concern HTTP caches, which stamped responses keep out of anyway.
///
/// ```
/// use axum::response::IntoResponse;
/// use hybrid_cache_tower::control::ClearSiteData;
///
/// let response = (ClearSiteData, "signed out").into_response();
/// assert_eq!(response.headers()["clear-site-data"], "\"storage\"");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ClearSiteData;

impl IntoResponseParts for ClearSiteData {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        let name = HeaderName::from_static("clear-site-data");
        parts.headers_mut().insert(name, HeaderValue::from_static("\"storage\""));
        Ok(parts)
    }
}
