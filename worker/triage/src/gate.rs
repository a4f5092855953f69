//! The gate: measured signals in, "how many of 100 such replies were wrong" out.
//!
//! A logistic model over standardised [`Signals`]. The weights that ship are a cautious default and do not carry over
//! between companies; until a gate has been fitted on the operator's own tickets it is uncalibrated and the policy
//! keeps the ceiling down.

use crate::signals::{Signal, Signals};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How one signal counts: `(value - mean) / scale * weight`.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Weight {
    /// Mean of the signal where the gate was fitted.
    pub mean: f64,
    /// Standard deviation of the signal where the gate was fitted.
    pub scale: f64,
    /// Positive raises the probability of being wrong.
    pub weight: f64,
}

/// On what a gate was calibrated.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Calibration {
    /// Would-be replies that were judged right or wrong.
    pub samples: usize,
    /// How many of them were wrong.
    pub wrong: usize,
    /// The last ticket of the history that was used.
    pub until: jiff::Timestamp,
}

/// Turns signals into a probability of being wrong.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Gate {
    /// Log-odds of being wrong for average signals.
    pub bias: f64,
    /// One weight a signal; a signal without one does not count.
    pub weights: BTreeMap<Signal, Weight>,
    /// Absent until the gate was fitted on the operator's own tickets.
    pub calibration: Option<Calibration>,
}

impl Gate {
    /// The default that ships: cautious by construction, uncalibrated.
    pub fn cautious() -> Self {
        let weights = [
            (Signal::IntentProbability, 0.6, 0.25, -0.5),
            (Signal::IntentMargin, 0.4, 0.3, -0.3),
            (Signal::OutOfScope, 0.3, 0.25, 0.6),
            (Signal::Agreement, 0.6, 0.4, -0.3),
            (Signal::NearestExample, 0.6, 0.2, -0.4),
            (Signal::UnknownWords, 0.2, 0.2, 0.3),
            (Signal::RetrievalSimilarity, 0.5, 0.2, -0.6),
            (Signal::RetrievalOverlap, 0.5, 0.25, -0.5),
            (Signal::PassagesAgree, 0.5, 0.4, -0.3),
            (Signal::AsksAnswered, 0.9, 0.25, -0.3),
        ];
        let weights = weights.into_iter().map(|(signal, mean, scale, weight)| (signal, Weight { mean, scale, weight })).collect();
        Gate { bias: -0.4, weights, calibration: None }
    }

    /// Fitted on the operator's own tickets.
    pub fn is_calibrated(&self) -> bool {
        self.calibration.is_some()
    }

    /// How many of 100 replies with such signals were wrong, between 0 and 100; 100 when a signal is no number.
    pub fn wrong_per_100(&self, signals: &Signals) -> f64 {
        let log_odds = self.weights.iter().fold(self.bias, |sum, (signal, weight)| {
            let scale = if weight.scale.abs() < f64::EPSILON { 1.0 } else { weight.scale };
            sum + (signals.get(*signal) - weight.mean) / scale * weight.weight
        });
        // What cannot be measured is no evidence.
        if !log_odds.is_finite() {
            return 100.0;
        }
        100.0 / (1.0 + (-log_odds).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signals(pairs: &[(Signal, f64)]) -> Signals {
        Signals(pairs.iter().copied().collect())
    }

    #[test]
    fn better_evidence_is_wrong_less_often() {
        let gate = Gate::cautious();
        let weak = signals(&[(Signal::IntentProbability, 0.3), (Signal::RetrievalSimilarity, 0.2), (Signal::OutOfScope, 0.8)]);
        let strong = signals(&[(Signal::IntentProbability, 0.95), (Signal::RetrievalSimilarity, 0.9), (Signal::OutOfScope, 0.02)]);
        assert!(gate.wrong_per_100(&strong) < gate.wrong_per_100(&weak));
    }

    #[test]
    fn the_number_stays_between_nought_and_a_hundred() {
        let gate = Gate::cautious();
        for value in [-1e6, -1.0, 0.0, 1.0, 1e6] {
            let all = gate.weights.keys().map(|signal| (*signal, value)).collect::<Vec<_>>();
            assert!((0.0..=100.0).contains(&gate.wrong_per_100(&signals(&all))));
        }
    }

    #[test]
    fn what_is_no_number_counts_as_wrong() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Gate::cautious().wrong_per_100(&signals(&[(Signal::RetrievalSimilarity, value)])), 100.0);
        }
    }

    #[test]
    fn the_default_is_not_calibrated() {
        assert!(!Gate::cautious().is_calibrated());
    }
}
