//! The built application.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use tower::{Service, ServiceExt, service_fn, util::BoxCloneSyncService};
use tower_http::services::ServeDir;

use crate::{api::problem::Problem, settings::not_built};

/// Forbids WebAssembly, as a policy does that says nothing of it; Angular brings its style sheets as elements.
const STRICT_POLICY: HeaderValue = HeaderValue::from_static("default-src 'self'; style-src 'self' 'unsafe-inline'");

/// Serves the files of `app_dir`; `index.html` where there is none and the last segment of the path has no dot, since
/// such a path is the application's own. A missing script or module must not be answered with a page.
pub(crate) fn service(app_dir: PathBuf) -> BoxCloneSyncService<Request, Response, Infallible> {
    let directory = ServeDir::new(&app_dir);
    let app_dir: Arc<Path> = app_dir.into();
    BoxCloneSyncService::new(service_fn(move |request: Request| {
        let strict = asks_for_strict_policy(request.uri().query().unwrap_or_default());
        let answer = serve(directory.clone(), app_dir.clone(), request);
        async move {
            let mut answer = answer.await?;
            if strict {
                answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, STRICT_POLICY);
            }
            Ok(answer)
        }
    }))
}

/// `?csp=strict` on a page shows what becomes of the application where WebAssembly is forbidden.
fn asks_for_strict_policy(query: &str) -> bool {
    query.split('&').any(|pair| pair == "csp=strict")
}

async fn serve(mut directory: ServeDir, app_dir: Arc<Path>, request: Request) -> Result<Response, Infallible> {
    let path = request.uri().path().to_owned();
    if path == "/api" || path.starts_with("/api/") {
        return Ok(Problem::not_found("there is no such path in this API").into_response());
    }
    let method = request.method().clone();
    let found = ServiceExt::<Request>::ready(&mut directory).await;
    let answer = match found {
        Ok(directory) => match directory.call(request).await {
            Ok(answer) => answer.map(Body::new),
            Err(never) => match never {},
        },
        Err(never) => match never {},
    };
    if answer.status() != StatusCode::NOT_FOUND {
        return Ok(with_cache_control(&path, answer));
    }
    let is_route = matches!(method, Method::GET | Method::HEAD) && !last_segment(&path).contains('.');
    Ok(if is_route { index(&app_dir).await } else { answer })
}

async fn index(app_dir: &Path) -> Response {
    match tokio::fs::read(app_dir.join("index.html")).await {
        Ok(page) => {
            let fields = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
            (fields, page).into_response()
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, not_built(app_dir)).into_response(),
    }
}

/// A file whose name carries the hash of its content never changes; any other may.
fn with_cache_control(path: &str, mut answer: Response) -> Response {
    let value = if is_hashed(last_segment(path)) { "public, max-age=31536000, immutable" } else { "no-cache" };
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    answer
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// `main-5QTGXKFI.js`: eight capitals or digits between the last hyphen and the next dot.
fn is_hashed(file: &str) -> bool {
    let Some((_, end)) = file.rsplit_once('-') else { return false };
    let hash = end.split('.').next().unwrap_or_default();
    hash.len() == 8
        && end.len() > hash.len()
        && hash.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names() {
        assert!(is_hashed("main-5QTGXKFI.js") && is_hashed("chunk-A-5QTGXKFI.js.map"));
        for plain in ["index.html", "hybrid_cache_bg.wasm", "main-5qtgxkfi.js", "main-5QTGXKF.js", "x-5QTGXKFI"] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }
}
