//! How long one request may wait for the version store, all waits together.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

tokio::task_local! {
    static CURRENT: Budget;
}

/// What is left of a request's waiting time. Clones share it.
///
/// The layer sets it for the time the handler runs, so that bumps a handler makes in its own task draw on the same
/// budget as the layer's reads. A task the handler spawns, and everything outside a request, gets a budget of its own.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<AtomicU64>);

impl Budget {
    pub(crate) fn new(total: Duration) -> Self {
        Self(Arc::new(AtomicU64::new(nanos(total))))
    }

    /// The budget of the request this task is answering, or a new one of `total`.
    pub(crate) fn current_or(total: Duration) -> Self {
        CURRENT.try_with(Self::clone).unwrap_or_else(|_| Self::new(total))
    }

    /// Runs `poll` so that [`Budget::current_or`] finds this budget.
    pub(crate) fn during<T>(&self, poll: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self.clone(), poll)
    }

    pub(crate) fn left(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }

    /// Waits that overlap count one by one, so a handler that bumps in parallel runs out earlier, never later.
    pub(crate) fn spend(&self, spent: Duration) {
        let spent = nanos(spent);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(spent)));
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
