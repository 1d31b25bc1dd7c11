//! The value of `Age`.

use crate::seconds::delta_seconds;

/// Reads a field value, in seconds; more than 2^31 reads as 2^31.
///
/// Of several values the first counts (RFC 9111 section 5.1). `None` when that one is not made of digits alone: an
/// unreadable age is no age.
pub fn parse(value: &str) -> Option<u32> {
    let first = value.as_bytes().split(|&byte| byte == b',').next()?;
    delta_seconds(first.trim_ascii())
}
