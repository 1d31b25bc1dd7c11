//! Under which key something is kept.
//!
//! | key | text |
//! |---|---|
//! | partition | `{server origin} {user}` |
//! | request | `{variant} {METHOD} {absolute URL}`, then for every key header a line `{name}: {value}` |
//! | entry | the generation in 10 lower-case hex digits, `\|`, the request key |
//!
//! Because the generation leads an entry's key, everything of one generation is one range of keys, and so is everything
//! between two live generations: a sweep needs no list of what is dead. IndexedDB orders strings by their UTF-16
//! units; for hex digits that is the order of the numbers.

use alloc::{string::String, vec::Vec};
use core::{fmt, ops::Range};

/// The largest generation an entry key can hold: ten hex digits.
pub const MAX_GENERATION: u64 = (1 << 40) - 1;

const DIGITS: usize = 10;

/// The key of everything kept for one user of one server. The origin is serialised as URLs do it, hence without blanks;
/// the user is whatever the application gives.
pub fn partition(origin: &str, user: &str) -> String {
    joined(&[origin, " ", user])
}

/// Texts one after the other. (`concat` of the standard library is generic code that would be used for this alone.)
pub fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// What stands before and after the first of an ASCII character. (`split_once` of the standard library brings a search
/// algorithm along.)
pub fn cut(text: &str, character: u8) -> Option<(&str, &str)> {
    let (before, rest) = text.split_at_checked(text.bytes().position(|byte| byte == character)?)?;
    Some((before, rest.get(1..)?))
}

/// The origin and the user of a partition key.
pub fn split_partition(partition: &str) -> Option<(&str, &str)> {
    cut(partition, b' ')
}

/// What of a request selects its response. Displays as the request key.
///
/// ```
/// use hybrid_cache_core::key::RequestKey;
///
/// let text = "json GET https://example.org/api/items/?page=2\naccept-language: de";
/// let key = RequestKey::parse(text).unwrap();
/// assert_eq!((key.variant, key.method, key.url), ("json", "GET", "https://example.org/api/items/?page=2"));
/// assert_eq!(key.headers().collect::<Vec<_>>(), [("accept-language", "de")]);
/// assert_eq!(key.to_string(), text);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestKey<'a> {
    /// In which form the body is kept: `fetch`, `json`, `text`, `arraybuffer` or `blob`.
    pub variant: &'a str,
    /// The method, in upper case.
    pub method: &'a str,
    /// The absolute URL without its fragment.
    pub url: &'a str,
    /// The headers that select, as lines `name: value` joined by line feeds; empty for none.
    pub header_lines: &'a str,
}

impl<'a> RequestKey<'a> {
    /// Takes a request key apart; `None` if it is none.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (request, header_lines) = text.split_once('\n').unwrap_or((text, ""));
        let (variant, request) = request.split_once(' ')?;
        let (method, url) = request.split_once(' ')?;
        Some(Self { variant, method, url, header_lines })
    }

    /// Name and value of each header that selects.
    pub fn headers(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.header_lines.lines().filter_map(|line| line.split_once(": "))
    }
}

impl fmt::Display for RequestKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [self.variant, " ", self.method, " ", self.url] {
            f.write_str(part)?;
        }
        if !self.header_lines.is_empty() {
            f.write_str("\n")?;
            f.write_str(self.header_lines)?;
        }
        Ok(())
    }
}

/// The key of an entry. Generations above [`MAX_GENERATION`] are written as that one; a record carries its label
/// besides, so it cannot be taken for another's.
pub fn entry(generation: u64, request: &str) -> String {
    joined(&[&entry_prefix(generation), request])
}

/// What stands in front of the request key in every key of an entry of this generation.
pub fn entry_prefix(generation: u64) -> String {
    let mut key = String::with_capacity(DIGITS + 1);
    push_hex(&mut key, generation.min(MAX_GENERATION));
    key.push('|');
    key
}

/// The generation and the request key of an entry key; `None` if it is none.
pub fn split_entry(key: &str) -> Option<(u64, &str)> {
    let (digits, request) = key.split_at_checked(DIGITS)?;
    let generation = digits.bytes().try_fold(0, |sum, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(sum << 4 | u64::from(value))
    })?;
    Some((generation, request.strip_prefix('|')?))
}

/// A range of entry keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    /// Keys from here on, this one included.
    pub lower: String,
    /// Keys up to here, this one not included.
    pub upper: String,
}

/// The keys of all entries of these generations.
///
/// ```
/// use hybrid_cache_core::key;
///
/// let range = key::range(7..8);
/// assert_eq!((range.lower.as_str(), range.upper.as_str()), ("0000000007", "0000000008"));
/// ```
pub fn range(generations: Range<u64>) -> KeyRange {
    KeyRange { lower: bound(generations.start), upper: bound(generations.end) }
}

/// The generations from 0 to `highest` that are not live, as few ranges as possible, in ascending order. `live` is
/// sorted on the way; it may name a generation twice, or one above `highest`.
///
/// `highest` keeps a sweep from deleting what was drawn after the live generations were read.
pub fn gaps(live: &mut [u64], highest: u64) -> Vec<Range<u64>> {
    // A handful of numbers: a library sort would be the largest function of the browser's module.
    for at in 1..live.len() {
        let mut place = at;
        while place > 0 && live[place - 1] > live[place] {
            live.swap(place - 1, place);
            place -= 1;
        }
    }
    let mut gaps = Vec::new();
    let mut next = 0;
    for &generation in live.iter().take_while(|&&generation| generation <= highest) {
        if generation > next {
            gaps.push(next..generation);
        }
        next = generation + 1;
    }
    if next <= highest {
        gaps.push(next..highest + 1);
    }
    gaps
}

/// The smallest text that is not below any key of an earlier generation and not above any of this one.
fn bound(generation: u64) -> String {
    let mut text = String::with_capacity(DIGITS);
    if generation > MAX_GENERATION {
        text.push('g');
    } else {
        push_hex(&mut text, generation);
    }
    text
}

fn push_hex(text: &mut String, number: u64) {
    for place in (0..DIGITS).rev() {
        let digit = (number >> (4 * place)) as u8 & 15;
        text.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
    }
}

#[cfg(test)]
mod tests {
    use alloc::{string::ToString, vec};

    use super::*;

    fn contains(range: &KeyRange, key: &str) -> bool {
        (range.lower.as_str()..range.upper.as_str()).contains(&key)
    }

    #[test]
    fn an_entry_key_can_be_taken_apart() {
        let key = entry(0xab, "json GET https://a/");
        assert_eq!(key, "00000000ab|json GET https://a/");
        assert_eq!(split_entry(&key), Some((0xab, "json GET https://a/")));
        assert_eq!(split_entry(&entry(MAX_GENERATION, "")), Some((MAX_GENERATION, "")));
        assert_eq!(split_entry(&entry(u64::MAX, "x")), Some((MAX_GENERATION, "x")));
    }

    #[test]
    fn what_is_no_entry_key_is_refused() {
        for text in ["", "00000000ab", "00000000AB|x", "+0000000ab|x", "0000000ab|x", "00000000ab x", "000000000é|x"] {
            assert_eq!(split_entry(text), None, "{text}");
        }
    }

    #[test]
    fn a_partition_key_can_be_taken_apart() {
        let key = partition("https://example.org:8443", "Anna B.");
        assert_eq!(key, "https://example.org:8443 Anna B.");
        assert_eq!(split_partition(&key), Some(("https://example.org:8443", "Anna B.")));
    }

    #[test]
    fn a_request_key_without_headers_is_one_line() {
        let key = RequestKey { variant: "fetch", method: "GET", url: "https://a/b", header_lines: "" };
        assert_eq!(key.to_string(), "fetch GET https://a/b");
        assert_eq!(RequestKey::parse("fetch GET https://a/b"), Some(key));
        assert_eq!(RequestKey::parse("fetch"), None);
    }

    #[test]
    fn a_range_holds_its_generations_and_no_other() {
        let range = range(0xf..0x11);
        for (generation, inside) in [(0xe, false), (0xf, true), (0x10, true), (0x11, false)] {
            for request in ["", "\u{0}", "json GET https://a/", "\u{10ffff}"] {
                assert_eq!(contains(&range, &entry(generation, request)), inside, "{generation} {request:?}");
            }
        }
        assert!(contains(&super::range(MAX_GENERATION..MAX_GENERATION + 1), &entry(MAX_GENERATION, "\u{10ffff}")));
    }

    #[test]
    fn gaps_leave_out_the_live_and_the_unknown() {
        assert_eq!(gaps(&mut [], 3), vec![0..4]);
        assert_eq!(gaps(&mut [5, 2, 2, 3], 7), vec![0..2, 4..5, 6..8]);
        assert_eq!(gaps(&mut [0, 1, 2], 2), vec![]);
        assert_eq!(gaps(&mut [9, 1], 3), vec![0..1, 2..4]);
    }
}
