//! The query cache, in memory and in a real Redis.
#![allow(missing_docs)]

mod support;

use std::{
    collections::HashSet,
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    time::Duration,
};

use hybrid_cache_tower::{
    Bumped, User, Versions,
    query::{Invalidated, MemoryQueries, Query, QueryCache, RedisQueries},
    store::MemoryStore,
};
use support::{redis::RedisServer, user};
use tokio::sync::Semaphore;

const PATIENCE: Duration = Duration::from_secs(60);

/// One process: its versions and its query cache.
#[derive(Clone)]
struct Node {
    versions: Versions,
    cache: QueryCache,
}

fn in_memory() -> Node {
    let versions = Versions::new(MemoryStore::new());
    Node { cache: QueryCache::new(versions.clone(), MemoryQueries::new(1 << 20)), versions }
}

fn in_redis(redis: &RedisServer, budget: Duration) -> Node {
    let store = redis.store();
    let queries = RedisQueries::new(&store).unwrap();
    let versions = Versions::builder(store).request_budget(budget).build();
    Node { cache: QueryCache::builder(versions.clone(), queries).lease(PATIENCE).build(), versions }
}

fn query(text: &str, tags: &[&str]) -> Query {
    Query::new(text, PATIENCE, tags).unwrap()
}

async fn ask(node: &Node, who: &User, query: &Query, value: u32) -> u32 {
    node.cache.get_or_load(who, query, async || Ok::<_, Infallible>(value)).await.unwrap()
}

/// A loader that waits for a cue, and says how often it was begun.
#[derive(Clone)]
struct Held {
    begun: Arc<AtomicU32>,
    go: Arc<Semaphore>,
}

impl Held {
    fn new() -> Self {
        Self { begun: Arc::default(), go: Arc::new(Semaphore::new(0)) }
    }

    /// Asks in the background.
    fn ask(&self, node: &Node, query: &Query, value: u32) -> tokio::task::JoinHandle<u32> {
        let (node, query, held) = (node.clone(), query.clone(), self.clone());
        tokio::spawn(async move {
            let load = async || {
                held.begun.fetch_add(1, SeqCst);
                held.go.acquire().await.unwrap().forget();
                Ok::<_, Infallible>(value)
            };
            node.cache.get_or_load(&user("alice"), &query, load).await.unwrap()
        })
    }

    async fn until_begun(&self, times: u32) {
        until("a loader to begin", async || self.begun.load(SeqCst) >= times).await;
    }
}

async fn until(what: &str, mut enough: impl AsyncFnMut() -> bool) {
    for _ in 0..12_000 {
        if enough().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("within a minute there was not: {what}");
}

/// What holds for every store.
async fn keeps_and_forgets(node: Node) {
    let [alice, bob] = ["alice", "bob"].map(user);
    let [invoices, both] = [query("list", &["invoices"]), query("sum", &["invoices", "rates"])];
    assert_eq!(ask(&node, &alice, &invoices, 1).await, 1);
    assert_eq!(ask(&node, &alice, &invoices, 2).await, 1, "kept");
    assert_eq!(ask(&node, &bob, &invoices, 3).await, 3, "bob's own");
    assert_eq!(ask(&node, &alice, &both, 4).await, 4);

    assert!(matches!(node.versions.bump(&alice).await, Bumped::To(_)));
    assert_eq!(ask(&node, &alice, &invoices, 5).await, 5, "another version");
    assert_eq!(ask(&node, &bob, &invoices, 6).await, 3, "bob's is as it was");
    assert_eq!(ask(&node, &alice, &both, 7).await, 7);

    assert_eq!(node.cache.invalidate(&["rates"]).await.unwrap(), Invalidated::Now);
    assert_eq!(ask(&node, &alice, &invoices, 8).await, 5, "does not depend on it");
    assert_eq!(ask(&node, &alice, &both, 9).await, 9);
    node.cache.invalidate(&["invoices"]).await.unwrap();
    assert_eq!(ask(&node, &alice, &invoices, 10).await, 10);
    assert_eq!(ask(&node, &bob, &invoices, 11).await, 11, "whoever wrote: it was bob's data, too");
    assert_eq!(node.cache.invalidate_everything().await, Invalidated::Now);
    assert_eq!(ask(&node, &bob, &invoices, 12).await, 12);
    assert!(node.cache.invalidate(&["invoices", "no tag"]).await.is_err());
    assert_eq!(ask(&node, &bob, &invoices, 13).await, 12, "nothing was invalidated");

    node.versions.set_enabled(&bob, false).await.unwrap();
    assert_eq!(ask(&node, &bob, &invoices, 14).await, 14);
    assert_eq!(node.cache.counts().bypassed, 1);
}

#[tokio::test]
async fn answers_are_kept_and_forgotten_in_memory() {
    keeps_and_forgets(in_memory()).await;
}

#[tokio::test]
async fn answers_are_kept_and_forgotten_in_redis() {
    let redis = RedisServer::start();
    keeps_and_forgets(in_redis(&redis, PATIENCE)).await;
}

/// An invalidation reaches answers that are being computed.
async fn does_not_keep_what_was_overtaken(node: Node) {
    let query = query("list", &["invoices"]);
    let held = Held::new();
    let old = held.ask(&node, &query, 1);
    held.until_begun(1).await;
    node.cache.invalidate(&["invoices"]).await.unwrap();
    let new = held.ask(&node, &query, 2);
    held.until_begun(2).await; // who asks after the invalidation does not join the older flight
    held.go.add_permits(2);
    assert_eq!((old.await.unwrap(), new.await.unwrap()), (1, 2));
    let kept = ask(&node, &user("alice"), &query, 3).await;
    assert!(kept == 2 || kept == 3, "{kept}: what was read before the invalidation is not given after it");
}

#[tokio::test]
async fn what_was_overtaken_by_an_invalidation_is_not_kept_in_memory() {
    does_not_keep_what_was_overtaken(in_memory()).await;
}

#[tokio::test]
async fn what_was_overtaken_by_an_invalidation_is_not_kept_in_redis() {
    let redis = RedisServer::start();
    does_not_keep_what_was_overtaken(in_redis(&redis, PATIENCE)).await;
}

#[tokio::test]
async fn one_of_many_in_a_process_computes() {
    let node = in_memory();
    let (query, held) = (query("list", &[]), Held::new());
    let asking: Vec<_> = (0..50).map(|value| held.ask(&node, &query, value)).collect();
    held.until_begun(1).await;
    held.go.add_permits(50);
    let mut answers = HashSet::new();
    for each in asking {
        answers.insert(each.await.unwrap());
    }
    assert_eq!((held.begun.load(SeqCst), answers.len(), node.cache.counts().loads), (1, 1, 1));
}

#[tokio::test]
async fn one_of_several_processes_computes() {
    let redis = RedisServer::start();
    let nodes = [(); 4].map(|()| in_redis(&redis, PATIENCE));
    let (query, held) = (query("list", &["invoices"]), Held::new());
    let first = held.ask(&nodes[0], &query, 7);
    held.until_begun(1).await;
    let others: Vec<_> = nodes[1..].iter().map(|node| held.ask(node, &query, 8)).collect();
    // They have seen that there is nothing yet, and wait.
    let mut commands = 0;
    until("the others to look", async || {
        let info: String = redis.does("INFO commandstats").await;
        commands = info.matches("cmdstat_set:calls=").count();
        let calls = info.lines().find_map(|line| line.strip_prefix("cmdstat_set:calls=")).unwrap();
        calls.split(',').next().unwrap().parse::<u32>().unwrap() >= 8
    })
    .await;
    held.go.add_permits(4);
    assert_eq!(first.await.unwrap(), 7);
    for other in others {
        assert_eq!(other.await.unwrap(), 7);
    }
    assert_eq!(held.begun.load(SeqCst), 1);
}

#[tokio::test]
async fn a_process_that_dies_while_computing_keeps_nobody_waiting_for_longer_than_its_lease() {
    let redis = RedisServer::start();
    let store = redis.store();
    let versions = Versions::builder(store.clone()).request_budget(PATIENCE).build();
    let queries = RedisQueries::new(&store).unwrap();
    let cache = QueryCache::builder(versions.clone(), queries).lease(Duration::from_millis(50)).build();
    let dying = Node { versions, cache };
    let (query, held) = (query("list", &[]), Held::new());
    let lost = held.ask(&dying, &query, 1);
    held.until_begun(1).await;
    lost.abort();
    assert_eq!(ask(&in_redis(&redis, PATIENCE), &user("alice"), &query, 2).await, 2);
}

#[tokio::test]
async fn an_error_is_shared_and_not_kept() {
    let node = in_memory();
    let (alice, query) = (user("alice"), query("list", &[]));
    let failing = async || Err::<u32, _>("no database");
    let [one, two] = [node.cache.get_or_load(&alice, &query, failing), node.cache.get_or_load(&alice, &query, failing)];
    let (one, two) = tokio::join!(one, two);
    assert_eq!((*one.unwrap_err(), *two.unwrap_err()), ("no database", "no database"));
    assert_eq!(ask(&node, &alice, &query, 1).await, 1);
}

/// Only time is stretched (S2).
async fn gives_what_is_too_old_when_the_loader_fails(node: Node) {
    let alice = user("alice");
    let brief = Query::new("list", Duration::from_millis(1), &["invoices"]).unwrap().stale_if_error(PATIENCE);
    let failing = async || Err::<u32, _>("no database");
    assert_eq!(ask(&node, &alice, &brief, 1).await, 1);
    until("an answer that is too old", async || {
        assert_eq!(node.cache.get_or_load(&alice, &brief, failing).await, Ok(1));
        node.cache.counts().stale == 1
    })
    .await;
    node.cache.invalidate(&["invoices"]).await.unwrap();
    assert!(node.cache.get_or_load(&alice, &brief, failing).await.is_err(), "it is known to be wrong");
    assert_eq!(ask(&node, &alice, &brief, 2).await, 2);
    node.versions.bump(&alice).await;
    assert!(node.cache.get_or_load(&alice, &brief, failing).await.is_err(), "it is of another version");
    let strict = Query::new("strict", Duration::from_millis(1), &[]).unwrap();
    assert_eq!(ask(&node, &alice, &strict, 3).await, 3);
    until("an end of its time", async || node.cache.get_or_load(&alice, &strict, failing).await.is_err()).await;
}

#[tokio::test]
async fn stale_on_error_in_memory() {
    gives_what_is_too_old_when_the_loader_fails(in_memory()).await;
}

#[tokio::test]
async fn stale_on_error_in_redis() {
    let redis = RedisServer::start();
    gives_what_is_too_old_when_the_loader_fails(in_redis(&redis, PATIENCE)).await;
}

#[tokio::test]
async fn every_key_but_the_version_has_a_time_to_live() {
    let redis = RedisServer::start();
    let node = in_redis(&redis, PATIENCE);
    let held = Held::new();
    ask(&node, &user("alice"), &query("list", &["invoices", "rates"]), 1).await;
    node.cache.invalidate(&["rates", "unheard-of"]).await.unwrap();
    let under_way = held.ask(&node, &query("other", &["invoices"]), 1);
    held.until_begun(1).await;
    let keys: Vec<String> = redis.does("KEYS *").await;
    let is = |part: &str| keys.iter().filter(|key| key.contains(part)).count();
    assert_eq!((is(":cacheops:hc:"), is("hc:tag:"), is(":lease:"), keys.len()), (2, 4, 1, 7), "{keys:?}");
    for key in &keys {
        let ttl = redis.does::<i64>(&format!("TTL {key}")).await;
        assert_eq!(ttl > 0, !key.starts_with("cache_user_version:"), "{key}: {ttl}");
    }
    held.go.add_permits(1);
    under_way.await.unwrap();
    assert!(
        !redis.does::<Vec<String>>("KEYS *").await.iter().any(|key| key.contains(":lease:")),
        "the lease was ended"
    );
}

#[tokio::test]
async fn after_a_flush_nothing_old_is_given() {
    let redis = RedisServer::start();
    let node = in_redis(&redis, PATIENCE);
    let (alice, query) = (user("alice"), query("list", &["invoices"]));
    for round in 0..5 {
        assert_eq!(ask(&node, &alice, &query, round).await, round);
        // The tag alone, as an eviction takes it.
        redis.does::<()>("DEL hc:tag:invoices").await;
        assert_eq!(ask(&node, &alice, &query, round + 10).await, round + 10);
        redis.does::<()>("FLUSHALL").await;
    }
}

#[tokio::test]
async fn what_others_keep_under_our_keys_is_never_an_answer_nor_an_error() {
    let redis = RedisServer::start();
    let node = in_redis(&redis, PATIENCE);
    let (alice, query) = (user("alice"), query("list", &["invoices"]));
    ask(&node, &alice, &query, 1).await;
    let keys: Vec<String> = redis.does("KEYS cache:*").await;
    // A number, text, JSON, the beginning of a frame.
    for (value, answer) in [("5", 2), ("I1", 3), ("[1]", 4), ("\u{ff}hcq\u{1}", 5)] {
        redis.does::<()>(&format!("SET {} {value}", keys[0])).await;
        assert_eq!(ask(&node, &alice, &query, answer).await, answer, "{value:?}");
        assert_eq!(ask(&node, &alice, &query, 99).await, answer, "and a frame is there again");
    }
    // Of another kind.
    for key in [keys[0].as_str(), "hc:tag:invoices"] {
        redis.does::<()>(&format!("DEL {key}")).await;
        redis.does::<()>(&format!("LPUSH {key} x")).await;
        for answer in 6..12 {
            assert_eq!(ask(&node, &alice, &query, answer).await, answer);
        }
        assert!(node.versions.health().await.warnings.is_empty(), "it is no outage");
        redis.does::<()>(&format!("DEL {key}")).await;
    }
    assert_eq!(ask(&node, &alice, &query, 20).await, 20);
}

#[tokio::test]
async fn answers_of_another_shape_are_computed() {
    let node = in_memory();
    let (alice, query) = (user("alice"), query("list", &[]));
    ask(&node, &alice, &query, 1).await;
    let text = node.cache.get_or_load(&alice, &query, async || Ok::<_, Infallible>("one".to_owned())).await.unwrap();
    assert_eq!(text, "one");
    // What JSON does not know is given and not kept.
    let odd = self::query("odd", &[]);
    for _ in 0..2 {
        let map = std::collections::BTreeMap::from([((1, 2), 3)]);
        let given = node.cache.get_or_load(&alice, &odd, async || Ok::<_, Infallible>(map.clone())).await.unwrap();
        assert_eq!(given, map);
    }
    assert_eq!(node.cache.counts().loads, 4);
}

#[tokio::test]
async fn memory_holds_no_more_bytes_than_it_was_given() {
    let queries = MemoryQueries::new(100_000);
    let versions = Versions::new(MemoryStore::new());
    let cache = QueryCache::builder(versions, queries.clone()).largest_answer(20_000).build();
    let alice = user("alice");
    let text = |length: usize| async move || Ok::<_, Infallible>("x".repeat(length));
    for number in 0..200 {
        let query = query(&number.to_string(), &[]);
        cache.get_or_load(&alice, &query, text(5_000)).await.unwrap();
    }
    let bytes = queries.bytes().await;
    assert!(bytes > 50_000 && bytes <= 100_000, "{bytes}");
    let large = query("large", &[]);
    for _ in 0..2 {
        assert_eq!(cache.get_or_load(&alice, &large, text(20_000)).await.unwrap().len(), 20_000);
    }
    assert_eq!((cache.counts().too_large, cache.counts().loads), (2, 202));
}

#[tokio::test]
async fn a_store_that_is_frozen_or_gone_is_no_error_and_an_invalidation_is_made_good() {
    let mut redis = RedisServer::start();
    let hasty = in_redis(&redis, Duration::from_millis(50));
    let other = in_redis(&redis, PATIENCE);
    let (alice, list, rates) = (user("alice"), query("list", &["invoices"]), query("rates", &["rates"]));
    until("an answer that is kept", async || ask(&hasty, &alice, &list, 1).await == 1 && hasty.cache.counts().hits > 0)
        .await;
    redis.freeze();
    for answer in 2..10 {
        assert_eq!(ask(&hasty, &alice, &list, answer).await, answer);
    }
    assert_eq!(hasty.cache.invalidate(&["invoices"]).await.unwrap(), Invalidated::Later);
    redis.thaw();
    until("a new answer for the other process", async || ask(&other, &alice, &list, 20).await == 20).await;
    until("answers that are kept again", async || {
        let before = hasty.cache.counts().hits;
        ask(&hasty, &alice, &rates, 30).await;
        hasty.cache.counts().hits > before
    })
    .await;
    assert_ne!(ask(&hasty, &alice, &list, 40).await, 1);

    redis.kill();
    assert_eq!(ask(&hasty, &alice, &list, 50).await, 50);
    assert_eq!(hasty.cache.invalidate(&["invoices"]).await.unwrap(), Invalidated::Later);
    redis.run();
    until("answers that are kept again", async || {
        let before = hasty.cache.counts().hits;
        ask(&hasty, &alice, &list, 60).await;
        hasty.cache.counts().hits > before
    })
    .await;
}

#[tokio::test]
async fn an_invalidation_whose_request_is_gone_happens_all_the_same() {
    let redis = RedisServer::start();
    let node = in_redis(&redis, PATIENCE);
    let (alice, list) = (user("alice"), query("list", &["invoices"]));
    ask(&node, &alice, &list, 1).await;
    redis.freeze();
    let invalidation = node.cache.clone();
    let task = tokio::spawn(async move { invalidation.invalidate(&["invoices"]).await });
    tokio::task::yield_now().await;
    task.abort();
    let _ = task.await;
    assert_eq!(node.cache.counts().postponed, 1);
    redis.thaw();
    until("a new answer for the other process", async || ask(&in_redis(&redis, PATIENCE), &alice, &list, 2).await == 2)
        .await;
}
