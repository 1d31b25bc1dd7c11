//! The data generator.
//!
//! Everything follows from [`SEED`], the user's id and the number of rows: SplitMix64 picks names, dates, lines and
//! prices. Invoices are numbered through three years, 2023 to 2025, and their status is what it would be on the last
//! day of them: the newest are drafts, those not yet due are sent, of the others most are paid and some overdue.

use rusqlite::{Connection, Statement, Transaction, params};

use super::{STATUSES, USERS, names, random::Random};

/// The seed of the user with id 0; a user's own is this plus the id.
const SEED: u64 = 0x1d0_1ce5;

const FIRST_YEAR: i64 = 2023;
/// 2024 is a leap year.
const DAYS: i64 = 365 + 366 + 365;

/// How much is generated, both users together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Companies that invoices are sent to.
    pub customers: i64,
    /// Invoices, each with one to four lines.
    pub invoices: i64,
}

impl Amount {
    /// What the demo shows: 10 000 customers, 100 000 invoices.
    pub const FULL: Self = Self { customers: 10_000, invoices: 100_000 };
}

pub(super) const SCHEMA: &str = "
    CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE token (token TEXT PRIMARY KEY, user_id INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE customer (
        user_id INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, currency TEXT NOT NULL,
        PRIMARY KEY (user_id, id)
    ) WITHOUT ROWID;
    CREATE TABLE invoice (
        user_id INTEGER NOT NULL, id INTEGER NOT NULL, number TEXT NOT NULL, customer_id INTEGER NOT NULL,
        customer TEXT NOT NULL, issued TEXT NOT NULL, due TEXT NOT NULL, status TEXT NOT NULL,
        total_cents INTEGER NOT NULL, currency TEXT NOT NULL, note TEXT NOT NULL,
        updated_at TEXT NOT NULL, updated_by TEXT NOT NULL,
        PRIMARY KEY (user_id, id)
    ) WITHOUT ROWID;
    CREATE TABLE line (
        user_id INTEGER NOT NULL, invoice_id INTEGER NOT NULL, position INTEGER NOT NULL,
        description TEXT NOT NULL, quantity INTEGER NOT NULL, unit_cents INTEGER NOT NULL,
        PRIMARY KEY (user_id, invoice_id, position)
    ) WITHOUT ROWID;
    INSERT INTO setting VALUES ('scope-secret', randomblob(32));
";

/// Fills an empty database; tells `progress` the percentage done, now and then.
pub(super) fn generate(
    connection: &mut Connection,
    amount: Amount,
    mut progress: impl FnMut(i64),
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    let users = USERS.len() as i64;
    let each = Amount { customers: amount.customers / users, invoices: amount.invoices / users };
    for (done, (user, _, name)) in (0_i64..).zip(USERS) {
        generate_user(&transaction, user, name, each, |percent| progress((done * 100 + percent) / users))?;
    }
    transaction.commit()
}

fn generate_user(
    transaction: &Transaction<'_>,
    user: i64,
    user_name: &str,
    amount: Amount,
    mut progress: impl FnMut(i64),
) -> rusqlite::Result<()> {
    let mut random = Random::new(SEED + user.unsigned_abs());
    let mut insert = transaction.prepare("INSERT INTO customer VALUES (?1, ?2, ?3, ?4)")?;
    let mut customers = Vec::new();
    for id in 1..=amount.customers {
        let head = random.one_of(&names::COMPANY_HEADS);
        let trade = random.one_of(&names::COMPANY_TRADES);
        let form = random.one_of(&names::COMPANY_FORMS);
        let customer = (id, format!("{head} {trade} {form}"), random.one_of(&names::CURRENCIES));
        insert.execute(params![user, customer.0, customer.1, customer.2])?;
        customers.push(customer);
    }
    let mut insert_invoice =
        transaction.prepare("INSERT INTO invoice VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")?;
    let mut insert_line = transaction.prepare("INSERT INTO line VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for id in 1..=amount.invoices {
        let day = (id - 1) * DAYS / amount.invoices;
        let due = day + random.one_of(&[14, 30, 30, 60]);
        let (customer_id, customer, currency) = &customers[random.below(customers.len() as u64) as usize];
        let total = generate_lines(&mut insert_line, &mut random, user, id)?;
        let issued = date(day);
        let number = format!("{}-{id:05}", &issued[..4]);
        insert_invoice.execute(params![
            user,
            id,
            number,
            customer_id,
            customer,
            issued,
            date(due),
            status(&mut random, day, due),
            total,
            currency,
            random.one_of(&names::NOTES),
            format!("{issued}T09:00:00Z"),
            user_name,
        ])?;
        if id % (amount.invoices / 2).max(1) == 0 {
            progress(id * 100 / amount.invoices);
        }
    }
    Ok(())
}

/// Answers the sum in cents.
fn generate_lines(insert: &mut Statement<'_>, random: &mut Random, user: i64, invoice: i64) -> rusqlite::Result<i64> {
    let mut total = 0;
    for position in 1..=random.one_of(&[1, 1, 2, 2, 3, 4]) {
        let (description, lowest, highest) = random.one_of(&names::ITEMS);
        let quantity = random.one_of(&[1, 1, 1, 2, 3, 4, 6, 8, 10, 12]);
        let unit_cents = random.between(lowest, highest) / 50 * 50;
        insert.execute(params![user, invoice, position, description, quantity, unit_cents])?;
        total += quantity * unit_cents;
    }
    Ok(total)
}

fn status(random: &mut Random, issued: i64, due: i64) -> &'static str {
    let [draft, sent, paid, overdue] = STATUSES;
    if issued >= DAYS - 7 && random.percent(60) {
        draft
    } else if due >= DAYS {
        if random.percent(30) { paid } else { sent }
    } else if random.percent(if due >= DAYS - 180 { 85 } else { 97 }) {
        paid
    } else {
        overdue
    }
}

/// The ISO day so many days after the first of January 2023.
fn date(mut day: i64) -> String {
    let is_leap = |year: i64| year % 4 == 0;
    let mut year = FIRST_YEAR;
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if day < length {
            break;
        }
        day -= length;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    for (month, length) in (1..).zip([31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
        if day < length {
            return format!("{year}-{month:02}-{:02}", day + 1);
        }
        day -= length;
    }
    unreachable!("a day within the year lies within one of its months")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        for (day, text) in
            [(0, "2023-01-01"), (364, "2023-12-31"), (365 + 59, "2024-02-29"), (730, "2024-12-31"), (731, "2025-01-01")]
        {
            assert_eq!(date(day), text);
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_invoices() {
        let make = || {
            let mut connection = Connection::open_in_memory().unwrap();
            generate(&mut connection, Amount { customers: 20, invoices: 200 }, |_| {}).unwrap();
            connection
                .query_row("SELECT group_concat(number || customer || total_cents || status) FROM invoice", [], |row| {
                    row.get::<_, String>(0)
                })
                .unwrap()
        };
        let [one, two] = [make(), make()];
        assert_eq!(one, two);
    }

    #[test]
    fn both_users_have_the_same_ids_and_other_data() {
        let mut connection = Connection::open_in_memory().unwrap();
        generate(&mut connection, Amount { customers: 20, invoices: 200 }, |_| {}).unwrap();
        let sum = |user: i64| {
            let sql = "SELECT min(id), max(id), sum(total_cents) FROM invoice WHERE user_id = ?1";
            connection.query_row(sql, [user], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap()
        };
        let [alice, bob]: [(i64, i64, i64); 2] = [sum(1), sum(2)];
        assert_eq!((alice.0, alice.1), (1, 100));
        assert_eq!((bob.0, bob.1), (1, 100));
        assert_ne!(alice.2, bob.2);
    }

    #[test]
    fn an_invoice_adds_up() {
        let mut connection = Connection::open_in_memory().unwrap();
        generate(&mut connection, Amount { customers: 20, invoices: 200 }, |_| {}).unwrap();
        let wrong: i64 = connection
            .query_row(
                "SELECT count(*) FROM invoice i WHERE total_cents != (SELECT sum(quantity * unit_cents) FROM line l
                 WHERE l.user_id = i.user_id AND l.invoice_id = i.id)",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(wrong, 0);
    }
}
