//! `Cache-Control`, as far as this cache listens to it.

use crate::{directive::Directive, seconds::delta_seconds};

/// The directives of a `Cache-Control` response field (RFC 9111 section 5.2) that this cache looks at.
///
/// Unlike the rest of the contract it is read leniently, since it comes from everywhere: names in any letter case,
/// arguments with or without quotes, empty list members. What is unclear is read as the stricter meaning: of repeated
/// durations the shortest counts, an unreadable one counts as 0, a directive limited to some fields
/// (`no-cache="set-cookie"`) counts in full, and a quoted string without an end counts as `no-store`.
///
/// `s-maxage`, which speaks to shared caches, and everything else are ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct CacheControl {
    /// `no-store`: no cache may keep the response.
    pub no_store: bool,
    /// `no-cache`: it may not be served without asking the server.
    pub no_cache: bool,
    /// `private`: shared caches may not keep it.
    pub private: bool,
    /// `public`: any cache may keep it.
    pub public: bool,
    /// `must-revalidate`: it may not be served stale.
    pub must_revalidate: bool,
    /// `max-age`, in seconds, at most 2^31.
    pub max_age: Option<u32>,
    /// `stale-while-revalidate`, in seconds, at most 2^31 (RFC 5861 section 3).
    pub stale_while_revalidate: Option<u32>,
    /// `stale-if-error`, in seconds, at most 2^31 (RFC 5861 section 4).
    pub stale_if_error: Option<u32>,
}

impl CacheControl {
    /// Reads a field value. There is no invalid one.
    pub fn parse(value: &str) -> Self {
        let mut read = Self::default();
        let mut rest = value.as_bytes();
        while !rest.is_empty() {
            let Some(end) = end_of_member(rest) else {
                read.no_store = true;
                break;
            };
            let (member, after) = rest.split_at_checked(end).unwrap_or_default();
            read.member(member);
            rest = after.get(1..).unwrap_or_default();
        }
        read
    }

    fn member(&mut self, member: &[u8]) {
        let mut parts = member.splitn(2, |&byte| byte == b'=').map(<[u8]>::trim_ascii);
        let Some(directive) = parts.next().and_then(Directive::named) else { return };
        let shortest = match directive {
            Directive::NoStore => return self.no_store = true,
            Directive::NoCache => return self.no_cache = true,
            Directive::MustRevalidate => return self.must_revalidate = true,
            Directive::Private => return self.private = true,
            Directive::Public => return self.public = true,
            Directive::MaxAge => &mut self.max_age,
            Directive::StaleWhileRevalidate => &mut self.stale_while_revalidate,
            Directive::StaleIfError => &mut self.stale_if_error,
        };
        let argument = match parts.next().unwrap_or_default() {
            [b'"', quoted @ .., b'"'] => quoted,
            bare => bare,
        };
        let seconds = delta_seconds(argument).unwrap_or(0);
        *shortest = Some(shortest.map_or(seconds, |known| known.min(seconds)));
    }
}

/// Where the first list member ends; `None` if that is within a quoted string. A comma and everything else may stand
/// between quotes, and a backslash hides the character after it.
fn end_of_member(rest: &[u8]) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, &byte) in rest.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => return Some(at),
            _ => {}
        }
    }
    (!quoted).then_some(rest.len())
}
