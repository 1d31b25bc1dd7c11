//! Property tests of keys (they come apart as they were put together, and generations keep their order) and of freshness
//! (time only ever takes away).

use hybrid_cache_core::{
    freshness::{Freshness, judge},
    key::{MAX_GENERATION, entry, partition, split_entry, split_partition},
};
use proptest::prelude::*;

/// How much is left of an entry: less, as time goes by.
fn rank(freshness: Freshness) -> u8 {
    match freshness {
        Freshness::Fresh { .. } => 2,
        Freshness::StaleWhileRevalidate => 1,
        Freshness::Expired | Freshness::FromTheFuture => 0,
    }
}

proptest! {
    #[test]
    fn a_partition_comes_apart_as_it_was_put_together(origin in "[!-~]{1,40}", user in any::<String>()) {
        let key = partition(&origin, &user);
        prop_assert_eq!(split_partition(&key), Some((origin.as_str(), user.as_str())));
    }

    #[test]
    fn an_entry_comes_apart_as_it_was_put_together(generation in 0..=MAX_GENERATION, request in any::<String>()) {
        let key = entry(generation, &request);
        prop_assert_eq!(split_entry(&key), Some((generation, request.as_str())));
    }

    #[test]
    fn entries_are_ordered_by_generation_first(
        generations in (0..=MAX_GENERATION, 0..=MAX_GENERATION),
        requests in (any::<String>(), any::<String>()),
    ) {
        let (earlier, later) = generations;
        prop_assume!(earlier < later);
        prop_assert!(entry(earlier, &requests.0) < entry(later, &requests.1));
    }

    #[test]
    fn an_entry_never_becomes_fresher(
        stored in 0..1_000_000_u32,
        (fresh, stale) in (0..10_000_u32, 0..10_000_u32),
        (age, more) in (0..30_000_u32, 0..30_000_u32),
    ) {
        let at = |age: f64| judge(f64::from(stored) + age, stored.into(), fresh.into(), stale.into());
        let now = at(age.into());
        prop_assert!(rank(at(f64::from(age) + f64::from(more))) <= rank(now));
        prop_assert_eq!(now == Freshness::Expired, age >= fresh + stale);
        if let Freshness::Fresh { remaining } = now {
            prop_assert!(remaining > 0.0 && rank(at(f64::from(age) + remaining)) < 2);
        }
    }

    #[test]
    fn what_was_stored_in_the_future_is_not_served(now in 0..1_000_000_u32, ahead in 1..1_000_000_u32) {
        let stored = f64::from(now) + f64::from(ahead);
        prop_assert_eq!(judge(now.into(), stored, f64::INFINITY, 0.0), Freshness::FromTheFuture);
    }
}
