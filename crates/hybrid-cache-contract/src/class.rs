//! Which ASCII characters may stand where.
//!
//! One table, looked up with a bit for each class, is less code in the browser's module than a test for each.

/// A class of characters.
#[derive(Clone, Copy)]
pub(crate) enum Class {
    /// The blank.
    Space = 1,
    /// The blank and the tab: RFC 9110's `OWS`.
    Blank = 2,
    Digit = 4,
    /// Of a key of a structured field (RFC 9651 section 3.1.2), after its first character.
    Key = 8,
    /// RFC 9110's `tchar` (section 5.6.2).
    Tchar = 16,
    /// Of a token of a structured field (RFC 9651 section 3.3.4), after its first character.
    Token = 32,
    /// Base64 with its padding.
    Base64 = 64,
    /// Printable, but for the three that mean something in strings: the quote, the backslash and the percent sign.
    Plain = 128,
}

const TABLE: [u8; 128] = {
    let mut table = [0; 128];
    let mut at = 0;
    while at < 128 {
        table[at as usize] = classes(at);
        at += 1;
    }
    table
};

const fn classes(byte: u8) -> u8 {
    let alphanumeric = byte.is_ascii_alphanumeric();
    let tchar = alphanumeric
        || matches!(
            byte,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
        );
    let key = (alphanumeric && !byte.is_ascii_uppercase()) || matches!(byte, b'_' | b'-' | b'.' | b'*');
    let of = [
        (Class::Space, byte == b' '),
        (Class::Blank, byte == b' ' || byte == b'\t'),
        (Class::Digit, byte.is_ascii_digit()),
        (Class::Key, key),
        (Class::Tchar, tchar),
        (Class::Token, tchar || byte == b':' || byte == b'/'),
        (Class::Base64, alphanumeric || matches!(byte, b'+' | b'/' | b'=')),
        (Class::Plain, matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'%')),
    ];
    let mut bits = 0;
    let mut at = 0;
    while at < of.len() {
        if of[at].1 {
            bits |= of[at].0 as u8;
        }
        at += 1;
    }
    bits
}

impl Class {
    /// Is this character of the class?
    pub(crate) fn has(self, byte: u8) -> bool {
        TABLE.get(usize::from(byte)).is_some_and(|bits| bits & self as u8 != 0)
    }
}
