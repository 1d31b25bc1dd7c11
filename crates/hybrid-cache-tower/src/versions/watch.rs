//! Following a user's version as it changes.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    sync::{Notify, watch},
    time::sleep,
};

use super::{Inner, Reading, Versions};
use crate::{
    User,
    store::{Change, Known},
};

/// Who is being watched, and about whom there is news. One channel for each user, whatever the number of watchers.
#[derive(Debug, Default)]
pub(super) struct Watched {
    users: Mutex<HashMap<User, watch::Sender<Option<Known>>>>,
    /// Users whose version may have changed since it was read.
    stale: Mutex<HashSet<User>>,
    news: Arc<Notify>,
    running: AtomicBool,
}

impl Watched {
    fn users(&self) -> MutexGuard<'_, HashMap<User, watch::Sender<Option<Known>>>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stale(&self) -> MutexGuard<'_, HashSet<User>> {
        self.stale.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Called by the store, often, for users nobody watches.
    pub(super) fn heard(&self, change: Change<'_>) {
        let users = self.users();
        match change {
            Change::User(user) => {
                if !users.contains_key(user) {
                    return;
                }
                self.stale().insert(user.clone());
            }
            Change::Everybody => self.stale().extend(users.keys().cloned()),
        }
        self.news.notify_one();
    }

    pub(super) fn watchers(&self) -> usize {
        self.users().values().map(watch::Sender::receiver_count).sum()
    }
}

/// Ends the task that tells.
impl Drop for Watched {
    fn drop(&mut self) {
        self.news.notify_one();
    }
}

/// Follows one user's version. Made by [`Versions::watch`].
pub struct VersionWatch {
    inner: Arc<Inner>,
    user: User,
    news: watch::Receiver<Option<Known>>,
}

impl VersionWatch {
    /// Waits for news: what is known of the user, as soon as the store has told of a change. Not every single version
    /// is told where several follow closely. Dropping the future loses nothing.
    pub async fn changed(&mut self) -> Known {
        loop {
            // The sender lives as long as it has a receiver.
            if self.news.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            if let Some(known) = *self.news.borrow_and_update() {
                return known;
            }
        }
    }
}

impl std::fmt::Debug for VersionWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VersionWatch").finish_non_exhaustive()
    }
}

impl Drop for VersionWatch {
    fn drop(&mut self) {
        let mut users = self.inner.watched.users();
        // This one's own receiver is the last.
        if users.get(&self.user).is_some_and(|sender| sender.receiver_count() <= 1) {
            users.remove(&self.user);
        }
    }
}

impl Versions {
    /// Follows a user's version from now on; [`Versions::read`] tells what it is. Nothing is heard from a store that does
    /// not [tell of changes](crate::store::VersionStore::on_change).
    ///
    /// ```
    /// # use hybrid_cache_tower::{Bumped, User, Versions, store::MemoryStore};
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// let versions = Versions::new(MemoryStore::new());
    /// let alice = User::new("alice").unwrap();
    /// let mut watch = versions.watch(&alice);
    /// let Bumped::To(version) = versions.bump(&alice).await else { unreachable!("memory does not fail") };
    /// assert_eq!(watch.changed().await.version, version);
    /// # });
    /// ```
    pub fn watch(&self, user: &User) -> VersionWatch {
        let watched = &self.inner.watched;
        let news = watched.users().entry(user.clone()).or_insert_with(|| watch::Sender::new(None)).subscribe();
        if !watched.running.swap(true, Ordering::AcqRel) {
            tokio::spawn(tell(Arc::downgrade(&self.inner)));
        }
        VersionWatch { inner: self.inner.clone(), user: user.clone(), news }
    }

    /// How many watch a user.
    #[cfg(feature = "control")]
    pub(crate) fn watchers_of(&self, user: &User) -> usize {
        self.inner.watched.users().get(user).map_or(0, watch::Sender::receiver_count)
    }
}

/// Reads what has changed, one user after the other, and tells the watchers. A bump of everybody is so spread over the
/// time that reading takes.
async fn tell(inner: Weak<Inner>) {
    loop {
        let Some(strong) = inner.upgrade() else { return };
        let stale: Vec<User> = strong.watched.stale().drain().collect();
        if stale.is_empty() {
            let news = strong.watched.news.clone();
            drop(strong);
            news.notified().await;
            continue;
        }
        let versions = Versions { inner: strong };
        let mut unknown = Vec::new();
        for user in stale {
            match versions.read(&user).await {
                Reading::Known(known) => {
                    if let Some(sender) = versions.inner.watched.users().get(&user) {
                        sender.send_if_modified(|told| told.replace(known) != Some(known));
                    }
                }
                Reading::Unknown | Reading::Owed => unknown.push(user),
            }
        }
        if !unknown.is_empty() {
            versions.inner.watched.stale().extend(unknown);
            let interval = versions.inner.limits.probe_interval;
            drop(versions);
            sleep(interval).await;
        }
    }
}
