//! `model.safetensors`: named arrays of numbers, given out in the shapes that are asked for.

use crate::embedder::transformer::error::ModelError;
use crate::embedder::transformer::folder::{Folder, WEIGHTS_BYTES_MAX};
use candle_core::safetensors::BufferedSafetensors;
use candle_core::{DType, Device, Shape, Tensor};

const FILE: &str = "model.safetensors";
/// Older folders have the weights in a format that can run code.
const PICKLE: &str = "pytorch_model.bin";

/// Weights that were read and not yet given out.
pub struct Weights {
    file: String,
    arrays: BufferedSafetensors,
    /// Before every name, where the network was saved as part of a larger one.
    prefix: String,
}

/// A linear map: rows are outputs.
#[derive(Clone, Debug)]
pub struct Linear {
    weight: Tensor,
    bias: Option<Tensor>,
}

impl Linear {
    /// Of a matrix and what is added.
    pub fn new(weight: Tensor, bias: Option<Tensor>) -> Self {
        Linear { weight, bias }
    }

    /// Maps every row.
    pub fn forward(&self, rows: &Tensor) -> candle_core::Result<Tensor> {
        let mapped = rows.matmul(&self.weight.t()?)?;
        match &self.bias {
            Some(bias) => mapped.broadcast_add(bias),
            None => Ok(mapped),
        }
    }
}

impl Weights {
    /// Reads the file in a folder inside the model's folder (`""`, or ending in `/`).
    pub fn read(folder: &mut Folder, inside: &str) -> Result<Self, ModelError> {
        let file = format!("{inside}{FILE}");
        let Some(bytes) = folder.bytes_if_there(&file, WEIGHTS_BYTES_MAX)? else {
            let is_pickle = folder.root().join(format!("{inside}{PICKLE}")).exists();
            let root = folder.root().to_path_buf();
            return Err(if is_pickle { ModelError::Pickle(root) } else { ModelError::Missing { folder: root, file } });
        };
        match BufferedSafetensors::new(bytes) {
            Ok(arrays) => Ok(Weights { file, arrays, prefix: String::new() }),
            Err(error) => Err(ModelError::Damaged { file, problem: one_line(&error) }),
        }
    }

    /// Takes what stands before `name` in the file as the prefix of every name.
    pub fn find_prefix(&mut self, name: &str) {
        let tensors = self.arrays.tensors();
        let found =
            tensors.iter().find_map(|(whole, _)| whole.strip_suffix(name).filter(|prefix| prefix.is_empty() || prefix.ends_with('.')));
        self.prefix = found.unwrap_or_default().to_owned();
    }

    /// An array of this shape, as 32-bit numbers.
    pub fn get(&self, name: &str, shape: impl Into<Shape>) -> Result<Tensor, ModelError> {
        let damaged = |problem: String| ModelError::Damaged { file: self.file.clone(), problem };
        let whole = format!("{}{name}", self.prefix);
        let view = self.arrays.get(&whole).map_err(|_| damaged(format!("it has no `{whole}`")))?;
        let shape = shape.into();
        if view.shape() != shape.dims() {
            let (given, wanted) = (view.shape().to_vec(), shape.dims().to_vec());
            return Err(ModelError::Contradiction(format!("`{whole}` of {} has the shape {given:?}, not {wanted:?}", self.file)));
        }
        let array = self.arrays.load(&whole, &Device::Cpu).and_then(|array| array.to_dtype(DType::F32));
        array.map_err(|error| damaged(one_line(&error)))
    }

    /// An array of any number of rows, at least one.
    pub fn get_rows(&self, name: &str, width: usize) -> Result<Tensor, ModelError> {
        let rows = self.arrays.get(&format!("{}{name}", self.prefix)).ok().and_then(|view| view.shape().first().copied());
        self.get(name, (rows.unwrap_or(1).max(1), width))
    }

    /// A linear map with something added.
    pub fn linear(&self, name: &str, inputs: usize, outputs: usize) -> Result<Linear, ModelError> {
        let weight = self.get(&format!("{name}.weight"), (outputs, inputs))?;
        Ok(Linear::new(weight, Some(self.get(&format!("{name}.bias"), outputs)?)))
    }
}

/// The first line of an error: the rest may be a trace.
pub fn one_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().chars().take(200).collect()
}
