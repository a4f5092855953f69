//! The one writer. Two writers on one SQLite file starve each other; one writer that commits whatever waits together
//! gives every caller its answer at a fraction of the commits (group commit).
//!
//! Commands come over a channel. Up to [`BATCH_MAX`] of them go into one transaction. One that fails takes only itself back:
//! when it had written something the batch is done again, each command inside its own savepoint. When the commit fails
//! nothing of the batch has happened, and every caller learns that and may try again.
//!
//! Durability: the file is in WAL mode. The writer commits without a sync and goes on. A command that must survive a power
//! cut is answered by the `Syncer` when the disk has the log; any other is answered at once. The log is one file in order,
//! so a durable answer makes every earlier commit durable too. A killed process loses neither: only a power cut can undo
//! commits that no sync has covered, the newest first, never one in the middle.

use crate::ledger::sqlite::gate::Gate;
use crate::ledger::sqlite::log::Syncer;
use crate::ledger::sqlite::problem::{Problem, permanent, transient};
use runtime::ports::ledger::LedgerError;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Commands in one transaction at most.
pub const BATCH_MAX: usize = 512;
/// Commands that wait for the writer at most; further callers wait before they may hand theirs over.
pub const WAITING_MAX: usize = 4_096;
/// While callers come in crowds the writer lets so many microseconds pass before it begins a transaction: whoever was answered
/// together asks again together, and a page that ten commands touch is written once for all of them.
pub const GATHER_US: u64 = 150;

/// Whether a command must survive a power cut once it is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Durability {
    /// Yes: the log is on the disk before the answer.
    Durable,
    /// It may wait for the next durable one.
    Ordinary,
}

/// What the writer runs.
pub(crate) trait Command: Send {
    fn durability(&self) -> Durability;
    /// Does the work, from the start each time it is called; false when it failed.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Tells the caller, with the problem of the commit if there was one.
    fn answer(self: Box<Self>, commit: Option<&LedgerError>);
}

struct Job<T, F> {
    durability: Durability,
    work: F,
    /// Absent until it was run.
    result: Option<Result<T, LedgerError>>,
    caller: oneshot::Sender<Result<T, LedgerError>>,
}

impl<T, F> Command for Job<T, F>
where
    T: Send,
    F: Fn(&Connection) -> Result<T, Problem> + Send,
{
    fn durability(&self) -> Durability {
        self.durability
    }

    fn run(&mut self, connection: &Connection) -> bool {
        // A caller who has gone away could not give a claim back: better not to make it.
        if self.caller.is_closed() {
            return true;
        }
        let result = (self.work)(connection).map_err(Problem::told);
        let is_done = result.is_ok();
        self.result = Some(result);
        is_done
    }

    fn answer(self: Box<Self>, commit: Option<&LedgerError>) {
        let result = match (self.result, commit) {
            (Some(Ok(_)) | None, Some(problem)) => {
                Err(LedgerError { problem: problem.problem.clone(), is_transient: problem.is_transient })
            }
            (Some(result), _) => result,
            (None, None) => Err(stopped()),
        };
        // The caller may have gone away; what was committed stays.
        let _ = self.caller.send(result);
    }
}

fn stopped() -> LedgerError {
    permanent("the ledger's writer has stopped: restart the worker".to_owned())
}

/// The handle of the writer thread. Dropping it lets the thread finish what waits, and then closes the file.
pub(crate) struct Writer {
    sender: Option<mpsc::Sender<Box<dyn Command>>>,
    thread: Option<JoinHandle<()>>,
    commits: Arc<AtomicU64>,
    syncs: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl Writer {
    /// Starts the thread on a connection of its own to the ledger at `path`.
    pub(crate) fn start(path: &Path, connection: Connection, gate: Gate) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        let commits = Arc::new(AtomicU64::new(0));
        let syncer = Syncer::start(path)?;
        let syncs = Box::new(syncer.counter());
        let store = Store { connection, gate, syncer, commits: Arc::clone(&commits) };
        let thread = std::thread::Builder::new().name("ledger-writer".to_owned()).spawn(move || write_until_closed(store, receiver))?;
        Ok(Writer { sender: Some(sender), thread: Some(thread), commits, syncs })
    }

    /// Transactions committed so far.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// How often the log was brought to the disk so far.
    pub(crate) fn syncs(&self) -> u64 {
        (self.syncs)()
    }

    /// Runs `work` in a transaction, together with whatever else waits, and returns after the commit. It may be run more
    /// than once before that; only the last time counts.
    pub(crate) async fn write<T, F>(&self, durability: Durability, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, Problem> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = Job { durability, work, result: None, caller };
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

fn write_until_closed(store: Store, mut receiver: mpsc::Receiver<Box<dyn Command>>) {
    let mut batch: Vec<Box<dyn Command>> = Vec::with_capacity(BATCH_MAX);
    let mut is_crowded = false;
    while receiver.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
        if is_crowded {
            std::thread::sleep(Duration::from_micros(GATHER_US));
        }
        while batch.len() < BATCH_MAX {
            let Ok(next) = receiver.try_recv() else { break };
            batch.push(next);
        }
        is_crowded = batch.len() > 1;
        let problem = store.commit(&mut batch).err();
        let is_waiting = |command: &mut Box<dyn Command>| problem.is_none() && command.durability() == Durability::Durable;
        let committed: Vec<_> = batch.extract_if(.., is_waiting).collect();
        match (committed.is_empty(), is_crowded) {
            (true, _) => {}
            (false, true) => store.syncer.hand_over(committed),
            // Nobody waits behind it: the way over another thread would only make it later.
            (false, false) => store.syncer.bring(committed),
        }
        batch.drain(..).for_each(|command| command.answer(problem.as_ref()));
    }
}

/// The writing connection with what stands before it and behind it.
struct Store {
    connection: Connection,
    gate: Gate,
    syncer: Syncer,
    commits: Arc<AtomicU64>,
}

/// How a batch went through.
#[derive(PartialEq)]
enum Went {
    /// Everything that was to be kept is in the transaction, and nothing else.
    Well,
    /// A command failed when it had already written.
    HalfWay,
}

impl Store {
    fn commit(&self, batch: &mut [Box<dyn Command>]) -> Result<(), LedgerError> {
        self.syncer.check()?;
        let pass = self.gate.enter().map_err(|error| Problem::from(error).told())?;
        let result = self.transaction(batch);
        if result.is_ok() {
            self.commits.fetch_add(1, Ordering::Relaxed);
        } else {
            self.roll_back();
        }
        drop(pass);
        result
    }

    fn transaction(&self, batch: &mut [Box<dyn Command>]) -> Result<(), LedgerError> {
        self.execute("BEGIN IMMEDIATE")?;
        if self.run_together(batch)? == Went::HalfWay {
            self.roll_back();
            self.execute("BEGIN IMMEDIATE")?;
            self.run_apart(batch)?;
        }
        self.execute("COMMIT")
    }

    /// Without savepoints: they cost more than the commands themselves, and commands hardly ever fail.
    fn run_together(&self, batch: &mut [Box<dyn Command>]) -> Result<Went, LedgerError> {
        for command in batch {
            let before = self.connection.total_changes();
            let is_done = command.run(&self.connection);
            self.check_open()?;
            if !is_done && self.connection.total_changes() != before {
                return Ok(Went::HalfWay);
            }
        }
        Ok(Went::Well)
    }

    fn run_apart(&self, batch: &mut [Box<dyn Command>]) -> Result<(), LedgerError> {
        for command in batch {
            self.execute("SAVEPOINT command")?;
            let is_done = command.run(&self.connection);
            self.check_open()?;
            if !is_done {
                self.execute("ROLLBACK TO command")?;
            }
            self.execute("RELEASE command")?;
        }
        Ok(())
    }

    fn check_open(&self) -> Result<(), LedgerError> {
        if !self.connection.is_autocommit() {
            return Ok(());
        }
        Err(transient(
            "a command ended the whole transaction (disk full?): nothing was written; make room and it goes on by itself".to_owned(),
        ))
    }

    /// Best effort: closing or the next BEGIN would tell if it did not work.
    fn roll_back(&self) {
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn execute(&self, sql: &str) -> Result<(), LedgerError> {
        let run = || self.connection.prepare_cached(sql)?.execute([]);
        run().map(|_| ()).map_err(|error| Problem::from(error).told())
    }
}
