//! What may change a partition's state.

use alloc::{rc::Rc, string::String};

use hybrid_cache_contract::CacheVersion;
use hybrid_cache_core::coherence::{Target, Token};

use super::observe::Said;

/// Something that may change a partition's state.
pub(crate) enum Event {
    /// A response (R0 to R9, R11).
    Response { id: u32, token: Token, said: Rc<Said> },
    /// R10; `id` is told when every partition it was asked for is cleared.
    Clear { id: Option<u32> },
    /// The application names this partition's user (R11, S6).
    Named { id: u32, cookie: bool },
    /// R12.
    Learned { version: CacheVersion, scope: Option<String> },
    /// Something narrower was invalidated; its clock is set in the transaction. `id` is told how many entries went.
    Invalidate { id: Option<u32>, target: Target },
    /// The tab did without a database and had adopted this version meanwhile.
    Healed { version: Option<CacheVersion>, barred: bool },
}

impl Event {
    /// Does its judgement depend on the other partitions of the server?
    pub(crate) fn asks_siblings(&self) -> bool {
        match self {
            Event::Response { said, .. } => said.scope.is_some(),
            Event::Named { cookie, .. } => *cookie,
            _ => false,
        }
    }

    /// What the page is told changed the state.
    pub(crate) fn cause(&self) -> &'static str {
        match self {
            Event::Response { .. } => "response",
            Event::Clear { .. } => "clear",
            Event::Named { .. } => "user",
            Event::Learned { .. } => "push",
            Event::Invalidate { .. } => "invalidate",
            Event::Healed { .. } => "healed",
        }
    }
}
