//! Text to vectors.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A vector of unit length.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Embedding(pub Vec<f32>);

impl Embedding {
    /// Scales to unit length; a vector of zeros stays as it is.
    pub fn unit(mut values: Vec<f32>) -> Self {
        let length = values.iter().map(|v| v * v).sum::<f32>().sqrt();
        if length > f32::EPSILON {
            values.iter_mut().for_each(|v| *v /= length);
        }
        Embedding(values)
    }

    /// Cosine of two unit vectors; 0 when their lengths differ.
    pub fn cosine(&self, other: &Embedding) -> f32 {
        if self.0.len() != other.0.len() {
            return 0.0;
        }
        self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
    }
}

/// Texts could not be embedded.
#[derive(Debug, thiserror::Error)]
#[error("embedder {name}: {problem}")]
pub struct EmbedderError {
    /// Which embedder.
    pub name: String,
    /// What went wrong, without the text.
    pub problem: String,
    /// Trying again may help.
    pub is_transient: bool,
}

/// Turns texts into vectors.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// One vector a text, in their order. MUST be deterministic for a name.
    async fn embed(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError>;
    /// The same for texts that will be searched. Some models were trained with other words before a question than before a passage.
    async fn embed_passages(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        self.embed(texts).await
    }
    /// Name and version; an index made by another one is not searched with it.
    fn name(&self) -> &str;
    /// Length of the vectors.
    fn dimensions(&self) -> usize;
    /// The languages whose meaning it knows, for people.
    fn languages(&self) -> &str {
        "languages not stated"
    }
}
