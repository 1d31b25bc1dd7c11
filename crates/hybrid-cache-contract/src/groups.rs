//! The values of `Cache-Groups` and `Cache-Group-Invalidation`: structured-field lists of strings (RFC 9875).
//!
//! A group is compared by its characters, letter case included, among the responses of one origin and user.
//! Parameters of a member are ignored.

use core::fmt;

use crate::structured::{Cursor, Value};

/// The most groups a field may name. RFC 9875 obliges every cache to take 32.
pub const MAX_GROUPS: usize = 32;

/// The longest group, in characters as written between the quotes. RFC 9875 obliges a cache to take 32 only; a server
/// that also speaks to other caches stays within that.
pub const MAX_GROUP_LENGTH: usize = 128;

/// Reads a field value. An empty one is an empty list.
///
/// # Errors
///
/// Text that is not a structured-field list, a member that is not a string, an empty string, or more than
/// [`MAX_GROUPS`] members or [`MAX_GROUP_LENGTH`] characters. Such a field says nothing as a whole; a response that
/// carries one in `Cache-Groups` cannot be found by its groups later.
pub fn parse(value: &str) -> Result<Groups<'_>, InvalidGroups> {
    const INVALID: InvalidGroups = InvalidGroups { _private: () };
    let mut rest = Cursor::new(value);
    let all = Groups { rest };
    let mut count = 0;
    while !rest.is_empty() {
        match rest.list_member() {
            Some(Value::String(group)) if (1..=MAX_GROUP_LENGTH).contains(&group.len()) => count += 1,
            _ => return Err(INVALID),
        }
        rest.end_member().ok_or(INVALID)?;
    }
    if count > MAX_GROUPS { Err(INVALID) } else { Ok(all) }
}

/// The groups of a field that [`parse`] has found valid, in its order, repetitions included.
///
/// Each is given as written between the quotes, with `\"` and `\\` for a quote and a backslash. That spelling is the
/// only one a group has, so comparing spellings compares groups; [`unescaped`] gives the characters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Groups<'a> {
    rest: Cursor<'a>,
}

impl<'a> Iterator for Groups<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let Value::String(group) = self.rest.list_member()? else { return None };
        self.rest.end_member()?;
        Some(group)
    }
}

/// The characters of a group that is spelled as [`Groups`] gives it.
pub fn unescaped(group: &str) -> impl Iterator<Item = char> + '_ {
    let mut escaped = false;
    // All of it is ASCII.
    group.bytes().map(char::from).filter(move |&character| {
        escaped = character == '\\' && !escaped;
        !escaped
    })
}

/// Writes a field value from group names; `None` for no groups, since an empty list is written by leaving the field out.
///
/// # Errors
///
/// A name that is empty, has a character outside printable ASCII, or is longer than [`MAX_GROUP_LENGTH`] once quotes
/// and backslashes are escaped; or more than [`MAX_GROUPS`] names.
///
/// ```
/// use hybrid_cache_contract::groups;
///
/// assert_eq!(groups::to_header_value(["invoices", "invoice:7"]).unwrap().unwrap(), r#""invoices", "invoice:7""#);
/// assert!(groups::to_header_value(["Größe"]).is_err());
/// ```
#[cfg(feature = "alloc")]
pub fn to_header_value<'a>(
    names: impl IntoIterator<Item = &'a str>,
) -> Result<Option<alloc::string::String>, InvalidGroups> {
    let mut value = alloc::string::String::new();
    for name in names {
        if !value.is_empty() {
            value.push_str(", ");
        }
        value.push('"');
        for character in name.chars() {
            if matches!(character, '"' | '\\') {
                value.push('\\');
            }
            value.push(character);
        }
        value.push('"');
    }
    parse(&value)?;
    Ok((!value.is_empty()).then_some(value))
}

/// A text, or a list of names, that is no list of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidGroups {
    _private: (),
}

impl fmt::Display for InvalidGroups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not a list of cache groups: expected at most 32 quoted strings of 1 to 128 printable ASCII characters, \
             separated by commas",
        )
    }
}

impl core::error::Error for InvalidGroups {}
