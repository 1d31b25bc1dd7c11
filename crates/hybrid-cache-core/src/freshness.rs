//! For how long a response may be used (S2, S3; RFC 9111 section 4.2, RFC 5861).
//!
//! Coherence is judged first and is never stretched by anything here: time only shortens what the rules R0 to R14
//! already allow. Points in time are milliseconds since the Unix epoch and durations are milliseconds, both `f64`, as
//! the browser's clock gives them and as records keep them.

use hybrid_cache_contract::{ResponseStamp, VersionField};

/// How long a response is fresh where neither the server nor a rule says so, in milliseconds: 5 minutes.
pub const DEFAULT_TTL: f64 = 300_000.0;

/// What the application's matching rule says about time. A rule that names a URL and gives no times is
/// `RuleTimes::default()`, which is not the same as no rule.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RuleTimes {
    /// For how long a response is fresh, in milliseconds.
    pub ttl: Option<f64>,
    /// For how long after that it may be served while it is fetched again, in milliseconds.
    pub stale_while_revalidate: Option<f64>,
}

/// For how long a response may be served, counted from the moment it arrived.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lifetime {
    /// Fresh for so long, in milliseconds.
    pub fresh: f64,
    /// After that to be served for so long while it is fetched again, in milliseconds (RFC 5861 section 3).
    pub stale: f64,
}

/// Why a response that coherence allows to be stored is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotStorable {
    /// `X-Cache-Version` is there and is no version: the server means to stamp, so this is not a versionless response.
    Version,
    /// `Cache-Groups` is there and malformed: an invalidation of its groups would not find the response.
    Groups,
    /// `Hybrid-Cache-Control` says `no-store` or `no-cache`.
    Policy,
    /// `Cache-Control` forbids it, and it has the word: there is no valid `Hybrid-Cache-Control`, and no version with a
    /// rule that names the URL.
    CacheControl,
    /// There is no time left in which it could be served.
    NoTime,
}

/// For how long may this response be served?
///
/// Not at all if its version or its groups are malformed. A valid `Hybrid-Cache-Control` has the word and `Cache-Control` is ignored (RFC 9213 section 2.2). Without one:
///
/// - A versioned response whose `Cache-Control` says `no-store` is stored only if a rule names its URL, since servers
///   say `no-store` on every stamped response to keep other caches out (H6). Nothing else of `Cache-Control` counts.
/// - A versionless response follows `Cache-Control`: `no-store` and `no-cache` forbid storing, `max-age`,
///   `stale-while-revalidate` and `must-revalidate` count.
///
/// What the header with the word leaves open is taken from the rule, then from `ttl` (and no stale window). `Age` is
/// subtracted from the whole, first from the fresh part.
///
/// ```
/// use hybrid_cache_contract::{RawHeaders, ResponseStamp};
/// use hybrid_cache_core::freshness::{DEFAULT_TTL, Lifetime, NotStorable, RuleTimes, lifetime};
///
/// let read = |policy| ResponseStamp::parse(&RawHeaders {
///     version: Some("7"),
///     cache_control: Some("private, no-store"),
///     policy,
///     ..RawHeaders::default()
/// });
/// let said = read(Some("max-age=60, stale-while-revalidate=30"));
/// assert_eq!(lifetime(&said, None, DEFAULT_TTL), Ok(Lifetime { fresh: 60_000.0, stale: 30_000.0 }));
/// assert_eq!(lifetime(&read(None), None, DEFAULT_TTL), Err(NotStorable::CacheControl));
/// let rule = RuleTimes { ttl: Some(1_000.0), stale_while_revalidate: None };
/// assert_eq!(lifetime(&read(None), Some(rule), DEFAULT_TTL), Ok(Lifetime { fresh: 1_000.0, stale: 0.0 }));
/// ```
///
/// # Errors
///
/// The reason why it must not be stored, or would never be served.
pub fn lifetime(said: &ResponseStamp<'_>, rule: Option<RuleTimes>, ttl: f64) -> Result<Lifetime, NotStorable> {
    if said.version == VersionField::Invalid {
        return Err(NotStorable::Version);
    }
    if said.groups.is_invalid() {
        return Err(NotStorable::Groups);
    }
    let versioned = said.version.known().is_some();
    let (fresh, stale) = if let Some(policy) = said.policy {
        if policy.no_store {
            return Err(NotStorable::Policy);
        }
        (policy.max_age, policy.stale_while_revalidate)
    } else if let Some(control) = said.cache_control {
        if versioned {
            if control.no_store && rule.is_none() {
                return Err(NotStorable::CacheControl);
            }
            (None, None)
        } else {
            if control.no_store || control.no_cache {
                return Err(NotStorable::CacheControl);
            }
            (control.max_age, if control.must_revalidate { Some(0) } else { control.stale_while_revalidate })
        }
    } else {
        (None, None)
    };
    let rule = rule.unwrap_or_default();
    let fresh = fresh.map(milliseconds).or(rule.ttl).unwrap_or(ttl);
    let stale = stale.map(milliseconds).or(rule.stale_while_revalidate).unwrap_or(0.0);
    let age = said.age.map_or(0.0, milliseconds);
    let lifetime = Lifetime { fresh: (fresh - age).max(0.0), stale: (stale - (age - fresh).max(0.0)).max(0.0) };
    if lifetime.fresh + lifetime.stale > 0.0 { Ok(lifetime) } else { Err(NotStorable::NoTime) }
}

fn milliseconds(seconds: u32) -> f64 {
    f64::from(seconds) * 1_000.0
}

/// Where a stored response stands in its lifetime.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Freshness {
    /// It may be served.
    Fresh {
        /// For so many milliseconds from now.
        remaining: f64,
    },
    /// It may be served if it is fetched again at once.
    StaleWhileRevalidate,
    /// It may not be served.
    Expired,
    /// It was stored later than now, so its age is unknown; it may not be served (S3).
    FromTheFuture,
}

/// Where does a response stand at `now` that was stored at `stored` with these durations (milliseconds)?
///
/// A bound belongs to the later part: an entry of 100 ms is expired 100 ms after it was stored. Values that are not
/// numbers, as a corrupt record may hold, count as expired.
pub fn judge(now: f64, stored: f64, fresh: f64, stale: f64) -> Freshness {
    let age = now - stored;
    if age < 0.0 {
        Freshness::FromTheFuture
    } else if age < fresh {
        Freshness::Fresh { remaining: fresh - age }
    } else if age < fresh + stale {
        Freshness::StaleWhileRevalidate
    } else {
        Freshness::Expired
    }
}

#[cfg(test)]
mod tests {
    use hybrid_cache_contract::RawHeaders;

    use super::*;

    const TTL: f64 = 5_000.0;
    const RULE: RuleTimes = RuleTimes { ttl: Some(2_000.0), stale_while_revalidate: Some(1_000.0) };
    const SILENT_RULE: RuleTimes = RuleTimes { ttl: None, stale_while_revalidate: None };

    /// Lifetime of a response with this version, `Hybrid-Cache-Control`, `Cache-Control` and `Age`.
    fn of(fields: [Option<&str>; 4], rule: Option<RuleTimes>) -> Result<(f64, f64), NotStorable> {
        let [version, policy, cache_control, age] = fields;
        let raw = RawHeaders { version, policy, cache_control, age, ..RawHeaders::default() };
        lifetime(&ResponseStamp::parse(&raw), rule, TTL).map(|lifetime| (lifetime.fresh, lifetime.stale))
    }

    #[test]
    fn a_valid_policy_has_the_word() {
        let no_store = Some("private, no-store");
        assert_eq!(of([Some("1"), Some("max-age=9"), no_store, None], None), Ok((9_000.0, 0.0)));
        assert_eq!(of([Some("1"), Some("max-age=9"), no_store, None], Some(RULE)), Ok((9_000.0, 1_000.0)));
        assert_eq!(
            of([Some("1"), Some("stale-while-revalidate=3"), no_store, None], Some(RULE)),
            Ok((2_000.0, 3_000.0))
        );
        assert_eq!(of([Some("1"), Some("none"), no_store, None], None), Ok((TTL, 0.0)));
        assert_eq!(of([Some("1"), Some("must-revalidate"), None, None], Some(RULE)), Ok((2_000.0, 0.0)));
        for forbidding in ["no-store", "no-cache", "no-store, max-age=9"] {
            assert_eq!(of([Some("1"), Some(forbidding), None, None], Some(RULE)), Err(NotStorable::Policy));
        }
        assert_eq!(of([None, Some("max-age=9"), no_store, None], None), Ok((9_000.0, 0.0)));
    }

    #[test]
    fn a_malformed_policy_counts_as_absent() {
        assert_eq!(of([Some("1"), Some("max-age=x"), None, None], None), Ok((TTL, 0.0)));
        assert_eq!(of([Some("1"), Some(""), Some("no-store"), None], None), Err(NotStorable::CacheControl));
    }

    #[test]
    fn no_store_on_a_versioned_response_yields_to_a_rule() {
        let no_store = Some("no-store");
        assert_eq!(of([Some("1"), None, no_store, None], None), Err(NotStorable::CacheControl));
        assert_eq!(of([Some("1"), None, no_store, None], Some(RULE)), Ok((2_000.0, 1_000.0)));
        assert_eq!(of([Some("1"), None, no_store, None], Some(SILENT_RULE)), Ok((TTL, 0.0)));
    }

    #[test]
    fn a_versioned_response_takes_no_times_from_cache_control() {
        assert_eq!(of([Some("1"), None, Some("max-age=1, stale-while-revalidate=1"), None], None), Ok((TTL, 0.0)));
        assert_eq!(of([Some("1"), None, Some("no-cache"), None], None), Ok((TTL, 0.0)));
    }

    #[test]
    fn a_versionless_response_follows_cache_control() {
        assert_eq!(of([None, None, None, None], None), Ok((TTL, 0.0)));
        assert_eq!(of([None, None, Some("max-age=1"), None], Some(RULE)), Ok((1_000.0, 1_000.0)));
        assert_eq!(of([None, None, Some("max-age=1, must-revalidate"), None], Some(RULE)), Ok((1_000.0, 0.0)));
        assert_eq!(of([None, None, Some("private"), None], Some(RULE)), Ok((2_000.0, 1_000.0)));
        for forbidding in ["no-store", "no-cache"] {
            assert_eq!(of([None, None, Some(forbidding), None], Some(RULE)), Err(NotStorable::CacheControl));
        }
    }

    #[test]
    fn nothing_is_stored_whose_version_or_groups_are_malformed() {
        assert_eq!(of([Some("abc"), Some("max-age=9"), None, None], Some(RULE)), Err(NotStorable::Version));
        let raw = RawHeaders { version: Some("1"), groups: Some("invoices"), ..RawHeaders::default() };
        assert_eq!(lifetime(&ResponseStamp::parse(&raw), Some(RULE), TTL), Err(NotStorable::Groups));
    }

    #[test]
    fn age_subtracts_from_the_whole() {
        let policy = Some("max-age=10, stale-while-revalidate=5");
        assert_eq!(of([Some("1"), policy, None, Some("4")], None), Ok((6_000.0, 5_000.0)));
        assert_eq!(of([Some("1"), policy, None, Some("12")], None), Ok((0.0, 3_000.0)));
        assert_eq!(of([Some("1"), policy, None, Some("15")], None), Err(NotStorable::NoTime));
        assert_eq!(of([Some("1"), None, None, Some("5")], None), Err(NotStorable::NoTime));
        assert_eq!(of([Some("1"), Some("max-age=0"), None, None], None), Err(NotStorable::NoTime));
    }

    #[test]
    fn a_lifetime_is_a_half_open_interval() {
        assert_eq!(judge(1_000.0, 1_000.0, 100.0, 50.0), Freshness::Fresh { remaining: 100.0 });
        assert_eq!(judge(1_099.0, 1_000.0, 100.0, 50.0), Freshness::Fresh { remaining: 1.0 });
        assert_eq!(judge(1_100.0, 1_000.0, 100.0, 50.0), Freshness::StaleWhileRevalidate);
        assert_eq!(judge(1_150.0, 1_000.0, 100.0, 50.0), Freshness::Expired);
        assert_eq!(judge(999.0, 1_000.0, 100.0, 50.0), Freshness::FromTheFuture);
    }

    #[test]
    fn what_is_not_a_number_is_expired() {
        for position in 0..4 {
            let mut times = [1_010.0, 1_000.0, 0.0, 50.0];
            times[position] = f64::NAN;
            let [now, stored, fresh, stale] = times;
            assert_eq!(judge(now, stored, fresh, stale), Freshness::Expired, "position {position}");
        }
    }
}
