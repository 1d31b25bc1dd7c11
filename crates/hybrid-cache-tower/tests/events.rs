//! `GET /api/cache/events/`: what a user's open tabs hear.
#![allow(missing_docs)]

mod support;

use std::time::Duration;

use axum::{Router, body::BodyDataStream, http::StatusCode};
use futures_util::StreamExt;
use hybrid_cache_contract::control::VersionEvent;
use hybrid_cache_tower::{Versions, control::ControlApi, store::MemoryStore};
use support::{
    get, layer, post,
    redis::RedisServer,
    redis_app::{KEY, patient},
    request,
    scripted::{Mood, Scripted},
    send, user,
};
use tokio::time::{Instant, advance};
use tower::ServiceExt;

fn app(versions: &Versions) -> Router {
    ControlApi::new(versions.clone()).router().layer(layer(versions))
}

/// What a browser's `EventSource` makes of the stream, one event at a time.
struct Events {
    body: BodyDataStream,
    text: String,
}

/// What may arrive.
#[derive(Debug, PartialEq)]
enum Arrived {
    Version(u64, String),
    /// Nothing but a comment, or the time to retry.
    Nothing,
}

impl Events {
    async fn open(app: &Router, who: &str) -> Self {
        let response = app.clone().oneshot(request("GET", "/api/cache/events/", Some(who))).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let field = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(field("content-type").as_deref(), Some("text/event-stream"));
        assert_eq!(field("cache-control").as_deref(), Some("private, no-store"));
        assert_eq!(field("hybrid-cache-control").as_deref(), Some("no-store"));
        assert!(
            field("x-cache-version").is_some() || field("x-cache-scope").is_some(),
            "it is stamped like everything"
        );
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next block of the stream; `None` at its end.
    async fn next(&mut self) -> Option<Arrived> {
        let block = loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_owned();
                break block;
            }
            self.text.push_str(std::str::from_utf8(&self.body.next().await?.unwrap()).unwrap());
        };
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let Some(data) = field("data") else { return Some(Arrived::Nothing) };
        let event: VersionEvent = serde_json::from_str(data).unwrap();
        assert_eq!(field("event"), Some(VersionEvent::NAME));
        assert_eq!(field("id"), Some(event.version.to_string().as_str()));
        Some(Arrived::Version(event.version.get(), event.scope))
    }

    async fn version(&mut self) -> u64 {
        loop {
            match self.next().await.expect("the stream goes on") {
                Arrived::Version(version, _) => return version,
                Arrived::Nothing => {}
            }
        }
    }
}

#[tokio::test]
async fn the_current_version_comes_at_once_and_every_bump_after_it() {
    let versions = Versions::new(MemoryStore::new());
    let app = app(&versions);
    let status = get(&app, "/api/cache/status/", "alice").await;
    let mut events = Events::open(&app, "alice").await;
    let first = events.next().await;
    assert_eq!(first, Some(Arrived::Version(status.version().unwrap(), status.field("x-cache-scope").unwrap())));
    for _ in 0..10 {
        let bumped = post(&app, "/api/cache/clear/", "alice").await.version().unwrap();
        assert_eq!(events.version().await, bumped);
    }
}

#[tokio::test]
async fn one_bump_reaches_all_streams_of_the_user_and_nobody_elses() {
    let versions = Versions::new(MemoryStore::new());
    let app = app(&versions);
    let mut alices = Vec::new();
    for _ in 0..20 {
        let mut events = Events::open(&app, "alice").await;
        events.version().await;
        alices.push(events);
    }
    let mut bobs = Events::open(&app, "bob").await;
    bobs.version().await;
    versions.bump(&user("alice")).await;
    let bumped = get(&app, "/api/cache/status/", "alice").await.version().unwrap();
    for events in &mut alices {
        assert_eq!(events.version().await, bumped);
    }
    let bob = post(&app, "/api/cache/clear/", "bob").await.version().unwrap();
    assert_eq!(bobs.version().await, bob, "alice's bump was not told to bob");
    versions.bump_everyone().await.unwrap();
    assert!(bobs.version().await > bob && alices[0].version().await > bumped);
}

/// Django's `INCR`, told by Redis itself.
#[tokio::test]
async fn what_another_writer_of_the_same_redis_does_is_told() {
    let mut redis = RedisServer::start();
    let versions = patient(&redis);
    let app = app(&versions);
    let mut events = Events::open(&app, "alice").await;
    let first = events.version().await;
    let theirs: u64 = redis.does(&format!("INCR {KEY}")).await;
    assert_eq!((events.version().await, theirs), (first + 1, first + 1));
    redis.does::<()>("FLUSHALL").await;
    let flushed = events.version().await;
    assert!(flushed > theirs);
    redis.kill();
    redis.run();
    assert!(events.version().await > flushed, "the stream outlives Redis");
}

#[tokio::test(start_paused = true)]
async fn a_stream_shows_that_it_is_alive_and_ends_after_its_time() {
    let versions = Versions::new(MemoryStore::new());
    let app = app(&versions);
    let mut events = Events::open(&app, "alice").await;
    events.version().await;
    let began = Instant::now();
    let mut comments = 0;
    while let Some(arrived) = events.next().await {
        assert_eq!(arrived, Arrived::Nothing);
        comments += 1;
    }
    assert!(began.elapsed() >= Duration::from_secs(15 * 60) && began.elapsed() < Duration::from_secs(15 * 60 + 1));
    assert_eq!(comments, 15 * 60 / 25 - 1, "one every 25 s, and the end instead of the last");
}

/// H4a: nothing is told of what is not known, and it is told when it is.
#[tokio::test(start_paused = true)]
async fn an_unknown_version_is_told_as_soon_as_it_is_known() {
    let store = Scripted::new();
    let versions = Versions::new(store.clone());
    let app = app(&versions);
    store.is(Mood::Refuses);
    let mut events = Events::open(&app, "alice").await;
    assert_eq!(events.next().await, Some(Arrived::Nothing));
    store.is(Mood::Answers);
    assert_eq!(events.version().await, store.truth(&user("alice")).await);
}

#[tokio::test]
async fn whoever_is_not_signed_in_or_has_too_many_is_refused() {
    let versions = Versions::new(MemoryStore::new());
    let app = ControlApi::new(versions.clone()).event_streams_of_a_user(2).router().layer(layer(&versions));
    assert_eq!(send(&app, request("GET", "/api/cache/events/", None)).await.status, 401);
    assert_eq!(send(&app, request("POST", "/api/cache/events/", Some("alice"))).await.status, 405);
    let first = Events::open(&app, "alice").await;
    let _second = Events::open(&app, "alice").await;
    assert_eq!(versions.counts().now.watchers, 2);
    let third = get(&app, "/api/cache/events/", "alice").await;
    assert_eq!((third.status.as_u16(), &third.json()["code"]), (429, &"rate_limited".into()));
    Events::open(&app, "bob").await;
    drop(first);
    Events::open(&app, "alice").await;
}

#[tokio::test]
async fn who_hangs_up_is_forgotten() {
    let versions = Versions::new(MemoryStore::new());
    let app = app(&versions);
    for _ in 0..100 {
        Events::open(&app, "alice").await.version().await;
    }
    assert_eq!(versions.counts().now.watchers, 0);
}

/// A server that restarts must not see all its clients in the same moment.
#[tokio::test(start_paused = true)]
async fn the_time_to_retry_is_spread() {
    let versions = Versions::new(MemoryStore::new());
    let app = app(&versions);
    let mut seen = std::collections::HashSet::new();
    for _ in 0..40 {
        let mut events = Events::open(&app, "alice").await;
        let text = events.body.next().await.unwrap().unwrap();
        let text = std::str::from_utf8(&text).unwrap();
        let retry: u64 = text.lines().next().unwrap().strip_prefix("retry: ").unwrap().parse().unwrap();
        assert!((5_000..=60_000).contains(&retry), "{retry}");
        seen.insert(retry);
        advance(Duration::from_millis(1)).await;
    }
    assert!(seen.len() > 20, "{seen:?}");
}
