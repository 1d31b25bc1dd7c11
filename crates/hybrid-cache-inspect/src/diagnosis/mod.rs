//! The diagnosis: checks with a cure for each that failed, and one readable report.
//!
//! | module | judges |
//! |---|---|
//! | [`environment`] | what the browser offers here: storage, quota, channels |
//! | [`database`] | what is stored |
//! | [`contract`] | the headers of one response, and what would become of it |

pub mod contract;
pub mod database;
pub mod environment;

use serde::Serialize;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at; stable, to be searched for.
    pub name: &'static str,
    /// Nothing here keeps the cache from working.
    pub ok: bool,
    /// What was found.
    pub detail: String,
    /// What to do: always there on a failed check, and on a passed one that could be better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cure: Option<String>,
}

impl Check {
    /// A check that passed.
    pub fn passed(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, ok: true, detail: detail.into(), cure: None }
    }

    /// A check that passed, with something that could be better.
    pub fn noted(name: &'static str, detail: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { cure: Some(cure.into()), ..Self::passed(name, detail) }
    }

    /// A check that failed, and what to do.
    pub fn failed(name: &'static str, detail: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { ok: false, ..Self::noted(name, detail, cure) }
    }
}

/// All checks, and the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// Every check passed.
    pub ok: bool,
    /// The report, in lines, to be read or to be sent to somebody.
    pub summary: String,
    /// The checks, in order.
    pub checks: Vec<Check>,
}

/// The line above the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// The moment, as ISO 8601.
    pub moment: String,
    /// Origin of the page.
    pub origin: String,
    /// The browser, as it names itself.
    pub browser: Option<String>,
}

impl Diagnosis {
    /// Writes the report.
    pub fn new(heading: &Heading, checks: Vec<Check>) -> Self {
        let failed = checks.iter().filter(|check| !check.ok).count();
        let mut summary = format!("hybrid-cache diagnosis of {} at {}\n", heading.origin, heading.moment);
        if let Some(browser) = &heading.browser {
            summary.push_str(browser);
            summary.push('\n');
        }
        summary.push_str(&match failed {
            0 => format!("All {} checks passed.\n\n", checks.len()),
            _ => format!("{failed} of {} checks failed.\n\n", checks.len()),
        });
        let width = checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0);
        for check in &checks {
            let mark = match (check.ok, &check.cure) {
                (true, None) => "ok  ",
                (true, Some(_)) => "note",
                (false, _) => "FAIL",
            };
            summary.push_str(&format!("{mark}  {:width$}  {}\n", check.name, check.detail));
            if let Some(cure) = &check.cure {
                summary.push_str(&format!("      {:width$}  -> {cure}\n", ""));
            }
        }
        Self { ok: failed == 0, summary, checks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_names_every_check_and_every_cure() {
        let checks = vec![
            Check::passed("IndexedDB", "opens"),
            Check::noted("storage", "not persistent", "Ask for persistence."),
            Check::failed("version", "absent", "Stamp the responses."),
        ];
        let heading =
            Heading { moment: "2026-01-02T03:04:05.000Z".into(), origin: "https://a.example".into(), browser: None };
        let diagnosis = Diagnosis::new(&heading, checks);
        assert!(!diagnosis.ok);
        assert_eq!(
            diagnosis.summary,
            "hybrid-cache diagnosis of https://a.example at 2026-01-02T03:04:05.000Z\n\
             1 of 3 checks failed.\n\n\
             ok    IndexedDB  opens\n\
             note  storage    not persistent\n                 -> Ask for persistence.\n\
             FAIL  version    absent\n                 -> Stamp the responses.\n"
        );
    }

    #[test]
    fn notes_do_not_fail_a_diagnosis() {
        let diagnosis = Diagnosis::new(&Heading::default(), vec![Check::noted("storage", "small", "Free space.")]);
        assert!(diagnosis.ok && diagnosis.summary.contains("All 1 checks passed."));
    }
}
