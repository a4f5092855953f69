//! Thresholds that training data alone can choose: how sure is sure enough, for a share of messages outside all intents.

use crate::learned::scope::{Sample, Scope, Truth, shift};
use serde::{Deserialize, Serialize};

/// Unseen training messages that a model keeps at most.
pub const HELD_MAX: usize = 2_000;

/// One unseen training message: what a model said of it, and what it was. No text.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct Held {
    /// Log-odds of lying outside, at the share that the judgement assumes.
    outside: f32,
    /// Probability of the first intent being right, inside.
    right: f32,
    truth: Truth,
}

/// Unseen training messages, kept to choose thresholds for any share.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct HeldOut(Vec<Held>);

/// An aim at a share, and what it takes.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Threshold {
    /// Answer from this confidence on; above 1 means never.
    pub confidence: f64,
    /// Share of the messages that this answers, estimated.
    pub coverage: f64,
    /// Share of these answers that are right, estimated.
    pub precision: f64,
}

impl HeldOut {
    /// Keeps samples, evenly taken.
    pub fn new(samples: &[Sample], scope: &Scope) -> Self {
        let stride = samples.len().div_ceil(HELD_MAX).max(1);
        let held = |sample: &Sample| Held {
            outside: scope.outside.log_odds(&sample.measures) as f32,
            right: scope.right.probability(&sample.measures) as f32,
            truth: sample.truth,
        };
        HeldOut(samples.iter().step_by(stride).map(held).collect())
    }

    /// Confidence, weight and truth of every message when such a share lies outside, surest first.
    fn ranked(&self, share: f64) -> Vec<(f64, f64, Truth)> {
        let outside = self.0.iter().filter(|held| held.truth == Truth::Outside).count();
        let inside = self.0.len() - outside;
        let share = if outside == 0 { 0.0 } else { share };
        let weigh = |held: &Held| {
            let weight = if held.truth == Truth::Outside { share / outside as f64 } else { (1.0 - share) / inside.max(1) as f64 };
            let outside = 1.0 / (1.0 + (-(f64::from(held.outside) + shift(share))).exp());
            ((1.0 - outside) * f64::from(held.right), weight, held.truth)
        };
        let mut ranked: Vec<(f64, f64, Truth)> = self.0.iter().map(weigh).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranked
    }

    /// The lowest threshold whose answers are right so often. The one that answers nothing when there is none.
    pub fn for_precision(&self, aim: f64, share: f64) -> Threshold {
        let mut best = Threshold { confidence: 2.0, coverage: 0.0, precision: 1.0 };
        let (mut answered, mut right) = (0.0, 0.0);
        for (confidence, weight, truth) in self.ranked(share) {
            answered += weight;
            right += if truth == Truth::Right { weight } else { 0.0 };
            if answered > 0.0 && right >= aim * answered {
                best = Threshold { confidence, coverage: answered, precision: right / answered };
            }
        }
        best
    }

    /// The threshold under which most messages get their true label: an intent above it, `oos` below. 0 when rejecting helps nobody.
    pub fn for_accuracy(&self, share: f64) -> f64 {
        let ranked = self.ranked(share);
        let gain = |weight: f64, truth: Truth| match truth {
            Truth::Right => weight,
            Truth::Wrong => 0.0,
            Truth::Outside => -weight,
        };
        let (mut gained, mut most, mut threshold) = (0.0, 0.0, 2.0);
        for (confidence, weight, truth) in &ranked {
            gained += gain(*weight, *truth);
            if gained >= most {
                (most, threshold) = (gained, *confidence);
            }
        }
        let lowest = ranked.last().map_or(0.0, |(confidence, _, _)| *confidence);
        if threshold <= lowest { 0.0 } else { threshold }
    }

    /// All numbers can be used.
    pub fn is_consistent(&self) -> bool {
        self.0.iter().all(|held| held.outside.is_finite() && (0.0..=1.0).contains(&held.right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(log_odds: f32, right: f32, truth: Truth) -> Held {
        Held { outside: log_odds, right, truth }
    }

    fn history() -> HeldOut {
        let inside = (0..90u8).map(|n| held(-4.0, 0.99 - f32::from(n) / 200.0, if n % 10 == 9 { Truth::Wrong } else { Truth::Right }));
        let outside = (0..30u8).map(|n| held(1.0 - f32::from(n) / 10.0, 0.6, Truth::Outside));
        HeldOut(inside.chain(outside).collect())
    }

    #[test]
    fn a_higher_aim_answers_less() {
        let (loose, strict) = (history().for_precision(0.8, 0.3), history().for_precision(0.9, 0.3));
        assert!(loose.coverage > strict.coverage && loose.confidence < strict.confidence, "{loose:?} {strict:?}");
        assert!(loose.precision >= 0.8 && strict.precision >= 0.9);
        assert_eq!(history().for_precision(1.01, 0.3).coverage, 0.0);
    }

    #[test]
    fn more_messages_outside_ask_for_more_confidence() {
        let at = |share| history().for_precision(0.85, share).coverage;
        assert!(at(0.05) > at(0.5));
    }

    #[test]
    fn where_nothing_lies_outside_nothing_is_rejected() {
        assert_eq!(history().for_accuracy(0.0), 0.0);
        assert!(history().for_accuracy(0.6) > 0.3);
    }
}
