//! The laws of a version, under faults, against a real redis-server:
//!
//! 1. It grows on every bump.
//! 2. No number is used twice: after a write, whatever became of its bump, no response carries a label from before it.
//! 3. A response labelled N holds data read at version N or later: what was committed before any bump to N or less.
//! 4. Unknown is absent, never a made-up number.
//!
//! Reads, writes, another writer's INCR, FLUSHALL, DEL, evictions (8 MB, `allkeys-lru`), a freeze and a kill, with or
//! without an older snapshot, come in random order. Each law has mutants that break it.
//!
//! 5 000 steps, or 100 000 with `HYBRID_CACHE_FULL=1`; `HYBRID_CACHE_LAW_STEPS` and `HYBRID_CACHE_LAW_SEED` set others.
#![allow(missing_docs)]

mod application;
mod judge;
mod mutants;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use application::{Application, Order};
use hybrid_cache_tower::{
    Versions,
    store::{RedisStore, VersionStore},
};
use judge::{Laws, Violation};
use support::redis::RedisServer;

const KEY: &str = "cache_user_version:alice";
/// What Django's `cache.incr` does: a counter that is not there is not started. (Without blanks: one argument.)
const INCR_IF_THERE: &str = "if(redis.call('EXISTS',KEYS[1])==1)then\treturn(redis.call('INCR',KEYS[1]))end\treturn(0)";
/// Enough to push everything else out of 8 MB.
const FILL: &str = "for\ti=1,30\tdo\tredis.call('SET','junk'..i,string.rep('x',300000))end\treturn(0)";

#[tokio::test]
async fn the_laws_hold_under_faults() {
    let steps = steps();
    let seed = from_env("HYBRID_CACHE_LAW_SEED").unwrap_or(1);
    for composed in [false, true] {
        println!("{} steps with HYBRID_CACHE_LAW_SEED={seed}, composed: {composed}", steps / 2);
        let store =
            |redis: &RedisServer| RedisStore::new(if composed { redis.config().composed() } else { redis.config() });
        let mut world = World::new(store, Order::VersionFirst);
        world.snapshots = composed;
        let laws = world.run(steps / 2, seed).await.unwrap_or_else(|violation| panic!("{violation}"));
        println!("{} labelled responses, {:?}", laws.labelled, world.application.versions.counts());
        assert!(laws.labelled > steps / 8, "too few responses were labelled to say anything: {}", laws.labelled);
    }
}

/// Runs until the law is broken; some other may be broken before it.
async fn must_break<S: VersionStore>(law: u8, store: impl Fn(&RedisServer) -> S, order: Order) {
    for seed in 0..20 {
        match World::new(&store, order).run(2_000, seed).await {
            Err(violation) if violation.law == law => return,
            Err(violation) => println!("seed {seed}: {violation}"),
            Ok(_) => println!("seed {seed}: nothing was broken"),
        }
    }
    panic!("a server that breaks law {law} was not found out");
}

#[tokio::test]
async fn a_bump_that_does_not_grow_breaks_law_1() {
    must_break(1, mutants::NowAndThenDoesNotBump::new, Order::VersionFirst).await;
}

#[tokio::test]
async fn counters_that_begin_at_the_same_number_every_time_break_law_2() {
    must_break(2, mutants::BeginsAnew::new, Order::VersionFirst).await;
}

#[tokio::test]
async fn remembering_without_hearing_breaks_law_1() {
    must_break(1, mutants::NeverForgets::new, Order::VersionFirst).await;
}

#[tokio::test]
async fn reading_the_data_before_the_version_breaks_law_3() {
    must_break(3, RedisServer::store, Order::DataFirst).await;
}

#[tokio::test]
async fn a_made_up_version_breaks_law_4() {
    must_break(4, mutants::MakesUp::new, Order::VersionFirst).await;
}

fn steps() -> u64 {
    let full = std::env::var("HYBRID_CACHE_FULL").is_ok_and(|full| full == "1");
    from_env("HYBRID_CACHE_LAW_STEPS").unwrap_or(if full { 100_000 } else { 5_000 })
}

fn from_env(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
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

/// A Redis, a server, and what happens to them.
struct World {
    redis: RedisServer,
    application: Application,
    /// Whether a restart may bring back what is older than the last bump, which only composed versions bear (H5).
    snapshots: bool,
}

impl World {
    fn new<S: VersionStore>(store: impl Fn(&RedisServer) -> S, order: Order) -> Self {
        let redis = RedisServer::start_with(&["--maxmemory", "8mb", "--maxmemory-policy", "allkeys-lru"]);
        let versions = Versions::builder(store(&redis))
            .request_budget(Duration::from_millis(20))
            .probe_interval(Duration::from_millis(5))
            .build();
        Self { redis, application: Application::new(versions, order), snapshots: false }
    }

    async fn run(&mut self, steps: u64, seed: u64) -> Result<Laws, Violation> {
        let (mut random, mut laws) = (Random(seed), Laws::default());
        for step in 0..steps {
            match random.below(1_000) {
                0..500 => self.read(&mut laws).await?,
                500..680 => self.write(&mut laws).await?,
                680..850 => {
                    // At the same time: what the write commits, and its label, may or may not be on the reads.
                    let before = laws.mark();
                    let app = &self.application;
                    let (one, write, two) = tokio::join!(app.read(), app.write(), app.read());
                    laws.judge_write(&write, before)?;
                    laws.judge_read(&one, before)?;
                    laws.judge_read(&two, before)?;
                }
                850..920 => {
                    let _: u64 = self.redis.does(&format!("EVAL {INCR_IF_THERE} 1 {KEY}")).await;
                }
                920..950 => self.redis.does("FLUSHALL").await,
                950..975 => self.redis.does(&format!("DEL {KEY}")).await,
                975..982 => self.redis.does(&format!("EVAL {FILL} 0")).await,
                982..985 if self.snapshots => self.redis.does("SAVE").await,
                982..992 => {
                    self.redis.freeze();
                    self.use_it(&mut laws, random.below(5)).await?;
                    self.redis.thaw();
                    self.until_labelled(&mut laws).await?;
                }
                _ => {
                    self.redis.kill();
                    self.use_it(&mut laws, random.below(5)).await?;
                    self.redis.run();
                    self.until_labelled(&mut laws).await?;
                }
            }
            if step % 100 == 0 {
                self.until_labelled(&mut laws).await?;
            }
        }
        Ok(laws)
    }

    async fn read(&self, laws: &mut Laws) -> Result<(), Violation> {
        let before = laws.mark();
        laws.judge_read(&self.application.read().await, before)
    }

    async fn write(&self, laws: &mut Laws) -> Result<(), Violation> {
        let before = laws.mark();
        laws.judge_write(&self.application.write().await, before)
    }

    async fn use_it(&self, laws: &mut Laws, times: u64) -> Result<(), Violation> {
        for _ in 0..=times {
            self.read(laws).await?;
            self.write(laws).await?;
        }
        Ok(())
    }

    async fn until_labelled(&self, laws: &mut Laws) -> Result<(), Violation> {
        for _ in 0..12_000 {
            let labelled = laws.labelled;
            self.read(laws).await?;
            if laws.labelled > labelled {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("no version was stamped again within a minute: {:?}", self.application.versions.counts());
    }
}
