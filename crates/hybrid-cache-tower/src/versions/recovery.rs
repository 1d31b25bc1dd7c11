//! The background task that waits for the store to come back and records what is owed.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    runtime::Handle,
    sync::Notify,
    time::{sleep, timeout},
};

use super::{Inner, outbox::Debt};
use crate::store::StoreError;

/// Whether the task is running. There is one at a time, only while there is something to do.
#[derive(Debug, Default)]
pub(super) struct Recovery {
    running: AtomicBool,
    new_debt: Notify,
}

/// What one attempt came to.
enum Attempt {
    /// The store answers and nothing is owed any more.
    Done,
    /// The store does not answer.
    Failed,
    /// The store answers; what is left concerns keys that hold no version, which somebody has to mend.
    Blocked,
}

impl Inner {
    /// A debt has arisen.
    pub(super) fn recover_debt(self: &Arc<Self>) {
        self.recovery.new_debt.notify_one();
        self.start_recovery();
    }

    /// Starts the task, unless it is running. Without a runtime at hand (the last value was dropped elsewhere) the next
    /// request starts it.
    pub(super) fn start_recovery(self: &Arc<Self>) {
        let Ok(runtime) = Handle::try_current() else { return };
        if !self.recovery.running.swap(true, Ordering::AcqRel) {
            runtime.spawn(recover(Running(Arc::downgrade(self))));
        }
    }

    async fn attempt(self: &Arc<Self>) -> Attempt {
        let limit = self.limits.request_budget;
        let too_slow = StoreError::TooSlow(limit);
        let answers = timeout(limit, self.store.examine()).await.unwrap_or(Err(too_slow.clone()));
        if let Err(error) = answers {
            self.learn_from(Some(&error));
            return Attempt::Failed;
        }
        let mut blocked = false;
        for debt in self.outbox.list() {
            let paid = match &debt {
                Debt::User(user, _) => {
                    let raised = timeout(limit, self.store.bump(user)).await.unwrap_or(Err(too_slow.clone()));
                    raised.map(|_| ())
                }
                Debt::Everyone(_) => self.store.bump_everyone().await,
            };
            match paid {
                Ok(()) => {
                    self.outbox.settle(&debt);
                    self.counters.here().bumps_replayed.add();
                }
                Err(StoreError::NotAVersion) => blocked = true,
                Err(error) => {
                    self.breaker.note(&error);
                    return Attempt::Failed;
                }
            }
        }
        if blocked { Attempt::Blocked } else { Attempt::Done }
    }
}

/// Says that the task has ended, however it ended.
struct Running(Weak<Inner>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(inner) = self.0.upgrade() {
            inner.recovery.running.store(false, Ordering::Release);
        }
    }
}

async fn recover(running: Running) {
    /// Where every debt is blocked, an attempt now and then is enough, and one for each new debt.
    const INTERVALS_WHILE_BLOCKED: u32 = 20;
    loop {
        let Some(inner) = running.0.upgrade() else { return };
        let interval = inner.limits.probe_interval;
        match inner.attempt().await {
            Attempt::Failed => {
                drop(inner);
                sleep(interval).await;
            }
            Attempt::Blocked => {
                close(&inner);
                let _ = timeout(interval * INTERVALS_WHILE_BLOCKED, inner.recovery.new_debt.notified()).await;
            }
            Attempt::Done => {
                close(&inner);
                drop(running);
                // Whoever added a debt since the attempt may have found this task still running.
                if !inner.outbox.is_empty() || inner.breaker.is_open() {
                    inner.start_recovery();
                }
                return;
            }
        }
    }
}

fn close(inner: &Inner) {
    if inner.breaker.close() {
        tracing::info!(store = inner.store.location(), "the version store answers again");
    }
}
