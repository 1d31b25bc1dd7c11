//! What is counted.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// A count that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counters for each of a few groups of threads: cores that count in the same place wait for each other.
#[derive(Debug, Default)]
pub(super) struct Striped([Counters; STRIPES]);

const STRIPES: usize = 8;

impl Striped {
    /// Those of this thread's group.
    pub(super) fn here(&self) -> &Counters {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static STRIPE: usize = THREADS.fetch_add(1, Ordering::Relaxed) % STRIPES;
        }
        &self.0[STRIPE.with(|stripe| *stripe)]
    }
}

/// How things are now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// How many users have a bump that waits to be recorded; everybody counts as one.
    pub bumps_waiting: usize,
    /// Whether the store has failed repeatedly and is not asked.
    pub resting: bool,
    /// For how many users the store knows the version without waiting, where it counts them.
    pub remembered: usize,
    /// How many follow a user's version, event streams above all.
    pub watchers: usize,
}

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The counters, shared by the layer and the versions.
        // Alone on its cache lines, which processors fetch in pairs.
        #[repr(align(128))]
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: Counter,)*
        }

        /// How often what has happened since the process began; no user can be told from it.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Counts {
            $($(#[$doc])* pub $name: u64,)*
            /// How things are now.
            pub now: Gauges,
        }

        impl Counts {
            pub(super) fn of(counters: &Striped, now: Gauges) -> Self {
                let sum = |one: fn(&Counters) -> &Counter| counters.0.iter().map(|counters| one(counters).get()).sum();
                Self { $($name: sum(|counters| &counters.$name),)* now }
            }
        }
    };
}

counts! {
    /// Responses that were stamped with a version.
    stamped,
    /// Versions that were known without asking the store.
    at_hand,
    /// Responses of a user whose bump waits to be recorded: no version, `X-Cache-Enabled: false` (H4).
    owed,
    /// Reads of a version that the store did not answer (H4a).
    unknown,
    /// Values found in the store that are no versions.
    not_a_version,
    /// Operations of the store that failed or took too long.
    store_errors,
    /// Bumps that were recorded at once.
    bumps,
    /// Bumps that were kept to be recorded later (H4).
    bumps_postponed,
    /// Bumps that were recorded later.
    bumps_replayed,
    /// Requests that echoed a higher version than the one at hand (H3).
    echoed_ahead,
    /// `Cache-Control` values of handlers that permitted storing and were replaced (H6).
    cache_control_replaced,
    /// Requests with an `Authorization` field that succeeded and had no user: is the layer inside authentication (H7)?
    unidentified,
    /// Responses from further in that carried fields of the stamp, which were overwritten (H7).
    overwritten,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_threads_count_apart_is_told_together() {
        let counters = Striped::default();
        std::thread::scope(|scope| {
            for _ in 0..STRIPES * 2 + 1 {
                scope.spawn(|| counters.here().stamped.add());
            }
        });
        assert!(counters.0.iter().filter(|counters| counters.stamped.get() > 0).count() > 1, "they counted apart");
        assert_eq!(Counts::of(&counters, Gauges::default()).stamped, STRIPES as u64 * 2 + 1);
    }
}
