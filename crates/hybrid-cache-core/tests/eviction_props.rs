//! Property tests of eviction: the bookkeeping of [`Budget`] and [`Usage`].

use hybrid_cache_core::eviction::{Budget, Usage};
use proptest::prelude::*;

fn budgets() -> impl Strategy<Value = Budget> {
    let entries = prop_oneof![0..8_u64, 40..80_u64];
    (0..400_u64, entries).prop_map(|(max_bytes, max_entries)| Budget { max_bytes, max_entries })
}

proptest! {
    #[test]
    fn evicting_the_excess_reaches_the_low_water_mark_and_is_needed_only_above_budget(
        budget in budgets(),
        sizes in prop::collection::vec(0..100_u64, 0..100),
    ) {
        let mut usage = sizes.iter().fold(Usage::default(), |usage, &bytes| usage.with(bytes));
        let within = usage.bytes <= budget.max_bytes && usage.entries <= budget.max_entries;
        let excess = budget.excess(usage);
        prop_assert_eq!(excess.is_zero(), within);
        let mut gone = Usage::default();
        for &bytes in &sizes {
            if gone.bytes >= excess.bytes && gone.entries >= excess.entries {
                break;
            }
            usage = usage.without(bytes);
            gone = gone.with(bytes);
        }
        if !within {
            let nine_tenths = |whole: u64| whole - whole / 10;
            prop_assert!(usage.bytes <= nine_tenths(budget.max_bytes));
            prop_assert!(usage.entries <= nine_tenths(budget.max_entries));
        }
    }

    #[test]
    fn accounting_never_goes_below_zero_and_ends_where_it_began(
        start in (any::<u32>(), any::<u32>()),
        sizes in prop::collection::vec(any::<u32>(), 0..50),
    ) {
        let start = Usage { bytes: start.0.into(), entries: start.1.into() };
        let full = sizes.iter().fold(start, |usage, &bytes| usage.with(bytes.into()));
        prop_assert_eq!(sizes.iter().fold(full, |usage, &bytes| usage.without(bytes.into())), start);
        let drained = sizes.iter().fold(start, |usage, &bytes| usage.without(bytes.into()));
        prop_assert!(drained.bytes <= start.bytes && drained.entries <= start.entries);
    }
}
