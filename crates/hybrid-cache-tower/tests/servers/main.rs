//! Redis over TLS, behind Sentinels and as a cluster, by real servers: versions are read and raised, other writers are
//! heard of, and a server that is down means no version and no error.
#![allow(missing_docs)]

mod cluster;
mod sentinel;
#[path = "../support/mod.rs"]
mod support;
mod tls;

use axum::Router;
use support::{get, post, redis_app::until};

/// A version, and a bump that the very response shows.
async fn reads_and_bumps(app: &Router, who: &str) {
    let before = get(app, "/", who).await.version().expect("Redis answers");
    let bump = post(app, "/bump", who).await;
    assert_eq!(&bump.body[..], b"recorded");
    assert!(bump.version().expect("it was recorded") > before);
    assert_eq!(get(app, "/", who).await.version(), bump.version());
}

/// What another writer has made of the version of alice is seen.
async fn sees(app: &Router, theirs: u64) {
    until(app, |answer| answer.version() == Some(theirs)).await;
}

/// Absent, and no error.
async fn goes_without(app: &Router) {
    let answer = until(app, |answer| answer.version().is_none()).await;
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &b"hello"[..]));
    let bump = post(app, "/bump", "alice").await;
    assert_eq!((bump.status.as_u16(), &bump.body[..]), (200, &b"later"[..]));
    assert_eq!((bump.version(), bump.enabled().as_deref()), (None, Some("false")), "it is owed now");
}
