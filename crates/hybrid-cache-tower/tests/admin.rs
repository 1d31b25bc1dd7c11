//! Clearing other people's caches, limits on clearing one's own, and refusing writes that could not be announced.
#![allow(missing_docs)]

mod support;

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, request::Parts},
    middleware::from_fn,
    routing::any,
};
use hybrid_cache_tower::{
    Reading, Tenant, Versions,
    control::{self, ControlApi},
    store::MemoryStore,
};
use support::{
    Answer, get, layer, post, request,
    scripted::{Mood, Scripted},
    send, user,
};
use tokio::time::advance;

#[derive(Clone)]
struct Staff;

fn is_staff(parts: &Parts) -> bool {
    parts.extensions.get::<Staff>().is_some()
}

async fn by_staff(app: &Router, method: &str, path: &str) -> Answer {
    let mut request = request(method, path, None);
    request.extensions_mut().insert(Staff);
    send(app, request).await
}

fn code(answer: &Answer) -> String {
    assert_eq!(answer.field("content-type").as_deref(), Some("application/problem+json"));
    assert!(answer.json()["detail"].as_str().unwrap().contains(' '), "a sentence");
    answer.json()["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_administrator_clears_a_user_a_tenant_and_everybody() {
    let versions = Versions::new(MemoryStore::new());
    let app: Router = control::admin_router(versions.clone(), is_staff);
    let acme = Tenant::new("acme").unwrap();
    let users = [user("alice"), user("bob").in_tenant(acme.clone()), user("carol").in_tenant(acme)];
    let all = async || {
        let mut numbers = Vec::new();
        for user in &users {
            let Reading::Known(known) = versions.read(user).await else { panic!("memory does not fail") };
            numbers.push(known.version.get());
        }
        numbers
    };
    for (path, raised) in [
        ("/api/cache/admin/users/alice/clear/", [true, false, false]),
        ("/api/cache/admin/tenants/acme/clear/", [false, true, true]),
        ("/api/cache/admin/clear/", [true, true, true]),
    ] {
        let before = all().await;
        assert_eq!(by_staff(&app, "POST", path).await.status, StatusCode::NO_CONTENT, "{path}");
        let after = all().await;
        let seen: Vec<_> = before.iter().zip(&after).map(|(before, after)| after > before).collect();
        assert_eq!(seen, raised, "{path}");
    }
}

#[tokio::test]
async fn nobody_else_does_and_bad_input_changes_nothing() {
    let versions = Versions::new(MemoryStore::new());
    let app: Router = control::admin_router(versions.clone(), is_staff);
    let before = versions.read(&user("alice")).await;
    let paths =
        ["/api/cache/admin/users/alice/clear/", "/api/cache/admin/tenants/acme/clear/", "/api/cache/admin/clear/"];
    for path in paths {
        for who in [None, Some("alice")] {
            assert_eq!(code(&send(&app, request("POST", path, who)).await), "forbidden", "{path}");
        }
        assert_eq!(code(&by_staff(&app, "GET", path).await), "method_not_allowed", "{path}");
        let mut stranger = request("POST", path, None);
        stranger.extensions_mut().insert(Staff);
        stranger.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(code(&send(&app, stranger).await), "cross_origin", "{path}");
    }
    for id in ["a:b", "*", "a%0Ab", "a%00b", "%7Balice%7D", "%FF", "%20alice", &"x".repeat(65), &"x".repeat(8_000)] {
        for kind in ["users", "tenants"] {
            let answer = by_staff(&app, "POST", &format!("/api/cache/admin/{kind}/{id}/clear/")).await;
            assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::BAD_REQUEST, "bad_request"), "{id:?}");
        }
    }
    assert_eq!(versions.read(&user("alice")).await, before);
}

#[tokio::test(start_paused = true)]
async fn what_an_administrator_clears_while_the_store_is_down_is_cleared_later() {
    let store = Scripted::new();
    let versions = Versions::new(store.clone());
    let app: Router = control::admin_router(versions.clone(), is_staff);
    let before = store.truth(&user("alice")).await;
    store.is(Mood::Refuses);
    for path in ["/api/cache/admin/users/alice/clear/", "/api/cache/admin/clear/"] {
        assert_eq!(code(&by_staff(&app, "POST", path).await), "store_unavailable", "{path}");
    }
    assert_eq!(versions.read(&user("alice")).await, Reading::Owed);
    store.is(Mood::Answers);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(store.truth(&user("alice")).await > before);
}

#[tokio::test(start_paused = true)]
async fn a_user_who_clears_too_often_is_told_when_to_come_back() {
    let versions = Versions::new(MemoryStore::new());
    let app = ControlApi::new(versions.clone()).rate_limit(1, 2).router().layer(layer(&versions));
    for path in ["/api/cache/clear/", "/api/cache/disable/"] {
        assert_eq!(post(&app, path, "alice").await.status, 200);
    }
    let before = versions.read(&user("alice")).await;
    let refused = post(&app, "/api/cache/clear/", "alice").await;
    assert_eq!((code(&refused).as_str(), refused.field("retry-after").as_deref()), ("rate_limited", Some("1")));
    assert_eq!(versions.read(&user("alice")).await, before, "nothing has changed");
    assert_eq!(get(&app, "/api/cache/status/", "alice").await.status, 200, "asking is free");
    assert_eq!(post(&app, "/api/cache/clear/", "bob").await.status, 200);
    advance(Duration::from_secs(1)).await;
    assert_eq!(post(&app, "/api/cache/clear/", "alice").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn strict_writes_are_refused_before_their_handler_while_a_bump_could_not_be_recorded() {
    let store = Scripted::new();
    let versions = Versions::new(store.clone());
    let app = Router::new()
        .route("/", any(async |request: Request| request.method().to_string()))
        .layer(from_fn(control::refuse_unrecordable_writes))
        .layer(layer(&versions));
    assert_eq!(post(&app, "/", "alice").await.body, "POST");
    for mood in [Mood::Refuses, Mood::Hangs, Mood::HoldsGarbage] {
        store.is(mood);
        let refused = post(&app, "/", "alice").await;
        assert_eq!((refused.status.as_u16(), code(&refused).as_str()), (503, "store_unavailable"), "{mood:?}");
        assert_eq!(get(&app, "/", "alice").await.body, "GET", "{mood:?}");
        assert_eq!(send(&app, request("POST", "/", None)).await.body, "POST", "{mood:?}: nobody's cache is concerned");
    }
    store.is(Mood::Answers);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(post(&app, "/", "alice").await.body, "POST");
    drop(versions.pending_bump(&user("alice")));
    assert_eq!(post(&app, "/", "alice").await.status, 503, "one is owed already");
}
