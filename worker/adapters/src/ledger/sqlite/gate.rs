//! Who may open a ledger file, and how a person at a desk gets a word in.
//!
//! One worker at a time: it holds `<ledger>.lock` as long as it lives. A desk (the command line beside a running worker)
//! makes single short writes. SQLite lets waiting writers poll, and a busy worker commits back to back, so a desk would
//! hardly ever find the file free. Therefore a desk locks `<ledger>.desk` while it wants to write, and the worker looks at
//! that lock before each of its transactions and lets the desk go first.

use crate::ledger::sqlite::problem::permanent;
use runtime::ports::ledger::LedgerError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The worker lets a desk go first for so long at most, in milliseconds: a desk that hangs may not stop the worker.
pub const DESK_WAIT_MAX_MS: u64 = 2_000;
/// How often the worker looks whether the desk is done, in milliseconds.
pub const DESK_POLL_MS: u64 = 2;

/// Stands before every transaction.
#[derive(Debug)]
pub(crate) enum Gate {
    /// The worker's: lets a waiting desk go first.
    Worker {
        /// Held for life; a second worker finds it locked.
        _only: File,
        /// The lock of the desks.
        desk: File,
    },
    /// A desk's: asks the worker to wait.
    Desk {
        /// The lock of the desks.
        desk: File,
    },
}

/// The right to one transaction; given back when dropped.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    desk: Option<&'a File>,
}

impl Gate {
    /// For the one worker of a ledger file.
    pub(crate) fn worker(ledger: &Path) -> Result<Self, LedgerError> {
        let path = beside(ledger, "lock");
        let only = open(&path).map_err(|error| unusable(&path, &error))?;
        match only.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(permanent(format!(
                    "another worker has this ledger open ({}): stop it first, or give this worker a ledger of its own",
                    path.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(unusable(&path, &error)),
        }
        Ok(Gate::Worker { _only: only, desk: desk_file(ledger)? })
    }

    /// For the command line beside a worker.
    pub(crate) fn desk(ledger: &Path) -> Result<Self, LedgerError> {
        Ok(Gate::Desk { desk: desk_file(ledger)? })
    }

    /// Waits for its turn.
    pub(crate) fn enter(&self) -> io::Result<Pass<'_>> {
        match self {
            Gate::Desk { desk } => desk.lock().map(|()| Pass { desk: Some(desk) }),
            Gate::Worker { desk, .. } => {
                let since = Instant::now();
                while !is_free(desk)? && since.elapsed() < Duration::from_millis(DESK_WAIT_MAX_MS) {
                    std::thread::sleep(Duration::from_millis(DESK_POLL_MS));
                }
                Ok(Pass { desk: None })
            }
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.desk.map(File::unlock) {
            tracing::warn!(%error, "the desk's lock could not be given back; it goes when this program ends");
        }
    }
}

fn is_free(desk: &File) -> io::Result<bool> {
    match desk.try_lock_shared() {
        Ok(()) => desk.unlock().map(|()| true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn desk_file(ledger: &Path) -> Result<File, LedgerError> {
    let path = beside(ledger, "desk");
    open(&path).map_err(|error| unusable(&path, &error))
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)
}

/// `<ledger>.<what>`
fn beside(ledger: &Path, what: &str) -> PathBuf {
    let mut name = ledger.as_os_str().to_owned();
    name.push(".");
    name.push(what);
    PathBuf::from(name)
}

fn unusable(path: &Path, error: &io::Error) -> LedgerError {
    permanent(format!("{} cannot be opened ({error}): check that the folder exists and that this user may write there", path.display()))
}
