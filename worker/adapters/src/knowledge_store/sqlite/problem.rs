//! What SQLite says, in words that help the operator.

use knowledge::ports::store::StoreError;
use rusqlite::{Error, ErrorCode};

/// Turns an error of SQLite into one that says what to do. Values bound to a statement are never repeated.
pub fn store_error(error: &Error) -> StoreError {
    let (problem, is_transient) = match error.sqlite_error_code() {
        Some(ErrorCode::CannotOpen) => {
            ("the file cannot be opened: check that its folder exists and that this user may write there".to_owned(), false)
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            ("the file or its folder may not be written: give this user the right to write, or name another folder".to_owned(), false)
        }
        Some(ErrorCode::NotADatabase) => {
            ("the file is no SQLite database: name another file, or move this one away and sync the sources again".to_owned(), false)
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            ("the file is damaged: restore it from a copy, or move it away and sync the sources again".to_owned(), false)
        }
        Some(ErrorCode::DiskFull) => ("the disk is full: make space and try again".to_owned(), true),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            ("another process is writing to the file: try again when it has finished".to_owned(), true)
        }
        Some(code) => {
            (format!("SQLite failed ({code:?})"), matches!(code, ErrorCode::SystemIoFailure | ErrorCode::FileLockingProtocolFailed))
        }
        None => (format!("a row could not be read as written: {}", without_values(error)), false),
    };
    StoreError { problem, is_transient }
}

/// The kind of error alone: the text of a conversion error could hold a value.
fn without_values(error: &Error) -> &'static str {
    if matches!(error, Error::SqliteFailure(..) | Error::SqlInputError { .. } | Error::InvalidColumnName(_) | Error::InvalidColumnIndex(_))
    {
        "the tables are not those of this program; name another file"
    } else {
        "a value is missing or unexpected; restore the file from a copy, or move it away and sync the sources again"
    }
}
