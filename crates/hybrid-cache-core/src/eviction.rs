//! How much goes when space is short: the budget, and what is used of it. Who goes first is read from the database's
//! index of last use.
//!
//! Deciding costs O(1) per entry: totals are kept rather than counted. Nothing here scans all entries.

/// How much may be stored. Entries go, least recently used first, once either bound is exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of all entries together; default 50 MiB. An entry counts its body and what is kept beside it.
    pub max_bytes: u64,
    /// Number of entries; default 1000.
    pub max_entries: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { max_bytes: 50 * 1024 * 1024, max_entries: 1_000 }
    }
}

impl Budget {
    /// May an entry of this size be stored at all? One that is larger than the whole budget would only push out
    /// everything else and then itself.
    pub const fn admits(&self, bytes: u64) -> bool {
        bytes <= self.max_bytes && self.max_entries > 0
    }

    /// How much has to go: nothing while both bounds are kept; otherwise what lies above 90 % of each, so that the next
    /// store does not exceed the budget again.
    ///
    /// Evict until the bytes and the entries are both covered. The entry that is just being stored need not go: alone it
    /// is within the budget.
    ///
    /// ```
    /// use hybrid_cache_core::eviction::{Budget, Usage};
    ///
    /// let budget = Budget { max_bytes: 1_000, max_entries: 10 };
    /// assert_eq!(budget.excess(Usage { bytes: 1_000, entries: 10 }), Usage::default());
    /// assert_eq!(budget.excess(Usage { bytes: 1_001, entries: 4 }), Usage { bytes: 101, entries: 0 });
    /// ```
    pub const fn excess(&self, usage: Usage) -> Usage {
        if usage.bytes <= self.max_bytes && usage.entries <= self.max_entries {
            return Usage { bytes: 0, entries: 0 };
        }
        Usage {
            bytes: usage.bytes.saturating_sub(self.max_bytes - self.max_bytes / 10),
            entries: usage.entries.saturating_sub(self.max_entries - self.max_entries / 10),
        }
    }
}

/// How much is stored, or is to go. Never below zero: a record that lost count of itself does not turn into a huge
/// number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of all entries together.
    pub bytes: u64,
    /// Number of entries.
    pub entries: u64,
}

impl Usage {
    /// Nothing at all?
    pub const fn is_zero(self) -> bool {
        self.bytes == 0 && self.entries == 0
    }

    /// What is to go where the browser has no room left, whatever the budget says: entries of a quarter of the bytes, at
    /// least one entry.
    pub const fn quarter(self) -> Self {
        Self { bytes: self.bytes / 4, entries: 1 }
    }

    /// With one more entry of this size.
    #[must_use]
    pub const fn with(self, bytes: u64) -> Self {
        Self { bytes: self.bytes.saturating_add(bytes), entries: self.entries.saturating_add(1) }
    }

    /// With one entry of this size less.
    #[must_use]
    pub const fn without(self, bytes: u64) -> Self {
        Self { bytes: self.bytes.saturating_sub(bytes), entries: self.entries.saturating_sub(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_documented_numbers() {
        assert_eq!(Budget::default(), Budget { max_bytes: 52_428_800, max_entries: 1_000 });
    }

    #[test]
    fn excess_goes_down_to_nine_tenths_of_both_bounds() {
        let budget = Budget { max_bytes: 1_000, max_entries: 10 };
        assert_eq!(budget.excess(Usage { bytes: 10, entries: 11 }), Usage { bytes: 0, entries: 2 });
        assert_eq!(budget.excess(Usage { bytes: 2_000, entries: 10 }), Usage { bytes: 1_100, entries: 1 });
    }

    #[test]
    fn the_smallest_budgets_keep_one_entry() {
        let budget = Budget { max_bytes: 1, max_entries: 1 };
        assert!(budget.admits(1) && !budget.admits(2));
        assert_eq!(budget.excess(Usage { bytes: 2, entries: 2 }), Usage { bytes: 1, entries: 1 });
        assert!(!Budget { max_entries: 0, ..budget }.admits(0));
    }

    #[test]
    fn a_quarter_is_a_quarter_of_the_bytes_and_at_least_one_entry() {
        assert_eq!(Usage { bytes: 1_000, entries: 3 }.quarter(), Usage { bytes: 250, entries: 1 });
        assert!(!Usage::default().quarter().is_zero());
    }

    #[test]
    fn accounting_saturates() {
        assert_eq!(Usage::default().without(7), Usage::default());
        assert_eq!(Usage { bytes: u64::MAX, entries: 1 }.with(1), Usage { bytes: u64::MAX, entries: 2 });
        assert_eq!(Usage::default().with(7).without(7), Usage::default());
    }
}
