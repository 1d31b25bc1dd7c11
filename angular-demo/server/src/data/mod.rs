//! The demo's database: two users, their customers and their invoices, in one SQLite file.
//!
//! No public data set of invoices ships in a package registry under a licence that fits, so the data are generated:
//! 10 000 customers and 100 000 invoices, half of them for each user, under the same ids. The generator is
//! deterministic (see its module); two machines show the same invoices. Changes made in the demo stay in the file;
//! delete it to begin anew.

mod database;
mod generate;
mod names;
mod random;

pub use self::{
    database::{Database, DatabaseError},
    generate::Amount,
};

/// The people who can sign in: id, user name, name. The password is [`PASSWORD`] for both.
pub const USERS: [(i64, &str, &str); 2] = [(1, "alice", "Alice Sommer"), (2, "bob", "Bob Winter")];

/// Everybody's password.
pub const PASSWORD: &str = "demo";

/// The states of an invoice, in the order of its life.
pub const STATUSES: [&str; 4] = ["draft", "sent", "paid", "overdue"];
