//! What is known of the values in Redis without asking.
//!
//! Redis tells of every change under the keys' prefixes, by whomever (`CLIENT TRACKING ... BCAST`). Three things keep
//! what is remembered honest:
//!
//! 1. *Generations.* A value that was read is kept only if nothing has been heard of its kind since before it was asked
//!    for. So an answer that was overtaken by a change is not kept.
//! 2. *The lease.* What is remembered counts for a second after the sending of the last ping that was answered. Redis
//!    answers in order: what it had to tell of changes until then has been heard. A frozen Redis answers nothing.
//! 3. *Doubt.* With the connection everything is forgotten, and after a flush as well.
//!
//! It may lag behind Redis by as long as a message takes; it never runs ahead (H3).

use std::{
    collections::HashMap,
    sync::{
        PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use super::keys::Part;
use crate::{
    Tenant, User,
    user::{UserMap, shard_of},
};

/// How long what is remembered counts without a sign of life.
const LEASE: Duration = Duration::from_secs(1);
const SHARDS: usize = 64;

#[derive(Debug)]
pub(super) struct Near {
    shards: Vec<RwLock<Shard>>,
    shared: RwLock<Shared>,
    of_most: OfMost,
    capacity_of_shard: usize,
    began: Instant,
    /// In microseconds after `began`; 0 while there is no connection that tells of changes.
    usable_until: AtomicU64,
}

/// What a user's own keys say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Own {
    pub(super) version: u64,
    pub(super) enabled: bool,
}

#[derive(Debug, Default)]
struct Shard {
    generation: u64,
    users: UserMap<Own>,
}

/// The counters that several users have in common (H5a).
#[derive(Debug, Default)]
struct Shared {
    generation: u64,
    global: Option<u64>,
    tenants: HashMap<Option<Tenant>, u64>,
}

/// The counters of everybody, and of all who have no tenant, which nearly every response asks for: to be read without a
/// lock, whose own count of readers would wander between the processors. 0 is unknown. Written under the lock of
/// [`Shared`]; what is read may be of two moments, each of which has been, so the sum never runs ahead (H3).
// Alone on its cache lines, which processors fetch in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct OfMost {
    global: AtomicU64,
    without_tenant: AtomicU64,
}

impl OfMost {
    fn get(&self) -> Option<[u64; 2]> {
        let counters = [self.global.load(Ordering::Acquire), self.without_tenant.load(Ordering::Acquire)];
        counters.iter().all(|counter| *counter != 0).then_some(counters)
    }

    fn set(&self, [global, without_tenant]: [u64; 2]) {
        self.global.store(global, Ordering::Release);
        self.without_tenant.store(without_tenant, Ordering::Release);
    }
}

/// The generations at the time a value was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    shard: u64,
    shared: u64,
}

impl Near {
    /// Room for about so many users.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            shared: RwLock::default(),
            of_most: OfMost::default(),
            capacity_of_shard: capacity.div_ceil(SHARDS),
            began: Instant::now(),
            usable_until: AtomicU64::new(0),
        }
    }

    fn shard(&self, user: &User) -> &RwLock<Shard> {
        &self.shards[shard_of(user, SHARDS)]
    }

    fn is_usable(&self) -> bool {
        self.micros(Instant::now()) < self.usable_until.load(Ordering::Acquire)
    }

    fn micros(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.began).as_micros()).unwrap_or(u64::MAX)
    }

    pub(super) fn own(&self, user: &User) -> Option<Own> {
        if !self.is_usable() {
            return None;
        }
        read(self.shard(user)).users.get(user).copied()
    }

    /// The counters of everybody and of the tenant.
    pub(super) fn shared(&self, tenant: Option<&Tenant>) -> Option<[u64; 2]> {
        if let (None, Some(counters)) = (tenant, self.of_most.get()) {
            return Some(counters);
        }
        let shared = read(&self.shared);
        Some([shared.global?, *shared.tenants.get(&tenant.cloned())?])
    }

    /// To be drawn before the values are asked for.
    pub(super) fn ticket(&self, user: &User) -> Ticket {
        Ticket { shard: read(self.shard(user)).generation, shared: read(&self.shared).generation }
    }

    /// Keeps what was read, unless something has been heard since the ticket was drawn.
    pub(super) fn fill(&self, ticket: Ticket, user: &User, own: Own) {
        let mut shard = write(self.shard(user));
        if shard.generation == ticket.shard && self.usable_until.load(Ordering::Acquire) != 0 {
            if shard.users.len() >= self.capacity_of_shard && !shard.users.contains_key(user) {
                shard.users.clear();
            }
            shard.users.insert(User::clone(user), own);
        }
    }

    /// The same for the counters of everybody and of the tenant.
    pub(super) fn fill_shared(&self, ticket: Ticket, tenant: Option<&Tenant>, [global, of_tenant]: [u64; 2]) {
        let mut shared = write(&self.shared);
        if shared.generation == ticket.shared && self.usable_until.load(Ordering::Acquire) != 0 {
            shared.global = Some(global);
            if shared.tenants.len() >= self.capacity_of_shard * SHARDS {
                shared.tenants.clear();
            }
            shared.tenants.insert(tenant.cloned(), of_tenant);
            if tenant.is_none() {
                self.of_most.set([global, of_tenant]);
            }
        }
    }

    /// This has been written by somebody.
    pub(super) fn heard_of(&self, part: &Part) {
        match part {
            Part::User(user) => self.forget(user),
            Part::Shared => self.forget_shared(),
        }
    }

    pub(super) fn forget(&self, user: &User) {
        let mut shard = write(self.shard(user));
        shard.generation += 1;
        shard.users.remove(user);
    }

    pub(super) fn forget_shared(&self) {
        let mut shared = write(&self.shared);
        shared.generation += 1;
        shared.global = None;
        shared.tenants.clear();
        self.of_most.set([0, 0]);
    }

    pub(super) fn forget_everything(&self) {
        self.forget_shared();
        for shard in &self.shards {
            let mut shard = write(shard);
            shard.generation += 1;
            shard.users.clear();
        }
    }

    /// A ping that was sent then has been answered, on a connection that tells of changes.
    pub(super) fn renew(&self, sent: Instant) {
        self.usable_until.store(self.micros(sent + LEASE).max(1), Ordering::Release);
    }

    /// Nothing is heard of changes any more.
    pub(super) fn close(&self) {
        self.usable_until.store(0, Ordering::Release);
        self.forget_everything();
    }

    /// How many users are remembered.
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| read(shard).users.len()).sum()
    }
}

// Every change is complete in itself: a panic elsewhere cannot leave half of one.

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::{super::keys::Keys, *};

    fn user() -> User {
        User::new("alice").unwrap()
    }

    const OWN: Own = Own { version: 7, enabled: true };

    #[tokio::test(start_paused = true)]
    async fn the_lease_ends_a_second_after_the_last_answered_ping_was_sent() {
        let near = Near::new(100);
        near.renew(Instant::now());
        near.fill(near.ticket(&user()), &user(), OWN);
        advance(LEASE - Duration::from_millis(1)).await;
        assert_eq!(near.own(&user()), Some(OWN));
        advance(Duration::from_millis(1)).await;
        assert_eq!(near.own(&user()), None);
        // An answer to a ping that was sent too long ago does not revive it.
        near.renew(Instant::now() - LEASE);
        assert_eq!(near.own(&user()), None);
        near.renew(Instant::now());
        assert_eq!(near.own(&user()), Some(OWN), "nothing was missed: the connection is the same");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_a_change_has_overtaken_is_not_kept() {
        let keys = Keys::new(&crate::store::KeyPrefix::default(), &super::super::keys::KeyTemplate::default());
        let near = Near::new(100);
        near.renew(Instant::now());
        for change in ["cache_user_version:alice", "cache_enabled:alice"] {
            let ticket = near.ticket(&user());
            near.heard_of(&keys.part(change).unwrap());
            near.fill(ticket, &user(), OWN);
            assert_eq!(near.own(&user()), None, "{change}");
        }
        for change in ["cache_global_version", "cache_tenant_version:acme"] {
            let ticket = near.ticket(&user());
            near.heard_of(&keys.part(change).unwrap());
            near.fill_shared(ticket, None, [1, 1]);
            assert_eq!(near.shared(None), None, "{change}");
        }
        let ticket = near.ticket(&user());
        near.close();
        near.renew(Instant::now());
        near.fill(ticket, &user(), OWN);
        assert_eq!(near.own(&user()), None, "another connection");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_connection_nothing_is_kept() {
        let near = Near::new(100);
        near.fill(near.ticket(&user()), &user(), OWN);
        near.renew(Instant::now());
        assert_eq!(near.own(&user()), None);
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let near = Near::new(1_000);
        near.renew(Instant::now());
        for number in 0..10_000 {
            let user = User::new(&number.to_string()).unwrap();
            near.fill(near.ticket(&user), &user, OWN);
        }
        assert!(near.len() <= 1_024, "{}", near.len());
    }
}
