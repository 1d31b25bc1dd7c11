//! A Redis that is missing, killed or frozen, and one that comes back: the request is answered, and no bump is lost.
#![allow(missing_docs)]

mod support;

use hybrid_cache_tower::{Reading, Versions};
use support::{
    get, post,
    redis::RedisServer,
    redis_app::{KEY, app, health, patient, until, until_healthy},
    request, send, user,
};

#[tokio::test]
async fn a_redis_that_was_never_there_costs_the_stamp_and_nothing_else() {
    let mut redis = RedisServer::start();
    redis.kill();
    let versions = patient(&redis);
    let app = app(&versions);
    for method in ["GET", "POST"] {
        let answer = send(&app, request(method, "/", Some("alice"))).await;
        assert_eq!(answer.body, "hello");
        assert_eq!((answer.version(), answer.enabled()), (None, None), "{method}");
        assert!(answer.field("x-cache-scope").is_some());
    }
    let (status, codes) = health(&app).await;
    assert_eq!(status, "warn");
    assert!(codes.contains(&"store_down".into()) || codes.contains(&"store_slow".into()), "{codes:?}");
    redis.run();
    until(&app, |answer| answer.version().is_some()).await;
    assert_eq!(health(&app).await, ("pass".into(), vec![]));
}

#[tokio::test]
async fn a_redis_that_is_killed_loses_no_bump() {
    let mut redis = RedisServer::start();
    let versions = patient(&redis);
    let app = app(&versions);
    let before = get(&app, "/", "alice").await.version().unwrap();
    redis.kill();

    let write = post(&app, "/bump", "alice").await;
    assert_eq!(write.body, "later");
    assert_eq!((write.version(), write.enabled().as_deref()), (None, Some("false")), "H4");
    let others = get(&app, "/", "alice").await;
    assert_eq!(others.enabled().as_deref(), Some("false"));
    let (status, codes) = health(&app).await;
    assert_eq!(status, "warn");
    assert!(codes.contains(&"bumps_waiting".into()), "{codes:?}");

    // It comes back with what an older snapshot would hold.
    redis.run();
    redis.does::<()>(&format!("SET {KEY} {before}")).await;
    let after = until(&app, |answer| answer.version().is_some()).await;
    assert!(after.version().unwrap() > before);
    assert_eq!(after.enabled().as_deref(), Some("true"));
    assert_eq!(health(&app).await, ("pass".into(), vec![]));
}

#[tokio::test]
async fn a_redis_that_is_frozen_loses_no_bump() {
    let redis = RedisServer::start();
    let versions = Versions::new(redis.store());
    let app = app(&versions);
    let before = until(&app, |answer| answer.version().is_some()).await.version().unwrap();
    redis.freeze();

    let write = post(&app, "/bump", "alice").await;
    assert_eq!((write.version(), write.enabled().as_deref()), (None, Some("false")), "H4");
    let bob = get(&app, "/", "bob").await;
    assert_eq!((bob.version(), bob.enabled()), (None, None), "H4a");
    let (status, codes) = health(&app).await;
    assert_eq!((status.as_str(), codes.first().map(String::as_str)), ("warn", Some("store_slow")));
    assert_eq!(versions.read(&user("alice")).await, Reading::Owed);

    redis.thaw();
    let after = until(&app, |answer| answer.version().is_some()).await;
    assert!(after.version().unwrap() > before);
    until_healthy(&app).await;
}

#[tokio::test]
async fn the_control_api_tells_which_store_it_is_and_how_it_does() {
    let mut redis = RedisServer::start();
    let versions = patient(&redis);
    let app = app(&versions);
    let status = get(&app, "/api/cache/status/", "alice").await;
    assert_eq!(status.json()["store"], "redis");
    assert_eq!(status.json()["health"], "ok");
    assert_eq!(status.json()["version"].as_u64(), status.version());
    redis.kill();
    until(&app, |answer| answer.version().is_none()).await;
    let status = get(&app, "/api/cache/status/", "alice").await.json();
    assert_eq!((&status["health"], &status["version"]), (&"down".into(), &serde_json::Value::Null));
    let clear = post(&app, "/api/cache/clear/", "alice").await;
    assert_eq!((clear.status.as_u16(), &clear.json()["code"]), (503, &"store_unavailable".into()));
    assert_eq!(clear.enabled().as_deref(), Some("false"), "remembered, and off until it is done");
}
