//! How often one user may act.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::User;

/// A token bucket for each user, kept as the time at which it will be full again (the "generic cell rate algorithm").
#[derive(Clone, Debug)]
pub(super) struct RateLimit {
    /// What one act costs.
    interval: Duration,
    burst: u32,
    full_at: Arc<Mutex<HashMap<User, Instant>>>,
}

/// More buckets than this are looked through for full ones, which need not be kept.
const MANY: usize = 10_000;

impl RateLimit {
    pub(super) fn new(per_second: u32, burst: u32) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self { interval, burst: burst.max(1), full_at: Arc::default() }
    }

    /// Takes a token; else says after how long there will be one.
    pub(super) fn take(&self, user: &User) -> Result<(), Duration> {
        let now = Instant::now();
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MANY {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let full_at = buckets.get(user).copied().unwrap_or(now).max(now) + self.interval;
        let too_early = (full_at - now).saturating_sub(self.interval * self.burst);
        if !too_early.is_zero() {
            return Err(too_early);
        }
        buckets.insert(user.clone(), full_at);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_then_a_steady_rate_for_each_user_apart() {
        let limit = RateLimit::new(10, 3);
        let [alice, bob] = ["alice", "bob"].map(|id| User::new(id).unwrap());
        for _ in 0..3 {
            assert_eq!(limit.take(&alice), Ok(()));
        }
        assert_eq!(limit.take(&alice), Err(Duration::from_millis(100)));
        assert_eq!(limit.take(&bob), Ok(()));
        advance(Duration::from_millis(100)).await;
        assert_eq!(limit.take(&alice), Ok(()));
        assert!(limit.take(&alice).is_err());
        advance(Duration::from_secs(60)).await;
        for _ in 0..3 {
            assert_eq!(limit.take(&alice), Ok(()), "no more than a burst is saved up");
        }
        assert!(limit.take(&alice).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn full_buckets_are_not_kept() {
        let limit = RateLimit::new(10, 3);
        for number in 0..MANY {
            limit.take(&User::new(&number.to_string()).unwrap()).unwrap();
        }
        advance(Duration::from_secs(1)).await;
        limit.take(&User::new("alice").unwrap()).unwrap();
        assert_eq!(limit.full_at.lock().unwrap().len(), 1);
    }
}
