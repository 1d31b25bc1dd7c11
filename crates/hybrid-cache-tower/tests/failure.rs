//! Time limits, the breaker and the outbox (H4), on paused time: nothing here waits for a clock.
#![allow(missing_docs)]

mod support;

use std::{future::pending, time::Duration};

use axum::{Extension, Router, routing::any};
use hybrid_cache_tower::{
    Bumped, Caller, Reading, Versions,
    store::{Known, VersionStore},
};
use support::{
    Answer, get, layer, post, request,
    scripted::{Mood, Scripted},
    send, user,
};
use tokio::time::{Instant, advance, sleep};

const BUDGET: Duration = Duration::from_millis(50);
/// tokio's timers count whole milliseconds.
const BUDGET_AND_A_TICK: Duration = Duration::from_millis(51);
const PROBE_INTERVAL: Duration = Duration::from_millis(250);

async fn bumps(Extension(caller): Extension<Caller>) -> &'static str {
    match caller.bump().await {
        Some(Bumped::To(_)) => "recorded",
        Some(Bumped::Later) => "later",
        None => "anonymous",
    }
}

fn app(store: &Scripted) -> (Versions, Router) {
    let versions = Versions::new(store.clone());
    let app = Router::new().route("/", any(async || "hello")).route("/bump", any(bumps)).layer(layer(&versions));
    (versions, app)
}

/// What H4 asks for while a bump is owed.
fn is_owed(answer: &Answer) -> bool {
    answer.version().is_none() && answer.enabled().as_deref() == Some("false")
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_costs_a_request_50_ms_and_the_stamp() {
    for method in ["GET", "POST"] {
        let store = Scripted::new();
        let (_, app) = app(&store);
        store.is(Mood::Hangs);
        let began = Instant::now();
        let answer = send(&app, request(method, "/", Some("alice"))).await;
        assert!((BUDGET..=BUDGET_AND_A_TICK).contains(&began.elapsed()), "{method} took {:?}", began.elapsed());
        assert_eq!(answer.body, "hello");
        assert_eq!((answer.version(), answer.enabled()), (None, None));
    }
}

#[tokio::test(start_paused = true)]
async fn the_reads_of_the_layer_and_the_bumps_of_the_handler_share_one_budget() {
    async fn busy(Extension(caller): Extension<Caller>) -> &'static str {
        for other in ["bob", "carol", "dave"] {
            caller.versions().bump(&user(other)).await;
            caller.versions().read(&user(other)).await;
        }
        "done"
    }
    for method in ["GET", "POST"] {
        let store = Scripted::new();
        let versions = Versions::builder(store.clone()).failures_to_rest(1_000).build();
        let app = Router::new().route("/", any(busy)).layer(layer(&versions));
        store.is(Mood::Hangs);
        let began = Instant::now();
        assert_eq!(send(&app, request(method, "/", Some("alice"))).await.body, "done");
        assert!(began.elapsed() <= BUDGET_AND_A_TICK, "{method} took {:?}", began.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn after_three_failures_the_store_is_not_asked_any_more() {
    for mood in [Mood::Hangs, Mood::Refuses] {
        let store = Scripted::new();
        let (versions, app) = app(&store);
        store.is(mood);
        for _ in 0..3 {
            get(&app, "/", "alice").await;
        }
        let (asked, began) = (store.asked(), Instant::now());
        for who in ["alice", "bob"] {
            assert_eq!(get(&app, "/", who).await.body, "hello");
            assert_eq!(post(&app, "/bump", who).await.body, "later");
        }
        assert_eq!(began.elapsed(), Duration::ZERO, "{mood:?}");
        assert_eq!(store.asked(), asked, "{mood:?}");
        assert_eq!(versions.counts().store_errors, 3, "{mood:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_failure_among_answers_changes_nothing() {
    let store = Scripted::new();
    let (_, app) = app(&store);
    for _ in 0..10 {
        store.is(Mood::Refuses);
        assert_eq!(get(&app, "/", "alice").await.version(), None);
        store.is(Mood::Answers);
        assert!(get(&app, "/", "alice").await.version().is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn service_is_back_within_one_probe_interval() {
    let store = Scripted::new();
    let (_, app) = app(&store);
    store.is(Mood::Hangs);
    for _ in 0..3 {
        get(&app, "/", "alice").await;
    }
    sleep(10 * PROBE_INTERVAL).await;
    assert_eq!(get(&app, "/", "alice").await.version(), None);
    store.is(Mood::Answers);
    // A probe that hung when the store came back, the pause after it, and the probe that finds it well.
    sleep(BUDGET_AND_A_TICK + PROBE_INTERVAL + Duration::from_millis(1)).await;
    assert!(get(&app, "/", "alice").await.version().is_some());
}

/// H4 from end to end.
#[tokio::test(start_paused = true)]
async fn a_bump_that_could_not_be_recorded_is_replayed_before_the_user_is_stamped_again() {
    let store = Scripted::new();
    let (versions, app) = app(&store);
    let before = get(&app, "/", "alice").await.version().unwrap();

    store.is(Mood::Refuses);
    let write = post(&app, "/bump", "alice").await;
    assert_eq!(write.body, "later", "the write itself succeeds");
    assert!(is_owed(&write));
    assert_eq!(versions.counts().now.bumps_waiting, 1);

    // Reads work again before the bump has been recorded: this user must not be stamped with the old version.
    store.is(Mood::Answers);
    let (owed, bob) = (get(&app, "/", "alice").await, get(&app, "/", "bob").await);
    assert!(is_owed(&owed));
    assert!(bob.version().is_some(), "nobody else is affected");

    sleep(2 * PROBE_INTERVAL).await;
    let after = get(&app, "/", "alice").await;
    assert!(after.version().unwrap() > before);
    assert_eq!(after.enabled().as_deref(), Some("true"));
    assert_eq!((versions.counts().bumps_replayed, versions.counts().now.bumps_waiting), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_version_read_before_the_bump_failed_is_not_stamped_after_it() {
    async fn fails_to_bump(store: Scripted, caller: Caller) -> &'static str {
        store.is(Mood::Refuses);
        caller.bump().await;
        "done"
    }
    let store = Scripted::new();
    let versions = Versions::new(store.clone());
    let handler = async move |Extension(caller): Extension<Caller>| fails_to_bump(store.clone(), caller).await;
    let app = Router::new().route("/", any(handler)).layer(layer(&versions));
    assert!(is_owed(&get(&app, "/", "alice").await));
}

#[tokio::test(start_paused = true)]
async fn a_pending_bump_that_is_dropped_is_recorded_all_the_same() {
    let store = Scripted::new();
    let (versions, app) = app(&store);
    let before = get(&app, "/", "alice").await.version().unwrap();
    drop(versions.pending_bump(&user("alice")));
    assert!(is_owed(&get(&app, "/", "alice").await));
    sleep(PROBE_INTERVAL).await;
    assert!(get(&app, "/", "alice").await.version().unwrap() > before);

    let before = store.truth(&user("alice")).await;
    versions.pending_bump(&user("alice")).not_needed();
    sleep(PROBE_INTERVAL).await;
    assert_eq!(store.truth(&user("alice")).await, before);
}

/// The client hangs up: the server drops the request's future wherever it is.
#[tokio::test(start_paused = true)]
async fn a_request_that_is_dropped_while_it_bumps_loses_no_bump() {
    let store = Scripted::new();
    let (versions, app) = app(&store);
    let before = get(&app, "/", "alice").await.version().unwrap();
    store.is(Mood::Hangs);
    let hung_up = tokio::spawn(async move { post(&app, "/bump", "alice").await });
    advance(Duration::from_millis(10)).await;
    hung_up.abort();
    assert!(hung_up.await.is_err_and(|error| error.is_cancelled()));
    assert_eq!(versions.read(&user("alice")).await, Reading::Owed);
    store.is(Mood::Answers);
    sleep(2 * PROBE_INTERVAL).await;
    assert!(store.truth(&user("alice")).await > before);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_before_its_bump_loses_no_bump() {
    let store = Scripted::new();
    let (versions, _) = app(&store);
    let before = store.truth(&user("alice")).await;
    let pending_bump = versions.pending_bump(&user("alice"));
    let panicked = tokio::spawn(async move {
        let _pending_bump = pending_bump;
        panic!("after the commit");
    });
    assert!(panicked.await.is_err_and(|error| error.is_panic()));
    sleep(PROBE_INTERVAL).await;
    assert!(store.truth(&user("alice")).await > before);
}

#[tokio::test(start_paused = true)]
async fn when_the_outbox_overflows_everybody_is_owed_and_everybody_is_raised() {
    let store = Scripted::new();
    let versions = Versions::builder(store.clone()).outbox_capacity(2).build();
    let users = ["alice", "bob", "carol", "dave"].map(user);
    let mut before = Vec::new();
    for user in &users {
        before.push(store.truth(user).await);
    }
    store.is(Mood::Refuses);
    for user in &users[..3] {
        assert_eq!(versions.bump(user).await, Bumped::Later);
    }
    assert_eq!(versions.read(&users[3]).await, Reading::Owed, "dave, who has not been bumped");
    store.is(Mood::Answers);
    sleep(2 * PROBE_INTERVAL).await;
    for (user, before) in users.iter().zip(before) {
        let Reading::Known(Known { version, .. }) = versions.read(user).await else { panic!("the store answers") };
        assert!(version.get() > before);
    }
}

#[tokio::test(start_paused = true)]
async fn bumping_everybody_is_made_good_when_it_fails() {
    let store = Scripted::new();
    let versions = Versions::new(store.clone());
    let before = store.truth(&user("alice")).await;
    store.is(Mood::Refuses);
    assert!(versions.bump_everyone().await.is_err());
    assert_eq!(versions.read(&user("alice")).await, Reading::Owed);
    store.is(Mood::Answers);
    sleep(2 * PROBE_INTERVAL).await;
    assert!(store.truth(&user("alice")).await > before);
    assert!(versions.bump_everyone().await.is_ok());
}

/// One user's garbage keeps neither that user's debt from being kept nor others' from being paid.
#[tokio::test(start_paused = true)]
async fn a_value_that_is_no_version_does_not_open_the_breaker() {
    let store = Scripted::new();
    let (versions, app) = app(&store);
    store.is(Mood::HoldsGarbage);
    for _ in 0..10 {
        assert_eq!(get(&app, "/", "alice").await.version(), None);
    }
    assert!(is_owed(&post(&app, "/bump", "alice").await));
    store.is(Mood::Answers);
    assert!(get(&app, "/", "bob").await.version().is_some(), "at once");
    // A new debt wakes the task that retries blocked ones only now and then.
    drop(versions.pending_bump(&user("carol")));
    sleep(PROBE_INTERVAL).await;
    assert!(get(&app, "/", "carol").await.version().is_some());
    assert!(get(&app, "/", "alice").await.version().is_some());
}

#[tokio::test(start_paused = true)]
async fn dropping_the_versions_ends_the_recovery() {
    let store = Scripted::new();
    let versions = Versions::new(store.clone());
    store.is(Mood::Refuses);
    versions.bump(&user("alice")).await;
    sleep(PROBE_INTERVAL).await;
    drop(versions);
    sleep(2 * PROBE_INTERVAL).await;
    let asked = store.asked();
    sleep(10 * PROBE_INTERVAL).await;
    assert_eq!(store.asked(), asked);
}

/// The stamp of a request whose handler never ends is nobody's business; it must not hold anything up either.
#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_long_does_not_use_up_the_budget() {
    let store = Scripted::new();
    let versions = Versions::new(store.clone());
    let app = Router::new()
        .route("/slow", any(async || sleep(Duration::from_secs(30)).await))
        .route("/never", any(async || pending::<()>().await))
        .layer(layer(&versions));
    let never = tokio::spawn({
        let app = app.clone();
        async move { post(&app, "/never", "alice").await }
    });
    assert!(post(&app, "/slow", "alice").await.version().is_some());
    never.abort();
    assert!(store.read(&user("alice")).await.is_ok());
}
