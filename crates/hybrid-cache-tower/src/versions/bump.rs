//! Raising a user's version.

use std::sync::Arc;

use hybrid_cache_contract::CacheVersion;

use super::{Inner, Versions};
use crate::{Tenant, User, budget::Budget, store::StoreError};

/// What became of a bump. It is never lost while the process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bumped {
    /// The version is this one now.
    To(CacheVersion),
    /// The store did not record it. It will be asked again; until then this user's responses carry no version and say
    /// `X-Cache-Enabled: false` (H4).
    Later,
}

impl Versions {
    /// Raises a user's version, so that everything cached for the user is stale. To be called after the change it
    /// announces has been committed (H2), and within the same task as the handler, whose time limit it shares.
    ///
    /// Where the future that commits may be dropped, because the client hung up for example, use
    /// [`Versions::pending_bump`].
    pub async fn bump(&self, user: &User) -> Bumped {
        self.pending_bump(user).record().await
    }

    /// Announces that a user's data is about to change. Whatever happens to the returned value other than
    /// [`PendingBump::not_needed`], the version is raised when it is gone.
    pub fn pending_bump(&self, user: &User) -> PendingBump {
        PendingBump { inner: self.inner.clone(), user: user.clone(), settled: false }
    }

    /// Raises the version of every user. May take long where there are many; the time limit of requests does not apply.
    ///
    /// # Errors
    ///
    /// The store failed. Then every user counts as owed until it has been done, as in [`Bumped::Later`].
    pub async fn bump_everyone(&self) -> Result<(), StoreError> {
        self.or_everybody_is_owed(self.inner.store.bump_everyone().await)
    }

    /// Raises the version of every user of a tenant, or of everybody where the store does not keep tenants apart (H5a).
    ///
    /// # Errors
    ///
    /// As [`Versions::bump_everyone`]; then everybody is owed a bump, not only the tenant's users.
    pub async fn bump_tenant(&self, tenant: &Tenant) -> Result<(), StoreError> {
        self.or_everybody_is_owed(self.inner.store.bump_tenant(tenant).await)
    }

    /// Raises the version of a user who belonged to the tenant `from`, or to none, and belongs to
    /// [`user.tenant()`](User::tenant) now. To be called when the move has been committed and before the user is stamped
    /// as one of the new tenant: the new tenant's counter may be lower (H5a).
    ///
    /// # Errors
    ///
    /// The store failed. Then every user counts as owed until everybody's version has been raised.
    pub async fn move_user(&self, user: &User, from: Option<&Tenant>) -> Result<CacheVersion, StoreError> {
        let moved = self.inner.store.move_user(user, from).await;
        self.or_everybody_is_owed(moved)
    }

    fn or_everybody_is_owed<T>(&self, raised: Result<T, StoreError>) -> Result<T, StoreError> {
        self.inner.learn_from(raised.as_ref().err());
        if raised.is_err() {
            self.inner.outbox.remember_everyone();
            self.inner.recover_debt();
        }
        raised
    }
}

/// A bump that is to follow a write.
///
/// Make it before the write begins, keep it with the write (in the closure of `spawn_blocking`, for example) until the
/// change is committed, and then call [`record`](Self::record). If it is dropped instead (the client hung up, the
/// handler panicked or returned early) the bump is remembered and recorded in the background: one bump too many costs
/// the user a few requests, one too few shows old data.
#[must_use = "dropping it raises the version"]
pub struct PendingBump {
    inner: Arc<Inner>,
    user: User,
    settled: bool,
}

impl PendingBump {
    /// Raises the version: the change has been committed. Waits no longer than what is left of the request's budget.
    pub async fn record(mut self) -> Bumped {
        let budget = Budget::current_or(self.inner.limits.request_budget);
        // Dropping this future in between leaves `settled` false.
        match self.inner.ask(&budget, self.inner.store.bump(&self.user)).await {
            Ok(version) => {
                self.settled = true;
                self.inner.counters.here().bumps.add();
                Bumped::To(version)
            }
            Err(_) => Bumped::Later,
        }
    }

    /// Nothing was written: the version stays.
    pub fn not_needed(mut self) {
        self.settled = true;
    }
}

impl Drop for PendingBump {
    fn drop(&mut self) {
        if !self.settled {
            self.inner.counters.here().bumps_postponed.add();
            if self.inner.outbox.remember(&self.user) {
                tracing::error!("too many bumps wait for the version store: every user's version will be raised");
            }
            self.inner.recover_debt();
        }
    }
}

impl std::fmt::Debug for PendingBump {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingBump").finish_non_exhaustive()
    }
}
