//! Labels and tokens.

/// Under which life of the database, and which generation of a partition, something was stored or sent.
///
/// Two labels are equal or they are not; only within one incarnation do generations have an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// Random number of this database, below 2^53. Deleting the database makes a new one.
    pub incarnation: u64,
    /// Generation of the partition. Unique in the database: each new one is drawn from the highest ever used, plus one.
    pub generation: u64,
}

/// What a request carries while it is under way: the state its tab knew when it departed.
///
/// It may be too old, never too new. A request that departed before any state was read carries no label
/// ([`Token::unknown`]) and is judged by R0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token {
    /// The partition's label as the tab knew it; `None` is the unknown token.
    pub label: Option<Label>,
    /// The partition's invalidation clock as the tab knew it.
    pub clock: u64,
    /// When the request departed, in milliseconds since the Unix epoch.
    pub departed: f64,
}

impl Token {
    /// The token of a request that departed before the state was read.
    pub const fn unknown(departed: f64) -> Self {
        Self { label: None, clock: 0, departed }
    }
}

/// How a token relates to the state that judges it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// No label, another incarnation, or a generation this database has not reached: judged as if it had departed at
    /// the beginning (R0).
    Unknown,
    /// An earlier generation of this partition; `fenced` when it is before the barrier.
    Older {
        /// It departed before the last event that was not a plain version rise.
        before_barrier: bool,
    },
    /// The partition's current label.
    Current,
}

impl Token {
    pub(crate) fn standing(&self, current: Label, barrier: u64) -> Standing {
        match self.label {
            Some(label) if label == current => Standing::Current,
            Some(label) if label.incarnation == current.incarnation && label.generation < current.generation => {
                Standing::Older { before_barrier: label.generation < barrier }
            }
            _ => Standing::Unknown,
        }
    }
}
