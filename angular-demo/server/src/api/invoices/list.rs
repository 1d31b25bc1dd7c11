//! The list: search, filter, pages.

use axum::{
    Extension, Json,
    extract::{Query, State, rejection::QueryRejection},
};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::{SUMMARY_COLUMNS, Summary};
use crate::{
    api::{problem::Problem, sessions::Account},
    app::Shared,
    data::STATUSES,
};

const PER_PAGE: i64 = 25;
const LONGEST_SEARCH: usize = 100;

/// Unknown parameters are ignored.
#[derive(Deserialize)]
pub(super) struct Parameters {
    #[serde(default)]
    search: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    page: String,
}

#[derive(Serialize)]
pub(super) struct Page {
    count: i64,
    page: i64,
    pages: i64,
    results: Vec<Summary>,
}

/// The user's invoices, newest first; `search` looks for a part of the customer's name or of the number.
pub(super) async fn list(
    State(shared): State<Shared>,
    Extension(account): Extension<Account>,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<Json<Page>, Problem> {
    let Query(parameters) = parameters.map_err(|rejection| Problem::bad_request(rejection.body_text()))?;
    let wanted = page_number(&parameters.page)?;
    let status = match parameters.status.as_str() {
        "" => None,
        status if STATUSES.contains(&status) => Some(parameters.status),
        status => {
            let known = STATUSES.join(", ");
            return Err(Problem::bad_request(format!("status is {status:?}: expected one of {known}")));
        }
    };
    if parameters.search.chars().count() > LONGEST_SEARCH {
        return Err(Problem::bad_request(format!("search is too long: expected at most {LONGEST_SEARCH} characters")));
    }
    let pattern = like_pattern(parameters.search.trim());
    let select = move |connection: &mut Connection| select(connection, account.id, &pattern, status.as_deref(), wanted);
    let page = shared.database.run(select).await?;
    if page.page > page.pages {
        return Err(Problem::bad_request(format!("there is no page {}: the last one is {}", page.page, page.pages)));
    }
    Ok(Json(page))
}

fn page_number(text: &str) -> Result<i64, Problem> {
    let number = if text.is_empty() { Some(1) } else { text.parse().ok() };
    number
        .filter(|page| (1..=1_000_000).contains(page))
        .ok_or_else(|| Problem::bad_request(format!("page is {text:?}: expected a whole number from 1")))
}

/// Any text with `search` in it, whatever wildcards it contains.
fn like_pattern(search: &str) -> String {
    let escaped = search.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}

fn select(
    connection: &mut Connection,
    user: i64,
    pattern: &str,
    status: Option<&str>,
    page: i64,
) -> rusqlite::Result<Page> {
    // One transaction, so that count and results are of the same moment.
    let transaction = connection.transaction()?;
    let matches = r"user_id = ?1 AND (?2 = '%%' OR customer LIKE ?2 ESCAPE '\' OR number LIKE ?2 ESCAPE '\')
                    AND (?3 IS NULL OR status = ?3)";
    let count: i64 = transaction
        .prepare(&format!("SELECT count(*) FROM invoice WHERE {matches}"))?
        .query_row(params![user, pattern, status], |row| row.get(0))?;
    let sql = format!("SELECT {SUMMARY_COLUMNS} FROM invoice WHERE {matches} ORDER BY id DESC LIMIT ?4 OFFSET ?5");
    let results = transaction
        .prepare(&sql)?
        .query_map(params![user, pattern, status, PER_PAGE, (page - 1) * PER_PAGE], Summary::of)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Page { count, page, pages: (count + PER_PAGE - 1).div_euclid(PER_PAGE).max(1), results })
}
