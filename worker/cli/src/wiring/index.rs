//! The index's part of the composition root.

use crate::config::Config;
use crate::config::index::IndexKind;
use crate::wiring::{Knowledge, model};
use adapters::knowledge_store::sqlite::store::SqliteKnowledgeStore;
use adapters::retriever::timed::TimedRetriever;
use adapters::vector_index::embedded::index::EmbeddedVectorIndex;
use adapters::vector_index::qdrant::index::QdrantVectorIndex;
use adapters::vector_index::qdrant::settings::QdrantSettings;
use knowledge::ports::vector_index::VectorIndex;
use std::sync::Arc;
use std::time::Duration;
use triage::ports::Retriever;

/// The index that is configured, for the passages of this store. A server is reached at the first search.
pub fn index(config: &Config, store: &SqliteKnowledgeStore, dimensions: usize) -> anyhow::Result<Arc<dyn VectorIndex>> {
    match config.index.kind {
        IndexKind::Embedded => Ok(Arc::new(EmbeddedVectorIndex::new()?)),
        IndexKind::Qdrant => Ok(Arc::new(qdrant(config, store, dimensions)?)),
    }
}

/// The index on the server, whichever is configured.
pub fn qdrant(config: &Config, store: &SqliteKnowledgeStore, dimensions: usize) -> anyhow::Result<QdrantVectorIndex> {
    let server = &config.index.qdrant;
    let settings = QdrantSettings {
        url: server.url.clone(),
        api_key: model::key("index.qdrant.key_file", &server.key_env, &server.key_file)?,
        alias: server.collection.clone(),
        store: store.identity()?,
        dimensions,
        limits: server.limits.clone(),
    };
    Ok(QdrantVectorIndex::new(settings)?)
}

/// The retriever as turns ask it: with a deadline where a server stands behind it.
pub fn retriever(config: &Config, knowledge: &Knowledge) -> Arc<dyn Retriever> {
    let inner = knowledge.retriever.clone();
    match config.index.kind {
        IndexKind::Embedded => inner,
        IndexKind::Qdrant => Arc::new(TimedRetriever { inner, deadline: Duration::from_millis(config.index.retrieval_deadline_ms) }),
    }
}

/// Feeds the index before the first turn is claimed. Where that fails, turns go to people until it succeeds.
pub async fn warm_up(config: &Config, knowledge: &Knowledge) {
    if config.index.kind == IndexKind::Embedded {
        return;
    }
    match knowledge.feed.catch_up().await {
        Ok(revision) => tracing::info!(revision = revision.0, "index ready"),
        Err(error) => tracing::error!(problem = %error, "index not ready: turns go to people until it is; see `whimbrel doctor`"),
    }
}
