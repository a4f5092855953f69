//! The schema: migrations as embedded SQL text, forward only. `user_version` counts those that were applied.

use crate::ledger::sqlite::problem::{Problem, permanent};
use runtime::ports::ledger::LedgerError;
use rusqlite::{Connection, TransactionBehavior};

/// `PRAGMA application_id` of a ledger: "Whim" in ASCII. It tells a ledger from another program's database.
pub const APPLICATION_ID: i32 = 0x5768_696d;

/// Every migration in its order; the first makes version 1. A released one is never edited.
const MIGRATIONS: [&str; 2] = [include_str!("migrations/0001_ledger.sql"), include_str!("migrations/0002_deliveries.sql")];

/// The version that this program reads and writes.
pub(crate) fn newest_version() -> usize {
    MIGRATIONS.len()
}

/// Brings the file to the newest version, in one transaction. A file of a newer program, or of another one, is refused.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), LedgerError> {
    let version = check(connection)?;
    if version == newest_version() {
        return Ok(());
    }
    apply(connection, version).map_err(Problem::told)
}

fn apply(connection: &mut Connection, version: usize) -> Result<(), Problem> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for migration in MIGRATIONS.iter().skip(version) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", i64::try_from(newest_version()).unwrap_or(i64::MAX))?;
    transaction.commit()?;
    Ok(())
}

/// Refuses a file that is not at the newest version: only a worker brings it there.
pub(crate) fn require_newest(connection: &Connection) -> Result<(), LedgerError> {
    let version = check(connection)?;
    if version == newest_version() {
        return Ok(());
    }
    Err(permanent(format!(
        "the ledger has version {version}, this program needs {}: start `whimbrel worker` of this version once, it brings the ledger up",
        newest_version()
    )))
}

/// The version of the file, when it is a ledger or still empty, and not newer than this program.
fn check(connection: &Connection) -> Result<usize, LedgerError> {
    let read =
        |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(|error| Problem::from(error).told());
    let (version, application) = (read("user_version")?, read("application_id")?);
    let is_empty = version == 0 && application == 0 && is_without_tables(connection).map_err(Problem::told)?;
    if !is_empty && application != i64::from(APPLICATION_ID) {
        return Err(permanent("the file is the database of another program: give the ledger a file of its own".to_owned()));
    }
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    if version > newest_version() {
        return Err(permanent(format!(
            "the ledger has version {version}, this program knows {} at most: use the newer program that wrote it",
            newest_version()
        )));
    }
    Ok(version)
}

fn is_without_tables(connection: &Connection) -> Result<bool, Problem> {
    Ok(connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))? == 0)
}
