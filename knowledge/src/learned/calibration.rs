//! How the minds are weighed and how warm their probabilities are, fitted on scores of examples that they had not seen.

use crate::learned::linear::log_softmax;
use serde::{Deserialize, Serialize};

/// Weights of the neighbours beside the linear mind that are tried.
const NEIGHBOUR_WEIGHTS: [f32; 6] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5];
/// Temperatures that are tried: from the first, each larger than the one before by the factor, so many.
const TEMPERATURE_FIRST: f32 = 0.2;
const TEMPERATURE_FACTOR: f32 = 1.12;
const TEMPERATURES: u32 = 30;
/// More scores than this say nothing new.
pub const SCORES_MAX: usize = 4_000;

/// The fitted numbers.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Calibration {
    /// Weight of the neighbours' log-probabilities; the linear mind has the rest.
    pub neighbour_weight: f32,
    /// Log-probabilities are divided by it; above 1 means that the minds were too sure.
    pub temperature: f32,
}

impl Default for Calibration {
    /// Used when there are too few examples to fit.
    fn default() -> Self {
        Calibration { neighbour_weight: 0.3, temperature: 1.0 }
    }
}

/// Scores of one unseen example.
#[derive(Clone, PartialEq, Debug)]
pub struct Scored {
    /// Log-probabilities of the linear mind.
    pub linear: Vec<f32>,
    /// Log-probabilities of the neighbours.
    pub neighbours: Vec<f32>,
    /// What it really was.
    pub class: usize,
}

impl Calibration {
    /// The pair with the smallest mean loss.
    pub fn fit(scored: &[Scored]) -> Self {
        let stride = scored.len().div_ceil(SCORES_MAX).max(1);
        let mut best = (f32::INFINITY, Calibration::default());
        for neighbour_weight in NEIGHBOUR_WEIGHTS {
            for step in 0..TEMPERATURES {
                let tried = Calibration { neighbour_weight, temperature: TEMPERATURE_FIRST * TEMPERATURE_FACTOR.powf(step as f32) };
                let loss: f32 = scored.iter().step_by(stride).map(|scored| tried.loss(scored)).sum();
                if loss < best.0 {
                    best = (loss, tried);
                }
            }
        }
        best.1
    }

    /// Joins the two minds: log-probabilities.
    pub fn join(&self, linear: &[f32], neighbours: &[f32]) -> Vec<f32> {
        let mix = |(linear, neighbours): (&f32, &f32)| {
            ((1.0 - self.neighbour_weight) * linear + self.neighbour_weight * neighbours) / self.temperature
        };
        let mut joined: Vec<f32> = linear.iter().zip(neighbours).map(mix).collect();
        log_softmax(&mut joined);
        joined
    }

    /// The numbers can be used.
    pub fn is_consistent(&self) -> bool {
        (0.0..=1.0).contains(&self.neighbour_weight) && self.temperature.is_finite() && self.temperature > 0.0
    }

    fn loss(&self, scored: &Scored) -> f32 {
        self.join(&scored.linear, &scored.neighbours).get(scored.class).map_or(0.0, |log_probability| -log_probability)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(sure: f32, class: usize) -> Scored {
        let logs = vec![sure.ln(), (1.0 - sure).ln()];
        Scored { linear: logs.clone(), neighbours: logs, class }
    }

    #[test]
    fn minds_that_were_too_sure_are_cooled() {
        let examples: Vec<Scored> = (0..100).map(|i| scored(0.99, usize::from(i % 4 == 0))).collect();
        let fitted = Calibration::fit(&examples);
        let joined = fitted.join(&examples[0].linear, &examples[0].neighbours);
        assert!(fitted.temperature > 2.0, "{fitted:?}");
        assert!((joined[0].exp() - 0.75).abs() < 0.05, "{joined:?}");
    }
}
