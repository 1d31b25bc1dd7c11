//! The cache directives this cache knows.

/// A directive of `Cache-Control` or `Hybrid-Cache-Control`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Directive {
    NoStore,
    NoCache,
    MustRevalidate,
    MaxAge,
    StaleWhileRevalidate,
    StaleIfError,
    Private,
    Public,
}

const NAMES: [(&str, Directive); 8] = [
    ("no-store", Directive::NoStore),
    ("no-cache", Directive::NoCache),
    ("must-revalidate", Directive::MustRevalidate),
    ("max-age", Directive::MaxAge),
    ("stale-while-revalidate", Directive::StaleWhileRevalidate),
    ("stale-if-error", Directive::StaleIfError),
    ("private", Directive::Private),
    ("public", Directive::Public),
];

impl Directive {
    /// The directive of this name, in any letter case.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        NAMES.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name)).map(|(_, directive)| *directive)
    }
}
