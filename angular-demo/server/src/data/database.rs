//! Opening the file, and connections to it.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, OpenFlags};

use super::generate::{self, Amount};

/// Marks a SQLite file as this demo's ("hcdm").
const APPLICATION_ID: i64 = 0x6863_646d;

/// Raised with every change of the schema or the generator: an older file is made anew.
const GENERATION: i64 = 1;

/// The database file and idle connections to it. Clones share them.
#[derive(Clone)]
pub struct Database {
    path: Arc<Path>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Database {
    /// Opens the file, after generating it where it is missing or of an older generation. `progress` is told each step
    /// as a line of text.
    ///
    /// # Errors
    ///
    /// The folder cannot be made or written to, or the file is something else than this demo's database.
    pub fn open(path: &Path, amount: Amount, mut progress: impl FnMut(&str)) -> Result<Self, DatabaseError> {
        let failed = |error: &dyn fmt::Display| DatabaseError { path: path.into(), reason: error.to_string() };
        match inspect(path).map_err(|error| failed(&error))? {
            State::Current => {}
            State::Foreign => return Err(failed(&"it exists and is not a database of this demo")),
            State::Missing | State::Stale => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder).map_err(|error| failed(&error))?;
                }
                progress(&format!("generating {} invoices", amount.invoices));
                make(path, amount, &mut progress).map_err(|error| failed(&error))?;
            }
        }
        let database = Self { path: path.into(), idle: Arc::default() };
        // A file that can be read and not written would fail at the first edit.
        database
            .with(|connection| connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK"))
            .map_err(|error| failed(&error))?;
        Ok(database)
    }

    /// Lends a connection. Blocks: call it where blocking is allowed.
    ///
    /// # Errors
    ///
    /// What `use_it` answers, or SQLite could not open the file.
    pub fn with<T>(&self, use_it: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => connect(&self.path)?,
        };
        let answer = use_it(&mut connection)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(answer)
    }

    /// As [`Database::with`], from async code.
    ///
    /// # Errors
    ///
    /// As [`Database::with`].
    pub async fn run<T: Send + 'static>(
        &self,
        use_it: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> rusqlite::Result<T> {
        let database = self.clone();
        match tokio::task::spawn_blocking(move || database.with(use_it)).await {
            Ok(answer) => answer,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }

    /// The secret under which scopes are made; drawn when the file was generated.
    ///
    /// # Errors
    ///
    /// SQLite could not read the file.
    pub fn scope_secret(&self) -> rusqlite::Result<Vec<u8>> {
        self.with(|connection| {
            connection.query_row("SELECT value FROM setting WHERE name = 'scope-secret'", [], |row| row.get(0))
        })
    }
}

enum State {
    Missing,
    Stale,
    Current,
    Foreign,
}

fn inspect(path: &Path) -> io::Result<State> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::Missing),
        Err(error) => return Err(error),
        Ok(metadata) if metadata.len() == 0 => return Ok(State::Stale),
        Ok(_) => {}
    }
    let read = || -> rusqlite::Result<(i64, i64)> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0));
        Ok((pragma("application_id")?, pragma("user_version")?))
    };
    Ok(match read() {
        Ok((APPLICATION_ID, GENERATION)) => State::Current,
        Ok((APPLICATION_ID, _)) => State::Stale,
        _ => State::Foreign,
    })
}

/// Generates beside the file and moves the result into its place, so that a half-made file is never found there.
fn make(path: &Path, amount: Amount, progress: &mut impl FnMut(&str)) -> Result<(), Box<dyn std::error::Error>> {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let new = beside(&format!(".{}.new", std::process::id()));
    let _ = fs::remove_file(&new);
    let mut connection = Connection::open(&new)?;
    connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
    generate::generate(&mut connection, amount, |percent| progress(&format!("{percent:3} %")))?;
    connection.execute_batch(&format!(
        "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {GENERATION}; PRAGMA journal_mode = WAL"
    ))?;
    connection.close().map_err(|(_, error)| error)?;
    for leftover in ["-wal", "-shm"] {
        let _ = fs::remove_file(beside(leftover));
    }
    fs::rename(&new, path)?;
    Ok(())
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA synchronous = NORMAL")?;
    Ok(connection)
}

/// The database file cannot be used.
#[derive(Debug)]
pub struct DatabaseError {
    path: PathBuf,
    reason: String,
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        write!(
            f,
            "The database {path} cannot be used ({}): set DEMO_DATABASE to a file this user may write.",
            self.reason
        )
    }
}

impl std::error::Error for DatabaseError {}
