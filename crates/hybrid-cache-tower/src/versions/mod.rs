//! What this process knows about versions: a store, a time limit, and what to do when the store fails.
//!
//! The handler that has changed a user's data bumps the user's version, after the change is committed (H2):
//!
//! ```
//! use hybrid_cache_tower::{Bumped, User, Versions, store::MemoryStore};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let versions = Versions::new(MemoryStore::new());
//! let alice = User::new("alice").unwrap();
//!
//! let pending = versions.pending_bump(&alice);
//! // ... write and commit; if this future is dropped meanwhile, the bump happens all the same ...
//! assert!(matches!(pending.record().await, Bumped::To(_)));
//! # });
//! ```
//!
//! With limits of one's own, and a store that has failed:
//!
//! ```
//! use std::time::Duration;
//! use hybrid_cache_tower::{Bumped, Reading, User, Versions, store::{RedisConfig, RedisStore}};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! // Nobody listens on port 9 of this machine.
//! let nowhere = RedisStore::new(RedisConfig::parse("redis://127.0.0.1:9").unwrap());
//! let versions = Versions::builder(nowhere)
//!     .request_budget(Duration::from_millis(20))
//!     .outbox_capacity(100)
//!     .build();
//! let [alice, bob] = ["alice", "bob"].map(|id| User::new(id).unwrap());
//! assert_eq!(versions.bump(&alice).await, Bumped::Later);
//! assert_eq!(versions.read(&alice).await, Reading::Owed);
//! assert_eq!(versions.read(&bob).await, Reading::Unknown);
//! # });
//! ```

mod breaker;
mod builder;
mod bump;
mod counts;
mod garbage;
mod health;
mod outbox;
mod recovery;
mod watch;

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hybrid_cache_contract::CacheVersion;
use tokio::time::{Instant, timeout};

#[cfg(feature = "query")]
pub(crate) use self::counts::Counter;
pub(crate) use self::counts::Counters;
use self::{breaker::Breaker, counts::Striped, garbage::Garbage, outbox::Outbox, recovery::Recovery, watch::Watched};
pub use self::{
    builder::VersionsBuilder,
    bump::{Bumped, PendingBump},
    counts::{Counts, Gauges},
    health::{HealthReport, HealthWarning},
    watch::VersionWatch,
};
use crate::{
    User,
    budget::Budget,
    store::{Known, StoreError, VersionStore},
};

/// The versions of all users, as this process may stamp and raise them. Clones share everything.
///
/// - One request waits for the store at most 50 ms, its reads and the bumps of its handler together.
/// - After 3 failures in a row the store is not asked any more; a background task probes it every 250 ms.
/// - A bump that could not be recorded is kept, and replayed before that user's versions are stamped again (H4).
///   What is kept is lost when the process ends.
/// - A version that is not known is absent, never made up (H4a).
///
/// Operations must run within a tokio runtime with its time driver enabled.
#[derive(Clone)]
pub struct Versions {
    inner: Arc<Inner>,
}

struct Inner {
    store: Box<dyn VersionStore>,
    limits: Limits,
    breaker: Breaker,
    outbox: Outbox,
    recovery: Recovery,
    garbage: Garbage,
    watched: Watched,
    counters: Striped,
    warned_of_unidentified: AtomicBool,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    request_budget: Duration,
    probe_interval: Duration,
}

/// What is known about a user when a response is stamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The version and the enabled flag.
    Known(Known),
    /// The store did not tell: no version is stamped (H4a).
    Unknown,
    /// A bump of this user waits to be recorded: no version is stamped, and `X-Cache-Enabled` is `false` (H4).
    Owed,
}

/// A reading, or the wait for one.
pub(crate) enum Lookup {
    Now(Reading),
    Later(Pin<Box<dyn Future<Output = Reading> + Send>>),
}

impl Versions {
    /// Versions in this store, with the default limits.
    pub fn new(store: impl VersionStore) -> Self {
        Self::builder(store).build()
    }

    /// Versions in this store, with limits to be set.
    pub fn builder(store: impl VersionStore) -> VersionsBuilder {
        VersionsBuilder::new(Box::new(store))
    }

    /// What is known about a user now. Waits for the store no longer than what is left of the request's budget.
    pub async fn read(&self, user: &User) -> Reading {
        match self.look_up(user, None, &Budget::current_or(self.inner.limits.request_budget)) {
            Lookup::Now(reading) => reading,
            Lookup::Later(wait) => wait.await,
        }
    }

    /// As [`Versions::read`]; a known version below `echo` is read again from the store, which has the last word (H3).
    pub(crate) fn look_up(&self, user: &User, echo: Option<CacheVersion>, budget: &Budget) -> Lookup {
        let inner = &self.inner;
        if inner.outbox.owes(user) {
            inner.start_recovery();
            return Lookup::Now(Reading::Owed);
        }
        if let Some(known) = inner.store.at_hand(user) {
            if echo.is_none_or(|echo| echo <= known.version) {
                inner.counters.here().at_hand.add();
                return Lookup::Now(Reading::Known(known));
            }
            inner.counters.here().echoed_ahead.add();
        }
        if inner.breaker.is_open() {
            inner.counters.here().unknown.add();
            return Lookup::Now(Reading::Unknown);
        }
        let (inner, user, budget) = (inner.clone(), user.clone(), budget.clone());
        Lookup::Later(Box::pin(async move {
            match inner.ask(&budget, inner.store.read(&user)).await {
                Ok(known) => {
                    inner.garbage.forget(&user);
                    Reading::Known(known)
                }
                Err(error) => {
                    if error == StoreError::NotAVersion {
                        inner.garbage.remember(&user);
                    }
                    inner.counters.here().unknown.add();
                    Reading::Unknown
                }
            }
        }))
    }

    /// Asks a store beside the versions' own, within what is left of the request's budget.
    #[cfg(feature = "query")]
    pub(crate) async fn within_budget<T>(
        &self,
        question: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.inner.ask(&Budget::current_or(self.inner.limits.request_budget), question).await
    }

    /// How long a request may wait.
    pub(crate) fn request_budget(&self) -> Duration {
        self.inner.limits.request_budget
    }

    /// Does a bump of this user wait to be recorded?
    pub(crate) fn owes(&self, user: &User) -> bool {
        self.inner.outbox.owes(user)
    }

    /// Says whether a user's responses may be cached, from now on and until it is said otherwise.
    ///
    /// # Errors
    ///
    /// The store did not carry it out, or not in time; then it may have, or not.
    pub async fn set_enabled(&self, user: &User, enabled: bool) -> Result<(), StoreError> {
        let budget = Budget::current_or(self.inner.limits.request_budget);
        self.inner.ask(&budget, self.inner.store.set_enabled(user, enabled)).await
    }

    /// The kind of store in one word, such as `memory` or `redis`.
    pub fn store_kind(&self) -> &'static str {
        self.inner.store.kind()
    }

    /// Where the store is, without passwords.
    pub fn store_location(&self) -> String {
        self.inner.store.location()
    }

    /// How often what has happened since the process began, and how things are now.
    pub fn counts(&self) -> Counts {
        let inner = &self.inner;
        let now = Gauges {
            bumps_waiting: inner.outbox.len(),
            resting: inner.breaker.is_open(),
            remembered: inner.store.remembered(),
            watchers: inner.watched.watchers(),
        };
        Counts::of(&inner.counters, now)
    }

    /// Whether a bump of this user could be recorded now, by asking the store.
    #[cfg(feature = "control")]
    pub(crate) async fn could_record(&self, user: &User) -> Result<(), StoreError> {
        if self.owes(user) {
            return Err(StoreError::Resting);
        }
        let budget = Budget::current_or(self.inner.limits.request_budget);
        self.inner.ask(&budget, self.inner.store.read(user)).await.map(|_| ())
    }

    /// Somebody has authenticated a request, and the layer has found no user.
    pub(crate) fn warn_of_unidentified(&self) {
        self.counters().unidentified.add();
        if !self.inner.warned_of_unidentified.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a request with an Authorization field succeeded without a user, and its response is not stamped: put \
                 HybridCacheLayer inside authentication, or give it a user_of that finds the user"
            );
        }
    }

    pub(crate) fn counters(&self) -> &Counters {
        self.inner.counters.here()
    }
}

impl fmt::Debug for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Versions")
            .field("store", &self.inner.store.location())
            .field("limits", &self.inner.limits)
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// Asks the store, within the budget and unless it is resting, and draws the conclusions.
    async fn ask<T>(
        self: &Arc<Self>,
        budget: &Budget,
        question: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        if self.breaker.is_open() {
            return Err(StoreError::Resting);
        }
        let left = budget.left();
        if left.is_zero() {
            // An earlier wait of this request has been counted already.
            return Err(StoreError::TooSlow(self.limits.request_budget));
        }
        let asked = Instant::now();
        let answer = timeout(left, question).await;
        budget.spend(asked.elapsed());
        let answer = answer.unwrap_or(Err(StoreError::TooSlow(self.limits.request_budget)));
        self.learn_from(answer.as_ref().err());
        answer
    }

    /// Counts an answer, and stops asking after too many bad ones.
    fn learn_from(self: &Arc<Self>, error: Option<&StoreError>) {
        match error {
            Some(error) if error.is_outage() => {
                self.counters.here().store_errors.add();
                if self.breaker.failed(error) {
                    tracing::warn!(
                        store = self.store.location(),
                        %error,
                        "responses carry no cache version until the version store answers again"
                    );
                    self.start_recovery();
                }
            }
            Some(_) => self.counters.here().not_a_version.add(),
            None => self.breaker.succeeded(),
        }
    }
}
