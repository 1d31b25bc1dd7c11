//! Users whose key holds something that is not a version.

use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::User;

/// Remembers some of them, so that `/health` can say whether it is still so.
#[derive(Debug, Default)]
pub(super) struct Garbage {
    users: Mutex<HashSet<User>>,
    any: AtomicBool,
}

impl Garbage {
    /// More are not needed for a warning, nor re-read for one.
    const MAX: usize = 16;

    fn users(&self) -> MutexGuard<'_, HashSet<User>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn remember(&self, user: &User) {
        let mut users = self.users();
        if users.len() < Self::MAX {
            users.insert(user.clone());
            self.any.store(true, Ordering::Release);
        }
    }

    pub(super) fn forget(&self, user: &User) {
        if self.any.load(Ordering::Acquire) {
            let mut users = self.users();
            users.remove(user);
            self.any.store(!users.is_empty(), Ordering::Release);
        }
    }

    pub(super) fn list(&self) -> Vec<User> {
        if self.any.load(Ordering::Acquire) { self.users().iter().cloned().collect() } else { Vec::new() }
    }
}
