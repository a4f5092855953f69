//! A model read from its folder: texts in, vectors out.

use crate::embedder::transformer::card;
use crate::embedder::transformer::config::Config;
use crate::embedder::transformer::encoder::Encoder;
use crate::embedder::transformer::error::ModelError;
use crate::embedder::transformer::folder::Folder;
use crate::embedder::transformer::head::Head;
use crate::embedder::transformer::recipe::{Recipe, network_folder};
use crate::embedder::transformer::tokens::Tokens;
use crate::embedder::transformer::weights::{Weights, one_line};
use knowledge::ports::embedder::Embedding;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// A model, ready to be used by several threads.
pub struct Model {
    /// Name of the folder and hash of its files.
    pub name: String,
    /// Length of the vectors.
    pub dimensions: usize,
    /// Which languages it was made for, for people.
    pub languages: String,
    /// Stands before what people ask.
    pub query_prefix: String,
    /// Stands before what is searched.
    pub passage_prefix: String,
    tokens: Tokens,
    encoder: Encoder,
    head: Head,
}

impl Model {
    /// Reads a folder and embeds a word, so that a model that cannot work is refused here. Takes as long as reading its weights.
    pub fn open(root: &Path) -> Result<Self, ModelError> {
        // What stands in the files goes through engines of others: their panics are faults of the folder.
        let model = catch_unwind(AssertUnwindSafe(|| {
            let model = Self::read(root)?;
            let vectors = model.embed("", &["word"]).map_err(ModelError::Contradiction)?;
            let lengths: Vec<usize> = vectors.iter().map(|vector| vector.0.len()).collect();
            match lengths == [model.dimensions] {
                true => Ok(model),
                false => Err(ModelError::Contradiction(format!("vectors have {lengths:?} numbers, not {}", model.dimensions))),
            }
        }));
        model.unwrap_or(Err(ModelError::Stumbled))
    }

    fn read(root: &Path) -> Result<Self, ModelError> {
        let mut folder = Folder::open(root)?;
        let network = network_folder(&mut folder)?;
        let config = Config::read(&mut folder, &network)?;
        let recipe = Recipe::read(&mut folder, &config)?;
        let tokens = Tokens::read(&mut folder, &network, &config)?;
        let mut weights = Weights::read(&mut folder, &network)?;
        let encoder = Encoder::read(&mut weights, &config)?;
        drop(weights);
        let head = Head::read(&mut folder, &recipe)?;
        Ok(Model {
            name: folder.name(),
            dimensions: recipe.dimensions(&config),
            languages: card::languages(root, &config),
            query_prefix: recipe.query_prefix,
            passage_prefix: recipe.passage_prefix,
            tokens,
            encoder,
            head,
        })
    }

    fn through(&self, tokens: &[Vec<u32>]) -> candle_core::Result<Vec<Vec<f32>>> {
        self.encoder.forward(tokens)?.iter().map(|rows| self.head.forward(rows)).collect()
    }

    /// One unit vector a text, in their order; zeros for a text without tokens. The error says what went wrong, without the text.
    pub fn embed(&self, prefix: &str, texts: &[&str]) -> Result<Vec<Embedding>, String> {
        let mut tokens: Vec<Vec<u32>> = texts.iter().map(|text| self.tokens.of(prefix, text)).collect::<Result<_, _>>()?;
        // A tokenizer that marks no ends leaves nothing of an empty text.
        let is_empty: Vec<bool> = tokens.iter().map(Vec::is_empty).collect();
        tokens.retain(|tokens| !tokens.is_empty());
        let vectors = if tokens.is_empty() { Vec::new() } else { self.through(&tokens).map_err(|error| one_line(&error))? };
        if !vectors.iter().flatten().all(|value| value.is_finite()) {
            return Err("the weights give vectors that are no numbers".to_owned());
        }
        let mut vectors = vectors.into_iter();
        let next = |is_empty| if is_empty { None } else { vectors.next() };
        let found = is_empty.into_iter().map(next).map(|vector| vector.unwrap_or_else(|| vec![0.0; self.dimensions]));
        Ok(found.map(Embedding::unit).collect())
    }
}
