//! Multinomial logistic regression on sparse features.
//!
//! Trained by AdaGrad with one step size a feature (Duchi et al. 2011) and an L2 penalty that is applied once an epoch. The order of
//! the examples comes from a seed, so the same examples give the same weights. Stored as bytes with one scale a feature.

use crate::learned::features::SparseVector;
use crate::learned::random::Random;
use serde::{Deserialize, Serialize};

/// Inverse strength of the L2 penalty, as `C` of the usual textbooks: the penalty is `|w|² / 2C` beside the sum of losses.
pub const C: f32 = 30.0;
/// Step size before AdaGrad divides it.
pub const STEP: f32 = 0.7;
/// Examples are seen so many times in all, within the limits below.
pub const STEPS_WANTED: usize = 150_000;
/// Every example is seen at least so often.
pub const EPOCHS_MIN: usize = 8;
/// No example is seen more often.
pub const EPOCHS_MAX: usize = 20;

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
    /// Trains on rows with their classes. Rows and classes are as many; features and classes beyond the given numbers are ignored.
    pub fn train(rows: &[SparseVector], classes: &[usize], features: usize, class_count: usize, seed: u64) -> Self {
        let mut trainer = Trainer::new(features, class_count);
        let mut order: Vec<usize> = (0..rows.len().min(classes.len())).collect();
        let epochs = (STEPS_WANTED / order.len().max(1)).clamp(EPOCHS_MIN, EPOCHS_MAX);
        let mut random = Random::seeded(seed);
        for _ in 0..epochs {
            random.shuffle(&mut order);
            for at in &order {
                if let (Some(row), Some(class)) = (rows.get(*at), classes.get(*at)) {
                    trainer.step(row, *class);
                }
            }
            trainer.shrink();
        }
        trainer.finish()
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

    /// Natural logarithms of the classes' probabilities.
    pub fn log_probabilities(&self, row: &SparseVector) -> Vec<f32> {
        let mut scores = self.bias.clone();
        for (index, value) in row.indices.iter().zip(&row.values) {
            let at = *index as usize;
            let Some(scale) = self.scales.get(at) else { continue };
            let from = at * self.classes;
            let Some(weights) = self.weights.get(from..from + self.classes) else { continue };
            let factor = value * scale;
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += factor * f32::from(*weight);
            }
        }
        log_softmax(&mut scores);
        scores
    }
}

/// Scores become natural logarithms of probabilities.
pub fn log_softmax(scores: &mut [f32]) {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let log_sum = scores.iter().map(|score| (score - highest).exp()).sum::<f32>().ln();
    scores.iter_mut().for_each(|score| *score = *score - highest - log_sum);
}

struct Trainer {
    classes: usize,
    bias: Vec<f32>,
    bias_squares: f32,
    weights: Vec<f32>,
    /// Sum of squared gradients, one a feature.
    squares: Vec<f32>,
    /// Scores, then residuals, of the example at hand.
    scratch: Vec<f32>,
}

impl Trainer {
    fn new(features: usize, classes: usize) -> Self {
        Trainer {
            classes,
            bias: vec![0.0; classes],
            bias_squares: 0.0,
            weights: vec![0.0; features.saturating_mul(classes)],
            squares: vec![0.0; features],
            scratch: vec![0.0; classes],
        }
    }

    fn step(&mut self, row: &SparseVector, class: usize) {
        if class >= self.classes {
            return;
        }
        self.scratch.copy_from_slice(&self.bias);
        for (index, value) in row.indices.iter().zip(&row.values) {
            let from = *index as usize * self.classes;
            if let Some(weights) = self.weights.get(from..from + self.classes) {
                self.scratch.iter_mut().zip(weights).for_each(|(score, weight)| *score += value * weight);
            }
        }
        log_softmax(&mut self.scratch);
        self.scratch.iter_mut().for_each(|score| *score = score.exp());
        if let Some(own) = self.scratch.get_mut(class) {
            *own -= 1.0;
        }
        let residual_squares: f32 = self.scratch.iter().map(|residual| residual * residual).sum();
        for (index, value) in row.indices.iter().zip(&row.values) {
            let at = *index as usize;
            let from = at * self.classes;
            let Some(weights) = self.weights.get_mut(from..from + self.classes) else { continue };
            let Some(squares) = self.squares.get_mut(at) else { continue };
            *squares += value * value * residual_squares;
            let step = STEP * value / (*squares + f32::EPSILON).sqrt();
            weights.iter_mut().zip(&self.scratch).for_each(|(weight, residual)| *weight -= step * residual);
        }
        self.bias_squares += residual_squares;
        let step = STEP / (self.bias_squares + f32::EPSILON).sqrt();
        self.bias.iter_mut().zip(&self.scratch).for_each(|(bias, residual)| *bias -= step * residual);
    }

    /// The penalty of one epoch, as a proximal step: each feature with its own step size.
    fn shrink(&mut self) {
        for (weights, squares) in self.weights.chunks_exact_mut(self.classes.max(1)).zip(&self.squares) {
            if *squares > 0.0 {
                let keep = 1.0 / (1.0 + STEP / squares.sqrt() / C);
                weights.iter_mut().for_each(|weight| *weight *= keep);
            }
        }
    }

    fn finish(self) -> LinearModel {
        let mut scales = Vec::with_capacity(self.squares.len());
        let mut bytes = Vec::with_capacity(self.weights.len());
        for weights in self.weights.chunks_exact(self.classes.max(1)) {
            let largest = weights.iter().fold(0.0f32, |largest, weight| largest.max(weight.abs()));
            let scale = largest / f32::from(i8::MAX);
            scales.push(scale);
            let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
            bytes.extend(weights.iter().map(|weight| (weight * inverse).round() as i8));
        }
        LinearModel { classes: self.classes, bias: self.bias, scales, weights: bytes }
    }
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
        let model = LinearModel::train(&rows, &[0, 1, 2, 0, 1, 2], 4, 3, 7);
        for class in 0..3u32 {
            let scores = model.log_probabilities(&row(&[class]));
            assert!(scores[class as usize] > 0.7f32.ln(), "{scores:?}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_weights() {
        let rows = [row(&[0]), row(&[1]), row(&[0, 1])];
        let train = |seed| LinearModel::train(&rows, &[0, 1, 1], 2, 2, seed);
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
