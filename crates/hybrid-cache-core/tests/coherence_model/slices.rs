//! The slices: what is explored, and how far.
//!
//! Every slice has two tabs. Unless it says otherwise it has one user with a bearer token, one URL, both tabs warm, and
//! at most two requests that are undelivered or unwritten at a time; requests come and go for ever, in any order. What is
//! counted (edits, flushes, crashes) is what may still happen in a slice, and it happens at any time or never.

use hybrid_cache_core::coherence::Rule;

use crate::{
    exploration::{holds, in_full},
    slice::{Beginning, Flush, Scopes, Slice},
    world::Budget,
};

/// The bound of an ordinary run, or of one in full.
fn up_to(ordinary: u8, full: u8) -> u8 {
    if in_full() { full } else { ordinary }
}

/// Declares a slice as a module with `slice()` and the test that it holds.
macro_rules! slices {
    ($($(#[doc = $doc:literal])+ $name:ident $slice:block)+) => {
        $(
            $(#[doc = $doc])+
            pub(crate) mod $name {
                use super::*;

                pub(crate) fn slice() -> Slice {
                    $slice
                }

                #[test]
                fn holds_within_bounds() {
                    holds(stringify!($name), slice());
                }
            }
        )+
    };
}

const NONE: Budget = Budget::NONE;

slices! {
    /// Two edits by somebody else (three in full).
    versions {
        Slice {
            decides: &[Rule::R2, Rule::R3, Rule::R5, Rule::R6, Rule::R7],
            ..Slice::plain(Budget { edits: up_to(2, 3), ..NONE })
        }
    }

    /// No edit (one in full), begun by a browser that was never here, and by a tab that is opened beside a warm one.
    first_visit {
        Slice {
            begins: &[Beginning::Fresh, Beginning::Opened],
            decides: &[Rule::R0, Rule::R1],
            has_news: false,
            ..Slice::plain(Budget { edits: up_to(0, 1), ..NONE })
        }
    }

    /// One edit (two in full) while the server reads version and data at different moments (H1).
    reads_in_two_steps {
        Slice { split: true, ..Slice::plain(Budget { edits: up_to(1, 2), ..NONE }) }
    }

    /// One edit (two in full) while a tab learns later that its commit holds, and `localStorage` tells the others.
    commits_in_two_steps {
        Slice { split_commit: true, mirror: true, ..Slice::plain(Budget { edits: up_to(1, 2), ..NONE }) }
    }

    /// One write by a tab to one of two URLs, one request at a time (two in full).
    own_write {
        Slice { urls: 2, under_way: usize::from(up_to(1, 2)), ..Slice::plain(Budget { writes: 1, ..NONE }) }
    }

    /// A store that is flushed once and starts again at 1, and no edit (one in full).
    flush_to_one {
        Slice {
            flush: Flush::ToOne,
            decides: &[Rule::R4],
            ..Slice::plain(Budget { edits: up_to(0, 1), flushes: 1, ..NONE })
        }
    }

    /// A store that is flushed once and starts again at 1; one tab, three requests at a time, begun by a browser that was
    /// never here: nothing tells an answer from before the reset.
    flush_before_anything_is_known {
        Slice {
            flush: Flush::ToOne,
            begins: &[Beginning::Fresh],
            tabs: 1,
            under_way: 3,
            ..Slice::plain(Budget { flushes: 1, ..NONE })
        }
    }

    /// A store that is flushed once (twice in full) and goes on from its clock (H5), and no edit (one in full).
    flush_to_clock {
        Slice { ..Slice::plain(Budget { edits: up_to(0, 1), flushes: up_to(1, 2), ..NONE }) }
    }

    /// Two answers of a lagging node, and one edit (two in full); requests echo the version they know (H3).
    lagging_node {
        Slice { ..Slice::plain(Budget { edits: up_to(1, 2), lags: 2, ..NONE }) }
    }

    /// Two older answers of an HTTP cache, and one edit.
    replays {
        Slice { decides: &[Rule::R4a], ..Slice::plain(Budget { edits: 1, replays: up_to(2, 3), ..NONE }) }
    }

    /// One older answer of an HTTP cache, before or after a store is flushed and starts again at 1.
    replays_of_a_reset {
        Slice {
            flush: Flush::ToOne,
            decides: &[Rule::R4, Rule::R4a],
            ..Slice::plain(Budget { flushes: 1, replays: 1, ..NONE })
        }
    }

    /// One push (two in full), and one edit.
    pushes {
        Slice {
            decides: &[Rule::R12],
            ..Slice::plain(Budget { edits: 1, pushes: up_to(1, 2), ..NONE })
        }
    }

    /// Caching switched off and on again (and off in full), by a server that always says which.
    enable {
        Slice {
            says_enabled: true,
            has_news: false,
            decides: &[Rule::R9],
            ..Slice::plain(Budget { toggles: up_to(2, 3), ..NONE })
        }
    }

    /// A bump that could not be recorded and is replayed, which the server says caching is off for (H4); and one edit in
    /// full.
    lost_bump {
        Slice {
            says_enabled: true,
            decides: &[Rule::R9],
            ..Slice::plain(Budget { losses: 1, edits: up_to(0, 1), ..NONE })
        }
    }

    /// A bump that could not be recorded, from a server that never says whether caching is enabled.
    versionless {
        Slice { decides: &[Rule::R8], ..Slice::plain(Budget { losses: up_to(1, 2), ..NONE }) }
    }

    /// One clear, and no edit (one in full).
    clear {
        Slice { decides: &[Rule::R10], ..Slice::plain(Budget { clears: 1, edits: up_to(0, 1), ..NONE }) }
    }

    /// One invalidation of a URL or of a group (two in full); two URLs, one of them in the group.
    groups {
        Slice { urls: 2, decides: &[Rule::R13], ..Slice::plain(Budget { invalidations: up_to(1, 2), ..NONE }) }
    }

    /// The order of departures counts; one invalidation.
    departures {
        Slice { timed: true, decides: &[Rule::R14], ..Slice::plain(Budget { invalidations: 1, ..NONE }) }
    }

    /// One deletion of the database, and one edit.
    deletion {
        Slice { ..Slice::plain(Budget { deletions: 1, edits: up_to(1, 2), ..NONE }) }
    }

    /// One crash, with the loss of entries or without, and one edit; one request at a time. In full two, and a tab learns
    /// later that its commit holds.
    crash {
        Slice { under_way: usize::from(up_to(1, 2)), split_commit: up_to(0, 1) == 1, ..Slice::plain(Budget { crashes: 1, edits: 1, ..NONE }) }
    }

    /// Two commits that fail, and one edit (and a clear in full).
    failed_commits {
        Slice {
            ..Slice::plain(Budget { failures: 2, edits: 1, clears: up_to(0, 1), ..NONE })
        }
    }

    /// Two users with bearer tokens: one sign-in, and no edit (one in full).
    two_users {
        Slice { users: 2, has_news: false, ..Slice::plain(Budget { sign_ins: 1, edits: up_to(0, 1), ..NONE }) }
    }

    /// A scope that is recorded and changes once; one sign-in, and one edit; one request at a time (two in full).
    rotation {
        Slice {
            scopes: Scopes::Recorded,
            decides: &[Rule::R11],
            under_way: usize::from(up_to(1, 2)),
            ..Slice::plain(Budget { sign_ins: 1, rotations: 1, edits: 1, ..NONE })
        }
    }

    /// Two users with cookie sessions and recorded scopes: two sign-ins (three in full), one request at a time.
    cookie_sessions {
        Slice {
            decides: &[Rule::R11, Rule::S6],
            under_way: 1,
            ..Slice::cookies(Scopes::Recorded, Budget { sign_ins: up_to(2, 3), ..NONE })
        }
    }

    /// Two users with cookie sessions whom the application names by their scopes: one sign-in (two in full).
    users_named_by_scope {
        Slice {
            decides: &[Rule::R11, Rule::S6],
            ..Slice::cookies(Scopes::Named, Budget { sign_ins: up_to(1, 2), ..NONE })
        }
    }

    /// The same where nothing is on record yet: there is no first response to trust, whoever makes the record.
    named_by_scope_at_first {
        Slice {
            decides: &[Rule::R11],
            begins: &[Beginning::Fresh],
            under_way: 1,
            ..Slice::cookies(Scopes::Named, Budget { sign_ins: 1, ..NONE })
        }
    }
}

/// No rule goes unexplored.
#[test]
fn every_rule_decides_in_a_slice() {
    let slices = [
        versions::slice(),
        first_visit::slice(),
        flush_to_one::slice(),
        replays::slice(),
        pushes::slice(),
        enable::slice(),
        versionless::slice(),
        clear::slice(),
        groups::slice(),
        departures::slice(),
        cookie_sessions::slice(),
    ];
    for rule in crate::exploration::RULES {
        assert!(slices.iter().any(|slice| slice.decides.contains(&rule)), "no slice is there for {}", rule.name());
    }
}
