//! Durations in whole seconds, as HTTP writes them.

/// The longest duration that is told apart, in seconds: 2^31. Every larger number reads as this one (RFC 9111 section
/// 1.2.2).
pub const MAX_SECONDS: u32 = 1 << 31;

/// RFC 9111 `delta-seconds`: one or more ASCII digits, nothing else.
pub(crate) fn delta_seconds(value: &[u8]) -> Option<u32> {
    if value.is_empty() {
        return None;
    }
    let mut seconds: u32 = 0;
    for &digit in value {
        if !digit.is_ascii_digit() {
            return None;
        }
        // At most 10 * 2^31 + 9 before it is bounded again.
        seconds = (u64::from(seconds) * 10 + u64::from(digit - b'0')).min(u64::from(MAX_SECONDS)) as u32;
    }
    Some(seconds)
}
