//! The value of `X-Cache-Enabled`.

use core::fmt;

/// Reads a field value: exactly `true` or exactly `false`.
///
/// # Errors
///
/// Anything else, `TRUE`, `1` and `true, true` included.
pub fn parse(value: &str) -> Result<bool, InvalidEnabled> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(InvalidEnabled { _private: () }),
    }
}

/// The field value to write.
pub const fn as_str(enabled: bool) -> &'static str {
    if enabled { "true" } else { "false" }
}

/// A text that is neither `true` nor `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEnabled {
    _private: (),
}

impl fmt::Display for InvalidEnabled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an X-Cache-Enabled value: expected exactly true or false, in lower case")
    }
}

impl core::error::Error for InvalidEnabled {}
