//! Bringing the write-ahead log to the disk, on a thread of its own.
//!
//! The writer commits without waiting for the disk, hands the durable commands of the batch over and goes on with the next
//! one. The syncer makes the log durable and answers everything that was handed over before it began. So a slow disk never
//! keeps the writer from its work, one sync serves many batches, and no durable answer is given before its bytes are safe.
//!
//! The log is one file in order: what a sync covers includes every earlier commit. The file stays the same as long as the
//! writer's connection is open; SQLite only writes it from the start again, after it has brought all of it into the ledger.

use crate::ledger::sqlite::problem::permanent;
use crate::ledger::sqlite::writer::Command;
use runtime::ports::ledger::LedgerError;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;

/// Commands that are committed and wait for the disk.
type Committed = Vec<Box<dyn Command>>;

/// The handle of the syncer thread. Dropping it lets the thread answer what waits.
pub(crate) struct Syncer {
    sender: Option<mpsc::Sender<Committed>>,
    thread: Option<JoinHandle<()>>,
    log: Arc<Log>,
}

/// The log's file.
struct Log {
    file: File,
    has_failed: AtomicBool,
    syncs: AtomicU64,
}

impl Syncer {
    /// Starts the thread for the log of this ledger, whose writer has it open.
    pub(crate) fn start(ledger: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(log_of(ledger))?;
        let log = Arc::new(Log { file, has_failed: AtomicBool::new(false), syncs: AtomicU64::new(0) });
        let (sender, receiver) = mpsc::channel();
        let of_thread = Arc::clone(&log);
        let sync = move || sync_until_closed(&of_thread, &receiver);
        let thread = std::thread::Builder::new().name("ledger-log".to_owned()).spawn(sync)?;
        Ok(Syncer { sender: Some(sender), thread: Some(thread), log })
    }

    /// Reads how often the log was brought to the disk.
    pub(crate) fn counter(&self) -> impl Fn() -> u64 + Send + Sync + 'static {
        let log = Arc::clone(&self.log);
        move || log.syncs.load(Ordering::Relaxed)
    }

    /// After a failed sync nobody knows what stands on the disk: nothing more may be written.
    pub(crate) fn check(&self) -> Result<(), LedgerError> {
        self.log.check()
    }

    /// Brings the log to the disk and answers these commands, on the caller's thread: for a command that comes alone.
    pub(crate) fn bring(&self, committed: Committed) {
        answer(committed, self.log.bring().err().as_ref());
    }

    /// Answers these commands once the disk has them.
    pub(crate) fn hand_over(&self, committed: Committed) {
        let handed = match &self.sender {
            Some(sender) => sender.send(committed).map_err(|mpsc::SendError(committed)| committed),
            None => Err(committed),
        };
        if let Err(committed) = handed {
            answer(committed, Some(&failed()));
        }
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("bringing the ledger's log to the disk ended with a panic; what was answered is on disk");
        }
    }
}

fn sync_until_closed(log: &Log, receiver: &mpsc::Receiver<Committed>) {
    while let Ok(mut committed) = receiver.recv() {
        while let Ok(more) = receiver.try_recv() {
            committed.extend(more);
        }
        answer(committed, log.bring().err().as_ref());
    }
}

impl Log {
    fn check(&self) -> Result<(), LedgerError> {
        if self.has_failed.load(Ordering::Acquire) { Err(failed()) } else { Ok(()) }
    }

    /// One sync. A system that could not write pages may drop them, so a second try proves nothing.
    fn bring(&self) -> Result<(), LedgerError> {
        self.check()?;
        self.syncs.fetch_add(1, Ordering::Relaxed);
        self.file.sync_data().map_err(|error| {
            self.has_failed.store(true, Ordering::Release);
            tracing::error!(%error, "the disk did not keep what was written to the ledger");
            failed()
        })
    }
}

fn answer(committed: Committed, problem: Option<&LedgerError>) {
    committed.into_iter().for_each(|command| command.answer(problem));
}

fn failed() -> LedgerError {
    permanent(
        "the disk did not keep what was written: restart the worker once the disk is well; it goes on from what stands there".to_owned(),
    )
}

/// `<ledger>-wal`, as SQLite names it.
fn log_of(ledger: &Path) -> PathBuf {
    let mut name = ledger.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}
