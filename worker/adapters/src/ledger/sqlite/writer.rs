//! The one writer. Two writers on one SQLite file starve each other; one writer that commits whatever waits together
//! gives every caller a durable answer at a fraction of the syncs (group commit).
//!
//! Commands come over a channel. Up to [`BATCH_MAX`] of them go into one transaction, each inside its own savepoint, so that
//! one that fails takes only itself back. They are answered after the commit, all of them. When the commit fails nothing
//! of the batch has happened, and every caller learns that and may try again.
//!
//! Durability: the file is in WAL mode. A batch with a command that must be durable commits with `synchronous = FULL`, which
//! syncs the log; any other commits with `NORMAL`, which does not. The log is one file in order, so a later `FULL` commit
//! makes every earlier one durable too. A killed process loses neither: only a power cut can undo `NORMAL` commits, the
//! newest first, never one in the middle.

use crate::ledger::sqlite::gate::Gate;
use crate::ledger::sqlite::problem::{Problem, permanent, transient};
use runtime::ports::ledger::LedgerError;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// Commands in one transaction at most.
pub const BATCH_MAX: usize = 512;
/// Commands that wait for the writer at most; further callers wait before they may hand theirs over.
pub const WAITING_MAX: usize = 4_096;

/// Whether a command must survive a power cut once it is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Durability {
    /// Yes: the log is synced before the answer.
    Durable,
    /// It may wait for the next durable one.
    Ordinary,
}

/// What the writer runs.
trait Command: Send {
    fn durability(&self) -> Durability;
    /// Does the work; false takes it back.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Tells the caller, with the problem of the commit if there was one.
    fn answer(self: Box<Self>, commit: Option<&LedgerError>);
}

struct Job<T, F> {
    durability: Durability,
    work: Option<F>,
    result: Result<T, LedgerError>,
    caller: oneshot::Sender<Result<T, LedgerError>>,
}

impl<T, F> Command for Job<T, F>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T, Problem> + Send,
{
    fn durability(&self) -> Durability {
        self.durability
    }

    fn run(&mut self, connection: &Connection) -> bool {
        // A caller who has gone away could not give a claim back: better not to make it.
        let Some(work) = self.work.take().filter(|_| !self.caller.is_closed()) else { return false };
        self.result = work(connection).map_err(Problem::told);
        self.result.is_ok()
    }

    fn answer(self: Box<Self>, commit: Option<&LedgerError>) {
        let result = match (self.result, commit) {
            (Ok(_), Some(problem)) => Err(LedgerError { problem: problem.problem.clone(), is_transient: problem.is_transient }),
            (result, _) => result,
        };
        // The caller may have gone away; what was committed stays.
        let _ = self.caller.send(result);
    }
}

/// The handle of the writer thread. Dropping it lets the thread finish what waits, and then closes the file.
pub(crate) struct Writer {
    sender: Option<mpsc::Sender<Box<dyn Command>>>,
    thread: Option<JoinHandle<()>>,
    commits: Arc<AtomicU64>,
}

impl Writer {
    /// Starts the thread on a connection of its own.
    pub(crate) fn start(connection: Connection, gate: Gate) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        let commits = Arc::new(AtomicU64::new(0));
        let store = Store { connection, gate, commits: Arc::clone(&commits), is_full: None };
        let thread = std::thread::Builder::new().name("ledger-writer".to_owned()).spawn(move || write_until_closed(store, receiver))?;
        Ok(Writer { sender: Some(sender), thread: Some(thread), commits })
    }

    /// Transactions committed so far.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Runs `work` in a transaction, together with whatever else waits, and returns after the commit.
    pub(crate) async fn write<T, F>(&self, durability: Durability, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Problem> + Send + 'static,
    {
        let stopped = || permanent("the ledger's writer has stopped: restart the worker".to_owned());
        let (caller, answer) = oneshot::channel();
        let job = Job { durability, work: Some(work), result: Err(stopped()), caller };
        let sender = self.sender.as_ref().ok_or_else(stopped)?;
        sender.send(Box::new(job)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("the ledger's writer ended with a panic; what was answered is on disk");
        }
    }
}

fn write_until_closed(mut store: Store, mut receiver: mpsc::Receiver<Box<dyn Command>>) {
    let mut batch: Vec<Box<dyn Command>> = Vec::with_capacity(BATCH_MAX);
    while let Some(first) = receiver.blocking_recv() {
        batch.push(first);
        while batch.len() < BATCH_MAX {
            let Ok(next) = receiver.try_recv() else { break };
            batch.push(next);
        }
        let problem = store.commit(&mut batch).err();
        for command in batch.drain(..) {
            command.answer(problem.as_ref());
        }
    }
}

/// The writing connection with what stands before it.
struct Store {
    connection: Connection,
    gate: Gate,
    commits: Arc<AtomicU64>,
    /// How `synchronous` is set at the moment.
    is_full: Option<bool>,
}

impl Store {
    fn commit(&mut self, batch: &mut [Box<dyn Command>]) -> Result<(), LedgerError> {
        let result = self.transaction(batch);
        if result.is_err() && !self.connection.is_autocommit() {
            // Best effort: closing or the next BEGIN would tell if it did not work.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        result
    }

    fn transaction(&mut self, batch: &mut [Box<dyn Command>]) -> Result<(), LedgerError> {
        let told = |error: rusqlite::Error| Problem::from(error).told();
        let is_full = batch.iter().any(|command| command.durability() == Durability::Durable);
        self.set_synchronous(is_full).map_err(told)?;
        let pass = self.gate.enter().map_err(|error| Problem::from(error).told())?;
        self.execute("BEGIN IMMEDIATE").map_err(told)?;
        for command in batch {
            self.execute("SAVEPOINT command").map_err(told)?;
            let kept = command.run(&self.connection);
            if self.connection.is_autocommit() {
                return Err(transient("a command ended the whole transaction (disk full?): nothing was written; try again".to_owned()));
            }
            if !kept {
                self.execute("ROLLBACK TO command").map_err(told)?;
            }
            self.execute("RELEASE command").map_err(told)?;
        }
        self.execute("COMMIT").map_err(told)?;
        drop(pass);
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn execute(&self, sql: &str) -> Result<(), rusqlite::Error> {
        self.connection.prepare_cached(sql)?.execute([]).map(|_| ())
    }

    /// Outside of a transaction: SQLite ignores it inside.
    fn set_synchronous(&mut self, is_full: bool) -> Result<(), rusqlite::Error> {
        if self.is_full != Some(is_full) {
            self.connection.pragma_update(None, "synchronous", if is_full { "FULL" } else { "NORMAL" })?;
            self.is_full = Some(is_full);
        }
        Ok(())
    }
}
