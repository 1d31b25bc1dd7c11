//! Changing an invoice and announcing it, in the one order that is safe (H2).

use hybrid_cache_tower::SignedIn;
use rusqlite::Transaction;

use super::{
    invoices::{self, Invoice},
    problem::Problem,
};
use crate::app::Shared;

/// Runs `change` in a transaction, commits, bumps the user's version, and answers the invoice as committed. `None`
/// from `change` means there is no such invoice; nothing is written then.
///
/// The pending bump travels with the transaction: if the client hangs up, the thread finishes the commit all the same,
/// and the bump follows it.
pub(super) async fn write(
    shared: &Shared,
    signed_in: &SignedIn,
    user: i64,
    change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<Option<i64>> + Send + 'static,
) -> Result<Invoice, Problem> {
    let pending = signed_in.pending_bump();
    let (written, pending) = shared
        .database
        .run(move |connection| {
            let transaction = connection.transaction()?;
            let invoice = match change(&transaction)? {
                Some(id) => invoices::find(&transaction, user, id)?,
                None => None,
            };
            transaction.commit()?;
            Ok((invoice, pending))
        })
        .await?;
    let Some(invoice) = written else {
        pending.not_needed();
        return Err(Problem::not_found("there is no such invoice"));
    };
    pending.record().await;
    Ok(invoice)
}
