//! What has been seen so far, and the judgement of what comes.

use std::{collections::BTreeMap, fmt};

use crate::support::Answer;

/// A law that was broken.
#[derive(Debug)]
pub(crate) struct Violation {
    pub(crate) law: u8,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "law {}: {}", self.law, self.what)
    }
}

fn broken(law: u8, what: String) -> Result<(), Violation> {
    Err(Violation { law, what })
}

/// What was known when a request departed.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    highest: u64,
    /// No label below this may be seen any more.
    floor: u64,
}

#[derive(Default)]
pub(crate) struct Laws {
    /// The version that a write was stamped with, and what it had committed.
    bumps: BTreeMap<u64, u64>,
    highest: u64,
    floor: u64,
    /// How many responses had a version.
    pub(crate) labelled: u64,
}

impl Laws {
    /// To be taken before a request departs.
    pub(crate) fn mark(&self) -> Mark {
        Mark { highest: self.highest, floor: self.floor }
    }

    pub(crate) fn judge_read(&mut self, answer: &Answer, before: Mark) -> Result<(), Violation> {
        let Some(label) = self.label(answer)? else { return Ok(()) };
        if label < before.floor {
            return broken(2, format!("{label} was replaced by a finished write (at least {})", before.floor));
        }
        self.holds(answer, label)
    }

    /// What was labelled before a write departed is replaced when it is answered, whether the answer says by what or its
    /// bump is still owed.
    pub(crate) fn judge_write(&mut self, answer: &Answer, before: Mark) -> Result<(), Violation> {
        self.floor = self.floor.max(before.highest + 1);
        let Some(label) = self.label(answer)? else { return Ok(()) };
        if label <= before.highest {
            return broken(1, format!("a write was stamped {label}, and {} was there before it", before.highest));
        }
        self.holds(answer, label)?;
        // Writes at the same time may be stamped with one version, that of the later bump.
        let committed = number(answer);
        let made_after = self.bumps.entry(label).or_insert(committed);
        *made_after = (*made_after).min(committed);
        Ok(())
    }

    fn label(&mut self, answer: &Answer) -> Result<Option<u64>, Violation> {
        let Some(label) = answer.version() else {
            if answer.enabled().as_deref() == Some("true") {
                broken(4, "a response was enabled and had no version".into())?;
            }
            return Ok(None);
        };
        if label < 1_000_000_000_000_000 {
            broken(4, format!("{label} is no clock"))?;
        }
        self.labelled += 1;
        self.highest = self.highest.max(label);
        Ok(Some(label))
    }

    fn holds(&self, answer: &Answer, label: u64) -> Result<(), Violation> {
        let data = number(answer);
        match self.bumps.range(..=label).next_back() {
            Some((bump, committed)) if data < *committed => {
                broken(3, format!("{label} holds {data}, but {bump} was made after {committed}"))
            }
            _ => Ok(()),
        }
    }
}

fn number(answer: &Answer) -> u64 {
    answer.json().as_u64().expect("the body is a number")
}
