//! Invalidations that could not be recorded (H4).

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    runtime::Handle,
    time::{sleep, timeout},
};

use super::{QueryStore, Tag};

/// How long one attempt may take, and how long it is until the next.
const LIMIT: Duration = Duration::from_millis(250);

/// Tags to be invalidated. While one of them is owed, nothing that depends on it is answered from the store.
#[derive(Default)]
pub(super) struct Owed {
    tags: Mutex<Numbered>,
    any: AtomicBool,
    recovering: AtomicBool,
}

#[derive(Default)]
struct Numbered {
    /// Increases with every debt, so that one which arises while an older one is being paid stays.
    last: u64,
    tags: HashMap<Tag, u64>,
}

impl Owed {
    /// One more, and everything is owed.
    const MAX: usize = 10_000;

    fn numbered(&self) -> MutexGuard<'_, Numbered> {
        self.tags.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn any_of(&self, tags: &[Tag]) -> bool {
        self.any.load(Ordering::Acquire) && {
            let owed = self.numbered();
            tags.iter().any(|tag| owed.tags.contains_key(tag))
        }
    }

    pub(super) fn remember(&self, tags: &[Tag]) {
        let mut owed = self.numbered();
        owed.last += 1;
        let number = owed.last;
        if owed.tags.len() + tags.len() > Self::MAX {
            owed.tags = HashMap::from([(Tag::everything(), number)]);
        } else {
            owed.tags.extend(tags.iter().map(|tag| (tag.clone(), number)));
        }
        self.any.store(true, Ordering::Release);
    }

    fn list(&self) -> Vec<(Tag, u64)> {
        self.numbered().tags.iter().map(|(tag, number)| (tag.clone(), *number)).collect()
    }

    fn settle(&self, paid: &[(Tag, u64)]) {
        let mut owed = self.numbered();
        for (tag, number) in paid {
            if owed.tags.get(tag) == Some(number) {
                owed.tags.remove(tag);
            }
        }
        self.any.store(!owed.tags.is_empty(), Ordering::Release);
    }

    /// Starts the task that pays, unless it is running. Without a runtime at hand the next query starts it.
    pub(super) fn recover(self: &Arc<Self>, store: &Arc<dyn QueryStore>) {
        let Ok(runtime) = Handle::try_current() else { return };
        if self.any.load(Ordering::Acquire) && !self.recovering.swap(true, Ordering::AcqRel) {
            runtime.spawn(pay(Recovering(self.clone()), Arc::downgrade(store)));
        }
    }
}

/// Says that the task has ended, however it ended.
struct Recovering(Arc<Owed>);

impl Drop for Recovering {
    fn drop(&mut self) {
        self.0.recovering.store(false, Ordering::Release);
    }
}

async fn pay(recovering: Recovering, store: Weak<dyn QueryStore>) {
    let owed = recovering.0.clone();
    loop {
        let Some(store) = store.upgrade() else { return };
        let due = owed.list();
        let tags: Vec<Tag> = due.iter().map(|(tag, _)| tag.clone()).collect();
        if matches!(timeout(LIMIT, store.invalidate(&tags)).await, Ok(Ok(()))) {
            owed.settle(&due);
        }
        if !owed.any.load(Ordering::Acquire) {
            drop(recovering);
            // Whoever added a debt since may have found this task still running.
            owed.recover(&store);
            return;
        }
        drop(store);
        sleep(LIMIT).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(name: &str) -> Tag {
        Tag::new(name).unwrap()
    }

    #[test]
    fn a_debt_that_arises_during_payment_stays() {
        let owed = Owed::default();
        owed.remember(&[tag("a"), tag("b")]);
        let paying = owed.list();
        owed.remember(&[tag("a")]);
        owed.settle(&paying);
        assert!(owed.any_of(&[tag("a")]) && !owed.any_of(&[tag("b")]));
        owed.settle(&owed.list());
        assert!(!owed.any_of(&[tag("a")]));
    }

    #[test]
    fn too_many_and_everything_is_owed() {
        let owed = Owed::default();
        for number in 0..=Owed::MAX {
            owed.remember(&[tag(&number.to_string())]);
        }
        assert_eq!(owed.list().len(), 1);
        assert!(owed.any_of(&[tag("0"), Tag::everything()]) && !owed.any_of(&[tag("0")]));
    }
}
