//! Versions in Redis.

mod config;
mod scripts;

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use ::redis::{
    RedisError, Value,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use hybrid_cache_contract::{CacheVersion, redis_key};

pub use self::config::{InvalidRedisConfig, KeyPrefix, RedisConfig};
use super::{Finding, Known, StoreError, StoreFuture, VersionStore};
use crate::User;

/// How many keys `bump_everyone` asks for, and raises, at a time.
const KEYS_AT_A_TIME: usize = 500;

/// Keeps the versions in Redis 5 or later, under the contract's keys, shared with other processes and languages.
///
/// A plain `INCR` by another writer stays valid between its bumps (H5). The connection is made when it is first needed
/// and again in the background when it is lost; until then operations fail, at once or within the time
/// [`Versions`](crate::Versions) gives them. Nothing is retried here.
///
/// ```
/// use hybrid_cache_tower::store::{KeyPrefix, RedisConfig, RedisStore, VersionStore};
///
/// let store = RedisStore::new(RedisConfig::parse("redis://127.0.0.1:6379/1").unwrap());
/// assert_eq!(store.location(), "redis://127.0.0.1:6379/1");
///
/// // The keys Django's cache framework makes with KEY_PREFIX = "shop".
/// let config = RedisConfig::parse("redis://:secret@cache.internal/2").unwrap().prefix(KeyPrefix::django("shop", 1));
/// assert_eq!(RedisStore::new(config).location(), "redis://cache.internal:6379/2, keys shop:1:*");
/// ```
pub struct RedisStore {
    config: RedisConfig,
    location: String,
    connection: Mutex<Option<ConnectionManager>>,
}

impl RedisStore {
    /// A store that connects when it is first used.
    pub fn new(config: RedisConfig) -> Self {
        Self { location: config.location(), config, connection: Mutex::new(None) }
    }

    fn version_key(&self, user: &User) -> String {
        redis_key::user_version(user.id()).prefixed(self.config.prefix.as_str()).to_string()
    }

    fn enabled_key(&self, user: &User) -> String {
        redis_key::user_enabled(user.id()).prefixed(self.config.prefix.as_str()).to_string()
    }

    /// The connection, which may still be on its way.
    fn connection(&self) -> Result<ConnectionManager, StoreError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = &*connection {
            return Ok(connection.clone());
        }
        // Each use of a lost connection begins a new one in the background and fails meanwhile, so that it is told why.
        let limits = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(self.config.connection_limit))
            .set_response_timeout(Some(self.config.response_limit))
            .set_number_of_retries(0);
        let made = ConnectionManager::new_lazy_with_config(self.config.client.clone(), limits).map_err(failure)?;
        // Drives the connecting to its end even if everybody who waits for it gives up.
        let mut ping = made.clone();
        tokio::spawn(async move {
            let _ = ::redis::cmd("PING").query_async::<Value>(&mut ping).await;
        });
        *connection = Some(made.clone());
        Ok(made)
    }

    async fn raise(&self, keys: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        let mut connection = self.connection()?;
        let script = scripts::bump();
        let mut call = script.prepare_invoke();
        for key in keys {
            call.key(key);
        }
        call.invoke_async(&mut connection).await.map_err(failure)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("location", &self.location).finish_non_exhaustive()
    }
}

impl VersionStore for RedisStore {
    fn kind(&self) -> &'static str {
        "redis"
    }

    fn location(&self) -> String {
        self.location.clone()
    }

    fn read<'a>(&'a self, user: &'a User) -> StoreFuture<'a, Known> {
        Box::pin(async move {
            let mut connection = self.connection()?;
            let key = self.version_key(user);
            let answers: Vec<Value> = ::redis::pipe()
                .get(&key)
                .get(self.enabled_key(user))
                .ignore_errors()
                .query_async(&mut connection)
                .await
                .map_err(failure)?;
            let [version, enabled] = answers.as_slice() else {
                return Err(StoreError::Unreachable(
                    "Redis answered two commands with another number of replies".into(),
                ));
            };
            let version = match version {
                Value::Nil => {
                    let script = scripts::read_or_start();
                    let started: Value = script.key(&key).invoke_async(&mut connection).await.map_err(failure)?;
                    version_of(&started)?
                }
                found => version_of(found)?,
            };
            Ok(Known { version, enabled: enabled_of(enabled) })
        })
    }

    fn bump<'a>(&'a self, user: &'a User) -> StoreFuture<'a, CacheVersion> {
        Box::pin(async move {
            let raised = self.raise(&[self.version_key(user)]).await?;
            match raised.as_slice() {
                [Some(version)] => CacheVersion::parse(version).map_err(|_| StoreError::NotAVersion),
                _ => Err(StoreError::NotAVersion),
            }
        })
    }

    fn bump_everyone(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let mut connection = self.connection()?;
            let pattern = format!("{}cache_user_version:*", self.config.prefix.glob());
            let mut cursor = 0_u64;
            loop {
                let (next, keys): (u64, Vec<String>) = ::redis::cmd("SCAN")
                    .arg(cursor)
                    .arg("MATCH")
                    .arg(&pattern)
                    .arg("COUNT")
                    .arg(KEYS_AT_A_TIME)
                    .query_async(&mut connection)
                    .await
                    .map_err(failure)?;
                if !keys.is_empty() {
                    self.raise(&keys).await?;
                }
                if next == 0 {
                    return Ok(());
                }
                cursor = next;
            }
        })
    }

    fn set_enabled<'a>(&'a self, user: &'a User, enabled: bool) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut connection = self.connection()?;
            let key = self.enabled_key(user);
            let command = if enabled { ::redis::Cmd::del(key) } else { ::redis::Cmd::set(key, "0") };
            command.query_async::<Value>(&mut connection).await.map_err(failure)?;
            Ok(())
        })
    }

    fn examine(&self) -> StoreFuture<'_, Vec<Finding>> {
        Box::pin(async move {
            let mut connection = self.connection()?;
            let answers: Vec<Value> = ::redis::pipe()
                .ping()
                .cmd("INFO")
                .arg("memory")
                .ignore_errors()
                .query_async(&mut connection)
                .await
                .map_err(failure)?;
            match answers.first() {
                Some(Value::ServerError(error)) => return Err(StoreError::Unreachable(error.to_string())),
                Some(_) => {}
                None => return Err(StoreError::Unreachable("Redis did not answer PING".into())),
            }
            // Not every account may use INFO; then nothing is known about the policy.
            let memory = answers.get(1).map(text_of).unwrap_or_default();
            Ok(eviction_finding(&memory).into_iter().collect())
        })
    }

    fn cure(&self, error: &StoreError) -> String {
        match error {
            StoreError::Unreachable(_) | StoreError::Resting => {
                format!("Start Redis at {}, or correct REDIS_URL", self.location)
            }
            StoreError::TooSlow(_) => {
                "See whether Redis is stopped or overloaded: redis-cli --latency, redis-cli SLOWLOG GET".into()
            }
            StoreError::NotAVersion => format!(
                "List the keys with redis-cli --scan --pattern '{}cache_user_version:*' and DEL those that hold no \
                 positive integer: their counters start anew from the clock",
                self.config.prefix.as_str()
            ),
        }
    }
}

/// What a key holds, as a version.
fn version_of(value: &Value) -> Result<CacheVersion, StoreError> {
    match value {
        Value::ServerError(error) if error.code() != "WRONGTYPE" => Err(StoreError::Unreachable(error.to_string())),
        Value::BulkString(bytes) => std::str::from_utf8(bytes)
            .ok()
            .and_then(|text| CacheVersion::parse(text).ok())
            .ok_or(StoreError::NotAVersion),
        _ => Err(StoreError::NotAVersion),
    }
}

/// The enabled flag: absent, `1` and `true` mean yes.
fn enabled_of(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::BulkString(bytes) => matches!(bytes.as_slice(), b"1" | b"true"),
        _ => false,
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::VerbatimString { text, .. } => text.clone(),
        _ => String::new(),
    }
}

/// `allkeys-*` evicts version keys, which have no time to live, along with everything else.
fn eviction_finding(memory: &str) -> Option<Finding> {
    let policy = memory.lines().find_map(|line| line.strip_prefix("maxmemory_policy:"))?.trim();
    let bounded = memory.lines().find_map(|line| line.strip_prefix("maxmemory:"))?.trim() != "0";
    (bounded && policy.starts_with("allkeys-")).then(|| Finding {
        problem: format!("Redis evicts version keys when its memory is full (maxmemory-policy {policy})"),
        cure: "Set maxmemory-policy to volatile-lru, which spares keys without a time to live".into(),
    })
}

fn failure(error: RedisError) -> StoreError {
    if error.code() == Some("WRONGTYPE") { StoreError::NotAVersion } else { StoreError::Unreachable(error.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_contract_calls_a_version_is_one() {
        for garbage in ["", "abc", "007", "-3", "0", " 5", "5.0", "9007199254740992", "\u{80}"] {
            let value = Value::BulkString(garbage.as_bytes().to_vec());
            assert_eq!(version_of(&value), Err(StoreError::NotAVersion), "{garbage:?}");
        }
        assert_eq!(version_of(&Value::BulkString(b"5".to_vec())), Ok(CacheVersion::new(5).unwrap()));
    }

    #[test]
    fn an_eviction_policy_matters_only_where_memory_is_bounded() {
        assert!(eviction_finding("maxmemory:8388608\r\nmaxmemory_policy:allkeys-lru\r\n").is_some());
        assert!(eviction_finding("maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n").is_none());
        assert!(eviction_finding("maxmemory:8388608\r\nmaxmemory_policy:volatile-lru\r\n").is_none());
    }
}
