//! What is written into a response's header section.

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCESS_CONTROL_EXPOSE_HEADERS, AUTHORIZATION, CACHE_CONTROL, COOKIE, VARY},
};
use hybrid_cache_contract::{
    CacheControl, StorePolicy, enabled,
    header::{CONTROL_LOWER, ENABLED_LOWER, EXPOSED, EXPOSED_LIST, SCOPE_LOWER, STAMPED_CACHE_CONTROL, VERSION_LOWER},
};

use crate::{
    Scope,
    versions::{Counters, Reading},
};

const VERSION: HeaderName = HeaderName::from_static(VERSION_LOWER);
const ENABLED: HeaderName = HeaderName::from_static(ENABLED_LOWER);
const SCOPE: HeaderName = HeaderName::from_static(SCOPE_LOWER);
const CONTROL: HeaderName = HeaderName::from_static(CONTROL_LOWER);

/// Targeted fields (RFC 9213) that a CDN obeys before `Cache-Control`.
const OF_OTHER_CACHES: [HeaderName; 2] =
    [HeaderName::from_static(CDN_CACHE_CONTROL), HeaderName::from_static(SURROGATE_CONTROL)];
const CDN_CACHE_CONTROL: &str = "cdn-cache-control";
const SURROGATE_CONTROL: &str = "surrogate-control";

/// How many fields a stamp adds to a response that has none of them, and is not for another origin.
const FIELDS: usize = 6;

const VARIES_BY: &str = "authorization, cookie";

/// What a layer writes where a route has no rule of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Defaults {
    policy: Option<HeaderValue>,
}

impl Defaults {
    pub(super) fn new(policy: StorePolicy) -> Self {
        // Leaked, once for each layer that is set up: all threads would count the references of a shared text in one place.
        let text: &'static str = policy.to_string().leak();
        Self { policy: Some(HeaderValue::from_static(text)) }
    }
}

/// What is to be written on one response.
pub(super) struct Stamp<'a> {
    pub(super) reading: Reading,
    pub(super) scope: &'a Scope,
    /// The policy of the response's own rule.
    pub(super) policy: Option<StorePolicy>,
    pub(super) has_policy: bool,
    /// Is it a response the layer's own policy is meant for, and not an error?
    pub(super) is_usual: bool,
    pub(super) cross_origin: bool,
}

impl Stamp<'_> {
    pub(super) fn write(&self, headers: &mut HeaderMap, defaults: &Defaults, counters: &Counters) {
        let found = Found::among(headers);
        // At once, instead of in steps.
        headers.reserve(FIELDS);
        if found.copies {
            take_copies(headers);
            counters.overwritten.add();
        }
        match self.reading {
            Reading::Known(known) => {
                counters.stamped.add();
                headers.insert(VERSION, number(known.version.get()));
                headers.insert(ENABLED, HeaderValue::from_static(enabled::as_str(known.enabled)));
            }
            Reading::Owed => {
                counters.owed.add();
                headers.insert(ENABLED, HeaderValue::from_static(enabled::as_str(false)));
            }
            Reading::Unknown => {}
        }
        headers.insert(SCOPE, self.scope.to_value());
        let said = if found.to_other_caches { keep_other_caches_out(headers) } else { Said::Nothing };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(STAMPED_CACHE_CONTROL));
        if said == Said::MayStore {
            counters.cache_control_replaced.add();
        }
        if self.has_policy {
            let policy = match &self.policy {
                Some(policy) => value(policy),
                None if said == Said::NoStore => Some(HeaderValue::from_static("no-store")),
                None if self.is_usual => defaults.policy.clone(),
                None => None,
            };
            if let Some(policy) = policy {
                headers.insert(CONTROL, policy);
            }
        }
        if found.vary {
            append_names(headers, VARY, [AUTHORIZATION.as_str(), COOKIE.as_str()]);
        } else {
            headers.insert(VARY, HeaderValue::from_static(VARIES_BY));
        }
        if self.cross_origin || found.cors {
            if found.exposes {
                append_names(headers, ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            } else {
                headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_LIST));
            }
        }
    }
}

/// Removes the stamp's fields.
pub(super) fn remove_copies(headers: &mut HeaderMap) {
    if Found::among(headers).copies {
        take_copies(headers);
    }
}

fn take_copies(headers: &mut HeaderMap) {
    for name in [VERSION, ENABLED, SCOPE, CONTROL] {
        headers.remove(name);
    }
}

/// What is there that the stamp has to mind, found in one pass: a response has few fields, and looking for each that it
/// might have would cost more.
#[derive(Default)]
struct Found {
    copies: bool,
    to_other_caches: bool,
    vary: bool,
    cors: bool,
    exposes: bool,
}

impl Found {
    fn among(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        for name in headers.keys() {
            match name.as_str() {
                VERSION_LOWER | ENABLED_LOWER | SCOPE_LOWER | CONTROL_LOWER => found.copies = true,
                "cache-control" | CDN_CACHE_CONTROL | SURROGATE_CONTROL => found.to_other_caches = true,
                "vary" => found.vary = true,
                "access-control-allow-origin" => found.cors = true,
                "access-control-expose-headers" => found.exposes = true,
                _ => {}
            }
        }
        found
    }
}

/// What a handler said to HTTP caches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    NoStore,
    MayStore,
}

/// Removes the targeted fields (H6). Answers what was said before.
fn keep_other_caches_out(headers: &mut HeaderMap) -> Said {
    let permits = |headers: &HeaderMap, name: &HeaderName| {
        let mut values = headers.get_all(name).iter().peekable();
        values.peek().is_some()
            && !values.any(|value| value.to_str().is_ok_and(|value| CacheControl::parse(value).no_store))
    };
    let before = match headers.contains_key(CACHE_CONTROL) {
        false => Said::Nothing,
        true if permits(headers, &CACHE_CONTROL) => Said::MayStore,
        true => Said::NoStore,
    };
    let mut others_may_store = false;
    for name in OF_OTHER_CACHES {
        others_may_store |= permits(headers, &name);
        headers.remove(name);
    }
    if others_may_store && before != Said::NoStore { Said::MayStore } else { before }
}

/// Appends those of `names` that a list of field names does not name yet. A `Vary` of `*` needs no more names; an
/// `Access-Control-Expose-Headers` of `*` does, since it is an ordinary name where credentials are sent.
fn append_names<const N: usize>(headers: &mut HeaderMap, field: HeaderName, names: [&str; N]) {
    let named = |name: &str| {
        let values = headers.get_all(&field).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|listed| listed.trim().eq_ignore_ascii_case(name))
    };
    if field == VARY && named("*") {
        return;
    }
    let missing = names.into_iter().filter(|name| !named(name)).collect::<Vec<_>>().join(", ");
    if let Ok(missing) = HeaderValue::from_str(&missing)
        && !missing.is_empty()
    {
        headers.append(field, missing);
    }
}

/// In one allocation, where `HeaderValue::from` needs two.
fn number(number: u64) -> HeaderValue {
    let mut text = itoa::Buffer::new();
    HeaderValue::from_bytes(text.format(number).as_bytes()).expect("digits are visible ASCII")
}

/// `None` never happens: what is written here are digits, tokens and structured fields.
fn value(text: &dyn std::fmt::Display) -> Option<HeaderValue> {
    HeaderValue::try_from(text.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(headers: &HeaderMap, field: HeaderName) -> String {
        let values: Vec<_> = headers.get_all(field).iter().map(|value| value.to_str().unwrap()).collect();
        values.join(", ")
    }

    #[test]
    fn names_are_appended_once() {
        let mut headers = HeaderMap::new();
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding, cookie"));
        append_names(&mut headers, VARY, ["authorization", "cookie"]);
        append_names(&mut headers, VARY, ["authorization", "cookie"]);
        assert_eq!(list(&headers, VARY), "Accept-Encoding, cookie, authorization");
    }

    #[test]
    fn a_star_is_enough_for_vary_only() {
        let mut headers = HeaderMap::new();
        headers.insert(VARY, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
        append_names(&mut headers, VARY, ["cookie"]);
        append_names(&mut headers, ACCESS_CONTROL_EXPOSE_HEADERS, ["ETag"]);
        assert_eq!(list(&headers, VARY), "*");
        assert_eq!(list(&headers, ACCESS_CONTROL_EXPOSE_HEADERS), "*, ETag");
    }
}
