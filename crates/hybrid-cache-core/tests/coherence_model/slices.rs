//! The slices.

use crate::{
    slice::{Beginning, Flush, Scopes, Session, Slice},
    world::Budget,
};

pub(crate) fn all() -> Vec<Slice> {
    let b = Budget::default();
    let plain = |name, n, budget| Slice::plain(name, n, budget);
    let cookie = |s| Slice { timed: true, users: 2, session: Session::Cookie, scopes: Scopes::Recorded, ..s };
    let fresh = |s| Slice { begins: &[Beginning::Fresh], ..s };
    let opened = |s| Slice { begins: &[Beginning::Opened], ..s };
    vec![
        Slice { ..plain("versions2", 2, Budget { edits: 2, ..b }) },
        fresh(cookie(plain("cookie2f", 1, Budget { sign_ins: 2, ..b }))),
        fresh(cookie(plain("cookie3f", 1, Budget { sign_ins: 3, ..b }))),
        cookie(plain("cookie3", 1, Budget { sign_ins: 3, ..b })),
        Slice {
            scopes: Scopes::Recorded,
            ..plain("rotation211", 2, Budget { sign_ins: 1, rotations: 1, edits: 1, ..b })
        },
        Slice { says_enabled: true, ..plain("enable", 2, Budget { toggles: 1, losses: 1, ..b }) },
        Slice { says_enabled: true, ..plain("enable2", 2, Budget { toggles: 2, losses: 1, ..b }) },
        Slice { ..plain("clear1", 2, Budget { clears: 1, edits: 1, ..b }) },
        Slice { ..plain("deletion", 2, Budget { deletions: 1, edits: 1, failures: 1, ..b }) },
        opened(Slice { ..plain("deletiono", 1, Budget { deletions: 1, edits: 1, failures: 1, ..b }) }),
        Slice { flush: Flush::ToOne, ..plain("legacy1", 2, Budget { edits: 1, flushes: 1, ..b }) },
        Slice { users: 2, ..plain("bearer21", 2, Budget { edits: 1, sign_ins: 1, ..b }) },
    ]
}
