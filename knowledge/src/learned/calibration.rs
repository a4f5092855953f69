//! How the minds are weighed and how warm their probabilities are, fitted on scores of examples that they had not seen.

use crate::learned::linear::log_softmax;
use serde::{Deserialize, Serialize};

/// How many minds are joined: n-grams, meaning, neighbours.
pub const MINDS: usize = 3;
/// Weights are tried in steps of one over this.
const STEPS: u32 = 8;
/// Temperatures that are tried: from the first, each larger than the one before by the factor, so many.
const TEMPERATURE_FIRST: f32 = 0.2;
const TEMPERATURE_FACTOR: f32 = 1.12;
const TEMPERATURES: u32 = 30;
/// More scores than this say nothing new.
pub const SCORES_MAX: usize = 3_000;

/// The fitted numbers.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Calibration {
    /// Weights of the minds' log-probabilities; they sum to 1.
    pub weights: [f32; MINDS],
    /// Log-probabilities are divided by it; above 1 means that the minds were too sure.
    pub temperature: f32,
}

impl Default for Calibration {
    /// Used when there are too few examples to fit.
    fn default() -> Self {
        Calibration { weights: [0.25, 0.5, 0.25], temperature: 0.7 }
    }
}

/// Log-probabilities of one unseen example.
#[derive(Clone, PartialEq, Debug)]
pub struct Scored {
    /// Of every mind.
    pub minds: [Vec<f32>; MINDS],
    /// What it really was.
    pub class: usize,
}

impl Calibration {
    /// Weights and temperature with the smallest mean loss: first the weights at a few temperatures, then the temperature. A mind that a
    /// few hundred examples would leave out altogether still helps on the next ones, so the weights go half way back to the default.
    pub fn fit(scored: &[Scored]) -> Self {
        let stride = scored.len().div_ceil(SCORES_MAX).max(1);
        let sample: Vec<&Scored> = scored.iter().step_by(stride).collect();
        let found = best(
            &sample,
            [0.5, 0.7, 0.9].into_iter().flat_map(|temperature| weights().map(move |weights| Calibration { weights, temperature })),
        );
        let mut weights = found.weights;
        weights.iter_mut().zip(Calibration::default().weights).for_each(|(weight, default)| *weight = (*weight + default) / 2.0);
        let temperatures = (0..TEMPERATURES).map(|step| TEMPERATURE_FIRST * TEMPERATURE_FACTOR.powf(step as f32));
        best(&sample, temperatures.map(|temperature| Calibration { weights, temperature }))
    }

    /// Joins the minds: log-probabilities.
    pub fn join(&self, minds: &[Vec<f32>; MINDS]) -> Vec<f32> {
        let classes = minds.first().map_or(0, Vec::len);
        let mut joined = vec![0.0; classes];
        for (mind, weight) in minds.iter().zip(self.weights) {
            let factor = weight / self.temperature;
            joined.iter_mut().zip(mind).for_each(|(sum, log_probability)| *sum += factor * log_probability);
        }
        log_softmax(&mut joined);
        joined
    }

    /// The numbers can be used.
    pub fn is_consistent(&self) -> bool {
        self.weights.iter().all(|weight| (0.0..=1.0).contains(weight)) && self.temperature.is_finite() && self.temperature > 0.0
    }

    fn loss(&self, scored: &Scored) -> f32 {
        self.join(&scored.minds).get(scored.class).map_or(0.0, |log_probability| -log_probability)
    }
}

/// The candidate with the smallest loss; the default without examples.
fn best(sample: &[&Scored], candidates: impl Iterator<Item = Calibration>) -> Calibration {
    let loss = |candidate: &Calibration| sample.iter().map(|scored| candidate.loss(scored)).sum::<f32>();
    let scored = candidates.map(|candidate| (loss(&candidate), candidate));
    scored.min_by(|a, b| a.0.total_cmp(&b.0)).filter(|_| !sample.is_empty()).map_or_else(Calibration::default, |(_, candidate)| candidate)
}

/// Every way to share out the whole in eighths.
fn weights() -> impl Iterator<Item = [f32; MINDS]> {
    let share = |eighths: u32| eighths as f32 / STEPS as f32;
    (0..=STEPS).flat_map(move |a| (0..=STEPS - a).map(move |b| [share(a), share(b), share(STEPS - a - b)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(sure: f32, class: usize) -> Scored {
        let logs = vec![sure.ln(), (1.0 - sure).ln()];
        Scored { minds: [logs.clone(), logs.clone(), logs], class }
    }

    #[test]
    fn minds_that_were_too_sure_are_cooled() {
        let examples: Vec<Scored> = (0..100).map(|i| scored(0.99, usize::from(i % 4 == 0))).collect();
        let fitted = Calibration::fit(&examples);
        let joined = fitted.join(&examples[0].minds);
        assert!(fitted.temperature > 2.0, "{fitted:?}");
        assert!((joined[0].exp() - 0.75).abs() < 0.05, "{joined:?}");
    }

    #[test]
    fn a_mind_that_knows_nothing_has_least_weight() {
        let examples: Vec<Scored> = (0..100usize)
            .map(|i| {
                let knows =
                    |right: f32| if i % 2 == 0 { vec![right.ln(), (1.0 - right).ln()] } else { vec![(1.0 - right).ln(), right.ln()] };
                let guesses = if i % 3 == 0 { vec![0.9f32.ln(), 0.1f32.ln()] } else { vec![0.1f32.ln(), 0.9f32.ln()] };
                Scored { minds: [knows(0.8), guesses.clone(), guesses], class: i % 2 }
            })
            .collect();
        let fitted = Calibration::fit(&examples);
        assert_eq!(fitted.weights[0], 0.625, "{fitted:?}");
    }

    #[test]
    fn weights_share_out_the_whole() {
        assert_eq!(weights().count(), 45);
        assert!(weights().all(|weights| (weights.iter().sum::<f32>() - 1.0).abs() < 1e-6));
    }
}
