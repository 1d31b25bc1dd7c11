//! Names of the Redis keys, shared with servers in other languages.
//!
//! ```
//! use hybrid_cache_contract::{CacheVersion, UserId, redis_key};
//!
//! let user = UserId::parse("42").unwrap();
//! assert_eq!(redis_key::user_version(user).to_string(), "cache_user_version:42");
//! // Django's cache framework puts `KEY_PREFIX:VERSION:` before every key.
//! assert_eq!(redis_key::user_version(user).prefixed("shop:1:").to_string(), "shop:1:cache_user_version:42");
//! let version = CacheVersion::new(5).unwrap();
//! assert_eq!(redis_key::query(user, version, "q:3466a5").to_string(), "cache:42:v5:cacheops:q:3466a5");
//! ```

use core::fmt;

use crate::{CacheVersion, UserId};

/// The key of a user's version counter: `cache_user_version:{user}`. Its value is the version in plain decimal digits,
/// as Redis `INCR` keeps it; it has no time to live.
pub const fn user_version(user: UserId<'_>) -> UserVersionKey<'_> {
    UserVersionKey { prefix: "", user }
}

/// The key of a user's enabled flag: `cache_enabled:{user}`. Absent, `1` or `true` means enabled, the default; any other
/// value means disabled, since not caching is always safe. It has no time to live.
pub const fn user_enabled(user: UserId<'_>) -> UserEnabledKey<'_> {
    UserEnabledKey { prefix: "", user }
}

/// The key of a cached database query of a user: `cache:{user}:v{version}:cacheops:{hash}`.
///
/// The hash is taken as it is. What other servers keep there may be in a format of their own (Python's pickle, say):
/// such keys are for counting and deleting, not for reading.
pub const fn query<'a>(user: UserId<'a>, version: CacheVersion, hash: &'a str) -> QueryKey<'a> {
    QueryKey { prefix: "", user, version, hash }
}

/// Displays the key of a user's version counter; see [`user_version`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UserVersionKey<'a> {
    prefix: &'a str,
    user: UserId<'a>,
}

impl<'a> UserVersionKey<'a> {
    /// The same key behind `prefix`, which is written as it is, separator included. Default: no prefix.
    pub const fn prefixed(self, prefix: &'a str) -> Self {
        Self { prefix, ..self }
    }
}

impl fmt::Display for UserVersionKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}cache_user_version:{}", self.prefix, self.user)
    }
}

/// Displays the key of a user's enabled flag; see [`user_enabled`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UserEnabledKey<'a> {
    prefix: &'a str,
    user: UserId<'a>,
}

impl<'a> UserEnabledKey<'a> {
    /// The same key behind `prefix`, which is written as it is, separator included. Default: no prefix.
    pub const fn prefixed(self, prefix: &'a str) -> Self {
        Self { prefix, ..self }
    }
}

impl fmt::Display for UserEnabledKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}cache_enabled:{}", self.prefix, self.user)
    }
}

/// Displays the key of a cached query; see [`query`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QueryKey<'a> {
    prefix: &'a str,
    user: UserId<'a>,
    version: CacheVersion,
    hash: &'a str,
}

impl<'a> QueryKey<'a> {
    /// The same key behind `prefix`, which is written as it is, separator included. Default: no prefix.
    pub const fn prefixed(self, prefix: &'a str) -> Self {
        Self { prefix, ..self }
    }
}

impl fmt::Display for QueryKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}cache:{}:v{}:cacheops:{}", self.prefix, self.user, self.version, self.hash)
    }
}
