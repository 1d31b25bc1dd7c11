//! Where the versions live: a counter and a flag per user.
//!
//! [`MemoryStore`] is the default and needs no other service; it suits one process. [`RedisStore`] shares the counters
//! between processes and with servers in other languages. Another place is a [`VersionStore`] of one's own:
//!
//! ```
//! use hybrid_cache_tower::store::{MemoryStore, VersionStore};
//! use hybrid_cache_tower::User;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let store = MemoryStore::new();
//! let alice = User::new("alice").unwrap();
//! let before = store.read(&alice).await.unwrap();
//! assert!(before.enabled);
//! assert!(store.bump(&alice).await.unwrap() > before.version);
//! # });
//! ```
//!
//! A store that shows another one's values later, as a replica does, and so needs the echo of H3:
//!
//! ```
//! use hybrid_cache_tower::store::{Finding, Known, MemoryStore, StoreFuture, VersionStore};
//! use hybrid_cache_tower::{CacheVersion, User};
//! use std::{collections::HashMap, sync::Mutex};
//!
//! #[derive(Default)]
//! struct Remembering { main: MemoryStore, seen: Mutex<HashMap<User, Known>> }
//!
//! impl VersionStore for Remembering {
//!     fn kind(&self) -> &'static str { "remembering" }
//!     fn location(&self) -> String { "memory, remembered".into() }
//!     fn at_hand(&self, user: &User) -> Option<Known> { self.seen.lock().unwrap().get(user).copied() }
//!     fn read<'a>(&'a self, user: &'a User) -> StoreFuture<'a, Known> {
//!         Box::pin(async move {
//!             let known = self.main.read(user).await?;
//!             self.seen.lock().unwrap().insert(user.clone(), known);
//!             Ok(known)
//!         })
//!     }
//!     fn bump<'a>(&'a self, user: &'a User) -> StoreFuture<'a, CacheVersion> { self.main.bump(user) }
//!     fn bump_everyone(&self) -> StoreFuture<'_, ()> { self.main.bump_everyone() }
//!     fn set_enabled<'a>(&'a self, user: &'a User, on: bool) -> StoreFuture<'a, ()> { self.main.set_enabled(user, on) }
//!     fn examine(&self) -> StoreFuture<'_, Vec<Finding>> { self.main.examine() }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let (store, alice) = (Remembering::default(), User::new("alice").unwrap());
//! let old = store.read(&alice).await.unwrap();
//! let new = store.bump(&alice).await.unwrap();
//! assert_eq!(store.at_hand(&alice).unwrap().version, old.version);
//! assert_eq!(store.read(&alice).await.unwrap().version, new);
//! # });
//! ```

mod error;
mod memory;
#[cfg(feature = "redis")]
mod redis;

use std::pin::Pin;

use hybrid_cache_contract::CacheVersion;

pub use self::error::StoreError;
pub use self::memory::MemoryStore;
#[cfg(feature = "redis")]
pub use self::redis::{Consistency, InvalidRedisConfig, KeyPrefix, RedisConfig, RedisStore};
use crate::{Tenant, User};

/// The future of a store's operation. Boxed, so that a store can be chosen while the program runs.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// What a store knows about a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The user's version.
    pub version: CacheVersion,
    /// Whether this user's responses may be cached. Default: they may.
    pub enabled: bool,
}

/// What a [`VersionStore`] has heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// Something about this user may have changed.
    User(&'a User),
    /// Something about anybody may have changed, or have been missed.
    Everybody,
}

/// Who wants to hear of changes. Called often, and must not block.
pub type Listener = Box<dyn Fn(Change<'_>) + Send + Sync>;

/// Something [`VersionStore::examine`] found that an operator should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is the matter, in one sentence.
    pub problem: String,
    /// What to do about it, in one sentence.
    pub cure: String,
}

/// Keeps a version and an enabled flag for each user.
///
/// The rule that must hold (H3): [`read`](Self::read) answers a version that the user had at some time after the call
/// began, or a later one; never one that a completed [`bump`](Self::bump) had replaced before. It is always allowed to
/// answer with an error instead: then the response carries no version and is not stored.
///
/// A store is not asked to limit its own time or to retry: [`Versions`](crate::Versions) drops a future that takes too
/// long. An operation whose future was dropped may have been carried out or not.
pub trait VersionStore: Send + Sync + 'static {
    /// The kind of store in one word, as the control API reports it.
    fn kind(&self) -> &'static str;

    /// Where it is, for start-up messages and `/health`; without passwords.
    fn location(&self) -> String;

    /// What is known about the user without waiting. May lag behind [`read`](Self::read) if the store is one of several
    /// views of the same counters; a request that echoes a higher version makes the layer read (H3). Always allowed to
    /// answer `None`, the default.
    fn at_hand(&self, user: &User) -> Option<Known> {
        let _ = user;
        None
    }

    /// Reads a user's version and flag. A missing counter is started at the store's clock, in microseconds since the
    /// Unix epoch (H5).
    fn read<'a>(&'a self, user: &'a User) -> StoreFuture<'a, Known>;

    /// Raises a user's version to the larger of the old one plus 1 and the store's clock in microseconds, in one atomic
    /// step (H5), and answers the new one. A value that is no integer is left as it is:
    /// [`StoreError::NotAVersion`].
    fn bump<'a>(&'a self, user: &'a User) -> StoreFuture<'a, CacheVersion>;

    /// Raises the version of every user the store knows. May take long; it is not part of answering a request. After an
    /// error some may have been raised and others not.
    fn bump_everyone(&self) -> StoreFuture<'_, ()>;

    /// Raises the version of every user of a tenant. Default, and always allowed: of everybody.
    fn bump_tenant<'a>(&'a self, tenant: &'a Tenant) -> StoreFuture<'a, ()> {
        let _ = tenant;
        self.bump_everyone()
    }

    /// Raises the version of a user who belonged to the tenant `from` and belongs to
    /// [`user.tenant()`](User::tenant) now, above all that the user had before (H5a). Default, for a store whose versions
    /// do not depend on the tenant: [`bump`](Self::bump).
    fn move_user<'a>(&'a self, user: &'a User, from: Option<&'a Tenant>) -> StoreFuture<'a, CacheVersion> {
        let _ = from;
        self.bump(user)
    }

    /// Says whether a user's responses may be cached.
    fn set_enabled<'a>(&'a self, user: &'a User, enabled: bool) -> StoreFuture<'a, ()>;

    /// Calls `listener` when versions or flags may have changed, by whomever. At most one listener, given before the
    /// first use. Default: it is never called; then nothing can be pushed to browsers.
    fn on_change(&self, listener: Listener) {
        drop(listener);
    }

    /// For how many users something is [at hand](Self::at_hand), for the metrics.
    fn remembered(&self) -> usize {
        0
    }

    /// Asks the store whether it is there and how it is set up. An error means that it cannot be used now; findings
    /// mean that it can, and that something should be mended. Also the probe that ends an outage.
    fn examine(&self) -> StoreFuture<'_, Vec<Finding>>;

    /// What an operator can do about an error, in one sentence, for `/health`.
    fn cure(&self, error: &StoreError) -> String {
        match error {
            StoreError::NotAVersion => "Remove the values that are no positive integers".into(),
            _ => format!("See whether the version store ({}) is running and reachable", self.location()),
        }
    }
}
