//! A slice: which part of the world is explored, and how far.

use hybrid_cache_core::coherence::Rule;

use crate::world::{Budget, TABS, USERS};

/// How the server knows who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Session {
    /// By a token that belongs to the request.
    Bearer,
    /// By a cookie that all tabs share.
    Cookie,
}

/// What `X-Cache-Scope` is and is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scopes {
    /// The server sends none.
    None,
    /// The first one is recorded.
    Recorded,
    /// The application names its users by it.
    Named,
}

/// What the version store does when it has lost everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flush {
    /// It counts from 1 again.
    ToOne,
    /// It goes on from its clock (H5).
    ToClock,
}

/// Where exploration begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// The browser has never been here.
    Fresh,
    /// One tab is warm, the other is opened now.
    Opened,
    /// Both tabs know version 2, which is the server's, and have its body in memory.
    Warm,
}

/// The bounds of an exploration.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    /// The second tab does nothing where there is one.
    pub(crate) tabs: usize,
    pub(crate) users: usize,
    pub(crate) urls: usize,
    pub(crate) session: Session,
    pub(crate) scopes: Scopes,
    pub(crate) flush: Flush,
    /// The server reads version and data at different moments (H1); otherwise at the same one, which is the worst case of
    /// a server that reads the version first.
    pub(crate) split: bool,
    /// The server always says whether caching is enabled.
    pub(crate) says_enabled: bool,
    /// A commit and the tab's learning of it are two steps.
    pub(crate) split_commit: bool,
    /// The order of departures counts (R14, S6); otherwise all depart at the same time.
    pub(crate) timed: bool,
    /// `localStorage` tells tabs of each other's changes; without it they rely on the second of S1b alone.
    pub(crate) mirror: bool,
    /// Something on the server changes, or is invalidated.
    pub(crate) has_news: bool,
    /// The rules this slice is there for.
    pub(crate) decides: &'static [Rule],
    pub(crate) begins: &'static [Beginning],
    /// Most requests, undelivered or unwritten, at a time.
    pub(crate) under_way: usize,
    pub(crate) budget: Budget,
}

impl Slice {
    /// One user with a bearer token, one URL, nothing unusual.
    pub(crate) fn plain(budget: Budget) -> Self {
        Self {
            tabs: TABS,
            users: 1,
            urls: 1,
            session: Session::Bearer,
            scopes: Scopes::None,
            flush: Flush::ToClock,
            split: false,
            says_enabled: false,
            split_commit: false,
            timed: false,
            mirror: false,
            has_news: true,
            decides: &[],
            begins: &[Beginning::Warm],
            under_way: 2,
            budget,
        }
    }

    /// Two users whose sessions are cookies.
    pub(crate) fn cookies(scopes: Scopes, budget: Budget) -> Self {
        Self { users: 2, session: Session::Cookie, scopes, timed: true, has_news: false, ..Self::plain(budget) }
    }

    pub(crate) fn scope(&self, user: usize, rotation: u8) -> Option<&'static str> {
        const NAMES: [[&str; 2]; USERS] = [["a", "A"], ["b", "B"]];
        (self.scopes != Scopes::None).then(|| NAMES[user][usize::from(rotation) % 2])
    }

    pub(crate) fn expected_scope(&self, user: usize) -> Option<&'static str> {
        self.scope(user, 0).filter(|_| self.scopes == Scopes::Named)
    }
}
