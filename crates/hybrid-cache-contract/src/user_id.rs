//! A user id that is safe inside a Redis key.

use core::fmt;

/// A user id of 1 to 64 characters out of ASCII letters, digits, `_` and `-`.
///
/// It becomes part of Redis keys, so nothing that could end a key segment or match as a pattern (`:`, `*`, blanks) is
/// one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UserId<'a>(&'a str);

impl<'a> UserId<'a> {
    /// The longest id, in characters.
    pub const MAX_LENGTH: usize = 64;

    /// Checks an id.
    ///
    /// # Errors
    ///
    /// An empty id, more than 64 characters, or a character outside `[A-Za-z0-9_-]`.
    pub fn parse(id: &'a str) -> Result<Self, InvalidUserId> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if (1..=Self::MAX_LENGTH).contains(&id.len()) && id.bytes().all(allowed) {
            Ok(Self(id))
        } else {
            Err(InvalidUserId { _private: () })
        }
    }

    /// The id.
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

impl fmt::Display for UserId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A text that is not a [`UserId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUserId {
    _private: (),
}

impl fmt::Display for InvalidUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a user id: expected 1 to 64 characters out of ASCII letters, digits, _ and -")
    }
}

impl core::error::Error for InvalidUserId {}
