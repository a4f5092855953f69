//! The embedder port on top of a model.

use crate::embedder::transformer::error::ModelError;
use crate::embedder::transformer::model::Model;
use crate::embedder::transformer::threads::Threads;
use async_trait::async_trait;
use knowledge::ports::embedder::{Embedder, EmbedderError, Embedding};
use std::path::Path;
use std::sync::Arc;

/// Bytes of text that go through the network together: some 200 to 400 tokens. More at once is no faster.
pub const BATCH_BYTES_MAX: usize = 1_024;

/// Embeds with a sentence-transformers model.
pub struct TransformerEmbedder {
    model: Arc<Model>,
    threads: Threads,
}

impl TransformerEmbedder {
    /// Reads a model's folder, and starts this many threads for it.
    pub fn open(folder: &Path, threads: usize) -> Result<Self, ModelError> {
        let model = Arc::new(Model::open(folder)?);
        let threads = Threads::start(threads).map_err(|problem| ModelError::Unreadable { file: folder.to_path_buf(), problem })?;
        Ok(TransformerEmbedder { model, threads })
    }

    async fn embed_behind(&self, prefix: fn(&Model) -> &str, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        let batches: Vec<_> = batches(texts)
            .into_iter()
            .map(|batch| {
                let model = self.model.clone();
                let batch: Vec<String> = batch.iter().map(|text| (*text).to_owned()).collect();
                self.threads.run(move || {
                    let texts: Vec<&str> = batch.iter().map(String::as_str).collect();
                    model.embed(prefix(&model), &texts)
                })
            })
            .collect();
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in batches {
            let answered = batch.await.unwrap_or_else(|_| Err("the network stumbled over a text".to_owned()));
            vectors.extend(answered.map_err(|problem| EmbedderError { name: self.model.name.clone(), problem, is_transient: false })?);
        }
        Ok(vectors)
    }
}

/// Neighbouring texts together, up to [`BATCH_BYTES_MAX`]; a longer text alone.
pub fn batches<'a, 'b>(texts: &'b [&'a str]) -> Vec<&'b [&'a str]> {
    let (mut found, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (place, text) in texts.iter().enumerate() {
        if place > start && bytes + text.len() > BATCH_BYTES_MAX {
            found.extend(texts.get(start..place));
            (start, bytes) = (place, 0);
        }
        bytes += text.len();
    }
    found.extend(texts.get(start..).filter(|rest| !rest.is_empty()));
    found
}

#[async_trait]
impl Embedder for TransformerEmbedder {
    async fn embed(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        self.embed_behind(|model| &model.query_prefix, texts).await
    }

    async fn embed_passages(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        self.embed_behind(|model| &model.passage_prefix, texts).await
    }

    fn name(&self) -> &str {
        &self.model.name
    }

    fn dimensions(&self) -> usize {
        self.model.dimensions
    }

    fn languages(&self) -> &str {
        &self.model.languages
    }
}
