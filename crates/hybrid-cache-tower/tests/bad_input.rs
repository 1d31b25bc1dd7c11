//! Whatever is sent to whichever endpoint: a problem with a clear sentence, no panic, and nothing has changed.
#![allow(missing_docs)]

mod support;

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Method, Request, StatusCode, request::Parts},
};
use hybrid_cache_tower::{
    HybridCacheLayer, Reading, ScopeSecret, User, Versions,
    control::{self, ControlApi},
    store::MemoryStore,
};
use support::{Answer, get, send, user};
use tower::ServiceExt;

const POSTS: [&str; 6] = [
    "/api/cache/enable/",
    "/api/cache/disable/",
    "/api/cache/clear/",
    "/api/cache/admin/clear/",
    "/api/cache/admin/users/alice/clear/",
    "/api/cache/admin/tenants/acme/clear/",
];
const GETS: [&str; 4] = ["/api/cache/status/", "/api/cache/events/", "/health", "/metrics"];

/// The user is who the request says, which no real application may allow; everybody is an administrator.
fn everything(versions: &Versions) -> Router {
    let layer = HybridCacheLayer::new(versions.clone(), ScopeSecret::new(b"a secret for tests only").unwrap())
        .user_of(|parts: &Parts| User::new(parts.headers.get("x-user")?.to_str().ok()?).ok());
    ControlApi::new(versions.clone())
        .allow_origin("https://app.example")
        .router()
        .merge(control::admin_router(versions.clone(), |_: &Parts| true))
        .layer(layer)
        .merge(control::health_router(versions.clone()))
        .merge(control::metrics_router(versions.clone()))
}

fn request(method: &str, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).header("x-user", "alice").body(Body::empty()).unwrap()
}

fn judge(answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status.as_u16(), status, "{what}");
    assert_eq!(answer.field("content-type").as_deref(), Some("application/problem+json"), "{what}");
    let json = answer.json();
    assert!(json["detail"].as_str().is_some_and(|detail| detail.contains(' ')), "{what}: a sentence: {json}");
    assert_eq!(json["status"], status, "{what}");
}

/// Runs what must change nothing.
async fn unchanged(act: impl AsyncFnOnce(&Router)) {
    let versions = Versions::new(MemoryStore::new());
    let app = everything(&versions);
    let before = versions.read(&user("alice")).await;
    act(&app).await;
    assert_eq!(versions.read(&user("alice")).await, before);
    assert_eq!(versions.counts().now.watchers, 0);
}

#[tokio::test]
async fn the_wrong_method() {
    unchanged(async |app| {
        let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"];
        for (paths, allowed) in [(&POSTS[..], &["POST"][..]), (&GETS[..], &["GET", "HEAD"][..])] {
            for path in paths {
                for method in methods.iter().filter(|method| !allowed.contains(method)) {
                    let answer = send(app, request(method, path)).await;
                    if *method == "HEAD" {
                        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
                    } else {
                        judge(&answer, 405, &format!("{method} {path}"));
                    }
                    assert_eq!(answer.field("allow"), Some(allowed.join(", ")), "{method} {path}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_wrong_origin() {
    unchanged(async |app| {
        let long = "https://".to_owned() + &"x".repeat(1 << 16);
        let origins: [&[u8]; 7] = [
            b"null",
            b"https://evil.example",
            b"https://app.example.evil",
            b"app.example",
            b"",
            b"\xff\xfe",
            long.as_bytes(),
        ];
        for path in POSTS {
            for origin in origins {
                let mut request = request("POST", path);
                request.headers_mut().insert("origin", HeaderValue::from_bytes(origin).unwrap());
                request.headers_mut().insert("host", HeaderValue::from_static("api.example"));
                judge(&send(app, request).await, 403, &format!("{path} from {:?}", &origin[..origin.len().min(30)]));
            }
            for site in ["cross-site", "same-site", "", "nonsense"] {
                let mut request = request("POST", path);
                request.headers_mut().insert("sec-fetch-site", HeaderValue::from_static(site));
                judge(&send(app, request).await, 403, &format!("{path} {site:?}"));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_wrong_content_type() {
    unchanged(async |app| {
        for path in &POSTS[..3] {
            for media_type in
                ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", ";", "json", "\u{7f}"]
            {
                let Ok(value) = HeaderValue::from_bytes(media_type.as_bytes()) else { continue };
                let mut request = request("POST", path);
                request.headers_mut().insert("content-type", value);
                judge(&send(app, request).await, 415, &format!("{path} {media_type:?}"));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn no_user_or_one_that_cannot_be() {
    unchanged(async |app| {
        let long = "x".repeat(1 << 20);
        let ids: [&[u8]; 9] =
            [b"", b"a:b", b"*", b"a b", b"{alice}", b"alice,bob", b"\xff", "älice".as_bytes(), long.as_bytes()];
        for path in POSTS[..3].iter().chain(&GETS[..2]) {
            let method = if path.ends_with("status/") || path.ends_with("events/") { "GET" } else { "POST" };
            let anonymous = Request::builder().method(method).uri(*path).body(Body::empty()).unwrap();
            judge(&send(app, anonymous).await, 401, &format!("{path} without a user"));
            for id in ids {
                let mut request = request(method, path);
                request.headers_mut().insert("x-user", HeaderValue::from_bytes(id).unwrap());
                let answer = send(app, request).await;
                judge(&answer, 401, &format!("{path} of {:?}", &id[..id.len().min(30)]));
                assert_eq!(answer.version(), None);
            }
        }
        assert!(HeaderValue::from_bytes(b"a\nb").is_err(), "a newline does not even arrive");
    })
    .await;
}

#[tokio::test]
async fn a_version_that_is_none_is_an_echo_that_is_not_there() {
    unchanged(async |app| {
        let known = get_as_alice(app).await.version();
        let long = "9".repeat(1 << 20);
        for echo in ["", "abc", "-1", "0", "1.5", "9007199254740992", "1, 2", long.as_str()] {
            let mut request = request("GET", "/api/cache/status/");
            request.headers_mut().insert("x-cache-version", HeaderValue::from_str(echo).unwrap());
            let answer = send(app, request).await;
            assert_eq!((answer.status.as_u16(), answer.version()), (200, known), "{:?}", &echo[..echo.len().min(30)]);
        }
    })
    .await;
}

async fn get_as_alice(app: &Router) -> Answer {
    send(app, request("GET", "/api/cache/status/")).await
}

/// Everything at once, at random: no answer is a failure of the server's.
#[tokio::test]
async fn a_thousand_senseless_requests() {
    let versions = Versions::new(MemoryStore::new());
    let app = everything(&versions);
    let mut state = 1_u64;
    let mut below = |end: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % end
    };
    let names = [
        "x-cache-version",
        "x-cache-scope",
        "origin",
        "host",
        "sec-fetch-site",
        "content-type",
        "last-event-id",
        "x-user",
    ];
    let values =
        ["", "alice", "a:b", "null", "https://app.example", "same-origin", "application/json", "42", "*", "\t"];
    let paths: Vec<_> = POSTS
        .iter()
        .chain(&GETS)
        .chain(&["/api/cache/", "/api/cache/status", "/api/cache/admin/users//clear/"])
        .collect();
    for _ in 0..1_000 {
        let method = [Method::GET, Method::POST, Method::PUT, Method::HEAD, Method::OPTIONS][below(5)].clone();
        let mut request =
            Request::builder().method(method).uri(*paths[below(paths.len())]).body(Body::from("{")).unwrap();
        for _ in 0..below(5) {
            request
                .headers_mut()
                .insert(names[below(names.len())], HeaderValue::from_static(values[below(values.len())]));
        }
        // The stream of events is not read to its end.
        let shown = format!("{request:?}");
        let response = app.clone().oneshot(request).await.unwrap();
        assert!(!response.status().is_server_error(), "{shown}: {}", response.status());
    }
    let Reading::Known(_) = versions.read(&user("alice")).await else { panic!("it works on") };
    assert_eq!(get(&control::health_router(versions), "/health", "alice").await.status, 200);
}
