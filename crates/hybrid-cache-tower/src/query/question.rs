//! What is asked: the query, how long its answer keeps, and what it depends on.

use std::{fmt, time::Duration};

use hybrid_cache_contract::{CacheVersion, redis_key};
use sha2::{Digest, Sha256};

use crate::User;

/// Something the answers of queries depend on, such as a table: 1 to 64 characters out of ASCII letters, digits, `_`,
/// `-`, `.` and `:`. The same for all users.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// The longest name, in characters.
    pub const MAX_LENGTH: usize = 64;

    /// Checks a name.
    ///
    /// # Errors
    ///
    /// An empty name, one that is too long, or another character.
    pub fn new(name: &str) -> Result<Self, InvalidQuery> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
        if (1..=Self::MAX_LENGTH).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(Self(name.into()))
        } else {
            Err(InvalidQuery("a tag is 1 to 64 ASCII letters, digits, _, -, . and :"))
        }
    }

    /// What every answer depends on. No name that [`Tag::new`] takes.
    pub(super) fn everything() -> Self {
        Self("*".into())
    }

    /// The key of its version.
    pub(super) fn key(&self, prefix: &str) -> String {
        format!("{prefix}hc:tag:{}", self.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({})", self.0)
    }
}

/// A query whose answer may be kept.
///
/// ```
/// use std::time::Duration;
/// use hybrid_cache_tower::query::Query;
///
/// let minute = Duration::from_secs(60);
/// let plain = Query::new("open invoices, page 1", minute, &["invoices"]).unwrap();
/// let forgiving = plain.clone().stale_if_error(Duration::from_secs(600));
/// assert!(Query::new("for ever", Duration::from_secs(7200), &[]).is_err());
/// # let _ = forgiving;
/// ```
#[derive(Clone, Debug)]
pub struct Query {
    hash: String,
    pub(super) ttl: Duration,
    pub(super) stale_if_error: Duration,
    /// Sorted; [`Tag::everything`] is the first.
    pub(super) tags: Vec<Tag>,
}

impl Query {
    /// The longest time to live, and the longest for a stale answer after it.
    pub const MAX_TTL: Duration = Duration::from_secs(3600);

    /// The most tags of one query.
    pub const MAX_TAGS: usize = 32;

    /// A query. `text` tells it from every other one: its name and all its parameters, and a new name where its answer
    /// is of a new shape. Its answer is fresh for `ttl`, unless something with one of the `tags` changes. The order of
    /// the tags does not matter.
    ///
    /// # Errors
    ///
    /// A time to live of zero or above an hour, a name that is no [`Tag`], or more than 32 of them.
    pub fn new(text: &str, ttl: Duration, tags: &[&str]) -> Result<Self, InvalidQuery> {
        if ttl.is_zero() || ttl > Self::MAX_TTL {
            return Err(InvalidQuery("the time to live of an answer is more than zero and at most an hour"));
        }
        let mut tags = tags.iter().map(|name| Tag::new(name)).collect::<Result<Vec<_>, _>>()?;
        tags.push(Tag::everything());
        tags.sort();
        tags.dedup();
        if tags.len() > Self::MAX_TAGS + 1 {
            return Err(InvalidQuery("a query has at most 32 tags"));
        }
        let mut hash = Sha256::new();
        for part in tags.iter().map(|tag| tag.0.as_str()).chain([text]) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digest: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        // `q`, `as` and the like are cacheops' own kinds.
        Ok(Self { hash: format!("hc:{digest}"), ttl, stale_if_error: Duration::ZERO, tags })
    }

    /// For how long after that the answer may be given when asking again fails, at most an hour. Default: not at all.
    #[must_use]
    pub fn stale_if_error(self, window: Duration) -> Self {
        Self { stale_if_error: window.min(Self::MAX_TTL), ..self }
    }

    /// `cache:{user}:v{version}:cacheops:hc:{hash}`, without a prefix.
    pub(super) fn key(&self, user: &User, version: CacheVersion) -> String {
        redis_key::query(user.id(), version, &self.hash).to_string()
    }
}

/// Why something is no [`Query`] or no [`Tag`], in one sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidQuery(&'static str);

impl fmt::Display for InvalidQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidQuery {}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn key(text: &str, tags: &[&str]) -> String {
        let query = Query::new(text, MINUTE, tags).unwrap();
        query.key(&User::new("42").unwrap(), CacheVersion::new(5).unwrap())
    }

    #[test]
    fn the_key_tells_users_versions_texts_and_tags_apart() {
        let one = key("q", &["a", "b"]);
        assert!(one.starts_with("cache:42:v5:cacheops:hc:"), "{one}");
        assert_eq!(one, key("q", &["b", "a", "a"]));
        for other in [key("r", &["a", "b"]), key("q", &["a"]), key("q", &["ab"]), key("", &["q", "a", "b"])] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn what_cannot_work_is_refused() {
        for name in ["", "*", "a b", "a\n", "ä", &"x".repeat(65), &"x".repeat(1 << 20)] {
            assert!(Query::new("q", MINUTE, &[name]).is_err(), "{} characters", name.len());
        }
        let many: Vec<String> = (0..33).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(Query::new("q", MINUTE, &many).is_err());
        assert!(Query::new("q", MINUTE, &many[..32]).is_ok());
        assert!(Query::new("q", Duration::ZERO, &[]).is_err());
        assert!(Query::new("q", MINUTE * 61, &[]).is_err());
    }
}
