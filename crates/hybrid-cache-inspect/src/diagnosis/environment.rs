//! What the browser offers here.

use super::Check;
use crate::phrase;

/// What was found when IndexedDB was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The interface is not there.
    Missing,
    /// It refused, with the browser's name for it and its sentence.
    Refused(String),
    /// It did not answer within this many milliseconds.
    Silent(u32),
    /// It works; nothing was stored yet.
    Empty,
    /// It works, and the database is there.
    Opened,
}

/// What was found of the browser. `None` where the interface to ask is not there.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// `isSecureContext`.
    pub secure: bool,
    /// See [`Opening`].
    pub indexed_db: Opening,
    /// `navigator.storage.estimate()`: bytes used and bytes allowed.
    pub estimate: Option<(f64, f64)>,
    /// `navigator.storage.persisted()`.
    pub persisted: Option<bool>,
    /// `BroadcastChannel` is there.
    pub channel: bool,
    /// `navigator.locks` is there.
    pub locks: bool,
    /// A value can be written to `localStorage` and read back; else what the browser said.
    pub local_storage: Result<(), String>,
}

/// Share of the quota above which the browser soon refuses to store.
const NEARLY_FULL: f64 = 0.9;

/// Judges the browser.
pub fn checks(found: &Environment) -> Vec<Check> {
    vec![
        secure(found.secure),
        indexed_db(&found.indexed_db),
        quota(found.estimate),
        persistence(found.persisted),
        // Whoever reads this has it: it is said because the question is asked.
        Check::passed("WebAssembly", "runs"),
        channel(found.channel),
        locks(found.locks),
        local_storage(&found.local_storage),
    ]
}

fn secure(secure: bool) -> Check {
    if secure {
        Check::passed("secure context", "yes")
    } else {
        Check::failed(
            "secure context",
            "no: browsers keep several interfaces from such pages, and responses may be read and changed on their way",
            "Serve the page by HTTPS (http://localhost counts as secure).",
        )
    }
}

fn indexed_db(found: &Opening) -> Check {
    const NAME: &str = "IndexedDB";
    match found {
        Opening::Opened => Check::passed(NAME, "opens; the database is there"),
        Opening::Empty => Check::passed(NAME, "opens; nothing is stored yet"),
        Opening::Missing => Check::failed(
            NAME,
            "not offered here",
            "The cache stays off: this is no browser page or worker, or site data is switched off in the settings.",
        ),
        Opening::Refused(reason) => Check::failed(
            NAME,
            format!("refused: {reason}"),
            "The cache works from memory only. Allow site data for this site, leave private browsing, or free disk \
             space; a VersionError means that a newer library uses the same database name.",
        ),
        Opening::Silent(ms) => Check::failed(
            NAME,
            format!("did not answer within {}", phrase::duration(f64::from(*ms))),
            "Close the other tabs of this site (one may hold up a deletion), then restart the browser.",
        ),
    }
}

fn quota(estimate: Option<(f64, f64)>) -> Check {
    const NAME: &str = "quota";
    let Some((used, allowed)) = estimate else { return Check::passed(NAME, "the browser does not tell") };
    let detail = format!("{} used of {} for this origin", phrase::bytes(used), phrase::bytes(allowed));
    if allowed > 0.0 && used < allowed * NEARLY_FULL {
        Check::passed(NAME, detail)
    } else {
        Check::failed(
            NAME,
            detail,
            "Free disk space, delete other data of this site, or lower `maxBytes`; until then writes are refused and \
             requests go to the network.",
        )
    }
}

fn persistence(persisted: Option<bool>) -> Check {
    const NAME: &str = "persistence";
    match persisted {
        Some(true) => Check::passed(NAME, "granted: the browser does not delete this site's data by itself"),
        Some(false) => Check::passed(
            NAME,
            "not granted: the browser may delete the cache when space is short, which costs speed only",
        ),
        None => Check::passed(NAME, "the browser does not tell"),
    }
}

fn channel(offered: bool) -> Check {
    if offered {
        Check::passed("BroadcastChannel", "offered")
    } else {
        Check::noted(
            "BroadcastChannel",
            "not offered",
            "Tabs learn of each other's changes at their next read, at most a second later (S1b).",
        )
    }
}

fn locks(offered: bool) -> Check {
    Check::passed("Web Locks", if offered { "offered" } else { "not offered; nothing depends on it" })
}

fn local_storage(works: &Result<(), String>) -> Check {
    match works {
        Ok(()) => Check::passed("localStorage", "works"),
        Err(reason) => Check::noted(
            "localStorage",
            format!("does not work: {reason}"),
            "Tabs learn of each other's changes by message, or at most a second later (S1b). Allow site data to have \
             them told at once.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fine() -> Environment {
        Environment {
            secure: true,
            indexed_db: Opening::Opened,
            estimate: Some((1e6, 1e9)),
            persisted: Some(false),
            channel: true,
            locks: true,
            local_storage: Ok(()),
        }
    }

    fn failed(found: &Environment) -> Vec<&'static str> {
        let checks = checks(found);
        assert!(checks.iter().all(|check| check.ok || check.cure.is_some()), "every failure names a cure");
        checks.iter().filter(|check| !check.ok).map(|check| check.name).collect()
    }

    #[test]
    fn a_good_browser_fails_nothing() {
        assert_eq!(failed(&fine()), [""; 0]);
    }

    #[test]
    fn what_only_delays_other_tabs_is_a_note() {
        let found =
            Environment { channel: false, local_storage: Err("SecurityError".into()), persisted: None, ..fine() };
        assert_eq!(failed(&found), [""; 0]);
        assert_eq!(checks(&found).iter().filter(|check| check.cure.is_some()).count(), 2);
    }

    #[test]
    fn what_keeps_the_cache_from_working_fails() {
        assert_eq!(failed(&Environment { secure: false, ..fine() }), ["secure context"]);
        for opening in [Opening::Missing, Opening::Refused("x".into()), Opening::Silent(3_000)] {
            assert_eq!(failed(&Environment { indexed_db: opening, ..fine() }), ["IndexedDB"]);
        }
    }

    #[test]
    fn a_nearly_full_quota_fails() {
        let with = |used, allowed| failed(&Environment { estimate: Some((used, allowed)), ..fine() });
        assert_eq!(with(89.0, 100.0), [""; 0]);
        assert_eq!(with(95.0, 100.0), ["quota"]);
        assert_eq!(with(0.0, 0.0), ["quota"]);
        assert_eq!(failed(&Environment { estimate: None, ..fine() }), [""; 0]);
    }
}
