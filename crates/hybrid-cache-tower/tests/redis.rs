//! The Redis store against a real redis-server.
#![allow(missing_docs)]

mod support;

use std::collections::HashSet;

use hybrid_cache_tower::store::{KeyPrefix, RedisStore, StoreError, VersionStore};
use support::{
    get, post,
    redis::RedisServer,
    redis_app::{KEY, app, health, patient},
    request, send, user,
};

async fn clock(redis: &RedisServer) -> u64 {
    let (seconds, micros): (u64, u64) = redis.does("TIME").await;
    seconds * 1_000_000 + micros
}

/// H5: a missing counter starts at the clock, and every bump is at least the clock.
#[tokio::test]
async fn a_missing_counter_starts_at_the_clock_of_redis() {
    let redis = RedisServer::start();
    let store = redis.store();
    let before = clock(&redis).await;
    let read = store.read(&user("alice")).await.unwrap().version.get();
    let bumped = store.bump(&user("bob")).await.unwrap().get();
    let after = clock(&redis).await;
    assert!((before..=after).contains(&read), "{before} <= {read} <= {after}");
    assert!((before..=after).contains(&bumped), "{before} <= {bumped} <= {after}");
    assert_eq!(redis.does::<u64>(&format!("GET {KEY}")).await, read, "what was read has been written");
    assert_eq!(redis.does::<i64>(&format!("TTL {KEY}")).await, -1, "it does not expire");
    assert_eq!(store.read(&user("alice")).await.unwrap().version.get(), read, "and stays");
}

#[tokio::test]
async fn a_bump_writes_the_larger_of_the_old_value_plus_1_and_the_clock() {
    let redis = RedisServer::start();
    let store = redis.store();
    let far_ahead = clock(&redis).await + 1_000_000_000_000;
    redis.does::<()>(&format!("SET {KEY} {far_ahead}")).await;
    assert_eq!(store.bump(&user("alice")).await.unwrap().get(), far_ahead + 1);
    redis.does::<()>(&format!("SET {KEY} 5 EX 300")).await;
    let now = clock(&redis).await;
    assert!(store.bump(&user("alice")).await.unwrap().get() >= now);
    assert_eq!(redis.does::<i64>(&format!("TTL {KEY}")).await, -1, "a bump ends a time to live");
}

/// H5: after a flush or an eviction no number is used twice.
#[tokio::test]
async fn versions_never_repeat_across_flushall_and_del() {
    let redis = RedisServer::start();
    let versions = patient(&redis);
    let app = app(&versions);
    let (mut seen, mut last) = (HashSet::new(), 0);
    for round in 0..100 {
        match round % 10 {
            3 => redis.does("FLUSHALL").await,
            6 => redis.does(&format!("DEL {KEY}")).await,
            _ => {}
        }
        let read = get(&app, "/", "alice").await.version().unwrap();
        let bumped = post(&app, "/bump", "alice").await.version().unwrap();
        assert!(read >= last && bumped > read, "{last} <= {read} < {bumped}");
        assert!(seen.insert(bumped), "{bumped} was used twice");
        last = bumped;
    }
}

/// Another writer, Django for one, uses INCR.
#[tokio::test]
async fn plain_incr_and_our_bumps_alternate_without_loss() {
    let redis = RedisServer::start();
    let store = redis.store();
    let mut last = store.read(&user("alice")).await.unwrap().version.get();
    for _ in 0..100 {
        let theirs: u64 = redis.does(&format!("INCR {KEY}")).await;
        assert_eq!(theirs, last + 1, "it builds on ours");
        assert_eq!(store.read(&user("alice")).await.unwrap().version.get(), theirs, "we read theirs");
        let ours = store.bump(&user("alice")).await.unwrap().get();
        assert!(ours > theirs);
        last = ours;
    }
}

#[tokio::test]
async fn a_counter_that_another_server_started_at_1_is_taken_as_it_is() {
    let redis = RedisServer::start();
    let store = redis.store();
    redis.does::<()>(&format!("SET {KEY} 1")).await;
    assert_eq!(store.read(&user("alice")).await.unwrap().version.get(), 1);
    assert_eq!(redis.does::<u64>(&format!("INCR {KEY}")).await, 2);
    assert_eq!(store.read(&user("alice")).await.unwrap().version.get(), 2);
}

#[tokio::test]
async fn bumps_at_the_same_time_are_all_counted() {
    let redis = RedisServer::start();
    let far_ahead = clock(&redis).await + 1_000_000_000_000;
    redis.does::<()>(&format!("SET {KEY} {far_ahead}")).await;
    let mut bumps = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = redis.store();
        bumps.spawn(async move {
            let mut versions = Vec::new();
            for _ in 0..100 {
                versions.push(store.bump(&user("alice")).await.unwrap().get());
            }
            versions
        });
    }
    let all: Vec<u64> = bumps.join_all().await.into_iter().flatten().collect();
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 400);
    assert_eq!(all.into_iter().max(), Some(far_ahead + 400));
}

#[tokio::test]
async fn the_prefix_and_the_database_number_are_those_of_the_configuration() {
    let redis = RedisServer::start();
    let plain = RedisStore::new(redis.config().prefix(KeyPrefix::plain("shop")));
    let django = RedisStore::new(redis.config().prefix(KeyPrefix::django("shop", 1)));
    for (store, key) in [(plain, "shop:cache_user_version:alice"), (django, "shop:1:cache_user_version:alice")] {
        let version = store.bump(&user("alice")).await.unwrap().get();
        assert_eq!(redis.does::<u64>(&format!("GET {key}")).await, version, "{key}");
    }
    assert!(redis.does::<String>("INFO keyspace").await.contains("db1:keys=2"));
}

#[tokio::test]
async fn the_enabled_flag_is_shared_and_enabled_is_the_default() {
    let redis = RedisServer::start();
    let [here, elsewhere] = [redis.store(), redis.store()];
    assert!(here.read(&user("alice")).await.unwrap().enabled);
    here.set_enabled(&user("alice"), false).await.unwrap();
    assert!(!elsewhere.read(&user("alice")).await.unwrap().enabled);
    assert!(elsewhere.read(&user("bob")).await.unwrap().enabled);
    elsewhere.set_enabled(&user("alice"), true).await.unwrap();
    assert!(here.read(&user("alice")).await.unwrap().enabled);
    for (value, enabled) in [("1", true), ("true", true), ("0", false), ("false", false), ("maybe", false)] {
        redis.does::<()>(&format!("SET cache_enabled:alice {value}")).await;
        assert_eq!(here.read(&user("alice")).await.unwrap().enabled, enabled, "{value}");
    }
}

/// H4a, H5: unknown, counted, and never overwritten.
#[tokio::test]
async fn a_value_that_is_no_version_is_left_alone_and_reported() {
    let redis = RedisServer::start();
    let versions = patient(&redis);
    let app = app(&versions);
    for garbage in ["abc", "007", "5.0", "9007199254740992", "99999999999999999999"] {
        redis.does::<()>(&format!("SET {KEY} {garbage}")).await;
        let counted = versions.counts().not_a_version;
        let answer = get(&app, "/", "alice").await;
        assert_eq!((answer.version(), answer.enabled()), (None, None), "{garbage}");
        assert_eq!(answer.body, "hello");
        assert_eq!(versions.counts().not_a_version, counted + 1);
        assert_eq!(redis.store().bump(&user("alice")).await, Err(StoreError::NotAVersion), "{garbage}");
        assert_eq!(redis.does::<String>(&format!("GET {KEY}")).await, garbage, "untouched");
        assert_eq!(health(&app).await, ("warn".into(), vec!["not_a_version".into()]), "{garbage}");
        assert!(get(&app, "/", "bob").await.version().is_some(), "others are not affected");
    }
    redis.does::<()>(&format!("DEL {KEY}")).await;
    redis.does::<()>(&format!("LPUSH {KEY} 5")).await;
    assert_eq!(get(&app, "/", "alice").await.version(), None, "a list");
    assert_eq!(redis.store().bump(&user("alice")).await, Err(StoreError::NotAVersion), "a list");
    assert_eq!(redis.does::<String>(&format!("TYPE {KEY}")).await, "list");

    redis.does::<()>(&format!("DEL {KEY}")).await;
    assert_eq!(health(&app).await, ("pass".into(), vec![]), "mended");
    assert!(get(&app, "/", "alice").await.version().is_some());
}

#[tokio::test]
async fn bumping_everybody_raises_every_version_and_touches_nothing_else() {
    let redis = RedisServer::start();
    let store = redis.store();
    let mut before = Vec::new();
    for number in 0..600 {
        before.push(store.read(&user(&format!("u{number}"))).await.unwrap().version.get());
    }
    redis.does::<()>("SET cache_user_version:garbage abc").await;
    redis.does::<()>("SET invoice_seq_2026 7").await;
    store.bump_everyone().await.unwrap();
    for (number, before) in before.into_iter().enumerate() {
        assert!(store.read(&user(&format!("u{number}"))).await.unwrap().version.get() > before);
    }
    assert_eq!(redis.does::<String>("GET cache_user_version:garbage").await, "abc");
    assert_eq!(redis.does::<u64>("GET invoice_seq_2026").await, 7);
}

#[tokio::test]
async fn an_eviction_policy_that_evicts_versions_is_a_warning_with_the_cure() {
    let redis = RedisServer::start_with(&["--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"]);
    let versions = patient(&redis);
    let body = send(&app(&versions), request("GET", "/health", None)).await.json();
    assert_eq!(body["status"], "warn");
    assert_eq!(body["warnings"][0]["code"], "store_setup");
    assert!(body["warnings"][0]["cure"].as_str().unwrap().contains("volatile-lru"), "{body}");
}
