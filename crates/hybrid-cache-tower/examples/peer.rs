//! A server of versions and query answers that does what it is told, line by line: the Rust half of `tests/interop`.
//!
//! | line | answers |
//! |---|---|
//! | `bump {user}` | the new version, or `later` |
//! | `read {user}` | the version, or `unknown` |
//! | `ask {user} {text} {tag} {value}` | a kept answer to the query `text`, or else `value`, which is kept |
//! | `invalidate {tag}` | `now` or `later` |
//!
//! `REDIS_URL` says where, `CACHE_KEY_PREFIX` the `KEY_PREFIX` of the Django project beside it. Every version is asked of
//! Redis, so that what another process wrote is seen at once.

use std::{
    convert::Infallible,
    io::{BufRead, Write, stdin, stdout},
    time::Duration,
};

use hybrid_cache_tower::{
    Bumped, Reading, User, Versions,
    query::{Invalidated, Query, QueryCache, RedisQueries},
    store::{Consistency, KeyPrefix, RedisConfig, RedisStore},
};

const PATIENCE: Duration = Duration::from_secs(60);

// A thread of its own for what goes on in the background while this one waits for a line.
#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let prefix = KeyPrefix::django(&std::env::var("CACHE_KEY_PREFIX")?, 1);
    let config = RedisConfig::parse(&std::env::var("REDIS_URL")?)?
        .prefix(prefix)
        .consistency(Consistency::Strict)
        .background_limits(PATIENCE, PATIENCE);
    let store = RedisStore::new(config);
    let queries = RedisQueries::new(&store)?;
    let versions = Versions::builder(store).request_budget(PATIENCE).build();
    let cache = QueryCache::new(versions.clone(), queries);
    for line in stdin().lock().lines() {
        let line = line?;
        let answer = match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["bump", user] => match versions.bump(&User::new(user)?).await {
                Bumped::To(version) => version.to_string(),
                Bumped::Later => "later".into(),
            },
            ["read", user] => match versions.read(&User::new(user)?).await {
                Reading::Known(known) => known.version.to_string(),
                Reading::Unknown | Reading::Owed => "unknown".into(),
            },
            ["ask", user, text, tag, value] => {
                let query = Query::new(text, PATIENCE, &[tag])?;
                let load = async || Ok::<_, Infallible>((*value).to_owned());
                cache.get_or_load(&User::new(user)?, &query, load).await?
            }
            ["invalidate", tag] => match cache.invalidate(&[tag]).await? {
                Invalidated::Now => "now".into(),
                Invalidated::Later => "later".into(),
            },
            _ => format!("no such line: {line}"),
        };
        println!("{answer}");
        stdout().flush()?;
    }
    Ok(())
}
