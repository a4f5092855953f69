//! Linear classifiers on sparse features or on vectors: one against the rest, stored as bytes with one scale a feature.

use crate::dot::add_rows;
use crate::lanes::{LANES, Lanes};
use crate::learned::features::SparseVector;
use crate::learned::{machines, softmax};
use serde::{Deserialize, Serialize};

/// How much losses weigh against the penalty, for n-grams.
pub const C_WORDS: f32 = 1.0;
/// Margins times this are scores whose exponentials are in the ratio of probabilities, about; calibration does the rest.
pub const MARGIN_WARMTH: f32 = 3.0;

/// A classifier: one row of byte weights a feature, one column a class.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LinearModel {
    classes: usize,
    bias: Vec<f32>,
    /// One scale a feature: weight = byte × scale.
    scales: Vec<f32>,
    /// Feature after feature, `classes` bytes each.
    weights: Vec<i8>,
}

impl LinearModel {
    /// One support vector machine a class. Rows and classes are as many; features beyond the given number are ignored.
    pub fn machines(rows: &[SparseVector], classes: &[usize], features: usize, class_count: usize, seed: u64) -> Self {
        let blocks = (0..class_count).step_by(LANES).map(|first| {
            let lanes = class_count - first;
            let machines = machines::fit(rows, classes, first, lanes, features, C_WORDS, seed);
            (machines.weights, machines.bias)
        });
        LinearModel::quantised(&blocks.collect::<Vec<_>>(), features, class_count, MARGIN_WARMTH)
    }

    /// Multinomial logistic regression.
    pub fn softmax(rows: &[SparseVector], classes: &[usize], features: usize, class_count: usize, seed: u64) -> Self {
        LinearModel::quantised(&softmax::fit(rows, classes, features, class_count, seed), features, class_count, 1.0)
    }

    /// Weights and biases of blocks of classes, times a factor, as bytes with one scale a feature.
    fn quantised(blocks: &[(Vec<Lanes>, Lanes)], features: usize, class_count: usize, factor: f32) -> Self {
        let bias = blocks.iter().flat_map(|(_, bias)| bias).take(class_count).map(|bias| bias * factor).collect();
        let (mut scales, mut bytes) = (Vec::with_capacity(features), Vec::with_capacity(features.saturating_mul(class_count)));
        for feature in 0..features {
            let lanes = || blocks.iter().filter_map(|(weights, _)| weights.get(feature)).flatten().take(class_count);
            let scale = lanes().fold(0.0f32, |largest, weight| largest.max(weight.abs())) / f32::from(i8::MAX);
            let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
            scales.push(scale * factor);
            bytes.extend(lanes().map(|weight| (weight * inverse).round() as i8));
        }
        LinearModel { classes: class_count, bias, scales, weights: bytes }
    }

    /// How many classes it tells apart.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The parts belong together and fit a vocabulary of so many features.
    pub fn is_consistent(&self, features: usize) -> bool {
        self.bias.len() == self.classes
            && self.scales.len() == features
            && self.classes.checked_mul(features) == Some(self.weights.len())
            && self.bias.iter().chain(&self.scales).all(|value| value.is_finite())
    }

    /// The classes' scores; their [`log_softmax`] are the logarithms of probabilities.
    pub fn scores(&self, row: &SparseVector) -> Vec<f32> {
        let mut scores = self.bias.clone();
        let scaled = row.indices.iter().zip(&row.values).filter_map(|(index, value)| {
            let at = *index as usize;
            Some((at, value * self.scales.get(at)?))
        });
        add_rows(&mut scores, &self.weights, scaled);
        scores
    }
}

/// Scores become natural logarithms of probabilities. Gives what was taken off: the logarithm of the sum of their exponentials, which
/// is low for a message that no class claims (the negative energy of Liu et al. 2020).
pub fn log_softmax(scores: &mut [f32]) -> f32 {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let log_sum = scores.iter().map(|score| (score - highest).exp()).sum::<f32>().ln();
    scores.iter_mut().for_each(|score| *score = *score - highest - log_sum);
    highest + log_sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(indices: &[u32]) -> SparseVector {
        SparseVector { indices: indices.to_vec(), values: vec![1.0; indices.len()] }
    }

    #[test]
    fn separable_rows_are_separated() {
        let rows = [row(&[0, 3]), row(&[1, 3]), row(&[2, 3]), row(&[0]), row(&[1]), row(&[2])];
        let model = LinearModel::softmax(&rows, &[0, 1, 2, 0, 1, 2], 4, 3, 7);
        for class in 0..3u32 {
            let mut scores = model.scores(&row(&[class]));
            log_softmax(&mut scores);
            assert!(scores[class as usize] > 0.7f32.ln(), "{scores:?}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_weights() {
        let rows = [row(&[0]), row(&[1]), row(&[0, 1])];
        let train = |seed| LinearModel::machines(&rows, &[0, 1, 1], 2, 2, seed);
        assert_eq!(train(1), train(1));
        assert!(train(1).is_consistent(2));
        assert!(!train(1).is_consistent(3));
    }

    #[test]
    fn probabilities_sum_to_one() {
        let mut scores = vec![1000.0, 0.0, -1000.0, 999.0];
        log_softmax(&mut scores);
        assert!((scores.iter().map(|score| score.exp()).sum::<f32>() - 1.0).abs() < 1e-5);
    }
}
