//! Changing an invoice.

use axum::{
    Extension, Json,
    extract::{Path, State},
};
use hybrid_cache_tower::SignedIn;
use rusqlite::params;
use serde::Deserialize;

use super::{Invoice, invoice_id};
use crate::{
    api::{
        problem::{Body, Problem},
        sessions::Account,
        write::write,
    },
    app::Shared,
    data::STATUSES,
};

const LONGEST_NOTE: usize = 2_000;

/// What may be changed; what is absent stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    status: Option<String>,
    note: Option<String>,
    due: Option<String>,
}

impl Change {
    fn check(&self) -> Result<(), Problem> {
        if let Some(status) = &self.status
            && !STATUSES.contains(&status.as_str())
        {
            let known = STATUSES.join(", ");
            return Err(Problem::bad_request(format!("status is {status:?}: expected one of {known}")));
        }
        if self.note.as_ref().is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
            return Err(Problem::bad_request(format!("the note is too long: at most {LONGEST_NOTE} characters")));
        }
        if let Some(due) = &self.due
            && !is_date(due)
        {
            return Err(Problem::bad_request(format!("due is {due:?}: expected a date such as 2026-01-31")));
        }
        Ok(())
    }
}

pub(super) async fn edit(
    State(shared): State<Shared>,
    Extension(account): Extension<Account>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Body(change): Body<Change>,
) -> Result<Json<Invoice>, Problem> {
    let id = invoice_id(&id)?;
    change.check()?;
    let update = move |transaction: &rusqlite::Transaction<'_>| {
        let updated = transaction.execute(
            "UPDATE invoice SET status = coalesce(?3, status), note = coalesce(?4, note), due = coalesce(?5, due),
                 updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), updated_by = ?6
             WHERE user_id = ?1 AND id = ?2",
            params![account.id, id, change.status, change.note, change.due, account.name],
        )?;
        Ok((updated > 0).then_some(id))
    };
    write(&shared, &signed_in, account.id, update).await.map(Json)
}

/// `YYYY-MM-DD`, and a day that exists.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() });
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day), true) = (number(0..4), number(5..7), number(8..10), shaped) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_are_dates() {
        for day in ["2024-02-29", "2026-12-31", "2000-02-29"] {
            assert!(is_date(day), "{day}");
        }
        for no in ["", "2023-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "20260101", "2026-01-01T", "١٠٢٦-٠١-٠١"]
        {
            assert!(!is_date(no), "{no}");
        }
    }
}
