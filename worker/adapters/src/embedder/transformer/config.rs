//! `config.json`: the shape of the network.

use crate::embedder::transformer::architecture::{self, Architecture};
use crate::embedder::transformer::error::ModelError;
use crate::embedder::transformer::folder::Folder;
use serde::Deserialize;
use std::ops::RangeInclusive;

const FILE: &str = "config.json";
/// The largest models of these families have 24 layers.
pub const LAYERS: RangeInclusive<usize> = 1..=64;
/// Length of the vectors between layers; the largest models have 1,024.
pub const HIDDEN: RangeInclusive<usize> = 1..=8_192;
/// Length inside a layer.
pub const INTERMEDIATE: RangeInclusive<usize> = 1..=32_768;
/// Word pieces that are known; XLM-RoBERTa knows 250,002.
pub const VOCABULARY: RangeInclusive<usize> = 1..=2_000_000;
/// Positions that were learned.
pub const POSITIONS: RangeInclusive<usize> = 8..=32_768;

/// The function between the two maps of a layer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum Activation {
    /// Exact, by the error function.
    #[serde(rename = "gelu")]
    Gelu,
    /// By the hyperbolic tangent.
    #[serde(rename = "gelu_new", alias = "gelu_fast", alias = "gelu_pytorch_tanh")]
    GeluTanh,
    /// Positive part.
    #[serde(rename = "relu")]
    Relu,
}

/// The file as it is written. DistilBERT has names of its own.
#[derive(Debug, Deserialize)]
struct File {
    model_type: Option<String>,
    #[serde(alias = "dim")]
    hidden_size: usize,
    #[serde(alias = "n_layers")]
    num_hidden_layers: usize,
    #[serde(alias = "n_heads")]
    num_attention_heads: usize,
    #[serde(alias = "hidden_dim")]
    intermediate_size: usize,
    vocab_size: usize,
    max_position_embeddings: usize,
    #[serde(alias = "activation")]
    hidden_act: String,
    layer_norm_eps: Option<f64>,
    pad_token_id: Option<usize>,
    position_embedding_type: Option<String>,
}

/// The shape of a network, within bounds.
#[derive(Clone, Debug)]
pub struct Config {
    /// Its family.
    pub architecture: Architecture,
    /// Length of a vector.
    pub hidden: usize,
    /// Layers.
    pub layers: usize,
    /// Heads of a layer; they share `hidden` evenly.
    pub heads: usize,
    /// Length inside a layer.
    pub intermediate: usize,
    /// Word pieces.
    pub vocabulary: usize,
    /// Positions that were learned, and the first of them that a text uses.
    pub positions: usize,
    /// See `positions`.
    pub first_position: usize,
    /// Function inside a layer.
    pub activation: Activation,
    /// Added to a variance before dividing by it.
    pub epsilon: f64,
}

impl Config {
    /// Reads and checks the file in the network's folder (`""`, or ending in `/`).
    pub fn read(folder: &mut Folder, network: &str) -> Result<Self, ModelError> {
        Self::check(folder.json(&format!("{network}{FILE}"))?)
    }

    fn check(file: File) -> Result<Self, ModelError> {
        let unsupported = |what: String, supported| ModelError::Unsupported { what, supported };
        let model_type = file.model_type.unwrap_or_default();
        let architecture = architecture::of(&model_type)
            .ok_or_else(|| unsupported(format!("the architecture `{}`", shown(&model_type)), architecture::SUPPORTED))?;
        let activation = serde_json::from_value(file.hidden_act.clone().into()).map_err(|_| {
            unsupported(format!("the activation `{}`", shown(&file.hidden_act)), "hidden_act may be gelu, gelu_new or relu")
        })?;
        if let Some(other) = file.position_embedding_type.filter(|kind| kind != "absolute") {
            return Err(unsupported(format!("the position embedding `{}`", shown(&other)), "it may be absolute"));
        }
        let bounds = [
            ("hidden_size", file.hidden_size, HIDDEN),
            ("num_hidden_layers", file.num_hidden_layers, LAYERS),
            ("num_attention_heads", file.num_attention_heads, HIDDEN),
            ("intermediate_size", file.intermediate_size, INTERMEDIATE),
            ("vocab_size", file.vocab_size, VOCABULARY),
            ("max_position_embeddings", file.max_position_embeddings, POSITIONS),
        ];
        for (name, value, range) in bounds {
            if !range.contains(&value) {
                let (start, end) = range.into_inner();
                return Err(ModelError::Contradiction(format!("{FILE} says {name} = {value}, which is not within {start} to {end}")));
            }
        }
        if !file.hidden_size.is_multiple_of(file.num_attention_heads) {
            let (hidden, heads) = (file.hidden_size, file.num_attention_heads);
            return Err(ModelError::Contradiction(format!("{FILE} says {heads} heads, which do not share {hidden} numbers evenly")));
        }
        let first_position = if architecture.positions_after_padding { file.pad_token_id.unwrap_or(1).saturating_add(1) } else { 0 };
        if first_position >= file.max_position_embeddings {
            return Err(ModelError::Contradiction(format!("{FILE} says a pad_token_id that leaves no positions")));
        }
        let epsilon = file.layer_norm_eps.unwrap_or(1e-12);
        if !(0.0..1.0).contains(&epsilon) {
            return Err(ModelError::Contradiction(format!("{FILE} says layer_norm_eps = {epsilon}")));
        }
        Ok(Config {
            architecture,
            hidden: file.hidden_size,
            layers: file.num_hidden_layers,
            heads: file.num_attention_heads,
            intermediate: file.intermediate_size,
            vocabulary: file.vocab_size,
            positions: file.max_position_embeddings,
            first_position,
            activation,
            epsilon,
        })
    }

    /// Tokens that a text may have for want of more positions.
    pub fn tokens_max(&self) -> usize {
        self.positions.saturating_sub(self.first_position)
    }
}

/// Enough of a foreign string to be recognised.
pub fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}
