//! `/api/invoices/`: list, detail, edit.

mod edit;
mod list;

use axum::{
    Extension, Json, Router,
    extract::{Path, State},
    routing::get,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use super::{problem::Problem, sessions::Account};
use crate::app::Shared;

pub(crate) fn router() -> Router<Shared> {
    Router::new().route("/api/invoices/", get(list::list)).route("/api/invoices/{id}/", get(detail).patch(edit::edit))
}

/// An invoice as the list shows it.
#[derive(Serialize)]
pub(crate) struct Summary {
    id: i64,
    number: String,
    customer: String,
    customer_id: i64,
    issued: String,
    due: String,
    status: String,
    total_cents: i64,
    currency: String,
}

const SUMMARY_COLUMNS: &str = "id, number, customer, customer_id, issued, due, status, total_cents, currency";

impl Summary {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            number: row.get(1)?,
            customer: row.get(2)?,
            customer_id: row.get(3)?,
            issued: row.get(4)?,
            due: row.get(5)?,
            status: row.get(6)?,
            total_cents: row.get(7)?,
            currency: row.get(8)?,
        })
    }
}

/// An invoice with everything in it.
#[derive(Serialize)]
pub(crate) struct Invoice {
    #[serde(flatten)]
    summary: Summary,
    note: String,
    lines: Vec<Line>,
    updated_at: String,
    updated_by: String,
}

#[derive(Serialize)]
struct Line {
    description: String,
    quantity: i64,
    unit_cents: i64,
}

/// One invoice of a user.
pub(super) fn find(connection: &Connection, user: i64, id: i64) -> rusqlite::Result<Option<Invoice>> {
    let sql =
        format!("SELECT {SUMMARY_COLUMNS}, note, updated_at, updated_by FROM invoice WHERE user_id = ?1 AND id = ?2");
    let invoice = connection
        .prepare(&sql)?
        .query_row(params![user, id], |row| {
            Ok(Invoice {
                summary: Summary::of(row)?,
                note: row.get(9)?,
                lines: Vec::new(),
                updated_at: row.get(10)?,
                updated_by: row.get(11)?,
            })
        })
        .optional()?;
    let Some(mut invoice) = invoice else { return Ok(None) };
    let mut lines = connection.prepare(
        "SELECT description, quantity, unit_cents FROM line WHERE user_id = ?1 AND invoice_id = ?2 ORDER BY position",
    )?;
    invoice.lines = lines
        .query_map(params![user, id], |row| {
            Ok(Line { description: row.get(0)?, quantity: row.get(1)?, unit_cents: row.get(2)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(invoice))
}

async fn detail(
    State(shared): State<Shared>,
    Extension(account): Extension<Account>,
    Path(id): Path<String>,
) -> Result<Json<Invoice>, Problem> {
    let id = invoice_id(&id)?;
    let found = shared.database.run(move |connection| find(connection, account.id, id)).await?;
    found.map(Json).ok_or_else(|| Problem::not_found(format!("there is no invoice {id}")))
}

fn invoice_id(text: &str) -> Result<i64, Problem> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number
        .then(|| text.parse().ok())
        .flatten()
        .ok_or_else(|| Problem::not_found("there is no such invoice: its id in the path must be a whole number"))
}
