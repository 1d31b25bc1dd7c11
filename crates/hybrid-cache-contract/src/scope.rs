//! The opaque token that stands for a user.

use core::fmt;

use crate::class::Class;

/// The value of `X-Cache-Scope`: an opaque token of 1 to 128 characters of RFC 9110's `tchar`.
///
/// The server derives it from the user (an HMAC of the user id, say), so that it tells two users apart without telling
/// who they are. It has no structure; two scopes are equal or they are not, letter case included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CacheScope<'a>(&'a str);

impl<'a> CacheScope<'a> {
    /// The longest scope, in characters.
    pub const MAX_LENGTH: usize = 128;

    /// Reads a field value.
    ///
    /// # Errors
    ///
    /// An empty value, more than 128 characters, or a character that is not a `tchar` (RFC 9110 section 5.6.2), such as
    /// a blank or a comma.
    pub fn parse(value: &'a str) -> Result<Self, InvalidScope> {
        if (1..=Self::MAX_LENGTH).contains(&value.len()) && value.bytes().all(|byte| Class::Tchar.has(byte)) {
            Ok(Self(value))
        } else {
            Err(InvalidScope { _private: () })
        }
    }

    /// The token.
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

impl fmt::Display for CacheScope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A text that is not a [`CacheScope`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidScope {
    _private: (),
}

impl fmt::Display for InvalidScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a cache scope: expected 1 to 128 characters out of letters, digits and !#$%&'*+-.^_`|~")
    }
}

impl core::error::Error for InvalidScope {}
