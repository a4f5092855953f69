//! How likely a message lies outside all intents.
//!
//! A small logistic regression over what the minds read. It is fitted by leaving intents out: to a model that has never seen an
//! intent, that intent's messages are outside. Labelled `oos` messages join them, and the probability of the class `oos`,
//! where there is one, is one of the inputs.

use crate::learned::ensemble::Reading;
use serde::{Deserialize, Serialize};

/// How many inputs there are.
pub const INPUTS: usize = 8;
/// The share of messages outside all intents that the fitted probability assumes. A tenant's true share is learned by the gate.
pub const ASSUMED_SHARE: f64 = 0.3;
/// Strength of the L2 penalty on standardised inputs.
const PENALTY: f64 = 0.01;
/// Steps of gradient descent; the problem is small and convex.
const STEPS: usize = 400;
/// Step size.
const STEP: f64 = 0.5;

/// The fitted weights.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Scope {
    mean: [f64; INPUTS],
    scale: [f64; INPUTS],
    weights: [f64; INPUTS],
    bias: f64,
}

impl Default for Scope {
    /// For too few intents to leave any out: cautious, by hand.
    fn default() -> Self {
        Scope {
            mean: [0.5, 0.3, 0.5, 0.8, 0.5, 0.25, 0.0, 2.0],
            scale: [0.25, 0.25, 0.25, 0.3, 0.2, 0.2, 0.2, 0.7],
            weights: [-0.4, -0.2, 0.3, -0.2, -1.0, 0.8, 1.5, 0.0],
            bias: -0.5,
        }
    }
}

/// One message of which it is known whether it lies outside.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sample {
    /// See [`inputs`].
    pub inputs: [f64; INPUTS],
    /// It lies outside all intents.
    pub outside: bool,
}

/// Top probability inside, margin, entropy, agreement, nearest example, unknown words, probability of `oos`, length.
pub fn inputs(reading: &Reading, outside: Option<usize>) -> [f64; INPUTS] {
    let (mut first, mut second, mut entropy) = (0.0f64, 0.0f64, 0.0f64);
    for (class, probability) in reading.probabilities.iter().enumerate() {
        if *probability > 0.0 {
            entropy -= probability * probability.ln();
        }
        if Some(class) == outside {
            continue;
        }
        if *probability > first {
            (first, second) = (*probability, first);
        } else {
            second = second.max(*probability);
        }
    }
    let largest = (reading.probabilities.len().max(2) as f64).ln();
    let of_outside = outside.and_then(|class| reading.probabilities.get(class)).copied().unwrap_or(0.0);
    let length = (1.0 + reading.words as f64).ln();
    [first, first - second, entropy / largest, reading.agreement, reading.nearest_example, reading.unknown_words, of_outside, length]
}

impl Scope {
    /// Fits on samples, both kinds weighed as if [`ASSUMED_SHARE`] of them were outside. The default without both kinds.
    pub fn fit(samples: &[Sample]) -> Self {
        let outside = samples.iter().filter(|sample| sample.outside).count();
        if outside == 0 || outside == samples.len() {
            return Scope::default();
        }
        let (mean, scale) = moments(samples);
        let mut fitted = Scope { mean, scale, weights: [0.0; INPUTS], bias: 0.0 };
        let weight_outside = ASSUMED_SHARE / outside as f64;
        let weight_inside = (1.0 - ASSUMED_SHARE) / (samples.len() - outside) as f64;
        for _ in 0..STEPS {
            let mut slope = [0.0; INPUTS];
            let mut slope_bias = 0.0;
            for sample in samples {
                let weight = if sample.outside { weight_outside } else { weight_inside };
                let residual = weight * (fitted.of_inputs(&sample.inputs) - f64::from(u8::from(sample.outside)));
                slope_bias += residual;
                for (slope, value) in slope.iter_mut().zip(fitted.standardised(&sample.inputs)) {
                    *slope += residual * value;
                }
            }
            fitted.bias -= STEP * slope_bias;
            for (weight, slope) in fitted.weights.iter_mut().zip(slope) {
                *weight -= STEP * (slope + PENALTY * *weight);
            }
        }
        fitted
    }

    /// Probability that the text of a reading lies outside all intents.
    pub fn outside(&self, reading: &Reading, outside: Option<usize>) -> f64 {
        self.of_inputs(&inputs(reading, outside))
    }

    /// All numbers can be used.
    pub fn is_consistent(&self) -> bool {
        let all = self.mean.iter().chain(&self.scale).chain(&self.weights).chain(std::iter::once(&self.bias));
        all.clone().all(|value| value.is_finite()) && self.scale.iter().all(|scale| *scale > 0.0)
    }

    fn of_inputs(&self, inputs: &[f64; INPUTS]) -> f64 {
        let log_odds: f64 = self.standardised(inputs).zip(&self.weights).map(|(value, weight)| value * weight).sum::<f64>() + self.bias;
        1.0 / (1.0 + (-log_odds).exp())
    }

    fn standardised(&self, inputs: &[f64; INPUTS]) -> impl Iterator<Item = f64> {
        let inputs = *inputs;
        inputs.into_iter().zip(self.mean).zip(self.scale).map(|((value, mean), scale)| (value - mean) / scale)
    }
}

/// Mean and standard deviation of every input; a constant input has deviation 1.
fn moments(samples: &[Sample]) -> ([f64; INPUTS], [f64; INPUTS]) {
    let count = samples.len().max(1) as f64;
    let (mut mean, mut squares) = ([0.0; INPUTS], [0.0; INPUTS]);
    for sample in samples {
        for ((mean, squares), value) in mean.iter_mut().zip(&mut squares).zip(sample.inputs) {
            *mean += value / count;
            *squares += value * value / count;
        }
    }
    let mut scale = [1.0; INPUTS];
    for ((scale, mean), squares) in scale.iter_mut().zip(mean).zip(squares) {
        let deviation = (squares - mean * mean).max(0.0).sqrt();
        *scale = if deviation > 1e-6 { deviation } else { 1.0 };
    }
    (mean, scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(first: f64, nearest_example: f64, unknown_words: f64) -> Reading {
        Reading { probabilities: vec![first, 1.0 - first], agreement: 1.0, nearest_example, unknown_words, words: 5 }
    }

    #[test]
    fn the_default_doubts_what_is_far_from_every_example() {
        let scope = Scope::default();
        assert!(scope.outside(&reading(0.9, 0.9, 0.0), None) < 0.2);
        assert!(scope.outside(&reading(0.5, 0.1, 0.8), None) > 0.8);
    }

    #[test]
    fn fitting_learns_what_tells_outside_from_inside() {
        let sample = |i: u32, outside| {
            let nearest = if outside { 0.2 } else { 0.7 } + f64::from(i % 10) / 50.0;
            Sample { inputs: inputs(&reading(0.7, nearest, 0.2), None), outside }
        };
        let samples: Vec<Sample> = (0..200).map(|i| sample(i, i % 3 == 0)).collect();
        let scope = Scope::fit(&samples);
        assert!(scope.outside(&reading(0.7, 0.8, 0.2), None) < 0.1);
        assert!(scope.outside(&reading(0.7, 0.25, 0.2), None) > 0.8);
        assert!(scope.is_consistent());
    }
}
