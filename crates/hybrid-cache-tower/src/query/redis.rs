//! Answers in Redis.

use std::{fmt, sync::LazyLock, time::Duration};

use ::redis::{Cmd, Script, Value, pipe};

use super::{Found, Query, QueryStore, Tag};
use crate::store::{RedisStore, StoreError, StoreFuture};

/// Tags outlive every answer that was kept under them, twice over.
const TAG_LIFE: Duration = Duration::from_secs(4 * Query::MAX_TTL.as_secs());

static LOOK_UP: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("look_up.lua")));
static INVALIDATE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("invalidate.lua")));
static RELEASE: LazyLock<Script> = LazyLock::new(|| {
    Script::new("if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0")
});

/// Answers in the Redis of a [`RedisStore`], over its connection and under its prefix, shared with other processes.
///
/// Keys: `cache:{user}:v{version}:cacheops:hc:{hash}` for answers, the same with `:lease:` behind for leases,
/// `hc:tag:{tag}` for tags. Each has a time to live; how much there is altogether is for Redis' `maxmemory` to limit,
/// with the policy `volatile-lru`.
///
/// ```
/// use hybrid_cache_tower::{Versions, query::{QueryCache, RedisQueries}, store::{RedisConfig, RedisStore}};
///
/// let store = RedisStore::new(RedisConfig::parse("redis://127.0.0.1:6379/1").unwrap());
/// let queries = RedisQueries::new(&store).unwrap();
/// let cache = QueryCache::new(Versions::new(store), queries);
/// # let _ = cache;
/// ```
#[derive(Clone)]
pub struct RedisQueries {
    store: RedisStore,
}

impl RedisQueries {
    /// Beside the versions of this store.
    ///
    /// # Errors
    ///
    /// The store is a cluster: answers and tags must be read in one step, and are not on one of its servers.
    pub fn new(store: &RedisStore) -> Result<Self, NotInACluster> {
        if store.is_cluster() { Err(NotInACluster { _private: () }) } else { Ok(Self { store: store.clone() }) }
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.store.prefix())
    }

    fn tag_keys<'a>(&'a self, tags: &'a [Tag]) -> impl Iterator<Item = String> + 'a {
        tags.iter().map(|tag| tag.key(self.store.prefix()))
    }
}

impl QueryStore for RedisQueries {
    fn look_up<'a>(&'a self, key: &'a str, tags: &'a [Tag]) -> StoreFuture<'a, Found> {
        Box::pin(async move {
            let mut wire = self.store.commands().await?;
            let mut call = LOOK_UP.key(self.key(key));
            for tag in self.tag_keys(tags) {
                call.key(tag);
            }
            let found: Vec<Value> =
                call.arg(TAG_LIFE.as_millis() as u64).invoke_async(&mut wire).await.map_err(failure)?;
            let [now, frame, versions @ ..] = found.as_slice() else {
                return Err(StoreError::Unreachable("Redis answered a script with too few values".into()));
            };
            let frame = match frame {
                Value::BulkString(bytes) => Some(bytes.as_slice().into()),
                _ => None,
            };
            let tags = versions.iter().map(number).collect::<Option<Vec<_>>>();
            match (number(now), tags) {
                (Some(now), Some(tags)) => Ok(Found { now, frame, tags }),
                _ => Err(StoreError::NotAVersion),
            }
        })
    }

    fn keep<'a>(&'a self, key: &'a str, frame: Vec<u8>, tags: &'a [Tag], lifetime: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut wire = self.store.commands().await?;
            let mut commands = pipe();
            commands.cmd("SET").arg(self.key(key)).arg(frame).arg("PX").arg(lifetime.as_millis() as u64).ignore();
            for tag in self.tag_keys(tags) {
                commands.cmd("PEXPIRE").arg(tag).arg(TAG_LIFE.as_millis() as u64).ignore();
            }
            commands.query_async(&mut wire).await.map_err(failure)
        })
    }

    fn invalidate<'a>(&'a self, tags: &'a [Tag]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut wire = self.store.commands().await?;
            let mut call = INVALIDATE.arg(TAG_LIFE.as_millis() as u64);
            for tag in self.tag_keys(tags) {
                call.key(tag);
            }
            call.invoke_async::<Value>(&mut wire).await.map(|_| ()).map_err(failure)
        })
    }

    fn lease<'a>(&'a self, name: &'a str, holder: &'a str, term: Duration) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let mut wire = self.store.commands().await?;
            let mut set = Cmd::set(self.key(name), holder);
            set.arg("NX").arg("PX").arg(term.as_millis() as u64);
            let answer: Value = set.query_async(&mut wire).await.map_err(failure)?;
            Ok(answer == Value::Okay)
        })
    }

    fn release<'a>(&'a self, name: &'a str, holder: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut wire = self.store.commands().await?;
            let mut call = RELEASE.key(self.key(name));
            call.arg(holder).invoke_async::<Value>(&mut wire).await.map(|_| ()).map_err(failure)
        })
    }
}

impl fmt::Debug for RedisQueries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisQueries").field("store", &self.store).finish()
    }
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok()?.parse().ok(),
        _ => None,
    }
}

/// A key of another kind concerns one query; it is not an outage.
fn failure(error: ::redis::RedisError) -> StoreError {
    if error.to_string().contains("WRONGTYPE") {
        StoreError::NotAVersion
    } else {
        StoreError::Unreachable(error.to_string())
    }
}

/// The query cache needs a Redis that is one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotInACluster {
    _private: (),
}

impl fmt::Display for NotInACluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a Redis cluster cannot keep query answers, since they and their tags lie on different servers: give the query \
             cache a Redis of its own, or MemoryQueries",
        )
    }
}

impl std::error::Error for NotInACluster {}
