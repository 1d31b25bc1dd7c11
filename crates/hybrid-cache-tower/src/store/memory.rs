//! Versions in this process's memory.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use hybrid_cache_contract::CacheVersion;

use super::{Finding, Known, StoreError, StoreFuture, VersionStore};
use crate::User;

/// Keeps the versions in memory: the embedded default, for one process.
///
/// Nothing is lost by a restart, since a counter that is not there starts from the clock (H5); the enabled flags begin
/// anew as `true`. About 150 bytes for each user seen.
///
/// ```
/// use hybrid_cache_tower::store::{MemoryStore, VersionStore};
/// use hybrid_cache_tower::User;
///
/// // With a clock of one's own, in microseconds since the Unix epoch.
/// let store = MemoryStore::with_clock(|| 1_000);
/// let alice = User::new("alice").unwrap();
/// assert_eq!(store.at_hand(&alice).unwrap().version.get(), 1_000);
/// ```
#[derive(Clone)]
pub struct MemoryStore {
    users: Arc<Mutex<HashMap<User, Known>>>,
    clock: Arc<dyn Fn() -> u64 + Send + Sync>,
}

impl MemoryStore {
    /// A store that starts counters from the system's clock.
    pub fn new() -> Self {
        Self::with_clock(|| {
            let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::try_from(since_epoch.as_micros()).unwrap_or(u64::MAX)
        })
    }

    /// A store with another clock: microseconds since the Unix epoch. A clock that steps back costs nothing while the
    /// process lives; across a restart it can make versions repeat.
    pub fn with_clock(clock: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self { users: Arc::default(), clock: Arc::new(clock) }
    }

    fn users(&self) -> MutexGuard<'_, HashMap<User, Known>> {
        // Every change is a single assignment: a panic elsewhere cannot leave half of one.
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, user: &User) -> Known {
        let mut users = self.users();
        match users.get(user) {
            Some(known) => *known,
            None => {
                let known = Known { version: self.now(), enabled: true };
                users.insert(user.clone(), known);
                known
            }
        }
    }

    fn now(&self) -> CacheVersion {
        let clock = (self.clock)().clamp(1, CacheVersion::MAX.get());
        CacheVersion::new(clock).unwrap_or(CacheVersion::MIN)
    }
}

/// The larger of the old version plus 1 and the clock (H5); `None` after the last version there is.
fn raised(old: CacheVersion, clock: CacheVersion) -> Option<CacheVersion> {
    CacheVersion::new(old.get() + 1).map(|next| next.max(clock))
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("users", &self.users().len()).finish_non_exhaustive()
    }
}

impl VersionStore for MemoryStore {
    fn kind(&self) -> &'static str {
        "memory"
    }

    fn location(&self) -> String {
        "memory of this process".into()
    }

    fn at_hand(&self, user: &User) -> Option<Known> {
        Some(self.known(user))
    }

    fn read<'a>(&'a self, user: &'a User) -> StoreFuture<'a, Known> {
        Box::pin(async { Ok(self.known(user)) })
    }

    fn bump<'a>(&'a self, user: &'a User) -> StoreFuture<'a, CacheVersion> {
        Box::pin(async {
            let clock = self.now();
            let mut users = self.users();
            let Some(known) = users.get_mut(user) else {
                users.insert(user.clone(), Known { version: clock, enabled: true });
                return Ok(clock);
            };
            known.version = raised(known.version, clock).ok_or(StoreError::NotAVersion)?;
            Ok(known.version)
        })
    }

    fn bump_everyone(&self) -> StoreFuture<'_, ()> {
        Box::pin(async {
            let clock = self.now();
            for known in self.users().values_mut() {
                known.version = raised(known.version, clock).ok_or(StoreError::NotAVersion)?;
            }
            Ok(())
        })
    }

    fn set_enabled<'a>(&'a self, user: &'a User, enabled: bool) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.known(user);
            if let Some(known) = self.users().get_mut(user) {
                known.enabled = enabled;
            }
            Ok(())
        })
    }

    fn examine(&self) -> StoreFuture<'_, Vec<Finding>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}
