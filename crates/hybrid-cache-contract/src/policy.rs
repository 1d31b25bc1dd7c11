//! What the server allows this cache, and no other.

use core::fmt;

use crate::{
    directive::Directive,
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
        // What the last one of each directive says (RFC 9651 section 4.2.2); a flag that is set says 0.
        let mut said = [Ok(None); 6];
        while !rest.is_empty() {
            let (name, value) = rest.dictionary_member().ok_or(INVALID)?;
            rest.end_member().ok_or(INVALID)?;
            if let Some(directive) = Directive::named(name.as_bytes())
                && let Some(said) = said.get_mut(directive as usize)
            {
                *said = match (directive, value) {
                    // It may name fields, in a string.
                    (Directive::NoCache, Value::String(_)) => Ok(Some(0)),
                    (Directive::NoStore | Directive::NoCache | Directive::MustRevalidate, Value::Boolean(true)) => {
                        Ok(Some(0))
                    }
                    (Directive::NoStore | Directive::NoCache | Directive::MustRevalidate, _) => Err(INVALID),
                    (_, Value::Integer(Some(seconds))) => Ok(Some(seconds)),
                    _ => Err(INVALID),
                };
            }
        }
        let [no_store, no_cache, must_revalidate, max_age, while_revalidating, if_error] = said;
        let no_window = must_revalidate?;
        Ok(Self {
            no_store: no_store?.or(no_cache?).is_some(),
            max_age: max_age?,
            stale_while_revalidate: no_window.or(while_revalidating?),
            stale_if_error: no_window.or(if_error?),
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
