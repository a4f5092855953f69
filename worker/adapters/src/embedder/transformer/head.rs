//! From the vectors of a text's tokens to one vector.

use crate::embedder::transformer::error::ModelError;
use crate::embedder::transformer::folder::Folder;
use crate::embedder::transformer::recipe::{Pooling, Recipe, Step};
use crate::embedder::transformer::weights::{Linear, Weights};
use candle_core::{Result, Tensor};

/// Pooling and what follows it.
#[derive(Debug)]
pub struct Head {
    pooling: Pooling,
    steps: Vec<Ready>,
}

#[derive(Debug)]
enum Ready {
    Dense { map: Linear, has_tanh: bool },
    Normalize,
}

impl Head {
    /// Reads the weights of the dense steps.
    pub fn read(folder: &mut Folder, recipe: &Recipe) -> std::result::Result<Self, ModelError> {
        let mut steps = Vec::new();
        for step in &recipe.steps {
            steps.push(match step {
                Step::Normalize => Ready::Normalize,
                Step::Dense(dense) => {
                    let weights = Weights::read(folder, &dense.folder)?;
                    let matrix = weights.get("linear.weight", (dense.outputs, dense.inputs))?;
                    let bias = dense.has_bias.then(|| weights.get("linear.bias", dense.outputs)).transpose()?;
                    Ready::Dense { map: Linear::new(matrix, bias), has_tanh: dense.has_tanh }
                }
            });
        }
        Ok(Head { pooling: recipe.pooling, steps })
    }

    /// The vector of one text, not yet of unit length unless a step makes it so. `rows` holds the vectors of its tokens.
    pub fn forward(&self, rows: &Tensor) -> Result<Vec<f32>> {
        let mut vector = match self.pooling {
            Pooling::Mean => rows.mean_keepdim(0)?,
            Pooling::First => rows.narrow(0, 0, 1)?,
            Pooling::Max => rows.max_keepdim(0)?,
        };
        for step in &self.steps {
            vector = match step {
                Ready::Dense { map, has_tanh } => {
                    let mapped = map.forward(&vector)?;
                    if *has_tanh { mapped.tanh()? } else { mapped }
                }
                Ready::Normalize => {
                    let length = vector.sqr()?.sum_all()?.sqrt()?.to_scalar::<f32>()?;
                    (vector / f64::from(length.max(f32::MIN_POSITIVE)))?
                }
            };
        }
        vector.flatten_all()?.to_vec1()
    }
}
