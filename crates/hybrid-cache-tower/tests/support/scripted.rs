//! A store that does what a test tells it to.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use hybrid_cache_tower::{
    CacheVersion, User,
    store::{Finding, Known, MemoryStore, StoreError, StoreFuture, VersionStore},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Answers,
    Hangs,
    Refuses,
    HoldsGarbage,
}

/// A memory store behind a door. Clones are the same store.
#[derive(Clone)]
pub(crate) struct Scripted {
    inner: MemoryStore,
    mood: Arc<Mutex<Mood>>,
    asked: Arc<AtomicU64>,
    lagging: Arc<Mutex<Option<Known>>>,
}

impl Scripted {
    pub(crate) fn new() -> Self {
        Self {
            inner: MemoryStore::with_clock(|| 1_000),
            mood: Arc::new(Mutex::new(Mood::Answers)),
            asked: Arc::default(),
            lagging: Arc::default(),
        }
    }

    pub(crate) fn is(&self, mood: Mood) {
        *self.mood.lock().expect("no test panics while it holds this") = mood;
    }

    /// How often it was asked for something that may take time.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }

    /// What `at_hand` answers from now on.
    pub(crate) fn has_at_hand(&self, known: Known) {
        *self.lagging.lock().expect("no test panics while it holds this") = Some(known);
    }

    /// The version it would tell if it answered.
    pub(crate) async fn truth(&self, user: &User) -> u64 {
        self.inner.read(user).await.expect("memory does not fail").version.get()
    }

    /// Another process bumps.
    pub(crate) async fn bump_elsewhere(&self, user: &User) -> u64 {
        self.inner.bump(user).await.expect("memory does not fail").get()
    }

    async fn door(&self, concerns_a_value: bool) -> Result<(), StoreError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mood = *self.mood.lock().expect("no test panics while it holds this");
        match mood {
            Mood::Answers => Ok(()),
            Mood::Hangs => pending().await,
            Mood::Refuses => Err(StoreError::Unreachable("refused by the test".into())),
            Mood::HoldsGarbage if concerns_a_value => Err(StoreError::NotAVersion),
            Mood::HoldsGarbage => Ok(()),
        }
    }
}

impl VersionStore for Scripted {
    fn kind(&self) -> &'static str {
        "scripted"
    }

    fn location(&self) -> String {
        "this test".into()
    }

    fn at_hand(&self, _: &User) -> Option<Known> {
        *self.lagging.lock().expect("no test panics while it holds this")
    }

    fn read<'a>(&'a self, user: &'a User) -> StoreFuture<'a, Known> {
        Box::pin(async move {
            self.door(true).await?;
            self.inner.read(user).await
        })
    }

    fn bump<'a>(&'a self, user: &'a User) -> StoreFuture<'a, CacheVersion> {
        Box::pin(async move {
            self.door(true).await?;
            self.inner.bump(user).await
        })
    }

    fn bump_everyone(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            self.door(false).await?;
            self.inner.bump_everyone().await
        })
    }

    fn set_enabled<'a>(&'a self, user: &'a User, enabled: bool) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.door(false).await?;
            self.inner.set_enabled(user, enabled).await
        })
    }

    fn examine(&self) -> StoreFuture<'_, Vec<Finding>> {
        Box::pin(async move {
            self.door(false).await?;
            Ok(Vec::new())
        })
    }
}
