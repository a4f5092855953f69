//! Opening the file: every connection set up alike.

use crate::ledger::sqlite::problem::{Problem, permanent};
use runtime::ports::ledger::LedgerError;
use rusqlite::{Connection, OpenFlags};
use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

/// A connection waits so long for another one's write, in milliseconds.
pub const BUSY_TIMEOUT_MS: u64 = 10_000;
/// Memory of the writing connection's page cache at most, in KiB.
pub const WRITER_CACHE_KIB: i64 = 16 * 1024;
/// Memory of a reading connection's page cache at most, in KiB: it looks at few pages, and the kernel has the file.
pub const READER_CACHE_KIB: i64 = 2 * 1024;
/// The log is folded back into the file after so many pages of 4 KiB.
pub const CHECKPOINT_PAGES: i64 = 4_000;
/// The log is cut to so many bytes after that.
pub const LOG_BYTES_MAX: i64 = 64 * 1024 * 1024;
/// Prepared statements that a connection keeps.
pub const STATEMENTS_KEPT: usize = 128;

/// Makes an empty file that only its owner can read, when there is none: a ledger holds what customers wrote.
pub(crate) fn create(path: &Path) -> Result<(), LedgerError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| {
            permanent(format!("{} cannot be made ({error}): choose a folder that this user may write to", folder.display()))
        })?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(permanent(format!(
            "{} cannot be written ({error}): check the owner and the mode of the file and its folder",
            path.display()
        ))),
    }
}

/// A connection that writes.
pub(crate) fn writing(path: &Path) -> Result<Connection, LedgerError> {
    let open = || -> Result<Connection, Problem> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
        let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
        if !mode.eq_ignore_ascii_case("wal") {
            return Err(Problem::NoLog);
        }
        // A commit does not wait for the disk; see `log`.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES_MAX)?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        set_up(&connection, WRITER_CACHE_KIB)?;
        Ok(connection)
    };
    open().map_err(|problem| at(path, problem))
}

/// A connection that only reads.
pub(crate) fn reading(path: &Path) -> Result<Connection, LedgerError> {
    let open = || -> Result<Connection, Problem> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
        connection.pragma_update(None, "query_only", "ON")?;
        set_up(&connection, READER_CACHE_KIB)?;
        Ok(connection)
    };
    open().map_err(|problem| at(path, problem))
}

fn set_up(connection: &Connection, cache_kib: i64) -> Result<(), Problem> {
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(())
}

/// The problem with the name of the file in front.
fn at(path: &Path, problem: Problem) -> LedgerError {
    let told = problem.told();
    LedgerError { problem: format!("{}: {}", path.display(), told.problem), is_transient: told.is_transient }
}
