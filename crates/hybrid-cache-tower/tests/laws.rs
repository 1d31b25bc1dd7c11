//! The laws of a version, under faults, against a real redis-server:
//!
//! 1. It grows on every bump, and no value is used twice.
//! 2. A response labelled N holds what was committed before any bump to N or less.
//! 3. After a write, whatever became of its bump, no response carries a label from before it.
//! 4. Unknown is absent, never a made-up number.
//!
//! Reads, writes, another writer's INCR, FLUSHALL, DEL, a freeze and a kill come in random order.
//! `HYBRID_CACHE_LAW_STEPS` sets how many (default 1 500), `HYBRID_CACHE_LAW_SEED` which.
#![allow(missing_docs)]

mod support;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{Extension, Json, Router, routing::get};
use hybrid_cache_tower::{Caller, SignedIn, Versions};
use support::{Answer, get as get_as, layer, post as post_as, redis::RedisServer, user};
use tokio::task::yield_now;

const KEY: &str = "cache_user_version:alice";

/// What the application stores for its one user: how often it has been written.
type Data = Arc<AtomicU64>;

/// Now and then it takes as long as a write does, by asking Redis for something else.
async fn read(Extension(data): Extension<Data>, Extension(caller): Extension<Caller>) -> Json<u64> {
    yield_now().await;
    let read = data.load(Ordering::SeqCst);
    for _ in 0..read % 4 {
        caller.versions().read(&user("bob")).await;
    }
    Json(read)
}

async fn write(Extension(data): Extension<Data>, signed_in: SignedIn) -> Json<u64> {
    let pending = signed_in.pending_bump();
    for _ in 0..data.load(Ordering::SeqCst) % 6 {
        yield_now().await;
    }
    let written = data.fetch_add(1, Ordering::SeqCst) + 1;
    yield_now().await;
    pending.record().await;
    yield_now().await;
    Json(written)
}

/// SplitMix64, for a seed that can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// What has been seen so far, and the judgement of what comes.
#[derive(Default)]
struct Laws {
    /// The version that a write was stamped with, and what it had committed.
    bumps: BTreeMap<u64, u64>,
    highest: u64,
    labelled: u64,
}

impl Laws {
    /// No label below `floor` may be on a response to a request that departed after `floor` was known.
    fn judge(&mut self, answer: &Answer, floor: u64) {
        let Some(label) = answer.version() else {
            assert_ne!(answer.enabled().as_deref(), Some("true"), "law 4: enabled, and no version");
            return;
        };
        self.labelled += 1;
        assert!(label > 1_000_000_000_000_000, "law 4: {label} is no clock");
        assert!(label >= floor, "law 3: {label} was replaced by a finished write (at least {floor})");
        let data = answer.json().as_u64().expect("the body is a number");
        if let Some((bump, committed)) = self.bumps.range(..=label).next_back() {
            assert!(data >= *committed, "law 2: {label} holds {data}, but {bump} was made after {committed}");
        }
        self.highest = self.highest.max(label);
    }

    /// The same for the answer to a write. What was labelled before it departed is replaced now, whether the answer
    /// says by what (then by more: law 1) or its bump is still owed; answers the new floor.
    fn judge_write(&mut self, answer: &Answer, highest_before: u64) -> u64 {
        let floor = highest_before + 1;
        self.judge(answer, floor);
        if let Some(version) = answer.version() {
            let committed = answer.json().as_u64().expect("the body is a number");
            // Writes at the same time may be stamped with one version, that of the later bump.
            let made_after = self.bumps.entry(version).or_insert(committed);
            *made_after = (*made_after).min(committed);
        }
        floor
    }
}

fn from_env(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
}

#[tokio::test]
async fn the_laws_hold_under_faults() {
    let (steps, seed) = (from_env("HYBRID_CACHE_LAW_STEPS", 1_500), from_env("HYBRID_CACHE_LAW_SEED", 1));
    println!("{steps} steps with HYBRID_CACHE_LAW_SEED={seed}");
    let mut redis = RedisServer::start();
    let versions = Versions::builder(redis.store())
        .request_budget(Duration::from_millis(20))
        .probe_interval(Duration::from_millis(5))
        .build();
    let data = Data::default();
    let app = Router::new().route("/", get(read).post(write)).layer(Extension(data.clone())).layer(layer(&versions));
    let (mut random, mut laws) = (Random(seed), Laws::default());
    // No label below this may be seen any more.
    let mut floor = 0;
    for step in 0..steps {
        let before = laws.highest;
        match random.below(100) {
            0..50 => laws.judge(&get_as(&app, "/", "alice").await, floor),
            50..70 => floor = laws.judge_write(&post_as(&app, "/", "alice").await, before),
            70..85 => {
                // At the same time: what the write commits, and its label, may or may not be on the reads.
                let (one, write, two) =
                    tokio::join!(get_as(&app, "/", "alice"), post_as(&app, "/", "alice"), get_as(&app, "/", "alice"));
                let after = laws.judge_write(&write, before);
                laws.judge(&one, floor);
                laws.judge(&two, floor);
                floor = after;
            }
            85..92 => {
                let _: u64 = redis.does(&format!("EVAL {INCR_IF_THERE} 1 {KEY}")).await;
            }
            92..95 => redis.does("FLUSHALL").await,
            95..98 => redis.does(&format!("DEL {KEY}")).await,
            98 => {
                redis.freeze();
                for _ in 0..=random.below(5) {
                    laws.judge(&get_as(&app, "/", "alice").await, floor);
                    floor = laws.judge_write(&post_as(&app, "/", "alice").await, laws.highest);
                }
                redis.thaw();
                until_labelled(&app, &mut laws, floor).await;
            }
            _ => {
                redis.kill();
                for _ in 0..=random.below(5) {
                    laws.judge(&get_as(&app, "/", "alice").await, floor);
                    floor = laws.judge_write(&post_as(&app, "/", "alice").await, laws.highest);
                }
                redis.run();
                if random.below(2) == 0 {
                    // As from an older snapshot.
                    redis.does::<()>(&format!("SET {KEY} {}", laws.highest.max(1_700_000_000_000_000))).await;
                }
                until_labelled(&app, &mut laws, floor).await;
            }
        }
        if step % 100 == 0 {
            until_labelled(&app, &mut laws, floor).await;
        }
    }
    println!("{} labelled responses, {:?}", laws.labelled, versions.counts());
    assert!(laws.labelled > steps / 4, "too few responses were labelled to say anything: {}", laws.labelled);
}

/// What Django's `cache.incr` does: a counter that is not there is not started. (Without blanks: one argument.)
const INCR_IF_THERE: &str = "if(redis.call('EXISTS',KEYS[1])==1)then\treturn(redis.call('INCR',KEYS[1]))end\treturn(0)";

async fn until_labelled(app: &Router, laws: &mut Laws, floor: u64) {
    for _ in 0..12_000 {
        let answer = get_as(app, "/", "alice").await;
        laws.judge(&answer, floor);
        if answer.version().is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("no version was stamped again within a minute: {:?}", app);
}
