//! The two minds together: one on n-grams, one on embeddings.

use crate::learned::calibration::Calibration;
use crate::learned::features::Vocabulary;
use crate::learned::linear::LinearModel;
use crate::learned::neighbours::Neighbours;
use crate::ports::embedder::Embedding;
use serde::{Deserialize, Serialize};
use triage::text::plain_without_digits;

/// Everything that turns a text and its embedding into probabilities.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Minds {
    /// The n-grams that count.
    pub vocabulary: Vocabulary,
    /// The mind on n-grams.
    pub linear: LinearModel,
    /// The mind on embeddings.
    pub neighbours: Neighbours,
    /// How they are joined.
    pub calibration: Calibration,
    /// The class of what lies outside all intents, when it was labelled.
    pub outside: Option<usize>,
}

/// What the minds read in one text.
#[derive(Clone, PartialEq, Debug)]
pub struct Reading {
    /// Probabilities of the classes; they sum to 1.
    pub probabilities: Vec<f64>,
    /// See [`triage::classification::Classification::agreement`].
    pub agreement: f64,
    /// Cosine of the nearest example inside the intents.
    pub nearest_example: f64,
    /// Share of the words that no example holds.
    pub unknown_words: f64,
    /// Words of the text.
    pub words: usize,
}

impl Minds {
    /// The log-probabilities of the two minds before they are joined, linear first.
    pub fn apart(&self, plain: &str, embedding: &Embedding) -> (Vec<f32>, Vec<f32>) {
        let linear = self.linear.log_probabilities(&self.vocabulary.vector(plain));
        let neighbours = self.neighbours.vote(embedding, self.linear.classes(), self.outside).log_probabilities;
        (linear, neighbours)
    }

    /// Reads a text.
    pub fn read(&self, text: &str, embedding: &Embedding) -> Reading {
        let plain = plain_without_digits(text);
        let linear = self.linear.log_probabilities(&self.vocabulary.vector(&plain));
        let vote = self.neighbours.vote(embedding, self.linear.classes(), self.outside);
        let joined = self.calibration.join(&linear, &vote.log_probabilities);
        Reading {
            probabilities: joined.iter().map(|log_probability| f64::from(log_probability.exp())).collect(),
            agreement: agreement(&linear, &vote.log_probabilities),
            nearest_example: f64::from(vote.nearest.clamp(0.0, 1.0)),
            unknown_words: self.vocabulary.unknown_words(&plain),
            words: plain.split(' ').filter(|word| !word.is_empty()).count(),
        }
    }
}

/// 1 when both minds choose the same class; else 1 less the mean margin by which each prefers its own choice over the other's.
fn agreement(linear: &[f32], neighbours: &[f32]) -> f64 {
    let (Some(a), Some(b)) = (first(linear), first(neighbours)) else { return 0.0 };
    if a == b {
        return 1.0;
    }
    let probability = |logs: &[f32], class: usize| logs.get(class).map_or(0.0, |log| f64::from(log.exp()));
    let prefers_own = probability(linear, a) - probability(linear, b);
    let prefers_other = probability(neighbours, b) - probability(neighbours, a);
    (1.0 - (prefers_own + prefers_other) / 2.0).clamp(0.0, 1.0)
}

/// The class of the largest value; of equals the first.
fn first(values: &[f32]) -> Option<usize> {
    let largest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    values.iter().position(|value| *value >= largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logs(probabilities: [f32; 3]) -> Vec<f32> {
        probabilities.iter().map(|p| p.ln()).collect()
    }

    #[test]
    fn minds_that_choose_alike_agree() {
        assert_eq!(agreement(&logs([0.5, 0.3, 0.2]), &logs([0.9, 0.05, 0.05])), 1.0);
    }

    #[test]
    fn sure_minds_that_differ_disagree_more_than_unsure_ones() {
        let sure = agreement(&logs([0.98, 0.01, 0.01]), &logs([0.01, 0.98, 0.01]));
        let unsure = agreement(&logs([0.4, 0.35, 0.25]), &logs([0.35, 0.4, 0.25]));
        assert!(sure < 0.05 && unsure > 0.9 && unsure < 1.0, "{sure} {unsure}");
    }
}
