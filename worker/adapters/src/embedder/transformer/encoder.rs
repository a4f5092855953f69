//! The network: tokens to vectors, layer by layer.
//!
//! Texts stand one after the other as rows of one matrix, without padding: the linear maps take all rows at once, attention takes each
//! text by itself. So no token ever sees another text, and no work is lost on texts of different length.

use crate::embedder::transformer::config::{Activation, Config};
use crate::embedder::transformer::error::ModelError;
use crate::embedder::transformer::gelu::Gelu;
use crate::embedder::transformer::weights::{Linear, Weights, one_line};
use candle_core::{D, Device, Result, Tensor};
use candle_nn::ops::{layer_norm, softmax_last_dim};

/// A network, ready to be used.
#[derive(Debug)]
pub struct Encoder {
    words: Tensor,
    /// What is added for a token's place, and for its type.
    places: Tensor,
    norm: Norm,
    layers: Vec<Layer>,
    heads: usize,
    activation: Activation,
}

#[derive(Debug)]
struct Layer {
    /// Query, key and value in one map; the query is scaled already.
    attention: Linear,
    attention_output: Linear,
    attention_norm: Norm,
    widen: Linear,
    narrow: Linear,
    output_norm: Norm,
}

#[derive(Debug)]
struct Norm {
    weight: Tensor,
    bias: Tensor,
    epsilon: f32,
}

impl Norm {
    fn read(weights: &Weights, name: &str, config: &Config) -> std::result::Result<Self, ModelError> {
        let part = |part| weights.get(&format!("{name}.{part}"), config.hidden);
        Ok(Norm { weight: part("weight")?, bias: part("bias")?, epsilon: config.epsilon as f32 })
    }

    fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        layer_norm(rows, &self.weight, &self.bias, self.epsilon)
    }
}

impl Encoder {
    /// Takes the weights that the configuration asks for.
    pub fn read(weights: &mut Weights, config: &Config) -> std::result::Result<Self, ModelError> {
        const WORDS: &str = "embeddings.word_embeddings.weight";
        weights.find_prefix(WORDS);
        let words = weights.get(WORDS, (config.vocabulary, config.hidden))?;
        let positions = weights.get("embeddings.position_embeddings.weight", (config.positions, config.hidden))?;
        let types = match config.architecture.has_token_types {
            true => Some(weights.get_rows("embeddings.token_type_embeddings.weight", config.hidden)?),
            false => None,
        };
        let places = positions.narrow(0, config.first_position, config.tokens_max()).and_then(|places| match types {
            Some(types) => places.broadcast_add(&types.narrow(0, 0, 1)?),
            None => Ok(places),
        });
        let layers: std::result::Result<_, ModelError> = (0..config.layers).map(|number| Layer::read(weights, config, number)).collect();
        Ok(Encoder {
            words,
            places: places.map_err(|error| ModelError::Contradiction(one_line(&error)))?,
            norm: Norm::read(weights, "embeddings.LayerNorm", config)?,
            layers: layers?,
            heads: config.heads,
            activation: config.activation,
        })
    }

    /// The vectors of all tokens, text by text: rows for each text's tokens.
    pub fn forward(&self, texts: &[Vec<u32>]) -> Result<Vec<Tensor>> {
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        let tokens: Vec<u32> = texts.iter().flatten().copied().collect();
        let count = tokens.len();
        let words = self.words.index_select(&Tensor::from_vec(tokens, count, &Device::Cpu)?, 0)?;
        let places: Vec<Tensor> = lengths.iter().map(|length| self.places.narrow(0, 0, *length)).collect::<Result<_>>()?;
        let mut rows = self.norm.forward(&(words + Tensor::cat(&places, 0)?)?)?;
        for layer in &self.layers {
            rows = layer.forward(&rows, &lengths, self)?;
        }
        let mut start = 0;
        let mut vectors = Vec::with_capacity(lengths.len());
        for length in lengths {
            vectors.push(rows.narrow(0, start, length)?);
            start += length;
        }
        Ok(vectors)
    }
}

impl Layer {
    fn read(weights: &Weights, config: &Config, number: usize) -> std::result::Result<Self, ModelError> {
        let names = &config.architecture;
        let name = |part: &str| format!("{}.{number}.{part}", names.layers);
        let linear = |part: &str, inputs, outputs| weights.linear(&name(part), inputs, outputs);
        let scale = 1.0 / ((config.hidden / config.heads) as f64).sqrt();
        let (mut matrices, mut biases) = (Vec::new(), Vec::new());
        for (place, part) in names.attention.iter().enumerate() {
            let matrix = weights.get(&format!("{}.weight", name(part)), (config.hidden, config.hidden))?;
            let bias = weights.get(&format!("{}.bias", name(part)), config.hidden)?;
            let scale = if place == 0 { scale } else { 1.0 };
            let scaled = (matrix * scale).and_then(|matrix| Ok((matrix, (bias * scale)?)));
            let (matrix, bias) = scaled.map_err(|error| ModelError::Contradiction(one_line(&error)))?;
            matrices.push(matrix);
            biases.push(bias);
        }
        let joined = Tensor::cat(&matrices, 0).and_then(|matrix| Ok((matrix, Tensor::cat(&biases, 0)?)));
        let (matrix, bias) = joined.map_err(|error| ModelError::Contradiction(one_line(&error)))?;
        Ok(Layer {
            attention: Linear::new(matrix, Some(bias)),
            attention_output: linear(names.attention_output, config.hidden, config.hidden)?,
            attention_norm: Norm::read(weights, &name(names.attention_norm), config)?,
            widen: linear(names.widen, config.hidden, config.intermediate)?,
            narrow: linear(names.narrow, config.intermediate, config.hidden)?,
            output_norm: Norm::read(weights, &name(names.output_norm), config)?,
        })
    }

    fn forward(&self, rows: &Tensor, lengths: &[usize], encoder: &Encoder) -> Result<Tensor> {
        let mixed = attend(&self.attention.forward(rows)?, lengths, encoder.heads)?;
        let rows = self.attention_norm.forward(&(self.attention_output.forward(&mixed)? + rows)?)?;
        let mut wide = self.widen.forward(&rows)?;
        match encoder.activation {
            Activation::Gelu => wide.inplace_op1(&Gelu)?,
            Activation::GeluTanh => wide = wide.gelu()?,
            Activation::Relu => wide = wide.relu()?,
        }
        self.output_norm.forward(&(self.narrow.forward(&wide)? + rows)?)
    }
}

/// Every token looks at the tokens of its own text. `rows` holds query, key and value of each token.
fn attend(rows: &Tensor, lengths: &[usize], heads: usize) -> Result<Tensor> {
    let width = rows.dim(D::Minus1)? / (3 * heads);
    let mut start = 0;
    let mut mixed = Vec::with_capacity(lengths.len());
    for length in lengths {
        let text = rows.narrow(0, start, *length)?.reshape((*length, 3, heads, width))?.permute((1, 2, 0, 3))?;
        let part = |place: usize| text.narrow(0, place, 1)?.squeeze(0)?.contiguous();
        let shares = softmax_last_dim(&part(0)?.matmul(&part(1)?.t()?)?)?;
        mixed.push(shares.matmul(&part(2)?)?.transpose(0, 1)?.reshape((*length, heads * width))?);
        start += length;
    }
    Tensor::cat(&mixed, 0)
}
