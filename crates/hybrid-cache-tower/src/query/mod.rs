//! A cache for the answers of database queries, on the server: the layer behind the browser's.
//!
//! An answer belongs to a user and a version of that user's, so that a bump makes it unreachable, and depends on tags,
//! which are the same for all users. The handler that has changed something names its tags, after the commit:
//!
//! ```
//! use std::{convert::Infallible, time::Duration};
//! use hybrid_cache_tower::{User, Versions, query::{MemoryQueries, Query, QueryCache}, store::MemoryStore};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let cache = QueryCache::new(Versions::new(MemoryStore::new()), MemoryQueries::new(8 << 20));
//! let query = Query::new("invoices of the month", Duration::from_secs(60), &["invoices"]).unwrap();
//! let [alice, bob] = ["alice", "bob"].map(|id| User::new(id).unwrap());
//!
//! let sum = async || Ok::<_, Infallible>(10);
//! assert_eq!(cache.get_or_load(&bob, &query, sum).await.unwrap(), 10);
//!
//! // Alice commits a change, and then:
//! cache.invalidate(&["invoices"]).await.unwrap();
//! let sum = async || Ok::<_, Infallible>(99);
//! assert_eq!(cache.get_or_load(&bob, &query, sum).await.unwrap(), 99);
//! # });
//! ```
//!
//! Shared by processes, and forgiving when the database fails:
//!
//! ```no_run
//! use std::time::Duration;
//! use hybrid_cache_tower::{User, Versions, query::{Query, QueryCache, RedisQueries}, store::{RedisConfig, RedisStore}};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let store = RedisStore::new(RedisConfig::parse("redis://127.0.0.1:6379/1")?);
//! let queries = RedisQueries::new(&store)?;
//! let cache = QueryCache::builder(Versions::new(store), queries)
//!     .lease(Duration::from_secs(3))
//!     .largest_answer(64 * 1024)
//!     .build();
//! let query = Query::new("rates", Duration::from_secs(300), &["rates"])?.stale_if_error(Duration::from_secs(600));
//! # let alice = User::new("alice")?;
//! let rates: Vec<f64> = cache.get_or_load(&alice, &query, async || read_rates().await).await?;
//! # Ok(())
//! # }
//! # async fn read_rates() -> Result<Vec<f64>, std::io::Error> { Ok(vec![1.25]) }
//! ```
//!
//! # What it promises
//!
//! 1. An answer is given only to its user, under the version that was read when it was asked for.
//! 2. An answer that was computed before an invalidation of one of its tags was recorded is not given to anybody who asks
//!    after that: the tags' versions are read before the answer is computed, and compared when it is given.
//! 3. Of those who ask for the same thing at once, in one process or in several, one computes it. The others wait, no
//!    longer than the lease.
//! 4. When the loader fails, an answer that is merely too old may be given instead, if the query allows it: of the same
//!    version, with no tag invalidated.
//! 5. Nothing else is an error: without a version, with caching disabled for the user, when the store fails or is slow, the
//!    loader is asked and its answer given. Waits for the store draw on the request's budget of 50 ms.
//! 6. An invalidation that could not be recorded is remembered, as in [`Bumped::Later`](crate::Bumped::Later): until it has
//!    been made good, this process asks the loader for everything that depends on it.
//!
//! # What it does not do
//!
//! It does not know which queries depend on what: a change whose tags nobody names is seen when answers expire. It does not
//! bump: browsers learn of changes from versions. It does not read what Django keeps under similar keys.

mod cache;
mod frame;
mod owed;
mod question;
#[cfg(feature = "redis")]
mod redis;
mod store;

#[cfg(feature = "redis")]
pub use self::redis::{NotInACluster, RedisQueries};
pub use self::{
    cache::{Invalidated, QueryCache, QueryCacheBuilder, QueryCounts},
    question::{InvalidQuery, Query, Tag},
    store::{Found, MemoryQueries, QueryStore},
};
