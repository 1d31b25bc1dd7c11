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

/// Whoever was answered before its bump was recorded sees a higher version afterwards, and nobody is forgotten.
#[tokio::test]
async fn no_bump_is_lost_across_a_kill_under_write_load() {
    const WRITERS: usize = 20;
    let mut redis = RedisServer::start();
    let versions = Versions::new(redis.store());
    let app = app(&versions);
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..WRITERS {
        let (app, stop) = (app.clone(), stop.clone());
        writers.spawn(async move {
            let who = format!("u{number}");
            // What was stamped before the last write departed, and so is replaced by it.
            let (mut highest, mut replaced, mut later) = (0, 0, 0);
            while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                highest = highest.max(get(&app, "/", &who).await.version().unwrap_or(0));
                replaced = highest;
                let write = post(&app, "/bump", &who).await;
                later += usize::from(write.body == "later");
                if let Some(version) = write.version() {
                    assert!(version > replaced, "{version} <= {replaced}");
                    highest = version;
                }
                tokio::task::yield_now().await;
            }
            (who, replaced, later)
        });
    }
    for _ in 0..3 {
        until(&app, |answer| answer.version().is_some()).await;
        redis.kill();
        until(&app, |answer| answer.version().is_none()).await;
        redis.run();
    }
    until(&app, |answer| answer.version().is_some()).await;
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    let written = writers.join_all().await;
    until_healthy(&app).await;
    assert!(written.iter().any(|(_, _, later)| *later > 0), "no write met the outage");
    for (who, replaced, _) in written {
        let after = get(&app, "/", &who).await.version().expect("all is well again");
        assert!(after > replaced, "{who}: {after} <= {replaced}");
    }
    let counts = versions.counts();
    assert_eq!(counts.now.bumps_waiting, 0);
    assert!(counts.bumps_replayed > 0);
}
