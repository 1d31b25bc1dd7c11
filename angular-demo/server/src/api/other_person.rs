//! Somebody else changes an invoice of the signed-in user.

use axum::{Extension, Json, body::Bytes, extract::State};
use hybrid_cache_tower::SignedIn;
use rusqlite::{OptionalExtension, params};
use serde::Deserialize;

use super::{invoices::Invoice, problem::Problem, sessions::Account, write::write};
use crate::{app::Shared, data::STATUSES};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    invoice_id: Option<i64>,
}

/// Moves an invoice to the next status and adds a line to its note; the newest invoice if none is named.
pub(crate) async fn edit(
    State(shared): State<Shared>,
    Extension(account): Extension<Account>,
    signed_in: SignedIn,
    body: Bytes,
) -> Result<Json<Invoice>, Problem> {
    let which = if body.is_empty() {
        Which::default()
    } else {
        serde_json::from_slice(&body)
            .map_err(|error| Problem::bad_request(format!("the body is not {{\"invoice_id\": number}}: {error}")))?
    };
    let change = move |transaction: &rusqlite::Transaction<'_>| {
        let sql =
            "SELECT id, status FROM invoice WHERE user_id = ?1 AND (?2 IS NULL OR id = ?2) ORDER BY id DESC LIMIT 1";
        let found: Option<(i64, String)> = transaction
            .query_row(sql, params![account.id, which.invoice_id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((id, status)) = found else { return Ok(None) };
        let at = STATUSES.iter().position(|known| *known == status).map_or(0, |at| at + 1);
        transaction.execute(
            "UPDATE invoice SET status = ?3, updated_by = 'Carol Herbst',
                 note = trim(note || char(10) || 'Carol set it to ' || ?3 || '.', char(10)),
                 updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
             WHERE user_id = ?1 AND id = ?2",
            params![account.id, id, STATUSES[at % STATUSES.len()]],
        )?;
        Ok(Some(id))
    };
    write(&shared, &signed_in, account.id, change).await.map(Json)
}
