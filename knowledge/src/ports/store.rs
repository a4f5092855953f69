//! The truth: sources, documents with their versions, chunks with their keys, curation and the audit.

use crate::chunk::{Chunk, KeyKind, KeyedChunk};
use crate::curation::{AuditLine, Curation, Entry};
use crate::document::DocumentKey;
use crate::ports::embedder::Embedding;
use crate::source::{Source, SourceId};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use triage::evidence::PassageId;
use triage::intent::IntentName;

/// Counts every change of the store; an index is current when it has seen the newest one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);

/// The store could not do it.
#[derive(Debug, thiserror::Error)]
#[error("knowledge store: {problem}")]
pub struct StoreError {
    /// What went wrong, and what to do where that is known.
    pub problem: String,
    /// Trying again may help.
    pub is_transient: bool,
}

/// A source with what it holds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SourceSummary {
    /// The source.
    #[serde(flatten)]
    pub source: Source,
    /// Current documents.
    pub documents: u64,
    /// Current passages.
    pub passages: u64,
    /// Passages that are hidden, by themselves or with their document or source.
    pub hidden: u64,
    /// When it was last synced.
    pub synced_at: Option<Timestamp>,
}

/// One version of a document.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct VersionLine {
    /// Content hash.
    pub version: String,
    /// Title of that version.
    pub title: String,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when; absent while it is current.
    pub valid_to: Option<Timestamp>,
    /// How many passages.
    pub passages: u64,
}

/// A document version with its chunks, to be written.
#[derive(Clone, PartialEq, Debug)]
pub struct NewVersion {
    /// The document.
    pub document: DocumentKey,
    /// Its title.
    pub title: String,
    /// Content hash.
    pub version: String,
    /// From when it holds; the version before it ends here.
    pub valid_from: Timestamp,
    /// Its passages.
    pub chunks: Vec<KeyedChunk>,
}

/// What a sync found; it is applied as a whole or not at all.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SourceChange {
    /// New and changed documents.
    pub versions: Vec<NewVersion>,
    /// Documents that are gone from the source: their current version ends now.
    pub gone: Vec<DocumentKey>,
}

/// What an index must do to catch up, in order.
#[derive(Clone, PartialEq, Debug)]
pub enum IndexChange {
    /// Add or replace every key of a passage, with whether it is hidden.
    Upsert {
        /// The passage.
        chunk: Box<Chunk>,
        /// Its keys: kind, words and vector.
        keys: Vec<(KeyKind, String, Embedding)>,
        /// It may not be found at any moment. One that is hidden from a moment on has that as the end of its validity here, so
        /// that a question as of an earlier moment still finds it.
        hidden: bool,
        /// It stands before others of the same score.
        pinned: bool,
    },
    /// Forget a passage: its text is gone from the store.
    Remove(PassageId),
}

/// Keeps the truth.
#[async_trait]
pub trait KnowledgeStore: Send + Sync {
    /// Adds a source or changes its description.
    async fn put_source(&self, source: &Source, at: Timestamp) -> Result<(), StoreError>;
    /// All sources, by name.
    async fn sources(&self) -> Result<Vec<SourceSummary>, StoreError>;
    /// Name and dimensions of the embedder that made the vectors; absent while there are none.
    async fn embedder(&self) -> Result<Option<String>, StoreError>;
    /// Current version of every current document of a source.
    async fn versions(&self, source: &SourceId) -> Result<BTreeMap<DocumentKey, String>, StoreError>;
    /// Applies a sync in one transaction and notes the embedder and the time. An empty change writes nothing but MUST
    /// leave the revision as it is.
    async fn apply(&self, source: &SourceId, change: &SourceChange, embedder: &str, at: Timestamp) -> Result<(), StoreError>;
    /// Forgets a source: every byte of its text is gone from the store when this returns. False when there was none.
    async fn remove_source(&self, source: &SourceId, at: Timestamp) -> Result<bool, StoreError>;
    /// Applies a curation with its audit line. False when its target does not exist.
    async fn curate(&self, curation: &Curation, at: Timestamp) -> Result<bool, StoreError>;
    /// Everything that was ever said of what is there, in its order: an index knows only how things stand now. What was said
    /// of a passage holds for the same text in the next version of its document, and is told of that one too.
    async fn curations(&self) -> Result<Vec<Entry>, StoreError>;
    /// Passages of approved answers whose own table names an intent, of every period, with that intent, by id.
    async fn answers_to_intents(&self) -> Result<Vec<(IntentName, PassageId)>, StoreError>;
    /// The newest lines of the audit, newest first.
    async fn audit(&self, limit: usize) -> Result<Vec<AuditLine>, StoreError>;
    /// Versions of a document, newest first, and its audit lines, newest first.
    async fn history(&self, source: &SourceId, document: &DocumentKey) -> Result<(Vec<VersionLine>, Vec<AuditLine>), StoreError>;
    /// Passages by id, in the order of the ids; unknown ones are left out.
    async fn passages(&self, ids: &[PassageId]) -> Result<Vec<Chunk>, StoreError>;
    /// The newest revision. Called before every search: MUST be cheap, and MUST see other processes' changes.
    async fn revision(&self) -> Result<Revision, StoreError>;
    /// At most `limit` changes after a revision, oldest first, and the revision that they lead to.
    async fn changes_since(&self, revision: Revision, limit: usize) -> Result<(Vec<IndexChange>, Revision), StoreError>;
}
