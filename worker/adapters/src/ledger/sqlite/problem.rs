//! What can go wrong inside the embedded ledger, and how it is told. No value of a row stands in an error: rows hold
//! message text and phone numbers.

use runtime::ports::ledger::LedgerError;
use rusqlite::ErrorCode;

/// A command or a query did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// SQLite says so.
    #[error("SQLite")]
    Sqlite(#[from] rusqlite::Error),
    /// JSON of ours could not be written or read.
    #[error("JSON")]
    Json(#[from] serde_json::Error),
    /// A column holds what this program never writes.
    #[error("{0}")]
    Row(&'static str),
    /// A caller asks for something that the ledger does not hold.
    #[error("{0}")]
    Absent(String),
    /// The file system cannot keep a write-ahead log.
    #[error("log")]
    NoLog,
    /// Files around the ledger.
    #[error("file")]
    File(#[from] std::io::Error),
}

impl Problem {
    /// As the port tells it.
    pub(crate) fn told(self) -> LedgerError {
        match self {
            Problem::Sqlite(error) => sqlite(&error),
            Problem::Json(error) => {
                let place = format!("line {} column {}", error.line(), error.column());
                permanent(format!("JSON in a row cannot be read ({place}): was it written by another version of this program?"))
            }
            Problem::Row(what) => permanent(format!("a row holds an unknown {what}: was it written by another version of this program?")),
            Problem::Absent(what) => permanent(format!("{what} is not in the ledger")),
            Problem::NoLog => permanent("this file system cannot keep a write-ahead log: put the ledger on a local disk".to_owned()),
            Problem::File(error) => transient(format!("a file beside the ledger cannot be used: {error}")),
        }
    }
}

/// Trying again may help.
pub(crate) fn transient(problem: String) -> LedgerError {
    LedgerError { problem, is_transient: true }
}

/// Trying again does not help.
pub(crate) fn permanent(problem: String) -> LedgerError {
    LedgerError { problem, is_transient: false }
}

fn sqlite(error: &rusqlite::Error) -> LedgerError {
    let Some(code) = error.sqlite_error_code() else {
        return permanent("a row cannot be read: was it written by another version of this program?".to_owned());
    };
    let extended = error.sqlite_error().map_or(0, |error| error.extended_code);
    let told = |text: &str| format!("{text} (SQLite code {extended})");
    if code == ErrorCode::DatabaseBusy || code == ErrorCode::DatabaseLocked {
        transient(told("the ledger is locked by another process: close whatever has the file open for writing"))
    } else if code == ErrorCode::DiskFull {
        transient(told("the disk is full: nothing was written; make room and it goes on by itself"))
    } else if code == ErrorCode::SystemIoFailure {
        transient(told(
            "the disk could not be read or written: make room, look for a quota or a limit on file sizes, or at the disk itself; \
             nothing was written, and it goes on by itself",
        ))
    } else if code == ErrorCode::OutOfMemory || code == ErrorCode::OperationInterrupted {
        transient(told("there is not enough memory: nothing was written; free some and it goes on by itself"))
    } else if code == ErrorCode::DatabaseCorrupt || code == ErrorCode::NotADatabase {
        permanent(told("the file is damaged or is no ledger: restore it from a backup, or move it away and start with an empty one"))
    } else if code == ErrorCode::CannotOpen {
        permanent(told("the file cannot be opened: check that its folder exists and that this user may write there"))
    } else if code == ErrorCode::ReadOnly || code == ErrorCode::PermissionDenied {
        permanent(told("the file may not be written: check its owner and mode, and that the disk is not mounted read-only"))
    } else {
        permanent(told("a statement was refused"))
    }
}
