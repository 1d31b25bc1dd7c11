//! The limits of [`Versions`].

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use super::{Breaker, Garbage, Inner, Limits, Outbox, Recovery, Striped, Versions, Watched};
use crate::store::VersionStore;

/// Sets the limits of [`Versions`].
#[must_use]
pub struct VersionsBuilder {
    store: Box<dyn VersionStore>,
    limits: Limits,
    failures_to_rest: u32,
    outbox_capacity: usize,
}

impl VersionsBuilder {
    pub(super) fn new(store: Box<dyn VersionStore>) -> Self {
        Self {
            store,
            limits: Limits { request_budget: Duration::from_millis(50), probe_interval: Duration::from_millis(250) },
            failures_to_rest: 3,
            outbox_capacity: 10_000,
        }
    }

    /// How long one request may wait for the store, all waits together. Default: 50 ms.
    pub fn request_budget(mut self, budget: Duration) -> Self {
        self.limits.request_budget = budget;
        self
    }

    /// How often a failed store is probed. Default: 250 ms.
    pub fn probe_interval(mut self, interval: Duration) -> Self {
        self.limits.probe_interval = interval;
        self
    }

    /// After how many failures in a row the store is not asked any more, at least 1. Default: 3.
    pub fn failures_to_rest(mut self, failures: u32) -> Self {
        self.failures_to_rest = failures.max(1);
        self
    }

    /// How many users with a bump to be recorded are kept apart. One more, and every user counts as owed, until
    /// everybody's version has been raised. Default: 10 000, about 1 MB.
    pub fn outbox_capacity(mut self, users: usize) -> Self {
        self.outbox_capacity = users;
        self
    }

    /// The versions.
    pub fn build(self) -> Versions {
        let inner = Arc::new(Inner {
            store: self.store,
            limits: self.limits,
            breaker: Breaker::new(self.failures_to_rest),
            outbox: Outbox::new(self.outbox_capacity),
            recovery: Recovery::default(),
            garbage: Garbage::default(),
            watched: Watched::default(),
            counters: Striped::default(),
            warned_of_unidentified: AtomicBool::new(false),
        });
        let listening = Arc::downgrade(&inner);
        inner.store.on_change(Box::new(move |change| {
            if let Some(inner) = listening.upgrade() {
                inner.watched.heard(change);
            }
        }));
        Versions { inner }
    }
}

impl std::fmt::Debug for VersionsBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VersionsBuilder")
            .field("store", &self.store.location())
            .field("limits", &self.limits)
            .field("failures_to_rest", &self.failures_to_rest)
            .field("outbox_capacity", &self.outbox_capacity)
            .finish()
    }
}
