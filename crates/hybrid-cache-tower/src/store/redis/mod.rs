//! Versions in Redis.

mod config;
mod examine;
mod keys;
mod link;
mod near;
mod scripts;
mod server;

use std::{fmt, sync::Arc};

use ::redis::{RedisError, Value};
use hybrid_cache_contract::CacheVersion;

pub use self::{
    config::{Consistency, InvalidRedisConfig, RedisConfig},
    keys::KeyPrefix,
};
use self::{
    link::{Link, Session},
    near::Own,
    server::Wire,
};
use super::{Finding, Known, Listener, StoreError, StoreFuture, VersionStore};
use crate::{Tenant, User};

/// How many keys `bump_everyone` asks for, and raises, at a time.
const KEYS_AT_A_TIME: usize = 500;

/// Keeps the versions in Redis 6 or later, under the contract's keys, shared with other processes and languages.
///
/// A plain `INCR` by another writer stays valid between its bumps (H5). The connection is made when it is first needed
/// and again in the background when it is lost; until then operations fail, at once or within the time
/// [`Versions`](crate::Versions) gives them. Nothing is retried here.
///
/// What was read is remembered, and forgotten as soon as Redis tells that it has changed, so that most responses are
/// stamped without asking. A Redis that shows no sign of life for a second makes everything unusable that is remembered.
/// [`Consistency::Strict`] turns this off.
///
/// # Which Redis
///
/// | | how | remembered | a bump by another process shows | when a server goes |
/// |---|---|---|---|---|
/// | one server | `RedisConfig::parse` | yes | when Redis has told of it | no versions until it is back |
/// | the same over TLS | a `rediss://` URL, `RedisConfig::trusting` for an authority of one's own (feature `tls`) | yes | when Redis has told of it | no versions until it is back |
/// | behind Sentinels | `RedisConfig::through_sentinels` (feature `sentinel`) | yes | when the master has told of it | no versions until there is a new master; bumps it has not heard of are made good where versions are composed |
/// | a cluster | `RedisConfig::in_cluster` (feature `cluster`) | no | at once: every response asks | no versions of the users in its slots, or of anybody if it held the counter of everybody |
///
/// Replicas are not read from.
///
/// ```
/// use hybrid_cache_tower::store::{Consistency, KeyPrefix, RedisConfig, RedisStore, VersionStore};
///
/// let store = RedisStore::new(RedisConfig::parse("redis://127.0.0.1:6379/1").unwrap());
/// assert_eq!(store.location(), "redis://127.0.0.1:6379/1");
///
/// // The keys Django's cache framework makes with KEY_PREFIX = "shop", asked for every response.
/// let config = RedisConfig::parse("redis://:secret@cache.internal/2")
///     .unwrap()
///     .prefix(KeyPrefix::django("shop", 1))
///     .consistency(Consistency::Strict);
/// assert_eq!(RedisStore::new(config).location(), "redis://cache.internal:6379/2, keys shop:1:*");
/// ```
#[derive(Clone)]
pub struct RedisStore {
    link: Arc<Link>,
}

impl RedisStore {
    /// A store that connects when it is first used.
    pub fn new(config: RedisConfig) -> Self {
        Self { link: Link::new(config) }
    }

    /// The connection, for what else is kept in this Redis.
    #[cfg(feature = "query")]
    pub(crate) async fn commands(
        &self,
    ) -> Result<impl ::redis::aio::ConnectionLike + Clone + Send + Sync + 'static + use<>, StoreError> {
        self.wire().await
    }

    /// What stands before every key.
    #[cfg(feature = "query")]
    pub(crate) fn prefix(&self) -> &str {
        self.link.config.prefix.as_str()
    }

    #[cfg(feature = "query")]
    pub(crate) fn is_cluster(&self) -> bool {
        !self.link.config.server.is_one()
    }

    async fn wire(&self) -> Result<Wire, StoreError> {
        Ok(self.link.session().await?.wire)
    }

    /// The parts of a user's version and the flag, from Redis; they are remembered.
    async fn ask(&self, user: &User) -> Result<Known, StoreError> {
        let Link { keys, near, config, .. } = &*self.link;
        let ticket = near.ticket(user);
        let mut session = self.link.session().await?;
        let version_key = keys.version(user);
        let shared_keys = config.composed.then(|| [keys.global.clone(), keys.tenant(user.tenant())]);
        let mut ask = ::redis::cmd("MGET");
        ask.arg(keys.enabled(user)).arg(&version_key).arg(shared_keys.as_ref().map_or(&[][..], |keys| keys));
        let found: Vec<Value> = ask.query_async(&mut session.wire).await.map_err(failure)?;
        let enabled = enabled_of(found.first().unwrap_or(&Value::Nil));
        let own = Own { version: part(&mut session, &version_key, found.get(1)).await?, enabled };
        let shared = match &shared_keys {
            Some([global, tenant]) => {
                Some([part(&mut session, global, found.get(2)).await?, part(&mut session, tenant, found.get(3)).await?])
            }
            None => None,
        };
        near.fill(ticket, user, own);
        if let Some(shared) = shared {
            near.fill_shared(ticket, user.tenant(), shared);
        }
        known(own, shared)
    }

    async fn raise(&self, keys: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        let mut wire = self.wire().await?;
        let script = scripts::bump();
        let mut call = script.prepare_invoke();
        for key in keys {
            call.key(key);
        }
        call.invoke_async(&mut wire).await.map_err(failure)
    }

    async fn raise_one(&self, key: String) -> Result<CacheVersion, StoreError> {
        match self.raise(&[key]).await?.as_slice() {
            [Some(version)] => CacheVersion::parse(version).map_err(|_| StoreError::NotAVersion),
            _ => Err(StoreError::NotAVersion),
        }
    }

    async fn raise_shared(&self, key: String) -> Result<(), StoreError> {
        let raised = self.raise_one(key).await;
        self.link.near.forget_shared();
        raised.map(|_| ())
    }

    async fn raise_all_users(&self) -> Result<(), StoreError> {
        let mut wire = self.wire().await?;
        let pattern = self.link.keys.version_pattern();
        let mut cursor = 0_u64;
        loop {
            let (next, keys): (u64, Vec<String>) = ::redis::cmd("SCAN")
                .arg(cursor)
                .arg("MATCH")
                .arg(&pattern)
                .arg("COUNT")
                .arg(KEYS_AT_A_TIME)
                .query_async(&mut wire)
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
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("config", &self.link.config).finish_non_exhaustive()
    }
}

impl VersionStore for RedisStore {
    fn kind(&self) -> &'static str {
        "redis"
    }

    fn location(&self) -> String {
        self.link.config.location()
    }

    fn at_hand(&self, user: &User) -> Option<Known> {
        let Link { near, config, .. } = &*self.link;
        if config.consistency == Consistency::Strict {
            return None;
        }
        let own = near.own(user)?;
        let shared = if config.composed { Some(near.shared(user.tenant())?) } else { None };
        known(own, shared).ok()
    }

    fn read<'a>(&'a self, user: &'a User) -> StoreFuture<'a, Known> {
        Box::pin(self.ask(user))
    }

    fn bump<'a>(&'a self, user: &'a User) -> StoreFuture<'a, CacheVersion> {
        Box::pin(async move {
            let raised = self.raise_one(self.link.keys.version(user)).await;
            // Whatever became of it: the answer may be what was lost.
            self.link.near.forget(user);
            if self.link.config.composed && raised.is_ok() { Ok(self.ask(user).await?.version) } else { raised }
        })
    }

    fn bump_everyone(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            if self.link.config.composed {
                return self.raise_shared(self.link.keys.global.clone()).await;
            }
            let raised = self.raise_all_users().await;
            self.link.near.forget_everything();
            raised
        })
    }

    fn bump_tenant<'a>(&'a self, tenant: &'a Tenant) -> StoreFuture<'a, ()> {
        if !self.link.config.composed {
            return self.bump_everyone();
        }
        Box::pin(self.raise_shared(self.link.keys.tenant(Some(tenant))))
    }

    fn move_user<'a>(&'a self, user: &'a User, from: Option<&'a Tenant>) -> StoreFuture<'a, CacheVersion> {
        Box::pin(async move {
            if self.link.config.composed {
                let mut session = self.link.session().await?;
                let old = part(&mut session, &self.link.keys.tenant(from), None).await?;
                // The tenant is raised, and not the user alone: a user's counter ahead of the clock would let the sum
                // repeat after a flush (H5).
                let raised = raise_to(&mut session, &self.link.keys.tenant(user.tenant()), old).await;
                self.link.near.forget_shared();
                raised?;
            }
            self.bump(user).await
        })
    }

    fn set_enabled<'a>(&'a self, user: &'a User, enabled: bool) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut wire = self.wire().await?;
            let key = self.link.keys.enabled(user);
            let command = if enabled { ::redis::Cmd::del(key) } else { ::redis::Cmd::set(key, "0") };
            let done = command.query_async::<Value>(&mut wire).await;
            self.link.near.forget(user);
            done.map(|_| ()).map_err(failure)
        })
    }

    fn on_change(&self, listener: Listener) {
        let _ = self.link.listener.set(listener);
    }

    fn remembered(&self) -> usize {
        self.link.near.len()
    }

    fn examine(&self) -> StoreFuture<'_, Vec<Finding>> {
        Box::pin(examine::examine(&self.link))
    }

    fn cure(&self, error: &StoreError) -> String {
        examine::cure(&self.link, error)
    }
}

/// The version that the parts make (H5a).
fn known(own: Own, shared: Option<[u64; 2]>) -> Result<Known, StoreError> {
    let mut sum = Some(own.version);
    for part in shared.into_iter().flatten() {
        sum = sum.and_then(|sum| sum.checked_add(part));
    }
    let version = sum.and_then(CacheVersion::new).ok_or(StoreError::NotAVersion)?;
    Ok(Known { version, enabled: own.enabled })
}

/// A counter, given what `MGET` has found there, which says nothing also of what is no text.
async fn part(session: &mut Session, key: &str, found: Option<&Value>) -> Result<u64, StoreError> {
    let version = match found {
        None | Some(Value::Nil) => {
            let script = scripts::read_or_start();
            let started: Value = script.key(key).invoke_async(&mut session.wire).await.map_err(failure)?;
            version_of(&started)?.get()
        }
        Some(found) => version_of(found)?.get(),
    };
    if version < session.floor { raise_to(session, key, session.floor).await } else { Ok(version) }
}

async fn raise_to(session: &mut Session, key: &str, least: u64) -> Result<u64, StoreError> {
    let script = scripts::raise_to();
    let raised: Value = script.key(key).arg(least).invoke_async(&mut session.wire).await.map_err(failure)?;
    version_of(&raised).map(CacheVersion::get)
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
}
