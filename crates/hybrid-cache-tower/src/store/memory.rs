//! Versions in this process's memory.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use hybrid_cache_contract::CacheVersion;

use super::{Change, Finding, Known, Listener, StoreError, StoreFuture, VersionStore};
use crate::{Tenant, User, user::UserMap};

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
    users: Arc<Mutex<UserMap<Kept>>>,
    clock: Arc<dyn Fn() -> u64 + Send + Sync>,
    listener: Arc<OnceLock<Listener>>,
}

#[derive(Clone, Debug)]
struct Kept {
    known: Known,
    /// The tenant the user was seen in last.
    tenant: Option<Tenant>,
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
        Self { users: Arc::default(), clock: Arc::new(clock), listener: Arc::default() }
    }

    fn users(&self) -> MutexGuard<'_, UserMap<Kept>> {
        // Every change is a single assignment: a panic elsewhere cannot leave half of one.
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept of the user, who is entered if nothing is.
    fn with<T>(&self, user: &User, act: impl FnOnce(&mut Known) -> T) -> T {
        let mut users = self.users();
        if let Some(kept) = users.get_mut(user) {
            if kept.tenant.as_ref() != user.tenant() {
                kept.tenant = user.tenant().cloned();
            }
            return act(&mut kept.known);
        }
        let new = Kept { known: Known { version: self.now(), enabled: true }, tenant: user.tenant().cloned() };
        act(&mut users.entry(user.clone()).or_insert(new).known)
    }

    fn raise_all(&self, which: impl Fn(&Kept) -> bool) -> Result<(), StoreError> {
        let clock = self.now();
        for kept in self.users().values_mut().filter(|kept| which(kept)) {
            kept.known.version = raised(kept.known.version, clock).ok_or(StoreError::NotAVersion)?;
        }
        self.tell(Change::Everybody);
        Ok(())
    }

    fn tell(&self, change: Change<'_>) {
        if let Some(listener) = self.listener.get() {
            listener(change);
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
        Some(self.with(user, |known| *known))
    }

    fn read<'a>(&'a self, user: &'a User) -> StoreFuture<'a, Known> {
        Box::pin(async { Ok(self.with(user, |known| *known)) })
    }

    fn bump<'a>(&'a self, user: &'a User) -> StoreFuture<'a, CacheVersion> {
        Box::pin(async {
            let clock = self.now();
            let version = self.with(user, |known| {
                known.version = raised(known.version, clock).ok_or(StoreError::NotAVersion)?;
                Ok(known.version)
            });
            self.tell(Change::User(user));
            version
        })
    }

    fn bump_everyone(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { self.raise_all(|_| true) })
    }

    fn bump_tenant<'a>(&'a self, tenant: &'a Tenant) -> StoreFuture<'a, ()> {
        Box::pin(async { self.raise_all(|kept| kept.tenant.as_ref() == Some(tenant)) })
    }

    fn set_enabled<'a>(&'a self, user: &'a User, enabled: bool) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.with(user, |known| known.enabled = enabled);
            self.tell(Change::User(user));
            Ok(())
        })
    }

    fn on_change(&self, listener: Listener) {
        let _ = self.listener.set(listener);
    }

    fn examine(&self) -> StoreFuture<'_, Vec<Finding>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}
