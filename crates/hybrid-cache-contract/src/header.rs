//! Names of the header fields.
//!
//! Each name comes in two spellings: the one to print, and a lower-case twin for places that accept nothing else, such
//! as `http::HeaderName::from_static`. Field names are case-insensitive on the wire (RFC 9110 section 5.1).

/// The user's cache version; also the request field in which a browser echoes the version it knows (H3).
pub const VERSION: &str = "X-Cache-Version";
/// Whether this user's responses may be cached at all: `true` or `false`.
pub const ENABLED: &str = "X-Cache-Enabled";
/// Opaque token that stands for the user, the same on every response of that user.
pub const SCOPE: &str = "X-Cache-Scope";
/// What this cache, and no other, may do with the response (a targeted field, RFC 9213).
pub const CONTROL: &str = "Hybrid-Cache-Control";
/// The groups a response belongs to (RFC 9875).
pub const GROUPS: &str = "Cache-Groups";
/// The groups an unsafe request has invalidated (RFC 9875).
pub const GROUP_INVALIDATION: &str = "Cache-Group-Invalidation";

/// [`VERSION`] in lower case.
pub const VERSION_LOWER: &str = "x-cache-version";
/// [`ENABLED`] in lower case.
pub const ENABLED_LOWER: &str = "x-cache-enabled";
/// [`SCOPE`] in lower case.
pub const SCOPE_LOWER: &str = "x-cache-scope";
/// [`CONTROL`] in lower case.
pub const CONTROL_LOWER: &str = "hybrid-cache-control";
/// [`GROUPS`] in lower case.
pub const GROUPS_LOWER: &str = "cache-groups";
/// [`GROUP_INVALIDATION`] in lower case.
pub const GROUP_INVALIDATION_LOWER: &str = "cache-group-invalidation";

/// What `Access-Control-Expose-Headers` must name for a page of another origin to read the stamp (H6).
///
/// The contract's own fields, and `Age`, `Date` and `ETag`, which a page may not read either unless they are named.
/// `Cache-Control` is missing because the Fetch standard exposes it always. A `*` does not do: with credentials it is
/// an ordinary name.
pub const EXPOSED: [&str; 9] = [VERSION, ENABLED, SCOPE, CONTROL, GROUPS, GROUP_INVALIDATION, "Age", "Date", "ETag"];

/// [`EXPOSED`] as one field value.
pub const EXPOSED_LIST: &str = "X-Cache-Version, X-Cache-Enabled, X-Cache-Scope, Hybrid-Cache-Control, Cache-Groups, \
                                Cache-Group-Invalidation, Age, Date, ETag";

/// `Cache-Control` of a stamped response: HTTP caches in between stay out (H6).
pub const STAMPED_CACHE_CONTROL: &str = "private, no-store";

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn the_list_names_what_the_array_names() {
        assert_eq!(EXPOSED.join(", "), EXPOSED_LIST);
    }

    #[test]
    fn lower_case_twins_spell_the_same_name() {
        let twins = [
            (VERSION, VERSION_LOWER),
            (ENABLED, ENABLED_LOWER),
            (SCOPE, SCOPE_LOWER),
            (CONTROL, CONTROL_LOWER),
            (GROUPS, GROUPS_LOWER),
            (GROUP_INVALIDATION, GROUP_INVALIDATION_LOWER),
        ];
        for (name, lower) in twins {
            assert_eq!(name.to_ascii_lowercase(), lower);
        }
    }
}
