//! Stops asking a store that does not answer.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use crate::store::StoreError;

/// Open after some failures in a row; closed again only by the background probe, never by a user's request.
#[derive(Debug)]
pub(super) struct Breaker {
    open: AtomicBool,
    in_a_row: AtomicU32,
    failures_to_open: u32,
    last: Mutex<Option<StoreError>>,
}

impl Breaker {
    pub(super) fn new(failures_to_open: u32) -> Self {
        Self { open: AtomicBool::new(false), in_a_row: AtomicU32::new(0), failures_to_open, last: Mutex::new(None) }
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    /// Counts a failure. Has it opened the breaker just now?
    pub(super) fn failed(&self, error: &StoreError) -> bool {
        self.note(error);
        let in_a_row = self.in_a_row.fetch_add(1, Ordering::AcqRel).saturating_add(1);
        in_a_row >= self.failures_to_open && !self.open.swap(true, Ordering::AcqRel)
    }

    /// An answer that was on its way when the breaker opened does not close it.
    pub(super) fn succeeded(&self) {
        if !self.is_open() {
            self.in_a_row.store(0, Ordering::Release);
        }
    }

    /// Was it open?
    pub(super) fn close(&self) -> bool {
        self.in_a_row.store(0, Ordering::Release);
        self.open.swap(false, Ordering::AcqRel)
    }

    /// Keeps a failure for [`Breaker::last_failure`] without counting it.
    pub(super) fn note(&self, error: &StoreError) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
    }

    /// The failure that came last.
    pub(super) fn last_failure(&self) -> Option<StoreError> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_once_after_failures_in_a_row() {
        let breaker = Breaker::new(2);
        assert!(!breaker.failed(&StoreError::Resting));
        breaker.succeeded();
        assert!(!breaker.failed(&StoreError::Resting));
        assert!(!breaker.is_open());
        assert!(breaker.failed(&StoreError::Resting));
        assert!(!breaker.failed(&StoreError::Resting), "it is open already");
        breaker.succeeded();
        assert!(breaker.is_open(), "a late answer does not close it");
        assert!(breaker.close());
        assert!(!breaker.failed(&StoreError::Resting), "counting begins anew");
    }
}
