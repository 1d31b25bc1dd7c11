//! Where answers are kept.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use moka::{Expiry, future::Cache};

use super::Tag;
use crate::store::StoreFuture;

/// What a store has under a key, and the versions of the tags it was asked for, all of one moment.
#[derive(Clone, Debug)]
pub struct Found {
    /// The store's clock, in microseconds since the Unix epoch.
    pub now: u64,
    /// What was kept, if anything is.
    pub frame: Option<Arc<[u8]>>,
    /// In the order in which they were asked for.
    pub tags: Vec<u64>,
}

/// Keeps answers, and a version for each tag.
///
/// The rules that must hold: a version of a tag is never given out twice, whether the store forgot it in between or not;
/// and [`look_up`](Self::look_up) answers versions at least as new as every [`invalidate`](Self::invalidate) that had
/// been completed when it began. It is always allowed to have forgotten an answer, or to fail.
pub trait QueryStore: Send + Sync + 'static {
    /// What is kept under the key, and the tags' versions; a tag without one gets a new one.
    fn look_up<'a>(&'a self, key: &'a str, tags: &'a [Tag]) -> StoreFuture<'a, Found>;

    /// Keeps a frame for so long. The tags are to live as long.
    fn keep<'a>(&'a self, key: &'a str, frame: Vec<u8>, tags: &'a [Tag], lifetime: Duration) -> StoreFuture<'a, ()>;

    /// Gives each of the tags a new version.
    fn invalidate<'a>(&'a self, tags: &'a [Tag]) -> StoreFuture<'a, ()>;

    /// Lets one of those who ask compute the answer, for at most so long: `true` for that one.
    fn lease<'a>(&'a self, name: &'a str, holder: &'a str, term: Duration) -> StoreFuture<'a, bool>;

    /// Ends a lease, if it is still the holder's.
    fn release<'a>(&'a self, name: &'a str, holder: &'a str) -> StoreFuture<'a, ()>;
}

/// Answers in this process's memory, the least used ones making room.
///
/// ```
/// use hybrid_cache_tower::query::MemoryQueries;
///
/// let eight_megabytes = MemoryQueries::new(8 << 20);
/// # let _ = eight_megabytes;
/// ```
#[derive(Clone)]
pub struct MemoryQueries {
    entries: Cache<String, Kept>,
    tags: Arc<Mutex<Tags>>,
}

/// The tags' versions. A number is given out once, so that forgetting some does no more than to invalidate them.
#[derive(Default)]
struct Tags {
    versions: HashMap<Tag, u64>,
    last: u64,
}

impl Tags {
    /// The most that are remembered.
    const MAX: usize = 100_000;

    fn renew(&mut self, tag: &Tag) -> u64 {
        if self.versions.len() >= Self::MAX {
            self.versions.clear();
        }
        self.last = clock().max(self.last + 1);
        self.versions.insert(tag.clone(), self.last);
        self.last
    }
}

#[derive(Clone)]
struct Kept {
    frame: Arc<[u8]>,
    lifetime: Duration,
}

struct Lifetime;

impl Expiry<String, Kept> for Lifetime {
    fn expire_after_create(&self, _: &String, kept: &Kept, _: Instant) -> Option<Duration> {
        Some(kept.lifetime)
    }

    fn expire_after_update(&self, _: &String, kept: &Kept, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(kept.lifetime)
    }
}

impl MemoryQueries {
    /// What an entry takes beside its key and its frame, in bytes, about.
    const OVERHEAD: usize = 200;

    /// Keeps at most about so many bytes, keys and bookkeeping included.
    pub fn new(bytes: u64) -> Self {
        let weigh = |key: &String, kept: &Kept| {
            u32::try_from(key.len() + kept.frame.len() + Self::OVERHEAD).unwrap_or(u32::MAX)
        };
        Self {
            entries: Cache::builder().max_capacity(bytes).weigher(weigh).expire_after(Lifetime).build(),
            tags: Arc::default(),
        }
    }

    /// How many bytes are kept now, about.
    pub async fn bytes(&self) -> u64 {
        self.entries.run_pending_tasks().await;
        self.entries.weighted_size()
    }

    fn tags(&self) -> MutexGuard<'_, Tags> {
        self.tags.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn clock() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_micros()).unwrap_or(u64::MAX)
}

impl QueryStore for MemoryQueries {
    fn look_up<'a>(&'a self, key: &'a str, tags: &'a [Tag]) -> StoreFuture<'a, Found> {
        Box::pin(async move {
            let frame = self.entries.get(key).await.map(|kept| kept.frame);
            let mut known = self.tags();
            let version = |tag| known.versions.get(tag).copied().unwrap_or_else(|| known.renew(tag));
            Ok(Found { now: clock(), frame, tags: tags.iter().map(version).collect() })
        })
    }

    fn keep<'a>(&'a self, key: &'a str, frame: Vec<u8>, _: &'a [Tag], lifetime: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.entries.insert(key.into(), Kept { frame: frame.into(), lifetime }).await;
            Ok(())
        })
    }

    fn invalidate<'a>(&'a self, tags: &'a [Tag]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut known = self.tags();
            for tag in tags {
                known.renew(tag);
            }
            Ok(())
        })
    }

    fn lease<'a>(&'a self, _: &'a str, _: &'a str, _: Duration) -> StoreFuture<'a, bool> {
        Box::pin(async { Ok(true) })
    }

    fn release<'a>(&'a self, _: &'a str, _: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}
