//! The slices.

use crate::{
    slice::{Flush, Scopes, Session, Slice},
    world::Budget,
};

pub(crate) fn all() -> Vec<Slice> {
    let b = Budget::default();
    let b = Budget { departures: 255, ..b };
    let plain = |name, n, budget| Slice::plain(name, n, budget);
    vec![
        Slice { split: true, split_commit: true, timed: true, ..plain("versions", 2, Budget { edits: 1, ..b }) },
        Slice { split: true, split_commit: true, ..plain("versions2", 2, Budget { edits: 2, ..b }) },
        Slice { split: true, ..plain("writes", 2, Budget { edits: 1, writes: 1, ..b }) },
        Slice { split_commit: true, ..plain("crash", 2, Budget { edits: 1, crashes: 1, failures: 1, ..b }) },
        Slice { users: 2, ..plain("bearer", 2, Budget { edits: 1, sign_ins: 2, ..b }) },
        Slice { timed: true, users: 2, session: Session::Cookie, scopes: Scopes::Recorded, ..plain("cookie", 1, Budget { sign_ins: 3, ..b }) },
        Slice { timed: true, users: 2, session: Session::Cookie, scopes: Scopes::Named, ..plain("named", 1, Budget { sign_ins: 3, ..b }) },
        Slice { scopes: Scopes::Recorded, ..plain("rotation", 2, Budget { sign_ins: 2, rotations: 1, edits: 1, ..b }) },
        Slice { says_enabled: true, ..plain("enable", 2, Budget { toggles: 2, losses: 1, ..b }) },
        Slice { urls: 2, ..plain("narrow", 1, Budget { clears: 1, invalidations: 1, edits: 1, ..b }) },
        Slice { ..plain("deletion", 2, Budget { deletions: 1, edits: 1, failures: 1, ..b }) },
        Slice { ..plain("lagging", 2, Budget { edits: 1, flushes: 1, lags: 1, replays: 1, pushes: 1, ..b }) },
        Slice { flush: Flush::ToOne, ..plain("legacy", 2, Budget { edits: 2, flushes: 1, ..b }) },
    ]
}
