//! Bumps that could not be recorded (H4).

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::User;

/// The users with a bump to be recorded, at most so many; beyond that, everybody.
#[derive(Debug)]
pub(super) struct Outbox {
    capacity: usize,
    debts: Mutex<Debts>,
    /// Whether there may be debts; spares the lock where there are none.
    any: AtomicBool,
}

#[derive(Debug, Default)]
struct Debts {
    /// Increases with every debt, so that one which arises while an older one is being paid stays.
    last: u64,
    users: HashMap<User, u64>,
    everyone: Option<u64>,
}

/// A debt as it was when its payment began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Debt {
    User(User, u64),
    Everyone(u64),
}

impl Outbox {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, debts: Mutex::default(), any: AtomicBool::new(false) }
    }

    fn debts(&self) -> MutexGuard<'_, Debts> {
        self.debts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn owes(&self, user: &User) -> bool {
        self.any.load(Ordering::Acquire) && {
            let debts = self.debts();
            debts.everyone.is_some() || debts.users.contains_key(user)
        }
    }

    /// Keeps a bump. Was there no room, so that everybody is owed one now who was not before?
    pub(super) fn remember(&self, user: &User) -> bool {
        let mut debts = self.debts();
        debts.last += 1;
        let number = debts.last;
        self.any.store(true, Ordering::Release);
        if let Some(everyone) = &mut debts.everyone {
            *everyone = number;
            return false;
        }
        if debts.users.len() < self.capacity || debts.users.contains_key(user) {
            debts.users.insert(user.clone(), number);
            return false;
        }
        debts.everyone = Some(number);
        debts.users.clear();
        true
    }

    pub(super) fn remember_everyone(&self) {
        let mut debts = self.debts();
        debts.last += 1;
        debts.everyone = Some(debts.last);
        debts.users.clear();
        self.any.store(true, Ordering::Release);
    }

    /// All debts there are.
    pub(super) fn list(&self) -> Vec<Debt> {
        let debts = self.debts();
        let everyone = debts.everyone.map(Debt::Everyone);
        everyone.into_iter().chain(debts.users.iter().map(|(user, number)| Debt::User(user.clone(), *number))).collect()
    }

    /// The bump of this debt has been recorded.
    pub(super) fn settle(&self, debt: &Debt) {
        let mut debts = self.debts();
        match debt {
            Debt::User(user, number) => {
                if debts.users.get(user) == Some(number) {
                    debts.users.remove(user);
                }
            }
            Debt::Everyone(number) => {
                if debts.everyone == Some(*number) {
                    debts.everyone = None;
                }
            }
        }
        self.any.store(debts.everyone.is_some() || !debts.users.is_empty(), Ordering::Release);
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.any.load(Ordering::Acquire)
    }

    /// The number of debts; everybody counts as one.
    pub(super) fn len(&self) -> usize {
        let debts = self.debts();
        debts.users.len() + usize::from(debts.everyone.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str) -> User {
        User::new(id).unwrap()
    }

    #[test]
    fn a_debt_that_arises_during_payment_stays() {
        let outbox = Outbox::new(10);
        outbox.remember(&user("a"));
        let paying = outbox.list();
        outbox.remember(&user("a"));
        outbox.settle(&paying[0]);
        assert!(outbox.owes(&user("a")));
        outbox.settle(&outbox.list()[0]);
        assert!(!outbox.owes(&user("a")) && outbox.is_empty());
    }

    #[test]
    fn one_too_many_and_everybody_is_owed() {
        let outbox = Outbox::new(1);
        assert!(!outbox.remember(&user("a")));
        assert!(!outbox.remember(&user("a")));
        assert!(outbox.remember(&user("b")));
        assert!(outbox.owes(&user("c")));
        let paying = outbox.list();
        assert_eq!(paying.len(), 1);
        outbox.remember(&user("a"));
        outbox.settle(&paying[0]);
        assert!(outbox.owes(&user("a")), "the later bump is still to be recorded");
        outbox.settle(&outbox.list()[0]);
        assert!(!outbox.owes(&user("a")));
    }
}
