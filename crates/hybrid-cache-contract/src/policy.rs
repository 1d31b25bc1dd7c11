//! What the server allows this cache, and no other.

use core::fmt;

use crate::{
    seconds::MAX_SECONDS,
    structured::{Cursor, Value},
};

/// The value of `Hybrid-Cache-Control`: a targeted cache control field (RFC 9213), that is a structured-field
/// dictionary (RFC 9651) of cache directives.
///
/// A valid field replaces `Cache-Control` for this cache. Two directives are folded into the four fields:
/// `no-cache` reads as `no_store`, because this cache keeps nothing that it may not serve without asking; and
/// `must-revalidate` reads as both stale windows being 0. `private` is always kept, since this cache belongs to one
/// user. Other directives and all parameters are ignored.
///
/// ```
/// use hybrid_cache_contract::StorePolicy;
///
/// let policy = StorePolicy::parse("max-age=300, stale-while-revalidate=60").unwrap();
/// assert_eq!((policy.max_age, policy.stale_while_revalidate), (Some(300), Some(60)));
/// assert!(StorePolicy::parse("max-age=300;").is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct StorePolicy {
    /// The response must not be stored.
    pub no_store: bool,
    /// For how long it is fresh, in seconds; `None` leaves that to the application's rules.
    pub max_age: Option<u32>,
    /// For how long after that it may be served while it is fetched again, in seconds (RFC 5861 section 3).
    pub stale_while_revalidate: Option<u32>,
    /// For how long after that it may be served when fetching it again fails, in seconds (RFC 5861 section 4).
    pub stale_if_error: Option<u32>,
}

/// A duration directive as far as it has been read; of several the last one counts (RFC 9651 section 4.2.2).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Duration {
    Absent,
    Wrong,
    Seconds(u32),
}

impl Duration {
    fn of(value: Value<'_>) -> Self {
        match value {
            Value::Integer(seconds) if seconds >= 0 => Self::Seconds(seconds.min(i64::from(MAX_SECONDS)) as u32),
            _ => Self::Wrong,
        }
    }

    fn checked(self) -> Result<Option<u32>, InvalidPolicy> {
        match self {
            Self::Absent => Ok(None),
            Self::Seconds(seconds) => Ok(Some(seconds)),
            Self::Wrong => Err(InvalidPolicy { _private: () }),
        }
    }
}

impl StorePolicy {
    /// Reads a field value. Durations above 2^31 seconds read as 2^31.
    ///
    /// # Errors
    ///
    /// An empty value; text that is not a structured-field dictionary; a directive this cache knows with a value of
    /// another type than it takes (`max-age` other than a non-negative integer, `no-store` other than true). Such a
    /// field counts as absent as a whole (RFC 9213 section 2.1).
    pub fn parse(value: &str) -> Result<Self, InvalidPolicy> {
        const INVALID: InvalidPolicy = InvalidPolicy { _private: () };
        let mut rest = Cursor::new(value);
        if rest.is_empty() {
            return Err(INVALID);
        }
        let [mut no_store, mut no_cache, mut must_revalidate] = [Value::Boolean(false); 3];
        let [mut max_age, mut while_revalidating, mut if_error] = [Duration::Absent; 3];
        while !rest.is_empty() {
            let (directive, value) = rest.dictionary_member().ok_or(INVALID)?;
            rest.end_member().ok_or(INVALID)?;
            // `?0` contradicts the directive's name; it is kept as a value of the wrong type.
            let flag = if value == Value::Boolean(false) { Value::Other } else { value };
            match directive {
                "no-store" => no_store = flag,
                "no-cache" => no_cache = flag,
                "must-revalidate" => must_revalidate = flag,
                "max-age" => max_age = Duration::of(value),
                "stale-while-revalidate" => while_revalidating = Duration::of(value),
                "stale-if-error" => if_error = Duration::of(value),
                _ => {}
            }
        }
        let flag = |value| match value {
            Value::Boolean(set) => Ok(set),
            _ => Err(INVALID),
        };
        // `no-cache` may name fields, in a string.
        let no_cache = matches!(no_cache, Value::String(_)) || flag(no_cache)?;
        let must_revalidate = flag(must_revalidate)?;
        let window = |duration: Duration| {
            let seconds = duration.checked()?;
            Ok(if must_revalidate { Some(0) } else { seconds })
        };
        Ok(Self {
            no_store: flag(no_store)? || no_cache,
            max_age: max_age.checked()?,
            stale_while_revalidate: window(while_revalidating)?,
            stale_if_error: window(if_error)?,
        })
    }
}

/// Writes the field value. A policy that says nothing is written as `none`, which no cache knows: an empty field
/// would count as absent.
impl fmt::Display for StorePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if self.no_store {
            f.write_str("no-store")?;
            separator = ", ";
        }
        let durations = [
            ("max-age", self.max_age),
            ("stale-while-revalidate", self.stale_while_revalidate),
            ("stale-if-error", self.stale_if_error),
        ];
        for (directive, seconds) in durations {
            if let Some(seconds) = seconds {
                write!(f, "{separator}{directive}={seconds}")?;
                separator = ", ";
            }
        }
        if separator.is_empty() { f.write_str("none") } else { Ok(()) }
    }
}

/// A text that is not a [`StorePolicy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPolicy {
    _private: (),
}

impl fmt::Display for InvalidPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not a Hybrid-Cache-Control value: expected a structured-field dictionary such as \
             max-age=300, stale-while-revalidate=60",
        )
    }
}

impl core::error::Error for InvalidPolicy {}
