//! Opening the file.

use super::problem::store_error;
use super::schema::{SCHEMA_VERSION, STEP_TO_2, STEP_TO_3, STEP_TO_4, TABLES};
use knowledge::ports::store::StoreError;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// How long a statement waits for another process before it gives up.
pub const BUSY_TIMEOUT_MS: u64 = 5_000;
/// How many prepared statements one connection keeps.
pub const STATEMENTS_MAX: usize = 64;

/// Opens the file, makes the tables when it is new, and refuses what a newer program has written.
pub fn open(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = connect(path).map_err(|error| at_path(path, &error))?;
    let version = version(&connection).map_err(|error| at_path(path, &error))?;
    if version < SCHEMA_VERSION {
        migrate(&mut connection).map_err(|error| at_path(path, &error))?;
    }
    if version > SCHEMA_VERSION {
        return Err(StoreError {
            problem: format!(
                "{}: the file has schema {version}, this program knows up to {SCHEMA_VERSION}: update the program, or name another file",
                path.display()
            ),
            is_transient: false,
        });
    }
    Ok(connection)
}

/// WAL lets others read while one writes; FULL keeps every commit through a power cut; `secure_delete` writes zeros over
/// what is deleted.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    Ok(connection)
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Makes the tables and takes every step that is missing, all or nothing.
fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have done it while this one waited.
    let found = version(&transaction)?;
    if found < 1 {
        transaction.execute_batch(TABLES)?;
    }
    if found < 2 {
        transaction.execute_batch(STEP_TO_2)?;
    }
    if found < 3 {
        transaction.execute_batch(STEP_TO_3)?;
    }
    if found < 4 {
        transaction.execute_batch(STEP_TO_4)?;
    }
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION.max(found))?;
    transaction.commit()
}

fn at_path(path: &Path, error: &rusqlite::Error) -> StoreError {
    let StoreError { problem, is_transient } = store_error(error);
    StoreError { problem: format!("{}: {problem}", path.display()), is_transient }
}
