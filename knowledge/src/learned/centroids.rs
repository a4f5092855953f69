//! The middle of every class: the mean direction of its examples.

use crate::dot::dot_floats;
use crate::ports::embedder::Embedding;
use serde::{Deserialize, Serialize};

/// One unit vector a class.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Centroids {
    dimensions: usize,
    /// Class after class.
    values: Vec<f32>,
}

impl Centroids {
    /// Averages examples of known classes.
    pub fn new<'a>(examples: impl IntoIterator<Item = (&'a Embedding, usize)>, classes: usize, dimensions: usize) -> Self {
        let mut values = vec![0.0; classes.saturating_mul(dimensions)];
        for (embedding, class) in examples {
            let from = class.saturating_mul(dimensions);
            if let Some(middle) = values.get_mut(from..from.saturating_add(dimensions)) {
                middle.iter_mut().zip(&embedding.0).for_each(|(sum, value)| *sum += value);
            }
        }
        for middle in values.chunks_exact_mut(dimensions.max(1)) {
            let length = middle.iter().map(|value| value * value).sum::<f32>().sqrt();
            if length > f32::EPSILON {
                middle.iter_mut().for_each(|value| *value /= length);
            }
        }
        Centroids { dimensions, values }
    }

    /// Cosine with every middle.
    pub fn cosines(&self, embedding: &Embedding) -> Vec<f32> {
        self.values.chunks_exact(self.dimensions.max(1)).map(|middle| dot_floats(middle, &embedding.0)).collect()
    }

    /// The parts belong together and fit a model of so many classes and dimensions.
    pub fn is_consistent(&self, classes: usize, dimensions: usize) -> bool {
        self.dimensions == dimensions
            && classes.checked_mul(dimensions) == Some(self.values.len())
            && self.values.iter().all(|value| value.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_lies_between_its_examples() {
        let (a, b, c) = (Embedding(vec![1.0, 0.0]), Embedding(vec![0.0, 1.0]), Embedding(vec![-1.0, 0.0]));
        let middles = Centroids::new([(&a, 0), (&b, 0), (&c, 1)], 3, 2);
        let cosines = middles.cosines(&a);
        assert!((cosines[0] - 0.5f32.sqrt()).abs() < 1e-6 && (cosines[1] + 1.0).abs() < 1e-6 && cosines[2] == 0.0, "{cosines:?}");
        assert!(middles.is_consistent(3, 2) && !middles.is_consistent(2, 2));
    }
}
