//! How likely a message lies outside all intents, and how likely its first intent is right when it does not.
//!
//! Two logistic regressions on the [`measure`]s of a reading. The first is fitted by leaving intents out: to a model that has never seen
//! an intent, that intent's messages are outside; labelled `oos` messages join them. The second is fitted on unseen messages of known
//! intents. Both start from weights that ship (learned on public sets of other companies) and move away from them as far as the
//! company's own examples say: with few examples the shipped weights stand, with many they hardly matter.

use crate::learned::ensemble::Reading;
use crate::learned::measures::{MEASURES, measure};
use crate::learned::scope_prior;
use serde::{Deserialize, Serialize};
use triage::logistic::{Logistic, Observation};

/// The share of messages outside all intents that the fitted probability assumes, until a better one is known.
pub const ASSUMED_SHARE: f64 = 0.3;
/// No share is thought smaller: nobody's intents cover everything.
pub const SHARE_MIN: f64 = 0.005;
/// Steps of [`estimate_share`]; it settles long before.
const ESTIMATE_STEPS: usize = 100;
/// How many observations the shipped weights are worth.
pub const PRIOR_STRENGTH: f64 = 200.0;

/// The fitted judgements.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Scope {
    /// Log-odds of lying outside, at [`ASSUMED_SHARE`].
    pub outside: Logistic,
    /// Log-odds of the first intent being right, inside.
    pub right: Logistic,
    /// Share of all messages that lie outside, as far as is known.
    pub share: f64,
}

impl Default for Scope {
    /// The shipped weights.
    fn default() -> Self {
        Scope { outside: scope_prior::outside(), right: scope_prior::right(), share: ASSUMED_SHARE }
    }
}

/// One unseen message of which it is known what it was.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sample {
    /// See [`measure`].
    pub measures: [f64; MEASURES],
    /// What it was.
    pub truth: Truth,
}

/// What an unseen message was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Truth {
    /// Outside all intents.
    Outside,
    /// Inside, and the first intent was right.
    Right,
    /// Inside, and the first intent was wrong.
    Wrong,
}

impl Scope {
    /// Fits on samples from the shipped weights. Without samples of both kinds a judgement stays as shipped.
    pub fn fit(samples: &[Sample]) -> Self {
        let shipped = Scope::default();
        Scope {
            outside: near(&shipped.outside, &outside_observations(samples)),
            right: near(&shipped.right, &right_observations(samples)),
            share: ASSUMED_SHARE,
        }
    }

    /// Probability that the text of a reading lies outside all intents, when so large a share of all messages does.
    pub fn outside_at(&self, reading: &Reading, class: Option<usize>, share: f64) -> f64 {
        sigmoid(self.outside.log_odds(&measure(reading, class)) + shift(share))
    }

    /// The same at the share that is known.
    pub fn outside(&self, reading: &Reading, class: Option<usize>) -> f64 {
        self.outside_at(reading, class, self.share)
    }

    /// Probability that the first intent is right, when the text lies inside.
    pub fn right(&self, reading: &Reading, class: Option<usize>) -> f64 {
        self.right.probability(&measure(reading, class))
    }

    /// All numbers can be used.
    pub fn is_consistent(&self) -> bool {
        self.outside.is_consistent(MEASURES) && self.right.is_consistent(MEASURES) && (0.0..=1.0).contains(&self.share)
    }
}

/// The share of messages outside that best explains what was said of unlabelled ones at [`ASSUMED_SHARE`]: expectation and
/// maximisation by turns (Saerens, Latinne and Decaestecker, 2002). The assumed one when nothing was said.
pub fn estimate_share(outside: &[f64]) -> f64 {
    let mut share = ASSUMED_SHARE;
    if outside.is_empty() {
        return share;
    }
    for _ in 0..ESTIMATE_STEPS {
        let expected = outside.iter().map(|probability| resharing(*probability, share));
        share = (expected.sum::<f64>() / outside.len() as f64).clamp(SHARE_MIN, 1.0 - SHARE_MIN);
    }
    share
}

/// The probability of lying outside for another share, from that at [`ASSUMED_SHARE`].
pub fn resharing(outside: f64, share: f64) -> f64 {
    let bounded = outside.clamp(1e-9, 1.0 - 1e-9);
    sigmoid((bounded / (1.0 - bounded)).ln() + shift(share))
}

/// By how much log-odds move when another share lies outside than was assumed (Saerens, Latinne and Decaestecker, 2002).
pub fn shift(share: f64) -> f64 {
    let odds = |share: f64| {
        let share = share.clamp(1e-4, 1.0 - 1e-4);
        (share / (1.0 - share)).ln()
    };
    odds(share) - odds(ASSUMED_SHARE)
}

fn sigmoid(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Both kinds weighed as if [`ASSUMED_SHARE`] of them were outside.
pub fn outside_observations(samples: &[Sample]) -> Vec<Observation> {
    let outside = samples.iter().filter(|sample| sample.truth == Truth::Outside).count();
    let inside = samples.len() - outside;
    let count = samples.len() as f64;
    let weight = |is_outside: bool| {
        if is_outside { ASSUMED_SHARE * count / outside.max(1) as f64 } else { (1.0 - ASSUMED_SHARE) * count / inside.max(1) as f64 }
    };
    let observe = |sample: &Sample| {
        let happened = sample.truth == Truth::Outside;
        Observation { inputs: sample.measures.to_vec(), happened, weight: weight(happened) }
    };
    samples.iter().map(observe).collect()
}

/// The messages inside.
pub fn right_observations(samples: &[Sample]) -> Vec<Observation> {
    let inside = samples.iter().filter(|sample| sample.truth != Truth::Outside);
    inside.map(|sample| Observation { inputs: sample.measures.to_vec(), happened: sample.truth == Truth::Right, weight: 1.0 }).collect()
}

fn near(shipped: &Logistic, observations: &[Observation]) -> Logistic {
    let happened = observations.iter().filter(|observation| observation.happened).count();
    if happened == 0 || happened == observations.len() {
        return shipped.clone();
    }
    shipped.fit_near(observations, PRIOR_STRENGTH)
}
