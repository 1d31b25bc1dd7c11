//! What the layer writes, and when it reads the version.
#![allow(missing_docs)]

mod support;

use axum::{
    Extension, Json, Router,
    body::Body,
    http::{HeaderValue, Request},
    response::IntoResponse,
    routing::{any, get},
};
use hybrid_cache_contract::{CacheScope, RawHeaders, ResponseStamp};
use hybrid_cache_tower::{
    Bumped, Caller, HybridCacheLayer, ResponseRule, ScopeSecret, StorePolicy, Versions,
    store::{Known, MemoryStore, VersionStore},
};
use support::{
    get as get_as, layer, post as post_as, request,
    scripted::{Mood, Scripted},
    send, user,
};

fn memory() -> (Versions, Router) {
    let versions = Versions::new(MemoryStore::new());
    let app = Router::new().route("/", any(async || "hello")).layer(layer(&versions));
    (versions, app)
}

#[tokio::test]
async fn every_method_and_status_of_a_user_is_stamped() {
    let (_, app) = memory();
    for method in ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] {
        for path in ["/", "/nowhere"] {
            let answer = send(&app, request(method, path, Some("alice"))).await;
            assert!(answer.version().is_some(), "{method} {path}");
            assert_eq!(answer.enabled().as_deref(), Some("true"), "{method} {path}");
            assert_eq!(answer.field("cache-control").as_deref(), Some("private, no-store"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_contract_crate_reads_what_the_layer_writes() {
    let versions = Versions::new(MemoryStore::new());
    let policy = StorePolicy { max_age: Some(300), stale_while_revalidate: Some(60), ..StorePolicy::default() };
    let app = Router::new().route("/", get(async || "")).layer(layer(&versions).policy(policy));
    let answer = get_as(&app, "/", "alice").await;
    let fields = RawHeaders::NAMES.map(|name| answer.field(name));
    let stamp = ResponseStamp::parse(&fields.each_ref().map(Option::as_deref).into());
    assert_eq!(stamp.version.known().map(|version| version.get()), answer.version());
    assert_eq!(stamp.enabled, Some(true));
    assert_eq!(stamp.policy, Some(policy));
    assert!(stamp.scope.is_some_and(|scope| CacheScope::parse(scope.as_str()).is_ok()));
    assert!(stamp.cache_control.is_some_and(|said| said.no_store && said.private));
}

#[tokio::test]
async fn anonymous_responses_are_left_alone() {
    let versions = Versions::new(MemoryStore::new());
    let app =
        Router::new().route("/", get(async || ([("cache-control", "max-age=60")], "hello"))).layer(layer(&versions));
    let answer = send(&app, request("GET", "/", None)).await;
    assert_eq!(answer.field("cache-control").as_deref(), Some("max-age=60"));
    for name in ["x-cache-version", "x-cache-enabled", "x-cache-scope", "hybrid-cache-control", "vary"] {
        assert_eq!(answer.field(name), None, "{name}");
    }
}

#[tokio::test]
async fn two_users_have_two_scopes_and_one_user_always_the_same() {
    let (_, app) = memory();
    let [alice, again, bob] =
        [get_as(&app, "/", "alice").await, post_as(&app, "/", "alice").await, get_as(&app, "/", "bob").await];
    assert_eq!(alice.field("x-cache-scope"), again.field("x-cache-scope"));
    assert_ne!(alice.field("x-cache-scope"), bob.field("x-cache-scope"));
    assert!(alice.field("x-cache-scope").is_some_and(|scope| scope.len() >= 22 && !scope.contains("alice")));
}

/// H7: what a client sends about itself is not who it is.
#[tokio::test]
async fn no_header_of_the_client_makes_a_user() {
    let (_, app) = memory();
    let request = Request::get("/")
        .header("x-cache-scope", "alice")
        .header("x-user-id", "alice")
        .header("authorization", "Bearer alice")
        .body(Body::empty())
        .unwrap();
    assert_eq!(send(&app, request).await.version(), None);
}

/// H1 in both halves: the same handler, which bumps while it runs.
#[tokio::test]
async fn a_safe_method_is_stamped_with_the_version_before_its_handler_and_an_unsafe_one_after_it() {
    async fn bumps(Extension(caller): Extension<Caller>) -> Json<u64> {
        match caller.bump().await {
            Some(Bumped::To(version)) => Json(version.get()),
            other => panic!("the store works and there is a user: {other:?}"),
        }
    }
    // Once with a store that has the version at hand, and once with one that has to be asked.
    for versions in [Versions::new(MemoryStore::with_clock(|| 1_000)), Versions::new(Scripted::new())] {
        let app = Router::new().route("/", any(bumps)).layer(layer(&versions));
        for method in ["GET", "HEAD", "OPTIONS"] {
            let before = versions.read(&user("alice")).await;
            let answer = send(&app, request(method, "/", Some("alice"))).await;
            let stamped = answer.version().unwrap();
            assert_eq!(before, versions_reading(stamped), "{method}: the version before the handler");
            assert_ne!(before, versions.read(&user("alice")).await, "{method}: the handler bumped");
        }
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let answer = send(&app, request(method, "/", Some("alice"))).await;
            assert_eq!(answer.version(), Some(answer.json().as_u64().unwrap()), "{method}: the version after its bump");
        }
    }
}

fn versions_reading(version: u64) -> hybrid_cache_tower::Reading {
    let version = hybrid_cache_tower::CacheVersion::new(version).unwrap();
    hybrid_cache_tower::Reading::Known(Known { version, enabled: true })
}

/// H3: a browser that knows more makes the layer ask the store, whose word is taken, not the browser's.
#[tokio::test]
async fn an_echo_above_the_version_at_hand_makes_the_layer_read() {
    let store = Scripted::new();
    let old = store.read(&user("alice")).await.unwrap();
    store.has_at_hand(old);
    let new = store.bump_elsewhere(&user("alice")).await;
    let versions = Versions::new(store.clone());
    let app = Router::new().route("/", any(async || "")).layer(layer(&versions));
    let asked = store.asked();

    assert_eq!(get_as(&app, "/", "alice").await.version(), Some(old.version.get()));
    for not_higher in [old.version.to_string(), "abc".into(), "9007199254740992".into()] {
        let mut request = request("GET", "/", Some("alice"));
        request.headers_mut().insert("x-cache-version", not_higher.parse().unwrap());
        assert_eq!(send(&app, request).await.version(), Some(old.version.get()));
    }
    assert_eq!(store.asked(), asked, "what is at hand was enough");

    for (method, echo) in [("GET", new), ("POST", new), ("GET", new + 1_000_000)] {
        let mut request = request(method, "/", Some("alice"));
        request.headers_mut().insert("x-cache-version", HeaderValue::from(echo));
        assert_eq!(send(&app, request).await.version(), Some(new), "{method} with echo {echo}");
    }
    assert_eq!(versions.counts().echoed_ahead, 3);
}

#[tokio::test]
async fn copies_from_further_in_are_overwritten() {
    let lies = [
        ("x-cache-version", "1"),
        ("x-cache-enabled", "false"),
        ("x-cache-scope", "somebody-else"),
        ("hybrid-cache-control", "max-age=31536000"),
    ];
    let lie = move || async move { (lies, "") };
    let versions = Versions::new(MemoryStore::new());
    let app = Router::new()
        .route("/", any(lie))
        .route("/unstamped", get(lie).layer(ResponseRule::unstamped()))
        .layer(layer(&versions));

    let answer = get_as(&app, "/", "alice").await;
    assert!(answer.version().is_some_and(|version| version > 1));
    assert_eq!(answer.enabled().as_deref(), Some("true"));
    assert_ne!(answer.field("x-cache-scope").as_deref(), Some("somebody-else"));
    assert_eq!(answer.field("hybrid-cache-control"), None);
    assert_eq!(versions.counts().overwritten, 1);

    let anonymous = send(&app, request("GET", "/", None)).await;
    let unstamped = get_as(&app, "/unstamped", "alice").await;
    for (name, _) in lies {
        assert_eq!(anonymous.field(name), None, "anonymous, {name}");
        assert_eq!(unstamped.field(name), None, "unstamped, {name}");
    }
}

/// A layer outside of authentication cannot work; that is counted, and logged once.
#[tokio::test]
async fn authorized_requests_without_a_user_are_counted() {
    let (versions, app) = memory();
    for (path, field, counted) in
        [("/", "authorization", 1), ("/", "authorization", 2), ("/nowhere", "authorization", 2), ("/", "cookie", 2)]
    {
        let request = Request::get(path).header(field, "x").body(Body::empty()).unwrap();
        assert_eq!(send(&app, request).await.version(), None);
        assert_eq!(versions.counts().unidentified, counted, "{path} {field}");
    }
}

#[tokio::test]
async fn a_user_who_is_disabled_is_told_so_with_the_version() {
    let (versions, app) = memory();
    versions.set_enabled(&user("alice"), false).await.unwrap();
    let answer = get_as(&app, "/", "alice").await;
    assert_eq!(answer.enabled().as_deref(), Some("false"));
    assert!(answer.version().is_some());
    assert_eq!(get_as(&app, "/", "bob").await.enabled().as_deref(), Some("true"));
    versions.set_enabled(&user("alice"), true).await.unwrap();
    assert_eq!(get_as(&app, "/", "alice").await.enabled().as_deref(), Some("true"));
}

/// H4a: unknown is absent; the user is still named, and HTTP caches still stay out.
#[tokio::test]
async fn an_unknown_version_is_absent_and_never_made_up() {
    for mood in [Mood::Refuses, Mood::HoldsGarbage] {
        let store = Scripted::new();
        store.is(mood);
        let app = Router::new().route("/", any(async || "hello")).layer(layer(&Versions::new(store)));
        for method in ["GET", "POST"] {
            let answer = send(&app, request(method, "/", Some("alice"))).await;
            assert_eq!((answer.version(), answer.enabled()), (None, None), "{mood:?} {method}");
            assert_eq!(answer.body, "hello");
            assert!(answer.field("x-cache-scope").is_some());
            assert_eq!(answer.field("cache-control").as_deref(), Some("private, no-store"));
        }
    }
}

#[tokio::test]
async fn bodies_and_statuses_are_the_same_with_and_without_the_layer() {
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let streamed = || async {
        let chunks = ["a", "", "bc"].map(|chunk| Ok::<_, std::convert::Infallible>(axum::body::Bytes::from(chunk)));
        Body::from_stream(Chunks(chunks.into_iter()))
    };
    let routes = Router::new()
        .route("/text", any(async || "hello"))
        .route("/empty", any(async || axum::http::StatusCode::NO_CONTENT))
        .route("/binary", any(async move || binary))
        .route("/stream", any(streamed))
        .route("/teapot", any(async || (axum::http::StatusCode::IM_A_TEAPOT, "short and stout").into_response()));
    let stamped = routes.clone().layer(layer(&Versions::new(MemoryStore::new())));
    for path in ["/text", "/empty", "/binary", "/stream", "/teapot", "/nowhere"] {
        for method in ["GET", "HEAD", "POST"] {
            let plain = send(&routes, request(method, path, Some("alice"))).await;
            let with = send(&stamped, request(method, path, Some("alice"))).await;
            assert_eq!((plain.status, &plain.body), (with.status, &with.body), "{method} {path}");
            for (name, value) in &plain.headers {
                assert_eq!(with.headers.get(name), Some(value), "{method} {path} {name}");
            }
        }
    }
}

/// A stream without another crate for it.
struct Chunks<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Chunks<I> {
    type Item = I::Item;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<I::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

#[tokio::test]
async fn the_user_may_come_from_the_applications_own_type() {
    #[derive(Clone)]
    struct Account(u64);
    let versions = Versions::new(MemoryStore::new());
    let secret = ScopeSecret::new(b"a secret for tests only").unwrap();
    let layer = HybridCacheLayer::new(versions, secret).user_of(|parts: &http::request::Parts| {
        hybrid_cache_tower::User::new(&parts.extensions.get::<Account>()?.0.to_string()).ok()
    });
    let app = Router::new().route("/", get(async || "")).layer(layer);
    let mut request = request("GET", "/", None);
    request.extensions_mut().insert(Account(7));
    assert!(send(&app, request).await.version().is_some());
}
