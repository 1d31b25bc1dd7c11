//! Versions that are a sum of counters (H5a), against a real redis-server.
#![allow(missing_docs)]

mod support;

use std::time::Duration;

use hybrid_cache_tower::{
    Reading, Tenant, User, Versions,
    store::{RedisStore, StoreError, VersionStore},
};
use support::{redis::RedisServer, user};

fn composed(redis: &RedisServer) -> RedisStore {
    RedisStore::new(redis.config().composed())
}

fn versions(redis: &RedisServer) -> Versions {
    Versions::builder(composed(redis)).request_budget(Duration::from_secs(60)).build()
}

fn tenant(id: &str) -> Tenant {
    Tenant::new(id).expect("a test's tenant is valid")
}

fn of(id: &str, tenant_id: &str) -> User {
    user(id).in_tenant(tenant(tenant_id))
}

async fn number(store: &RedisStore, user: &User) -> u64 {
    store.read(user).await.expect("Redis answers").version.get()
}

#[tokio::test]
async fn each_part_raises_the_sum_and_only_of_those_it_belongs_to() {
    let redis = RedisServer::start();
    let store = composed(&redis);
    let [alice, bob, carol] = [of("alice", "acme"), of("bob", "acme"), of("carol", "other")];
    let all = async || [number(&store, &alice).await, number(&store, &bob).await, number(&store, &carol).await];

    let before = all().await;
    assert_eq!(store.bump(&alice).await.unwrap().get(), number(&store, &alice).await, "the sum, not the part");
    let after = all().await;
    assert!(after[0] > before[0] && after[1..] == before[1..], "alice: {before:?} {after:?}");

    let before = after;
    store.bump_tenant(&tenant("acme")).await.unwrap();
    let after = all().await;
    assert!(after[0] > before[0] && after[1] > before[1] && after[2] == before[2], "acme: {before:?} {after:?}");

    let before = after;
    store.bump_everyone().await.unwrap();
    let after = all().await;
    assert!(before.iter().zip(&after).all(|(before, after)| after > before), "everybody: {before:?} {after:?}");
}

#[tokio::test]
async fn everybody_is_raised_by_one_write() {
    let redis = RedisServer::start();
    let store = composed(&redis);
    for id in 0..500 {
        number(&store, &user(&id.to_string())).await;
    }
    let writes = async || {
        let stats: String = redis.does("INFO commandstats").await;
        let line = stats.lines().find_map(|line| line.strip_prefix("cmdstat_set:calls=")).unwrap();
        line.split(',').next().unwrap().parse::<u64>().unwrap()
    };
    let before = writes().await;
    store.bump_everyone().await.unwrap();
    assert_eq!(writes().await, before + 1);
}

/// The new tenant's counter is far below the old one's.
#[tokio::test]
async fn a_user_who_moves_gets_a_higher_version_wherever_to() {
    let redis = RedisServer::start();
    let store = composed(&redis);
    redis.does::<()>("SET cache_tenant_version:young 5").await;
    let steps = [
        (None, of("alice", "old")),
        (Some("old"), of("alice", "young")),
        (Some("young"), user("alice")),
        (None, of("alice", "old")),
    ];
    let mut last = number(&store, &user("alice")).await;
    for (from, to) in steps {
        // What it would be without a word of the move may well be lower.
        let moved = store.move_user(&to, from.map(tenant).as_ref()).await.unwrap().get();
        assert!(moved > last, "{from:?}: {moved} <= {last}");
        assert_eq!(number(&store, &to).await, moved);
        last = moved;
    }
}

#[tokio::test]
async fn no_part_runs_ahead_of_the_clock_so_that_a_flush_repeats_nothing() {
    let redis = RedisServer::start();
    let store = composed(&redis);
    redis.does::<()>("SET cache_tenant_version:young 5").await;
    let mut last = 0;
    for round in 0..20 {
        let (here, from) = if round % 2 == 0 { ("young", "old") } else { ("old", "young") };
        let alice = of("alice", here);
        let moved = store.move_user(&alice, Some(&tenant(from))).await.unwrap().get();
        assert!(moved > last, "{moved} <= {last}");
        store.bump_tenant(&tenant(here)).await.unwrap();
        last = store.bump(&alice).await.unwrap().get();
        if round % 5 == 4 {
            redis.does::<()>("FLUSHALL").await;
            let fresh = number(&store, &alice).await;
            assert!(fresh > last, "{fresh} <= {last} after a flush");
            last = fresh;
        }
    }
}

/// H5a: any unknown part makes it absent.
#[tokio::test]
async fn a_part_that_is_no_version_makes_the_version_unknown_and_stays() {
    let redis = RedisServer::start();
    let store = composed(&redis);
    let alice = of("alice", "acme");
    for key in ["cache_user_version:alice", "cache_tenant_version:acme", "cache_global_version"] {
        number(&store, &alice).await;
        redis.does::<()>(&format!("SET {key} abc")).await;
        assert_eq!(store.read(&alice).await, Err(StoreError::NotAVersion), "{key}");
        assert_eq!(redis.does::<String>(&format!("GET {key}")).await, "abc");
        redis.does::<()>(&format!("DEL {key}")).await;
    }
}

/// H5: it came back with an older snapshot, and the bumps since then are gone.
#[tokio::test]
async fn a_redis_that_was_restarted_counts_as_a_bump_of_everybody() {
    let mut redis = RedisServer::start();
    let versions = versions(&redis);
    let known = async |versions: &Versions, user: &User| loop {
        if let Reading::Known(known) = versions.read(user).await {
            return known.version.get();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let [alice, bob] = [of("alice", "acme"), user("bob")];
    let untouched = [known(&versions, &alice).await, known(&versions, &bob).await];
    redis.does::<()>("SAVE").await;
    versions.bump(&alice).await;
    let lost = known(&versions, &alice).await;
    redis.kill();
    redis.run();
    // Another process may have the first word: the counters themselves remember.
    let other = self::versions(&redis);
    let alice_after = known(&other, &alice).await;
    assert!(alice_after > lost && lost > untouched[0], "{} < {lost} < {alice_after}", untouched[0]);
    assert!(known(&other, &bob).await > untouched[1]);
    assert_eq!(known(&versions, &alice).await, alice_after, "the first process agrees: once is enough");
    assert_eq!(known(&self::versions(&redis), &alice).await, alice_after, "and a third");
}
