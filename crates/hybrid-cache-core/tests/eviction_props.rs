//! Property tests of eviction: [`Recency`] against a list that is searched from end to end, and the bookkeeping of
//! [`Budget`] and [`Usage`].

use hybrid_cache_core::eviction::{Budget, Recency, Usage};
use proptest::prelude::*;

/// The same promises kept the slow and obvious way: most recently used first.
struct Naive {
    budget: Budget,
    entries: Vec<(String, u64, u32)>,
}

impl Naive {
    fn position(&self, key: &str) -> Option<usize> {
        self.entries.iter().position(|(kept, _, _)| kept == key)
    }

    fn bytes(&self) -> u64 {
        self.entries.iter().map(|(_, bytes, _)| bytes).sum()
    }

    fn get(&mut self, key: &str) -> Option<u32> {
        let entry = self.entries.remove(self.position(key)?);
        self.entries.insert(0, entry);
        Some(self.entries[0].2)
    }

    fn remove(&mut self, key: &str) -> Option<u32> {
        Some(self.entries.remove(self.position(key)?).2)
    }

    fn insert(&mut self, key: &str, bytes: u64, value: u32) -> usize {
        self.remove(key);
        if bytes > self.budget.max_bytes || self.budget.max_entries == 0 {
            return 0;
        }
        self.entries.insert(0, (key.to_owned(), bytes, value));
        let mut evicted = 0;
        while self.bytes() > self.budget.max_bytes || self.entries.len() as u64 > self.budget.max_entries {
            self.entries.pop();
            evicted += 1;
        }
        evicted
    }
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u8, u64),
    Get(u8),
    Peek(u8),
    Change(u8),
    Remove(u8),
    RetainMultiplesOf(u32),
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Few keys, so that they meet again; enough to grow the table several times.
    let key = 0..60_u8;
    let step = prop_oneof![
        12 => (key.clone(), 0..40_u64).prop_map(|(key, bytes)| Step::Insert(key, bytes)),
        8 => key.clone().prop_map(Step::Get),
        3 => key.clone().prop_map(Step::Peek),
        2 => key.clone().prop_map(Step::Change),
        4 => key.prop_map(Step::Remove),
        1 => (2..5_u32).prop_map(Step::RetainMultiplesOf),
        1 => Just(Step::Clear),
    ];
    prop::collection::vec(step, 0..400)
}

fn budgets() -> impl Strategy<Value = Budget> {
    let entries = prop_oneof![0..8_u64, 40..80_u64];
    (0..400_u64, entries).prop_map(|(max_bytes, max_entries)| Budget { max_bytes, max_entries })
}

proptest! {
    #[test]
    fn behaves_as_the_naive_list_and_stays_within_budget(budget in budgets(), steps in steps()) {
        let mut kept = Recency::new(budget);
        let mut naive = Naive { budget, entries: Vec::new() };
        for (number, step) in (0_u32..).zip(steps) {
            match step {
                Step::Insert(key, bytes) => {
                    let key = format!("json GET https://example.org/{key}");
                    prop_assert_eq!(kept.insert(&key, bytes, number), naive.insert(&key, bytes, number));
                }
                Step::Get(key) => {
                    let key = format!("json GET https://example.org/{key}");
                    prop_assert_eq!(kept.get(&key).copied(), naive.get(&key));
                }
                Step::Peek(key) => {
                    let key = format!("json GET https://example.org/{key}");
                    let expected = naive.position(&key).map(|at| naive.entries[at].2);
                    prop_assert_eq!(kept.peek(&key).copied(), expected);
                }
                Step::Change(key) => {
                    let key = format!("json GET https://example.org/{key}");
                    let changed = kept.get_mut(&key).map(|value| {
                        *value += 1;
                        *value
                    });
                    let expected = naive.get(&key).map(|value| value + 1);
                    if let (Some(value), Some(newest)) = (expected, naive.entries.first_mut()) {
                        newest.2 = value;
                    }
                    prop_assert_eq!(changed, expected);
                }
                Step::Remove(key) => {
                    let key = format!("json GET https://example.org/{key}");
                    prop_assert_eq!(kept.remove(&key), naive.remove(&key));
                }
                Step::RetainMultiplesOf(divisor) => {
                    kept.retain(|_, value| value % divisor == 0);
                    naive.entries.retain(|(_, _, value)| value % divisor == 0);
                }
                Step::Clear => {
                    kept.clear();
                    naive.entries.clear();
                }
            }
            let usage = Usage { bytes: naive.bytes(), entries: naive.entries.len() as u64 };
            prop_assert_eq!(kept.usage(), usage);
            prop_assert!(usage.bytes <= budget.max_bytes && usage.entries <= budget.max_entries);
        }
        for (key, _, value) in &naive.entries {
            prop_assert_eq!(kept.peek(key), Some(value));
        }
        let mut visited = Vec::new();
        kept.for_each_mut(|key, value| visited.push((key.to_owned(), *value)));
        let mut expected: Vec<_> = naive.entries.iter().map(|(key, _, value)| (key.clone(), *value)).collect();
        visited.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(visited, expected);
    }

    #[test]
    fn the_least_recently_used_goes_first(order in Just((0..20_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let mut kept = Recency::new(Budget { max_bytes: u64::MAX, max_entries: 20 });
        for at in 0..20 {
            kept.insert(&at.to_string(), 1, at);
        }
        for at in &order {
            kept.get(&at.to_string());
        }
        for (gone, at) in order.iter().enumerate() {
            prop_assert_eq!(kept.peek(&at.to_string()), Some(at));
            kept.insert(&format!("new {gone}"), 1, 0);
            prop_assert_eq!(kept.peek(&at.to_string()), None);
        }
    }

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
