//! How long one request may wait for the version store, all waits together.

use std::{
    fmt,
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
#[derive(Clone)]
pub(crate) struct Budget(Arc<dyn HasLeft>);

/// What keeps the time that is left: something of its own, or what is kept for the request anyway.
pub(crate) trait HasLeft: Send + Sync {
    fn time_left(&self) -> &Left;
}

/// In nanoseconds.
#[derive(Debug)]
pub(crate) struct Left(AtomicU64);

impl Left {
    pub(crate) fn new(total: Duration) -> Self {
        Self(AtomicU64::new(nanos(total)))
    }
}

impl HasLeft for Left {
    fn time_left(&self) -> &Left {
        self
    }
}

impl Budget {
    pub(crate) fn new(total: Duration) -> Self {
        Self::kept_in(Arc::new(Left::new(total)))
    }

    pub(crate) fn kept_in(place: Arc<impl HasLeft + 'static>) -> Self {
        Self(place)
    }

    /// The budget of the request this task is answering, or a new one of `total`.
    pub(crate) fn current_or(total: Duration) -> Self {
        CURRENT.try_with(Self::clone).unwrap_or_else(|_| Self::new(total))
    }

    /// Runs `poll` so that [`Budget::current_or`] finds this budget.
    pub(crate) fn during<T>(self, poll: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, poll)
    }

    pub(crate) fn left(&self) -> Duration {
        Duration::from_nanos(self.0.time_left().0.load(Ordering::Relaxed))
    }

    /// Waits that overlap count one by one, so a handler that bumps in parallel runs out earlier, never later.
    pub(crate) fn spend(&self, spent: Duration) {
        let spent = nanos(spent);
        let spend = |left: u64| Some(left.saturating_sub(spent));
        let _ = self.0.time_left().0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend);
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Budget").field(&self.left()).finish()
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
