//! `GET /api/cache/events/`: a user's version, as it changes.

use std::{convert::Infallible, hash::BuildHasher, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream::unfold;
use hybrid_cache_contract::control::{ErrorCode, VersionEvent};
use tokio::time::{Instant, timeout};

use super::{Problem, SignedIn};
use crate::{CacheVersion, Reading, Scope, User, Versions, versions::VersionWatch};

/// How event streams are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Then the stream ends, so that the client authenticates again.
    pub(super) lifetime: Duration,
    /// Without news, something is sent so often that proxies keep the connection, and that a client that is gone is
    /// noticed.
    pub(super) keep_alive: Duration,
    /// At a time.
    pub(super) streams_of_a_user: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { lifetime: Duration::from_secs(15 * 60), keep_alive: Duration::from_secs(25), streams_of_a_user: 50 }
    }
}

/// The latest time a client may wait before it comes back, in milliseconds, and the earliest: a server that restarts is
/// not to see all of them at once.
const RETRY: std::ops::RangeInclusive<u64> = 5_000..=60_000;

pub(super) fn events(versions: Versions, user: &SignedIn, limits: Limits) -> Response {
    if versions.watchers_of(user.user()) >= limits.streams_of_a_user {
        let sentence = "this user has too many event streams open: let the tabs of a browser share one";
        return Problem::new(ErrorCode::RateLimited, sentence).into_response();
    }
    let stream = Stream {
        watch: versions.watch(user.user()),
        user: user.user().clone(),
        scope: user.scope().clone(),
        told: None,
        begun: false,
        ends: Instant::now() + limits.lifetime,
        keep_alive: limits.keep_alive,
        versions,
    };
    let fields = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        // nginx would collect the events.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    let body = Body::from_stream(unfold(stream, async |mut stream| {
        let text = stream.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(text)), stream))
    }));
    (fields, body).into_response()
}

struct Stream {
    versions: Versions,
    watch: VersionWatch,
    user: User,
    scope: Scope,
    /// The version that was told last.
    told: Option<CacheVersion>,
    begun: bool,
    ends: Instant,
    keep_alive: Duration,
}

impl Stream {
    async fn next(&mut self) -> Option<String> {
        if !self.begun {
            self.begun = true;
            let spread = RETRY.end() - RETRY.start() + 1;
            let retry = RETRY.start() + std::hash::RandomState::new().hash_one(0) % spread;
            return Some(format!("retry: {retry}\n{}", self.look().await));
        }
        loop {
            let left = self.ends.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
            match timeout(left.min(self.keep_alive), self.watch.changed()).await {
                Ok(known) => {
                    if let Some(event) = self.event(known.version) {
                        return Some(event);
                    }
                }
                Err(_) if left <= self.keep_alive => return None,
                // Also finds what a store does not tell of, and what is owed no more.
                Err(_) => return Some(self.look().await),
            }
        }
    }

    /// What is known now, if it has not been told; else a comment, which readers ignore.
    async fn look(&mut self) -> String {
        let event = match self.versions.read(&self.user).await {
            Reading::Known(known) => self.event(known.version),
            Reading::Unknown | Reading::Owed => None,
        };
        event.unwrap_or_else(|| ":\n\n".into())
    }

    /// A push can only raise (R12): what is not higher is not told.
    fn event(&mut self, version: CacheVersion) -> Option<String> {
        if self.told.is_some_and(|told| told >= version) {
            return None;
        }
        self.told = Some(version);
        let data = VersionEvent { version, scope: self.scope.as_str().into() };
        // A number and a token: serialising them does not fail.
        let data = serde_json::to_string(&data).unwrap_or_default();
        Some(format!("event: {}\nid: {version}\ndata: {data}\n\n", VersionEvent::NAME))
    }
}
