//! Finding keys by words and by nearness.

use crate::chunk::KeyKind;
use crate::ports::embedder::Embedding;
use crate::ports::store::{IndexChange, Revision};
use crate::source::SourceId;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::BTreeSet;
use triage::evidence::PassageId;
use triage::language::Language;
use triage::ticket::TicketId;

/// What may be found. Applied inside the search: a hit that is shut out takes no place from another.
#[derive(Clone, PartialEq, Debug)]
pub struct Filter {
    /// Only what holds at this moment: `valid_from <= as_of < valid_to`.
    pub as_of: Timestamp,
    /// Not this ticket's own past.
    pub exclude_ticket: Option<TicketId>,
    /// Only these sources; empty means all.
    pub sources: Vec<SourceId>,
    /// Only this language and what has no known language; absent means all.
    pub language: Option<Language>,
}

/// A search by words and by nearness at once.
#[derive(Clone, PartialEq, Debug)]
pub struct Search {
    /// The words.
    pub text: String,
    /// Where they lie.
    pub embedding: Embedding,
    /// What may be found.
    pub filter: Filter,
    /// How many keys from each of the two ways.
    pub keys_max: usize,
}

/// A key that was found, by words, by nearness or by both.
#[derive(Clone, PartialEq, Debug)]
pub struct Hit {
    /// The passage that the key leads to.
    pub passage: PassageId,
    /// Which key of it.
    pub kind: KeyKind,
    /// BM25 score; absent when it was not among the best by words.
    pub bm25: Option<f32>,
    /// Cosine with the query; always measured, between -1 and 1.
    pub cosine: f32,
    /// An admin pinned it.
    pub pinned: bool,
}

/// The index could not do it.
#[derive(Debug, thiserror::Error)]
#[error("vector index: {problem}")]
pub struct IndexError {
    /// What went wrong, and what to do where that is known.
    pub problem: String,
    /// Trying again may help.
    pub is_transient: bool,
}

/// Searches keys. It holds no truth: it is fed from the store and can be rebuilt from it at any time.
#[async_trait]
pub trait VectorIndex: Send + Sync {
    /// The revision of the store that the index has seen; zero when it is empty or damaged.
    async fn revision(&self) -> Result<Revision, IndexError>;
    /// Applies changes in order and then stands at `revision`. Searches see all of them or none. Revision zero empties the index
    /// first; one that other processes search too refuses that, for the other store may be the one that is right.
    async fn apply(&self, changes: &[IndexChange], revision: Revision) -> Result<(), IndexError>;
    /// The best keys by words and the best by nearness, each at most `keys_max`, each key once.
    async fn search(&self, search: &Search) -> Result<Vec<Hit>, IndexError>;
    /// Languages of the passages, hidden and past ones too; passages without one aside.
    async fn languages(&self) -> Result<BTreeSet<Language>, IndexError>;
}
