//! The knowledge of a simulation: a store and an index of its own, which the worker never sees.

use crate::config::Config;
use crate::home::Home;
use crate::wiring;
use adapters::knowledge_store::sqlite::store::SqliteKnowledgeStore;
use adapters::loader::held::Held;
use adapters::vector_index::embedded::index::EmbeddedVectorIndex;
use async_trait::async_trait;
use jiff::Timestamp;
use knowledge::chunk::{Chunk, Key, KeyedChunk};
use knowledge::feed::Feed;
use knowledge::learned::letters::{self, LetterEmbedder};
use knowledge::ports::embedder::Embedder;
use knowledge::ports::parser::Parser;
use knowledge::ports::store::{IndexChange, KnowledgeStore, Revision};
use knowledge::ports::vector_index::VectorIndex;
use knowledge::retriever::KnowledgeRetriever;
use knowledge::source::{Source, SourceId, SourceKind};
use knowledge::stages::chunk::PlainChunk;
use knowledge::sync::Sync;
use simulations::guard::{Origin, Origins};
use simulations::report::data::Setup;
use simulations::scorers::reply::Meaning;
use std::path::Path;
use std::sync::Arc;
use triage::evidence::{PassageId, PassageKind};
use triage::past::PastTicket;
use triage::ports::StageError;

/// The embedder of a run that is there: its gaps are put together with the vectors that it was made with.
pub fn embedder_of(config: &Config, setup: &Setup) -> anyhow::Result<Arc<dyn Embedder>> {
    match setup.embedder == letters::NAME {
        true => Ok(Arc::new(LetterEmbedder)),
        false => wiring::embedder(config),
    }
}

/// Name of the source that past tickets become.
pub const TICKETS_SOURCE: &str = "past-tickets";
/// Changes read from a store at once.
const PAGE: usize = 500;

/// The knowledge of a run.
#[derive(Clone)]
pub struct World {
    /// The truth.
    pub store: Arc<dyn KnowledgeStore>,
    /// Turns texts into vectors.
    pub embedder: Arc<dyn Embedder>,
    /// Reads documents.
    pub parser: Arc<dyn Parser>,
}

impl World {
    /// An empty one in a working folder.
    pub fn create(config: &Config, work: &Path) -> anyhow::Result<Self> {
        let home = Home::open(work)?;
        for ending in ["", "-wal", "-shm"] {
            let mut name = home.knowledge().into_os_string();
            name.push(ending);
            let _absent = std::fs::remove_file(name);
        }
        let store: Arc<dyn KnowledgeStore> = Arc::new(SqliteKnowledgeStore::open(&home.knowledge())?);
        Ok(World { store, embedder: wiring::embedder(config)?, parser: Arc::new(wiring::parser(config)?) })
    }

    /// A retriever over an index of its own. A new one for every block: an index that has forgotten much scores a little otherwise than
    /// one that never knew it, and a run that was broken off must come out the same.
    pub fn retriever(&self) -> anyhow::Result<Arc<KnowledgeRetriever>> {
        let index: Arc<dyn VectorIndex> = Arc::new(EmbeddedVectorIndex::new()?);
        let feed = Arc::new(Feed::new(self.store.clone(), index));
        Ok(Arc::new(KnowledgeRetriever::new(feed, self.embedder.clone())))
    }

    /// Lets the index see these past tickets and no others, as of a moment.
    pub async fn set_history(&self, tickets: Vec<PastTicket>, slides: bool, now: Timestamp) -> anyhow::Result<()> {
        let id = SourceId(TICKETS_SOURCE.to_owned());
        if slides {
            self.store.remove_source(&id, now).await?;
        }
        let kind = SourceKind::Tickets { columns: Default::default() };
        let source = Source { id, kind, location: String::new(), language: None, valid_from: None };
        let sync = Sync {
            loader: Arc::new(Held(tickets)),
            parser: self.parser.clone(),
            store: self.store.clone(),
            embedder: self.embedder.clone(),
        };
        sync.run(&source, now, &mut |_| {}).await?;
        Ok(())
    }

    /// Every passage of the documents.
    pub async fn documents(&self) -> anyhow::Result<Vec<Chunk>> {
        let mut chunks = document_chunks(self.store.as_ref()).await?;
        chunks.sort_by(|a, b| (&a.source, &a.document, &a.id).cmp(&(&b.source, &b.document, &b.id)));
        Ok(chunks)
    }

    /// Gives a chunk its vectors.
    pub async fn keyed(&self, plain: PlainChunk) -> anyhow::Result<KeyedChunk> {
        let texts: Vec<&str> = plain.keys.iter().map(|(_, text)| text.as_str()).collect();
        let vectors = self.embedder.embed_passages(&texts).await?;
        let keys = plain.keys.iter().zip(vectors).map(|((kind, text), embedding)| Key { kind: *kind, text: text.clone(), embedding });
        Ok(KeyedChunk { keys: keys.collect(), chunk: plain.chunk })
    }
}

/// All document passages of a store, as the store has them (an index is told that a hidden one has ended).
pub async fn document_chunks(store: &dyn KnowledgeStore) -> anyhow::Result<Vec<Chunk>> {
    let newest = store.revision().await?;
    let (mut at, mut ids) = (Revision(0), Vec::new());
    while at < newest {
        let (changes, next) = store.changes_since(at, PAGE).await?;
        if next <= at {
            break;
        }
        at = next;
        for change in changes {
            match change {
                IndexChange::Upsert { chunk, .. } if chunk.kind != PassageKind::PastTicket => ids.push(chunk.id),
                IndexChange::Upsert { .. } | IndexChange::Remove(_) => {}
            }
        }
    }
    Ok(store.passages(&ids).await?)
}

/// Where passages come from, read from the store and not from the index.
pub struct StoreOrigins(pub Arc<dyn KnowledgeStore>);

#[async_trait]
impl Origins for StoreOrigins {
    async fn origins(&self, passages: &[PassageId]) -> Result<Vec<Option<Origin>>, StageError> {
        let failed = |error: knowledge::ports::store::StoreError| StageError {
            stage: "audit",
            problem: error.to_string(),
            is_transient: error.is_transient,
        };
        let chunks = self.0.passages(passages).await.map_err(failed)?;
        let origin = |id: &PassageId| {
            let chunk = chunks.iter().find(|chunk| &chunk.id == id)?;
            Some(Origin { valid_from: chunk.valid_from, ticket: chunk.ticket.clone() })
        };
        Ok(passages.iter().map(origin).collect())
    }
}

/// Nearness in meaning, by the embedder that finds passages.
pub struct EmbedderMeaning(pub Arc<dyn Embedder>);

#[async_trait]
impl Meaning for EmbedderMeaning {
    async fn vectors(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, StageError> {
        let failed = |error: knowledge::ports::embedder::EmbedderError| StageError {
            stage: "compare",
            problem: error.to_string(),
            is_transient: error.is_transient,
        };
        Ok(self.0.embed(texts).await.map_err(failed)?.into_iter().map(|embedding| embedding.0).collect())
    }
}
