//! Looking up, computing once, keeping.

use std::{
    fmt,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::future::Cache;
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::sleep;

use super::{Found, InvalidQuery, Query, QueryStore, Tag, frame::Frame, owed::Owed};
use crate::{Reading, User, Versions, store::StoreError};

/// How long to wait before looking again whether another process has computed the answer; doubled each time.
const FIRST_LOOK: Duration = Duration::from_millis(5);
const LAST_LOOK: Duration = Duration::from_millis(80);

/// Keeps the answers of queries. Clones share everything.
///
/// See the [module](crate::query) for what it promises, and examples.
#[derive(Clone)]
pub struct QueryCache {
    inner: Arc<Inner>,
}

struct Inner {
    versions: Versions,
    store: Arc<dyn QueryStore>,
    /// Answers being computed in this process. Nothing stays in it.
    flights: Cache<String, Arc<[u8]>>,
    owed: Arc<Owed>,
    lease: Duration,
    largest_answer: usize,
    counters: Counters,
}

/// Sets the limits of a [`QueryCache`].
#[must_use]
pub struct QueryCacheBuilder {
    versions: Versions,
    store: Arc<dyn QueryStore>,
    lease: Duration,
    largest_answer: usize,
}

impl QueryCacheBuilder {
    /// How long one process may compute while the others wait for it. Default: 5 s.
    pub fn lease(mut self, term: Duration) -> Self {
        self.lease = term.max(Duration::from_millis(1));
        self
    }

    /// The largest answer that is kept, in bytes of JSON; a larger one is given and not kept. Default: 1 MiB.
    pub fn largest_answer(mut self, bytes: usize) -> Self {
        self.largest_answer = bytes;
        self
    }

    /// The cache.
    pub fn build(self) -> QueryCache {
        QueryCache {
            inner: Arc::new(Inner {
                versions: self.versions,
                store: self.store,
                flights: Cache::new(0),
                owed: Arc::default(),
                lease: self.lease,
                largest_answer: self.largest_answer,
                counters: Counters::default(),
            }),
        }
    }
}

/// What became of an invalidation. It is never lost while the process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalidated {
    /// It is recorded: whoever asks from now on gets a new answer.
    Now,
    /// The store did not record it. It will be asked again; until then this process gives no answer from the store that
    /// depends on it.
    Later,
}

/// Why a flight brought nothing that can be shared.
enum Empty<E> {
    Failed(Arc<E>),
    /// The answer cannot be written as JSON.
    NotJson,
}

/// What is known before an answer is computed.
struct Outlook {
    /// An answer that may be given.
    fresh: Option<Arc<[u8]>>,
    /// An answer that may be given if computing a new one fails.
    stale: Option<Arc<[u8]>>,
    found: Found,
}

impl QueryCache {
    /// A cache beside these versions, with the default limits.
    pub fn new(versions: Versions, store: impl QueryStore) -> Self {
        Self::builder(versions, store).build()
    }

    /// A cache beside these versions, with limits to be set.
    pub fn builder(versions: Versions, store: impl QueryStore) -> QueryCacheBuilder {
        let lease = Duration::from_secs(5);
        QueryCacheBuilder { versions, store: Arc::new(store), lease, largest_answer: 1 << 20 }
    }

    /// The answer of a query for a user: a kept one, or what `load` computes, which is kept.
    ///
    /// # Errors
    ///
    /// What `load` answered, shared by those who waited for it. Nothing else is an error.
    pub async fn get_or_load<T, E, F>(&self, user: &User, query: &Query, load: impl FnOnce() -> F) -> Result<T, Arc<E>>
    where
        T: Serialize + DeserializeOwned,
        E: Send + Sync + 'static,
        F: Future<Output = Result<T, E>>,
    {
        let inner = &*self.inner;
        let Some((key, outlook)) = inner.prepare(user, query).await else {
            inner.counters.bypassed.add();
            return load().await.map_err(Arc::new);
        };
        if let Some(answer) = outlook.fresh.as_deref().and_then(parse) {
            inner.counters.hits.add();
            return Ok(answer);
        }
        // Whoever asks after an invalidation does not join a flight that began before it.
        let versions: Vec<String> = outlook.found.tags.iter().map(|version| format!("{version:x}")).collect();
        let flight = format!("{key}:lease:{}", versions.join("."));
        let (mut load, mut said) = (Some(load), None);
        let flown = inner.flights.try_get_with(flight.clone(), async {
            inner.fly(&key, &flight, query, outlook, &mut load, &mut said).await
        });
        let flown = flown.await;
        // What this caller's own loader said needs no detour through JSON.
        if let Some(said) = said {
            return said;
        }
        let Some(load) = load else { unreachable!("a loader that was asked has said something") };
        match flown.as_ref().map(|json| parse(json)) {
            Ok(Some(answer)) => {
                inner.counters.shared.add();
                Ok(answer)
            }
            Err(empty) if let Empty::Failed(error) = &**empty => Err(error.clone()),
            // Somebody else asks for another shape under the same text, or got one that is not JSON.
            Ok(None) | Err(_) => load().await.map_err(Arc::new),
        }
    }

    /// Makes every answer that depends on one of these tags unusable, for all users. To be called after the change has
    /// been committed. If this future is dropped before it is done, the invalidation happens all the same.
    ///
    /// # Errors
    ///
    /// A name that is no [`Tag`]; then nothing was invalidated.
    pub async fn invalidate(&self, tags: &[&str]) -> Result<Invalidated, InvalidQuery> {
        let tags = tags.iter().map(|name| Tag::new(name)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.inner.invalidate(tags).await)
    }

    /// Makes every answer unusable.
    pub async fn invalidate_everything(&self) -> Invalidated {
        self.inner.invalidate(vec![Tag::everything()]).await
    }

    /// How often what has happened since the cache was made.
    pub fn counts(&self) -> QueryCounts {
        self.inner.counters.read()
    }
}

impl fmt::Debug for QueryCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryCache").field("versions", &self.inner.versions).finish_non_exhaustive()
    }
}

fn parse<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    serde_json::from_slice(json).ok()
}

impl Inner {
    /// The key, and what the store has under it; `None` where the store is to be left alone.
    async fn prepare(&self, user: &User, query: &Query) -> Option<(String, Outlook)> {
        let Reading::Known(known) = self.versions.read(user).await else { return None };
        if !known.enabled {
            return None;
        }
        let key = query.key(user, known.version);
        let outlook = self.look_up(&key, query).await.ok()?;
        // Read after the look-up: an invalidation that failed meanwhile counts.
        if self.owed.any_of(&query.tags) {
            self.owed.recover(&self.store);
            return None;
        }
        Some((key, outlook))
    }

    async fn look_up(&self, key: &str, query: &Query) -> Result<Outlook, StoreError> {
        let found = self.versions.within_budget(self.store.look_up(key, &query.tags)).await?;
        let (mut fresh, mut stale) = (None, None);
        if let Some(frame) = found.frame.as_deref().and_then(Frame::decode)
            && frame.tags == found.tags
        {
            // A clock that was set back must not make an answer young again.
            let fresh_for = frame.fresh_until.saturating_sub(found.now);
            if (1..=micros(query.ttl)).contains(&fresh_for) {
                fresh = Some(frame.json.into());
            } else if found.now.saturating_sub(frame.fresh_until) < micros(query.stale_if_error) {
                stale = Some(frame.json.into());
            }
        }
        Ok(Outlook { fresh, stale, found })
    }

    /// Computes the answer, unless another process has or does.
    async fn fly<T, E, F, L>(
        &self,
        key: &str,
        flight: &str,
        query: &Query,
        outlook: Outlook,
        load: &mut Option<L>,
        said: &mut Option<Result<T, Arc<E>>>,
    ) -> Result<Arc<[u8]>, Empty<E>>
    where
        T: Serialize + DeserializeOwned,
        L: FnOnce() -> F,
        F: Future<Output = Result<T, E>>,
    {
        let holder = holder();
        let is_readable = |json: &[u8]| parse::<T>(json).is_some();
        let outlook = match self.wait_for_turn(key, flight, &holder, query, is_readable).await {
            Some(Outlook { fresh: Some(json), .. }) => return Ok(json),
            Some(newer) => newer,
            None => outlook,
        };
        let load = load.take().expect("a flight is flown once");
        self.counters.loads.add();
        let answer = match load().await {
            Ok(answer) => answer,
            Err(error) => {
                self.leave(flight, &holder).await;
                if let Some(json) = outlook.stale
                    && let Some(answer) = parse(&json)
                {
                    self.counters.stale.add();
                    *said = Some(Ok(answer));
                    return Ok(json);
                }
                let error = Arc::new(error);
                *said = Some(Err(error.clone()));
                return Err(Empty::Failed(error));
            }
        };
        let json = serde_json::to_vec(&answer);
        *said = Some(Ok(answer));
        let json = match json {
            Ok(json) => json,
            Err(error) => {
                tracing::warn!(%error, "the answer of a query is not kept, because it cannot be written as JSON");
                self.leave(flight, &holder).await;
                return Err(Empty::NotJson);
            }
        };
        let Found { now, tags, .. } = outlook.found;
        let frame = Frame { fresh_until: now + micros(query.ttl), tags, json: &json };
        if json.len() <= self.largest_answer
            && let Some(frame) = frame.encode()
        {
            let lifetime = query.ttl + query.stale_if_error;
            let _ = self.versions.within_budget(self.store.keep(key, frame, &query.tags, lifetime)).await;
        } else {
            self.counters.too_large.add();
        }
        self.leave(flight, &holder).await;
        Ok(json.into())
    }

    /// Waits until this process may compute, or another one has. `None` if the store does not say, or not in time.
    async fn wait_for_turn(
        &self,
        key: &str,
        flight: &str,
        holder: &str,
        query: &Query,
        is_readable: impl Fn(&[u8]) -> bool,
    ) -> Option<Outlook> {
        let mut pause = FIRST_LOOK;
        loop {
            let turn = self.versions.within_budget(self.store.lease(flight, holder, self.lease)).await.ok()?;
            let mut outlook = self.look_up(key, query).await.ok()?;
            outlook.fresh = outlook.fresh.filter(|json| is_readable(json));
            if turn && outlook.fresh.is_some() {
                self.leave(flight, holder).await;
            }
            if turn || outlook.fresh.is_some() {
                return Some(outlook);
            }
            sleep(pause).await;
            pause = LAST_LOOK.min(pause * 2);
        }
    }

    /// A lease that cannot be ended ends by itself.
    async fn leave(&self, flight: &str, holder: &str) {
        let _ = self.versions.within_budget(self.store.release(flight, holder)).await;
    }

    async fn invalidate(self: &Arc<Self>, tags: Vec<Tag>) -> Invalidated {
        let mut pending = Pending { inner: self.clone(), tags, recorded: false };
        let recording = self.store.invalidate(&pending.tags);
        pending.recorded = self.versions.within_budget(recording).await.is_ok();
        if pending.recorded { Invalidated::Now } else { Invalidated::Later }
    }
}

/// An invalidation under way. One too many costs a few queries, one too few shows old data.
struct Pending {
    inner: Arc<Inner>,
    tags: Vec<Tag>,
    recorded: bool,
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.recorded {
            self.inner.counters.postponed.add();
            self.inner.owed.remember(&self.tags);
            self.inner.owed.recover(&self.inner.store);
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// A name that no other flight has, in any process.
fn holder() -> String {
    use std::hash::{BuildHasher, RandomState};
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    // RandomState is seeded anew in every process.
    static PROCESS: std::sync::LazyLock<u64> = std::sync::LazyLock::new(|| RandomState::new().hash_one(0));
    format!("{:x}.{:x}.{number:x}", std::process::id(), *PROCESS)
}

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        #[derive(Default)]
        struct Counters {
            $($name: crate::versions::Counter,)*
        }

        impl Counters {
            fn read(&self) -> QueryCounts {
                QueryCounts { $($name: self.$name.get(),)* }
            }
        }

        /// How often what has happened since a [`QueryCache`] was made; no user can be told from it.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct QueryCounts {
            $($(#[$doc])* pub $name: u64,)*
        }
    };
}

counts! {
    /// Answers from the store.
    hits,
    /// Answers that another caller's loader had computed meanwhile.
    shared,
    /// Loaders that were asked for an answer to be kept.
    loads,
    /// Answers that were too old and were given because the loader failed.
    stale,
    /// Answers straight from the loader: no version, caching disabled, or no store.
    bypassed,
    /// Answers that were not kept because of their size.
    too_large,
    /// Invalidations that were kept to be recorded later.
    postponed,
}
