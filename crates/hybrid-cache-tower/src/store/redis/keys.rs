//! The names of the keys.

use std::{fmt, ops::Range};

use crate::{Tenant, User};

/// What stands before every key.
///
/// ```
/// use hybrid_cache_tower::store::KeyPrefix;
///
/// assert_eq!(KeyPrefix::default().as_str(), "");
/// assert_eq!(KeyPrefix::plain("shop").as_str(), "shop:");
/// assert_eq!(KeyPrefix::django("shop", 1).as_str(), "shop:1:");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPrefix(String);

impl KeyPrefix {
    /// `{name}:`; an empty name means no prefix.
    pub fn plain(name: &str) -> Self {
        Self(if name.is_empty() { String::new() } else { format!("{name}:") })
    }

    /// `{name}:{version}:`, as Django's cache framework begins its keys with these values of its `KEY_PREFIX` and
    /// `VERSION` settings (the default `KEY_FUNCTION`).
    pub fn django(name: &str, version: u32) -> Self {
        Self(format!("{name}:{version}:"))
    }

    /// The prefix, separator included.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const ENABLED: &str = "cache_enabled:";
const TENANT: &str = "cache_tenant_version:";
const GLOBAL: &str = "cache_global_version";
const RUN: &str = "cache_run_id";
const OTHERS: [&str; 4] = [ENABLED, TENANT, GLOBAL, RUN];

/// How the key of a user's version is made: a text with `{user_id}` in it, behind the prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyTemplate {
    before: String,
    after: String,
}

impl KeyTemplate {
    /// The contract's (C15).
    pub(super) const DEFAULT: &'static str = "cache_user_version:{user_id}";

    /// Why a text is no template, if it is none.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        const PLACE: &str = "{user_id}";
        let Some((before, after)) = text.split_once(PLACE) else {
            return Err(format!("the key template {text:?} does not contain {PLACE}"));
        };
        if before.is_empty() {
            return Err(format!("the key template {text:?} begins with {PLACE}: its keys cannot be told from others"));
        }
        if after.contains(PLACE) {
            return Err(format!("the key template {text:?} contains {PLACE} twice"));
        }
        if let Some(other) = OTHERS.iter().find(|other| other.starts_with(before) || before.starts_with(**other)) {
            return Err(format!("the key template {text:?} makes keys that may be taken for {other}"));
        }
        Ok(Self { before: before.into(), after: after.into() })
    }
}

impl Default for KeyTemplate {
    fn default() -> Self {
        Self::parse(Self::DEFAULT).expect("the default is a template")
    }
}

/// All keys of one store.
pub(super) struct Keys {
    version_before: String,
    version_after: String,
    enabled: String,
    tenant: String,
    /// The counter of everybody (H5a).
    pub(super) global: String,
    /// Which run of the server the counters were last seen in (H5).
    pub(super) run: String,
}

/// Which value a key holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The version or the flag of this user.
    User(User),
    /// The counter of a tenant, or everybody's.
    Shared,
}

impl Keys {
    pub(super) fn new(prefix: &KeyPrefix, template: &KeyTemplate) -> Self {
        let prefix = prefix.as_str();
        Self {
            version_before: format!("{prefix}{}", template.before),
            version_after: template.after.clone(),
            enabled: format!("{prefix}{ENABLED}"),
            tenant: format!("{prefix}{TENANT}"),
            global: format!("{prefix}{GLOBAL}"),
            run: format!("{prefix}{RUN}"),
        }
    }

    pub(super) fn version(&self, user: &User) -> String {
        [&self.version_before, user.as_str(), &self.version_after].concat()
    }

    pub(super) fn enabled(&self, user: &User) -> String {
        [&self.enabled, user.as_str()].concat()
    }

    /// Users without a tenant have a counter in common as well, so that every sum has three parts.
    pub(super) fn tenant(&self, tenant: Option<&Tenant>) -> String {
        [self.tenant.as_str(), tenant.map_or("", Tenant::as_str)].concat()
    }

    /// A Redis glob pattern of all users' version keys.
    pub(super) fn version_pattern(&self) -> String {
        format!("{}*{}", glob(&self.version_before), glob(&self.version_after))
    }

    /// What begins a key that matters. None of them begins another, which Redis would refuse to track.
    pub(super) fn prefixes(&self) -> [&str; 4] {
        [&self.version_before, &self.enabled, &self.tenant, &self.global].map(String::as_str)
    }

    /// Whose value a key holds; `None` for a key of somebody else.
    pub(super) fn part(&self, key: &str) -> Option<Part> {
        let of = |user: &str| User::new(user).ok().map(Part::User);
        if let Some(user) = key.strip_prefix(&self.enabled) {
            return of(user);
        }
        if key == self.global || key.starts_with(&self.tenant) {
            return Some(Part::Shared);
        }
        let user: Range<usize> = self.version_before.len()..key.len().checked_sub(self.version_after.len())?;
        let fits = key.starts_with(&self.version_before) && key.ends_with(&self.version_after);
        key.get(user).filter(|_| fits).and_then(of)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({}{{user_id}}{})", self.version_before, self.version_after)
    }
}

/// A text as part of a Redis glob pattern.
fn glob(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\' | '^') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(prefix: &KeyPrefix, template: &str) -> Keys {
        Keys::new(prefix, &KeyTemplate::parse(template).unwrap())
    }

    #[test]
    fn the_default_template_makes_the_contracts_keys() {
        let alice = User::new("alice").unwrap();
        for prefix in ["", "shop:1:"] {
            let keys = keys(&KeyPrefix(prefix.into()), KeyTemplate::DEFAULT);
            let contract = hybrid_cache_contract::redis_key::user_version(alice.id()).prefixed(prefix).to_string();
            assert_eq!(keys.version(&alice), contract);
            let contract = hybrid_cache_contract::redis_key::user_enabled(alice.id()).prefixed(prefix).to_string();
            assert_eq!(keys.enabled(&alice), contract);
        }
    }

    #[test]
    fn a_template_that_cannot_work_is_refused_with_the_reason() {
        for (template, reason) in [
            ("", "contain"),
            ("user", "contain"),
            ("{user_id}:v", "begins"),
            ("a{user_id}{user_id}", "twice"),
            ("cache_{user_id}", "taken for"),
            ("cache_enabled:{user_id}:v", "taken for"),
        ] {
            let error = KeyTemplate::parse(template).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_key_is_told_from_another() {
        let keys = keys(&KeyPrefix::plain("shop"), "v:{user_id}:now");
        let alice = User::new("alice").unwrap();
        for key in [keys.version(&alice), keys.enabled(&alice)] {
            assert_eq!(keys.part(&key), Some(Part::User(alice.clone())), "{key}");
        }
        for key in [keys.tenant(Some(&Tenant::new("acme").unwrap())), keys.tenant(None), keys.global.clone()] {
            assert_eq!(keys.part(&key), Some(Part::Shared), "{key}");
        }
        for key in
            ["", "shop:v:now", "v:alice:now", "shop:v:alice", "shop:v:a b:now", "shop:cache_run_id", "shop:other"]
        {
            assert_eq!(keys.part(key), None, "{key}");
        }
    }

    #[test]
    fn a_prefix_is_no_pattern() {
        assert_eq!(glob("a*[b"), r"a\*\[b");
        assert_eq!(keys(&KeyPrefix::plain("a?"), KeyTemplate::DEFAULT).version_pattern(), r"a\?:cache_user_version:*");
    }
}
