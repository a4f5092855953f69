//! The embedder port on top of the compiled-in table.

use crate::learned::static_table::table::{Table, TableError, built_in};
use crate::ports::embedder::{Embedder, EmbedderError, Embedding};
use async_trait::async_trait;

/// Name and version; it changes whenever a vector does.
pub const NAME: &str = "static-256-v1";
/// More tokens than this of one text are not read: a longer text says too many things for one vector.
pub const TOKENS_MAX: usize = 512;

/// Embeds by the mean of token vectors. Copies share the one table.
#[derive(Clone, Copy, Debug)]
pub struct StaticEmbedder {
    table: &'static Table<'static>,
}

impl StaticEmbedder {
    /// Reads the table the first time it is called.
    pub fn new() -> Result<Self, TableError> {
        Ok(StaticEmbedder { table: built_in()? })
    }

    /// The unit vector of one text; zeros for a text without a known token.
    pub fn embed_one(&self, text: &str) -> Embedding {
        let mut sum = vec![0.0f32; self.table.dimensions];
        for place in self.table.vocabulary.places(text).into_iter().take(TOKENS_MAX) {
            self.table.add(place, &mut sum);
        }
        Embedding::unit(sum)
    }
}

#[async_trait]
impl Embedder for StaticEmbedder {
    async fn embed(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        Ok(texts.iter().map(|text| self.embed_one(text)).collect())
    }

    fn name(&self) -> &str {
        NAME
    }

    fn dimensions(&self) -> usize {
        self.table.dimensions
    }
}
