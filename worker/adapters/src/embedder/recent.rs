//! Vectors of the last questions, so that one message goes through a slow embedder once: the classifier and the retriever ask for the
//! same text. Hashes of the texts are kept, not the texts.

use async_trait::async_trait;
use knowledge::ports::embedder::{Embedder, EmbedderError, Embedding};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Vectors that are kept: more than there are turns in flight, each with its asks.
pub const KEPT_MAX: usize = 256;
/// More texts than this at once are no message, and pass by.
pub const TEXTS_MAX: usize = 8;

type Hash = [u8; 32];

/// An embedder with a memory.
pub struct RecentEmbedder {
    inner: Arc<dyn Embedder>,
    kept: Mutex<VecDeque<(Hash, Embedding)>>,
}

impl RecentEmbedder {
    /// Before another embedder.
    pub fn new(inner: Arc<dyn Embedder>) -> Self {
        RecentEmbedder { inner, kept: Mutex::default() }
    }

    fn known(&self, hash: &Hash) -> Option<Embedding> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| known == hash).map(|(_, embedding)| embedding.clone())
    }

    fn keep(&self, hash: Hash, embedding: &Embedding) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front((hash, embedding.clone()));
        kept.truncate(KEPT_MAX);
    }
}

#[async_trait]
impl Embedder for RecentEmbedder {
    async fn embed(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        if texts.len() > TEXTS_MAX {
            return self.inner.embed(texts).await;
        }
        let mut vectors = Vec::with_capacity(texts.len());
        for text in texts {
            let hash: Hash = Sha256::digest(text.as_bytes()).into();
            if let Some(known) = self.known(&hash) {
                vectors.push(known);
                continue;
            }
            for vector in self.inner.embed(&[text]).await? {
                self.keep(hash, &vector);
                vectors.push(vector);
            }
        }
        Ok(vectors)
    }

    async fn embed_passages(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        self.inner.embed_passages(texts).await
    }

    fn name(&self) -> &str {
        self.inner.name()
    }

    fn dimensions(&self) -> usize {
        self.inner.dimensions()
    }

    fn languages(&self) -> &str {
        self.inner.languages()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Counts the texts it is asked for; a vector holds the text's length.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    #[async_trait]
    impl Embedder for Counting {
        async fn embed(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
            self.0.fetch_add(texts.len(), Ordering::SeqCst);
            Ok(texts.iter().map(|text| Embedding(vec![text.len() as f32])).collect())
        }

        fn name(&self) -> &str {
            "counting"
        }

        fn dimensions(&self) -> usize {
            1
        }
    }

    #[tokio::test]
    async fn a_text_that_was_just_asked_for_is_not_embedded_again() {
        let counting = Arc::new(Counting::default());
        let recent = RecentEmbedder::new(counting.clone());
        let lengths = async |texts: &[&str]| recent.embed(texts).await.unwrap().iter().map(|vector| vector.0[0]).collect::<Vec<_>>();
        assert_eq!(lengths(&["a", "bcd", "a"]).await, [1.0, 3.0, 1.0]);
        assert_eq!(lengths(&["bcd"]).await, [3.0]);
        assert_eq!(counting.0.load(Ordering::SeqCst), 2);
        let many: Vec<String> = (0..KEPT_MAX).map(|n| format!("text {n}")).collect();
        for text in &many {
            lengths(&[text]).await;
        }
        assert_eq!(lengths(&["bcd"]).await, [3.0]);
        assert_eq!(counting.0.load(Ordering::SeqCst), 3 + KEPT_MAX, "what lies long back is forgotten");
    }
}
