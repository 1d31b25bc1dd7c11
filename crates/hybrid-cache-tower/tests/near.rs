//! What the Redis store remembers, and how it learns that it should not, against a real redis-server.
#![allow(missing_docs)]

mod support;

use axum::Router;
use hybrid_cache_tower::{
    Versions,
    store::{Consistency, RedisConfig, RedisStore},
};
use support::{
    Answer, get, post,
    redis::RedisServer,
    redis_app::{KEY, app, patient, until},
    request, send, user,
};

fn versions(config: RedisConfig) -> Versions {
    Versions::builder(RedisStore::new(config)).request_budget(std::time::Duration::from_secs(60)).build()
}

async fn version(app: &Router) -> Option<u64> {
    get(app, "/", "alice").await.version()
}

/// How often Redis has carried out a command.
async fn calls(redis: &RedisServer, command: &str) -> u64 {
    let stats: String = redis.does("INFO commandstats").await;
    let line = stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
    line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
}

/// Asks until the answer is remembered: a read that a change has overtaken is not.
async fn until_remembered(app: &Router, redis: &RedisServer) -> u64 {
    loop {
        let before = calls(redis, "mget").await;
        let version = version(app).await.expect("Redis answers");
        if calls(redis, "mget").await == before {
            return version;
        }
    }
}

/// Raises the version by 5 without a word of it: Redis does not tell of a swap of databases. Answers the old version.
async fn raise_unheard(app: &Router, redis: &RedisServer) -> u64 {
    let old = version(app).await.expect("Redis answers");
    redis.does_in::<()>(2, &format!("SET {KEY} {}", old + 5)).await;
    // That was heard; only now the old version is remembered for good.
    assert_eq!(until_remembered(app, redis).await, old);
    redis.does::<()>("SWAPDB 1 2").await;
    old
}

#[tokio::test]
async fn a_user_who_is_known_costs_no_round_trip() {
    let redis = RedisServer::start();
    let app = app(&patient(&redis));
    let version_now = until_remembered(&app, &redis).await;
    let asked = calls(&redis, "mget").await;
    for _ in 0..1_000 {
        assert_eq!(version(&app).await, Some(version_now));
    }
    assert_eq!(calls(&redis, "mget").await, asked);
}

/// Django's `INCR`, a deletion, a flag and a flush, all by another connection.
#[tokio::test]
async fn what_another_writer_does_is_seen() {
    let redis = RedisServer::start();
    let app = app(&patient(&redis));
    for _ in 0..20 {
        until_remembered(&app, &redis).await;
        let theirs: u64 = redis.does(&format!("INCR {KEY}")).await;
        until(&app, |answer| answer.version() == Some(theirs)).await;
    }
    for command in [format!("DEL {KEY}"), "FLUSHALL".into(), "FLUSHDB".into()] {
        let before = until_remembered(&app, &redis).await;
        redis.does::<redis::Value>(&command).await;
        until(&app, |answer| answer.version().is_some_and(|version| version > before)).await;
    }
    until_remembered(&app, &redis).await;
    redis.does::<()>("SET cache_enabled:alice 0").await;
    until(&app, |answer| answer.enabled().as_deref() == Some("false")).await;
}

#[tokio::test]
async fn ones_own_bump_is_seen_by_the_very_answer() {
    let redis = RedisServer::start();
    let app = app(&patient(&redis));
    for _ in 0..50 {
        let before = until_remembered(&app, &redis).await;
        assert!(post(&app, "/bump", "alice").await.version().unwrap() > before);
        assert!(version(&app).await.unwrap() > before);
    }
}

/// H3 with a near-cache that lags.
#[tokio::test]
async fn an_echo_above_what_is_remembered_is_answered_from_redis() {
    let redis = RedisServer::start();
    let app = app(&patient(&redis));
    let old = raise_unheard(&app, &redis).await;
    assert_eq!(version(&app).await, Some(old), "it lags, else this test shows nothing");
    let echo = async |version: u64| -> Answer {
        let mut request = request("GET", "/", Some("alice"));
        request.headers_mut().insert("x-cache-version", version.into());
        send(&app, request).await
    };
    assert_eq!(echo(old).await.version(), Some(old));
    assert_eq!(echo(old + 5).await.version(), Some(old + 5));
    assert_eq!(version(&app).await, Some(old + 5), "and it is remembered");
    assert_eq!(echo(old + 1_000).await.version(), Some(old + 5), "the echo itself is never believed");
}

#[tokio::test]
async fn strict_consistency_asks_redis_every_time() {
    let redis = RedisServer::start();
    let app = app(&versions(redis.config().consistency(Consistency::Strict)));
    let old = version(&app).await.unwrap();
    let asked = calls(&redis, "mget").await;
    for _ in 0..10 {
        assert_eq!(version(&app).await, Some(old));
    }
    assert_eq!(calls(&redis, "mget").await, asked + 10);
    redis.does_in::<()>(2, &format!("SET {KEY} {}", old + 5)).await;
    redis.does::<()>("SWAPDB 1 2").await;
    assert_eq!(version(&app).await, Some(old + 5));
}

/// The length of the lease is shown on paused time, in the near-cache's own tests.
#[tokio::test]
async fn a_frozen_redis_makes_unusable_what_is_remembered_and_a_thawed_one_usable() {
    let redis = RedisServer::start();
    let versions = Versions::new(redis.store());
    let app = app(&versions);
    let before = until(&app, |answer| answer.version().is_some()).await.version();
    redis.freeze();
    until(&app, |answer| answer.version().is_none()).await;
    redis.thaw();
    assert_eq!(until(&app, |answer| answer.version().is_some()).await.version(), before);
    let theirs: u64 = redis.does(&format!("INCR {KEY}")).await;
    until(&app, |answer| answer.version() == Some(theirs)).await;
}

#[tokio::test]
async fn a_killed_redis_is_forgotten_and_its_successor_is_followed() {
    let mut redis = RedisServer::start();
    let app = app(&Versions::new(redis.store()));
    let before = until(&app, |answer| answer.version().is_some()).await.version();
    redis.kill();
    until(&app, |answer| answer.version().is_none()).await;
    redis.run();
    let after = until(&app, |answer| answer.version().is_some()).await.version();
    assert!(after > before, "the counter began anew from the clock");
    let theirs: u64 = redis.does(&format!("INCR {KEY}")).await;
    until(&app, |answer| answer.version() == Some(theirs)).await;
}

#[tokio::test]
async fn a_redis_that_does_not_tell_of_changes_is_asked_every_time_and_reported() {
    let redis = RedisServer::start();
    redis.does::<()>("ACL SETUSER default -client|tracking").await;
    let app = app(&patient(&redis));
    let old = version(&app).await.unwrap();
    redis.does_in::<()>(2, &format!("SET {KEY} {}", old + 5)).await;
    redis.does::<()>("SWAPDB 1 2").await;
    assert_eq!(version(&app).await, Some(old + 5));
    let health = send(&app, request("GET", "/health", None)).await.json();
    assert_eq!(health["warnings"][0]["code"], "store_setup");
    assert!(health["warnings"][0]["cure"].as_str().unwrap().contains("CLIENT TRACKING"), "{health}");
}

#[tokio::test]
async fn the_key_template_is_that_of_the_configuration() {
    let redis = RedisServer::start();
    let app = app(&versions(redis.config().key_template("v:{user_id}:now").unwrap()));
    let ours = version(&app).await.unwrap();
    assert_eq!(redis.does::<u64>("GET v:alice:now").await, ours);
    let theirs: u64 = redis.does("INCR v:alice:now").await;
    until(&app, |answer| answer.version() == Some(theirs)).await;
    assert!(post(&app, "/bump", "alice").await.version().unwrap() > theirs);
    assert!(patient(&redis).read(&user("alice")).await != hybrid_cache_tower::Reading::Unknown);
}
