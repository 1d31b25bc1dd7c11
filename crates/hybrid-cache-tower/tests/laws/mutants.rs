//! Stores that break a law each.

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use hybrid_cache_tower::{
    CacheVersion, User,
    store::{Finding, Known, Listener, RedisStore, StoreError, StoreFuture, VersionStore},
};

use crate::support::redis::RedisServer;

/// A store around a store, different in what is written out.
macro_rules! mutant {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* } $($different:item)*) => {
        $(#[$doc])*
        pub(crate) struct $name {
            inner: RedisStore,
            $($field: $type,)*
        }

        impl $name {
            pub(crate) fn new(redis: &RedisServer) -> Self {
                Self { inner: redis.store(), $($field: Default::default(),)* }
            }
        }

        impl VersionStore for $name {
            fn kind(&self) -> &'static str { self.inner.kind() }
            fn location(&self) -> String { self.inner.location() }
            fn bump_everyone(&self) -> StoreFuture<'_, ()> { self.inner.bump_everyone() }
            fn set_enabled<'a>(&'a self, user: &'a User, enabled: bool) -> StoreFuture<'a, ()> {
                self.inner.set_enabled(user, enabled)
            }
            fn on_change(&self, listener: Listener) { self.inner.on_change(listener); }
            fn examine(&self) -> StoreFuture<'_, Vec<Finding>> { self.inner.examine() }
            $($different)*
        }
    };
}

mutant! {
    /// Says that it has bumped, and has not.
    NowAndThenDoesNotBump { bumps: AtomicU64 }

    fn at_hand(&self, user: &User) -> Option<Known> { self.inner.at_hand(user) }
    fn read<'a>(&'a self, user: &'a User) -> StoreFuture<'a, Known> { self.inner.read(user) }
    fn bump<'a>(&'a self, user: &'a User) -> StoreFuture<'a, CacheVersion> {
        if self.bumps.fetch_add(1, Ordering::Relaxed) % 10 == 9 {
            return Box::pin(async { Ok(self.inner.read(user).await?.version) });
        }
        self.inner.bump(user)
    }
}

mutant! {
    /// Remembers what it has read, and hears of no change.
    NeverForgets { seen: Mutex<Option<Known>> }

    fn at_hand(&self, _: &User) -> Option<Known> {
        *self.seen.lock().expect("no test panics while it holds this")
    }
    fn read<'a>(&'a self, user: &'a User) -> StoreFuture<'a, Known> {
        Box::pin(async {
            let known = self.inner.read(user).await?;
            *self.seen.lock().expect("no test panics while it holds this") = Some(known);
            Ok(known)
        })
    }
    fn bump<'a>(&'a self, user: &'a User) -> StoreFuture<'a, CacheVersion> { self.inner.bump(user) }
}

mutant! {
    /// Says 1 where it does not know.
    MakesUp {}

    fn read<'a>(&'a self, user: &'a User) -> StoreFuture<'a, Known> {
        Box::pin(async {
            match self.inner.read(user).await {
                Err(StoreError::Unreachable(_)) => Ok(Known { version: CacheVersion::MIN, enabled: true }),
                answer => answer,
            }
        })
    }
    fn bump<'a>(&'a self, user: &'a User) -> StoreFuture<'a, CacheVersion> { self.inner.bump(user) }
}

/// A counter that is lost begins where it began the first time, as with a start at 1.
pub(crate) struct BeginsAnew(redis::Client);

impl BeginsAnew {
    pub(crate) fn new(redis: &RedisServer) -> Self {
        Self(redis::Client::open(redis.url()).expect("the test's URL is valid"))
    }

    async fn counter(&self, user: &User, command: &str) -> Result<CacheVersion, StoreError> {
        let failed = |error: redis::RedisError| StoreError::Unreachable(error.to_string());
        let mut connection = self.0.get_multiplexed_async_connection().await.map_err(failed)?;
        let key = format!("cache_user_version:{}", user.as_str());
        let number: u64 = redis::pipe()
            .cmd("SET")
            .arg(&key)
            .arg(1_700_000_000_000_000_u64)
            .arg("NX")
            .ignore()
            .cmd(command)
            .arg(&key)
            .query_async::<(u64,)>(&mut connection)
            .await
            .map_err(failed)?
            .0;
        CacheVersion::new(number).ok_or(StoreError::NotAVersion)
    }
}

impl VersionStore for BeginsAnew {
    fn kind(&self) -> &'static str {
        "begins anew"
    }

    fn location(&self) -> String {
        "this test".into()
    }

    fn read<'a>(&'a self, user: &'a User) -> StoreFuture<'a, Known> {
        Box::pin(async { Ok(Known { version: self.counter(user, "GET").await?, enabled: true }) })
    }

    fn bump<'a>(&'a self, user: &'a User) -> StoreFuture<'a, CacheVersion> {
        Box::pin(self.counter(user, "INCR"))
    }

    fn bump_everyone(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn set_enabled<'a>(&'a self, _: &'a User, _: bool) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn examine(&self) -> StoreFuture<'_, Vec<Finding>> {
        Box::pin(async { self.counter(&crate::support::user("bob"), "GET").await.map(|_| Vec::new()) })
    }
}
