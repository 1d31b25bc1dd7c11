//! What was invalidated more narrowly than a whole partition (R13).

use alloc::{string::String, vec::Vec};

/// How many targets are remembered; when one more comes, the oldest falls out and the floor rises to its clock.
pub const MAX_TARGETS: usize = 256;

/// How a [`Target`]'s source is to be matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// One absolute URL, without its fragment.
    Url,
    /// Every absolute URL that begins so.
    Prefix,
    /// Every absolute URL that a regular expression finds a match in; the caller evaluates it.
    Pattern,
    /// Every response that named this group in `Cache-Groups` (RFC 9875).
    Group,
}

/// Something that was invalidated, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The partition's invalidation clock right after it; entries and requests with a lower one are older.
    pub clock: u64,
    /// How `source` is matched.
    pub kind: TargetKind,
    /// URL, prefix, regular expression source, or group name.
    pub source: String,
    /// Flags of the regular expression; empty for the other kinds.
    pub flags: String,
}

impl Target {
    /// Does a response of this URL, with these groups, belong to the target? `pattern` evaluates a regular expression,
    /// given its source and flags; where it cannot tell it answers `true`.
    pub fn covers<'a>(
        &self,
        url: &str,
        mut groups: impl Iterator<Item = &'a str>,
        pattern: impl Fn(&str, &str) -> bool,
    ) -> bool {
        match self.kind {
            TargetKind::Url => self.source == url,
            TargetKind::Prefix => url.starts_with(self.source.as_str()),
            TargetKind::Pattern => pattern(&self.source, &self.flags),
            TargetKind::Group => groups.any(|group| group == self.source),
        }
    }
}

/// The last [`MAX_TARGETS`] targets of a partition, and the floor below which everything counts as invalidated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// Everything stored or sent at a lower clock counts as invalidated, since what was is no longer remembered.
    pub floor: u64,
    /// Oldest first.
    pub list: Vec<Target>,
}

impl Targets {
    /// Remembers a target; the oldest falls out when there are too many.
    pub fn push(&mut self, target: Target) {
        self.list.push(target);
        while self.list.len() > MAX_TARGETS {
            let oldest = self.list.remove(0);
            self.floor = self.floor.max(oldest.clock);
        }
    }

    /// Was anything that `covers` tells to be concerned invalidated after `clock`? (R13, and the clock part of S1)
    pub fn invalidated_since(&self, clock: u64, covers: impl FnMut(&Target) -> bool) -> bool {
        clock < self.floor || self.list.iter().rev().take_while(|target| target.clock > clock).any(covers)
    }
}
