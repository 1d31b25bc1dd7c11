//! Who was used last, under a budget.

use alloc::{boxed::Box, vec::Vec};

use super::{Budget, Usage};

/// No slot.
const NONE: u32 = u32::MAX;

/// Values by key, under a [`Budget`]: what was used least recently goes first.
///
/// Every operation costs O(1) amortised, apart from [`Recency::retain`] and [`Recency::for_each_mut`]. There is no
/// clock: using means [`Recency::get`], [`Recency::get_mut`] and [`Recency::insert`]. Keys are hashed without a secret,
/// since they are URLs the page itself requests.
///
/// ```
/// use hybrid_cache_core::eviction::{Budget, Recency};
///
/// let mut kept = Recency::new(Budget { max_bytes: 100, max_entries: 2 });
/// kept.insert("a", 10, 'a');
/// kept.insert("b", 10, 'b');
/// kept.get("a");
/// assert_eq!(kept.insert("c", 10, 'c'), 1);
/// assert!(kept.peek("b").is_none() && kept.peek("a").is_some());
/// ```
#[derive(Debug)]
pub struct Recency<V> {
    budget: Budget,
    usage: Usage,
    slots: Vec<Slot<V>>,
    /// First of the chain of free slots, linked by `next`.
    free: u32,
    /// For each hash modulo the length (a power of two) the first slot of its chain, linked by `next`.
    buckets: Vec<u32>,
    newest: u32,
    oldest: u32,
}

#[derive(Debug)]
struct Slot<V> {
    /// `None` in a free slot.
    kept: Option<Kept<V>>,
    hash: u32,
    next: u32,
    newer: u32,
    older: u32,
}

#[derive(Debug)]
struct Kept<V> {
    key: Box<str>,
    bytes: u64,
    value: V,
}

impl<V> Recency<V> {
    /// Empty, under this budget. Does not allocate.
    pub const fn new(budget: Budget) -> Self {
        Self {
            budget,
            usage: Usage { bytes: 0, entries: 0 },
            slots: Vec::new(),
            free: NONE,
            buckets: Vec::new(),
            newest: NONE,
            oldest: NONE,
        }
    }

    /// What is kept.
    pub const fn usage(&self) -> Usage {
        self.usage
    }

    /// The value, which becomes the most recently used.
    pub fn get(&mut self, key: &str) -> Option<&V> {
        let at = self.use_now(key)?;
        self.slots.get(at as usize)?.kept.as_ref().map(|kept| &kept.value)
    }

    /// The value to change, which becomes the most recently used.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        let at = self.use_now(key)?;
        self.slots.get_mut(at as usize)?.kept.as_mut().map(|kept| &mut kept.value)
    }

    /// The value; its recency stays.
    pub fn peek(&self, key: &str) -> Option<&V> {
        let at = self.find(key, hash(key))?;
        self.slots.get(at as usize)?.kept.as_ref().map(|kept| &kept.value)
    }

    /// Keeps the value as the most recently used, in place of an earlier one of this key, and returns how many others
    /// had to go for it. A value larger than the whole budget is not kept; the earlier one goes all the same.
    pub fn insert(&mut self, key: &str, bytes: u64, value: V) -> usize {
        self.remove(key);
        if !self.budget.admits(bytes) {
            return 0;
        }
        let mut evicted = 0;
        while self.usage.with(bytes).bytes > self.budget.max_bytes || self.usage.entries >= self.budget.max_entries {
            // The budget admits the value alone, so there is an older one.
            self.take(self.oldest);
            evicted += 1;
        }
        let kept = Some(Kept { key: key.into(), bytes, value });
        let slot = Slot { kept, hash: hash(key), next: NONE, newer: NONE, older: NONE };
        let at = match self.slots.get_mut(self.free as usize) {
            Some(free) => core::mem::replace(&mut self.free, core::mem::replace(free, slot).next),
            None => {
                self.slots.push(slot);
                (self.slots.len() - 1) as u32
            }
        };
        if self.slots.len() > self.buckets.len() {
            self.rehash();
        } else {
            self.chain(at);
        }
        self.link_newest(at);
        self.usage = self.usage.with(bytes);
        evicted
    }

    /// Takes a value out.
    pub fn remove(&mut self, key: &str) -> Option<V> {
        let at = self.find(key, hash(key))?;
        self.take(at)
    }

    /// Keeps only what `keep` says. O(n).
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &V) -> bool) {
        let mut at = 0;
        while let Some(slot) = self.slots.get(at) {
            if slot.kept.as_ref().is_some_and(|kept| !keep(&kept.key, &kept.value)) {
                self.take(at as u32);
            }
            at += 1;
        }
    }

    /// Keeps nothing, and gives the memory back.
    pub fn clear(&mut self) {
        *self = Self::new(self.budget);
    }

    /// Visits every value, in no particular order; recency stays. O(n).
    pub fn for_each_mut(&mut self, mut visit: impl FnMut(&str, &mut V)) {
        for kept in self.slots.iter_mut().filter_map(|slot| slot.kept.as_mut()) {
            visit(&kept.key, &mut kept.value);
        }
    }

    /// The slot of a key, made the most recently used.
    fn use_now(&mut self, key: &str) -> Option<u32> {
        let at = self.find(key, hash(key))?;
        if at != self.newest {
            self.unlink(at);
            self.link_newest(at);
        }
        Some(at)
    }

    fn find(&self, key: &str, hash: u32) -> Option<u32> {
        let mut at = *self.buckets.get(self.bucket(hash))?;
        while let Some(slot) = self.slots.get(at as usize) {
            if slot.hash == hash && slot.kept.as_ref().is_some_and(|kept| *kept.key == *key) {
                return Some(at);
            }
            at = slot.next;
        }
        None
    }

    fn bucket(&self, hash: u32) -> usize {
        hash as usize & self.buckets.len().wrapping_sub(1)
    }

    /// Puts a slot into its bucket's chain.
    fn chain(&mut self, at: u32) {
        let Some(hash) = self.slots.get(at as usize).map(|slot| slot.hash) else { return };
        let bucket = self.bucket(hash);
        if let (Some(slot), Some(first)) = (self.slots.get_mut(at as usize), self.buckets.get_mut(bucket)) {
            slot.next = core::mem::replace(first, at);
        }
    }

    /// Doubles the buckets. Called when every slot is taken, so every one is chained anew.
    fn rehash(&mut self) {
        let buckets = (self.buckets.len() * 2).max(16);
        self.buckets.clear();
        self.buckets.resize(buckets, NONE);
        for at in 0..self.slots.len() {
            self.chain(at as u32);
        }
    }

    /// Frees a slot.
    fn take(&mut self, at: u32) -> Option<V> {
        let slot = self.slots.get_mut(at as usize)?;
        let kept = slot.kept.take()?;
        let (hash, next) = (slot.hash, slot.next);
        slot.next = self.free;
        self.free = at;
        let bucket = self.bucket(hash);
        let first = self.buckets.get_mut(bucket)?;
        let mut before = *first;
        if before == at {
            *first = next;
        }
        while let Some(slot) = self.slots.get_mut(before as usize)
            && before != at
        {
            before = slot.next;
            if before == at {
                slot.next = next;
            }
        }
        self.unlink(at);
        self.usage = self.usage.without(kept.bytes);
        Some(kept.value)
    }

    fn link_newest(&mut self, at: u32) {
        let second = self.newest;
        if let Some(slot) = self.slots.get_mut(at as usize) {
            slot.newer = NONE;
            slot.older = second;
        }
        match self.slots.get_mut(second as usize) {
            Some(second) => second.newer = at,
            None => self.oldest = at,
        }
        self.newest = at;
    }

    fn unlink(&mut self, at: u32) {
        let Some(&Slot { newer, older, .. }) = self.slots.get(at as usize) else { return };
        match self.slots.get_mut(newer as usize) {
            Some(slot) => slot.older = older,
            None => self.newest = older,
        }
        match self.slots.get_mut(older as usize) {
            Some(slot) => slot.newer = newer,
            None => self.oldest = newer,
        }
    }
}

/// FNV-1a, 32 bits.
fn hash(key: &str) -> u32 {
    key.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
