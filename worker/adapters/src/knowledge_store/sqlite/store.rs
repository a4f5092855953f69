//! The port on the file: one connection that writes, one that reads.

use super::kept::Kept;
use super::{apply, changes, connection, curate, history, passages, problem, remove, revision, sources};
use async_trait::async_trait;
use jiff::Timestamp;
use knowledge::chunk::Chunk;
use knowledge::curation::{AuditLine, Curation, Entry};
use knowledge::document::DocumentKey;
use knowledge::ports::store::{IndexChange, KnowledgeStore, Revision, SourceChange, SourceSummary, StoreError, VersionLine};
use knowledge::source::{Source, SourceId};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::runtime::{Handle, RuntimeFlavor};
use triage::evidence::PassageId;
use triage::intent::IntentName;

/// The knowledge in one file.
pub struct SqliteKnowledgeStore {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    kept: Mutex<Kept>,
}

impl SqliteKnowledgeStore {
    /// Opens the file and makes it when it does not exist; its folder must. A purge that was cut short is finished.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = connection::open(path)?;
        let reader = connection::open(path)?;
        if remove::is_purge_pending(&writer).map_err(|error| problem::store_error(&error))? {
            // Not done when another process reads just now: the next start or removal tries again.
            remove::purge(&writer).map_err(|error| problem::store_error(&error))?;
        }
        Ok(SqliteKnowledgeStore { writer: Mutex::new(writer), reader: Mutex::new(reader), kept: Mutex::default() })
    }

    /// The file's own name, made when the file was; a copy has the same.
    pub fn identity(&self) -> Result<String, StoreError> {
        self.read(|transaction| transaction.query_row("SELECT identity FROM state WHERE id = 1", [], |row| row.get(0)))
    }

    /// Runs within one transaction that takes the write lock at once.
    fn write<T>(&self, work: impl FnOnce(&Transaction) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        off_the_event_loop(|| {
            let mut connection = lock(&self.writer);
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })
        .map_err(|error| problem::store_error(&error))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs on one state of the file.
    fn read<T>(&self, work: impl FnOnce(&Transaction) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        off_the_event_loop(|| self.read_here(work))
    }

    /// The same on this thread: for what takes microseconds and is asked of every message. Handing the thread's other tasks over costs
    /// more, and under load it brings forth dozens of threads with memory of their own.
    fn read_here<T>(&self, work: impl FnOnce(&Transaction) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let read = || {
            let mut connection = lock(&self.reader);
            let transaction = connection.transaction()?;
            let value = work(&transaction)?;
            transaction.finish()?;
            Ok(value)
        };
        read().map_err(|error| problem::store_error(&error))
    }
}

/// A panic of another thread leaves no half-written transaction: it was rolled back when it unwound.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Disk work blocks. On a runtime of several threads the others take over this thread's tasks meanwhile; elsewhere there
/// is nobody to hand them to.
fn off_the_event_loop<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        Ok(_) | Err(_) => work(),
    }
}

#[async_trait]
impl KnowledgeStore for SqliteKnowledgeStore {
    async fn put_source(&self, source: &Source, _at: Timestamp) -> Result<(), StoreError> {
        self.write(|transaction| sources::put(transaction, source))
    }

    async fn sources(&self) -> Result<Vec<SourceSummary>, StoreError> {
        self.read(|transaction| sources::summaries(transaction))
    }

    async fn embedder(&self) -> Result<Option<String>, StoreError> {
        self.read(|transaction| sources::embedder(transaction))
    }

    async fn versions(&self, source: &SourceId) -> Result<BTreeMap<DocumentKey, String>, StoreError> {
        self.read(|transaction| sources::versions(transaction, source))
    }

    async fn apply(&self, source: &SourceId, change: &SourceChange, embedder: &str, at: Timestamp) -> Result<(), StoreError> {
        match self.write(|transaction| apply::apply(transaction, source, change, embedder, at))? {
            true => Ok(()),
            false => Err(StoreError { problem: format!("no source `{source}`: add it first"), is_transient: false }),
        }
    }

    async fn remove_source(&self, source: &SourceId, at: Timestamp) -> Result<bool, StoreError> {
        let existed = self.write(|transaction| remove::delete_rows(transaction, source, at))?;
        let purged = off_the_event_loop(|| {
            let connection = lock(&self.writer);
            // Our own reader is idle while its lock is held here, so that the log can be cut.
            let _reader = lock(&self.reader);
            match remove::is_purge_pending(&connection)? {
                true => remove::purge(&connection),
                false => Ok(true),
            }
        })
        .map_err(|error| problem::store_error(&error))?;
        match purged {
            true => Ok(existed),
            false => Err(StoreError {
                problem: format!(
                    "`{source}` is removed, but another process still reads the file: run the removal again to clear its bytes"
                ),
                is_transient: true,
            }),
        }
    }

    async fn curate(&self, curation: &Curation, at: Timestamp) -> Result<bool, StoreError> {
        self.write(|transaction| curate::curate(transaction, curation, at))
    }

    async fn curations(&self) -> Result<Vec<Entry>, StoreError> {
        self.read(|transaction| curate::entries(transaction))
    }

    async fn answers_to_intents(&self) -> Result<Vec<(IntentName, PassageId)>, StoreError> {
        self.read(|transaction| passages::answers_to_intents(transaction))
    }

    async fn audit(&self, limit: usize) -> Result<Vec<AuditLine>, StoreError> {
        self.read(|transaction| history::newest_audit(transaction, limit))
    }

    async fn history(&self, source: &SourceId, document: &DocumentKey) -> Result<(Vec<VersionLine>, Vec<AuditLine>), StoreError> {
        self.read(|transaction| Ok((history::versions(transaction, source, document)?, history::audit(transaction, source, document)?)))
    }

    async fn passages(&self, ids: &[PassageId]) -> Result<Vec<Chunk>, StoreError> {
        let newest = revision::newest(&lock(&self.reader)).map_err(|error| problem::store_error(&error))?;
        let known = self.kept().at(newest, ids);
        if known.iter().all(Option::is_some) {
            return Ok(known.into_iter().flatten().collect());
        }
        let missing: Vec<PassageId> = ids.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(id, _)| id.clone()).collect();
        let (revision, read) = self.read_here(|transaction| {
            let revision = revision::newest(transaction)?;
            // When somebody has changed something meanwhile, all of the answer is of one state.
            let wanted = if revision == newest { &missing } else { ids };
            Ok((revision, passages::by_ids(transaction, wanted)?))
        })?;
        if revision != newest {
            return Ok(read);
        }
        self.kept().keep(revision, &read);
        let read: HashMap<PassageId, Chunk> = read.into_iter().map(|chunk| (chunk.id.clone(), chunk)).collect();
        Ok(ids.iter().zip(known).filter_map(|(id, known)| known.or_else(|| read.get(id).cloned())).collect())
    }

    /// One cached statement without a transaction of its own, on this thread: microseconds, and every commit is seen.
    async fn revision(&self) -> Result<Revision, StoreError> {
        let newest = revision::newest(&lock(&self.reader)).map_err(|error| problem::store_error(&error))?;
        Ok(Revision(newest.unsigned_abs()))
    }

    async fn changes_since(&self, revision: Revision, limit: usize) -> Result<(Vec<IndexChange>, Revision), StoreError> {
        self.read(|transaction| changes::since(transaction, revision, limit))
    }
}
