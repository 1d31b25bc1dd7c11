//! Everything one response says about caching.

use crate::{CacheControl, CacheScope, CacheVersion, StorePolicy, age, enabled, groups, http_date};

/// The field values of one response as they came; `None` where the field is absent.
///
/// ```
/// use hybrid_cache_contract::{RawHeaders, ResponseStamp};
///
/// // Where values are owned, such as strings that were read from JavaScript:
/// let values: [Option<String>; 9] = RawHeaders::NAMES.map(|name| (name == "Age").then(|| "3".to_owned()));
/// let stamp = ResponseStamp::parse(&values.each_ref().map(Option::as_deref).into());
/// assert_eq!(stamp.age, Some(3));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RawHeaders<'a> {
    /// `X-Cache-Version`.
    pub version: Option<&'a str>,
    /// `X-Cache-Enabled`.
    pub enabled: Option<&'a str>,
    /// `X-Cache-Scope`.
    pub scope: Option<&'a str>,
    /// `Hybrid-Cache-Control`.
    pub policy: Option<&'a str>,
    /// `Cache-Control`.
    pub cache_control: Option<&'a str>,
    /// `Age`.
    pub age: Option<&'a str>,
    /// `Date`.
    pub date: Option<&'a str>,
    /// `Cache-Groups`.
    pub groups: Option<&'a str>,
    /// `Cache-Group-Invalidation`.
    pub group_invalidation: Option<&'a str>,
}

impl<'a> RawHeaders<'a> {
    /// The names of the fields, in the order in which the array of values is taken.
    pub const NAMES: [&'static str; 9] = [
        crate::header::VERSION,
        crate::header::ENABLED,
        crate::header::SCOPE,
        crate::header::CONTROL,
        "Cache-Control",
        "Age",
        "Date",
        crate::header::GROUPS,
        crate::header::GROUP_INVALIDATION,
    ];

    /// [`NAMES`](Self::NAMES) as one text, with a blank after each but the last.
    pub const NAME_LIST: &'static str = "X-Cache-Version X-Cache-Enabled X-Cache-Scope Hybrid-Cache-Control \
                                         Cache-Control Age Date Cache-Groups Cache-Group-Invalidation";

    /// Asks `get` for each field by its name. Where a field came on several lines, `get` is to answer with them joined
    /// by a comma.
    pub fn read(get: impl FnMut(&'static str) -> Option<&'a str>) -> Self {
        Self::NAMES.map(get).into()
    }
}

/// Values in the order of [`RawHeaders::NAMES`].
impl<'a> From<[Option<&'a str>; 9]> for RawHeaders<'a> {
    fn from(values: [Option<&'a str>; 9]) -> Self {
        let [version, enabled, scope, policy, cache_control, age, date, groups, group_invalidation] = values;
        Self { version, enabled, scope, policy, cache_control, age, date, groups, group_invalidation }
    }
}

/// What a response says about the version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VersionField {
    /// Nothing.
    #[default]
    Absent,
    /// Something that is not a version. For the cache the same as nothing (R8), but worth counting.
    Invalid,
    /// This version.
    Known(CacheVersion),
}

impl VersionField {
    /// The version, if there is one.
    pub const fn known(self) -> Option<CacheVersion> {
        match self {
            Self::Known(version) => Some(version),
            Self::Absent | Self::Invalid => None,
        }
    }
}

/// What a response says in one of the two group fields.
#[derive(Clone, Copy, Debug, Default)]
pub enum GroupsField<'a> {
    /// Nothing.
    #[default]
    Absent,
    /// Something that is not a list of groups.
    Invalid,
    /// These groups, perhaps none.
    Known(groups::Groups<'a>),
}

impl<'a> GroupsField<'a> {
    /// The groups; none where the field is absent or invalid.
    pub fn iter(self) -> groups::Groups<'a> {
        match self {
            Self::Known(groups) => groups,
            Self::Absent | Self::Invalid => groups::Groups::default(),
        }
    }

    /// Was the field there and not a list of groups?
    pub const fn is_invalid(self) -> bool {
        matches!(self, Self::Invalid)
    }
}

/// Everything one response says about caching, read.
///
/// An invalid field reads as an absent one; a flag beside it tells the two apart where that matters to someone.
///
/// With the feature `serde` it serialises to the JSON that `vectors.json` lists under `stamp`.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct ResponseStamp<'a> {
    /// `X-Cache-Version`.
    pub version: VersionField,
    /// `X-Cache-Enabled`. Absent beside a version means enabled.
    pub enabled: Option<bool>,
    /// `X-Cache-Enabled` was there and neither `true` nor `false`.
    pub enabled_invalid: bool,
    /// `X-Cache-Scope`.
    pub scope: Option<CacheScope<'a>>,
    /// `X-Cache-Scope` was there and no scope. Who the user is cannot be told then: nothing of the response may be
    /// stored.
    pub scope_invalid: bool,
    /// `Hybrid-Cache-Control`.
    pub policy: Option<StorePolicy>,
    /// `Hybrid-Cache-Control` was there and malformed, or empty.
    pub policy_invalid: bool,
    /// `Cache-Control`; `None` when absent.
    pub cache_control: Option<CacheControl>,
    /// `Age`, in seconds.
    pub age: Option<u32>,
    /// `Date`, in seconds since the Unix epoch.
    pub date: Option<i64>,
    /// `Cache-Groups`.
    pub groups: GroupsField<'a>,
    /// `Cache-Group-Invalidation`. It counts only on the response to an unsafe method (RFC 9875 section 3).
    pub group_invalidation: GroupsField<'a>,
}

impl<'a> ResponseStamp<'a> {
    /// Reads the field values.
    pub fn parse(raw: &RawHeaders<'a>) -> Self {
        Self::parse_dated(raw, http_date::parse)
    }

    /// Reads the field values where the platform reads dates: `date` answers seconds since the Unix epoch.
    pub fn parse_dated(raw: &RawHeaders<'a>, date: impl FnOnce(&str) -> Option<i64>) -> Self {
        let version = match raw.version {
            None => VersionField::Absent,
            Some(value) => CacheVersion::parse(value).map_or(VersionField::Invalid, VersionField::Known),
        };
        let enabled = raw.enabled.and_then(|value| enabled::parse(value).ok());
        let scope = raw.scope.and_then(|value| CacheScope::parse(value).ok());
        let policy = raw.policy.and_then(|value| StorePolicy::parse(value).ok());
        Self {
            version,
            enabled,
            enabled_invalid: raw.enabled.is_some() && enabled.is_none(),
            scope,
            scope_invalid: raw.scope.is_some() && scope.is_none(),
            policy,
            policy_invalid: raw.policy.is_some() && policy.is_none(),
            cache_control: raw.cache_control.map(CacheControl::parse),
            age: raw.age.and_then(age::parse),
            date: raw.date.and_then(date),
            groups: groups_field(raw.groups),
            group_invalidation: groups_field(raw.group_invalidation),
        }
    }
}

/// `"absent"`, `"invalid"` or the number.
#[cfg(feature = "serde")]
impl serde::Serialize for VersionField {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_str("absent"),
            Self::Invalid => serializer.serialize_str("invalid"),
            Self::Known(version) => version.serialize(serializer),
        }
    }
}

/// `"absent"`, `"invalid"` or an array of the groups' names, unescaped.
#[cfg(feature = "serde")]
impl serde::Serialize for GroupsField<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Absent => serializer.serialize_str("absent"),
            Self::Invalid => serializer.serialize_str("invalid"),
            Self::Known(groups) => {
                serializer.collect_seq(groups.map(|group| groups::unescaped(group).collect::<alloc::string::String>()))
            }
        }
    }
}

fn groups_field(raw: Option<&str>) -> GroupsField<'_> {
    match raw {
        None => GroupsField::Absent,
        Some(value) => groups::parse(value).map_or(GroupsField::Invalid, GroupsField::Known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_what_the_array_names() {
        assert!(RawHeaders::NAME_LIST.split(' ').eq(RawHeaders::NAMES));
    }
}
