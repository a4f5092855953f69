//! Words and letters alone: the part of the built-in vectors that sees spelling, by itself. A third as long and much quicker to learn
//! from; it knows no meaning, so that "refund" and "money back" are strangers.

use crate::learned::hashed_embedder;
use crate::ports::embedder::{Embedder, EmbedderError, Embedding};
use async_trait::async_trait;

/// Length of the vectors.
pub const DIMENSIONS: usize = 128;
/// Name and version; it changes whenever a vector does.
pub const NAME: &str = "letters-128-v1";

/// The embedder; it holds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct LetterEmbedder;

/// The vector of the hashed embedder, laid over itself; zeros for a text without words.
pub fn embed(text: &str) -> Embedding {
    let mut folded = vec![0.0f32; DIMENSIONS];
    for part in hashed_embedder::embed(text).0.chunks(DIMENSIONS) {
        folded.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
    }
    Embedding::unit(folded)
}

#[async_trait]
impl Embedder for LetterEmbedder {
    async fn embed(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        Ok(texts.iter().map(|text| embed(text)).collect())
    }

    fn name(&self) -> &str {
        NAME
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn languages(&self) -> &str {
        "every language by spelling, none by meaning"
    }
}
