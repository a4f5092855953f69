//! Calibration: a gate fitted on replayed history.
//!
//! [`Logistic`] regression on the signals. The penalty is strong because a small shop has a few hundred tickets; the bias is not
//! penalised, so the average promise equals the average outcome.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use triage::gate::{Calibration, Gate, Weight};
use triage::logistic::{Logistic, Observation};
use triage::signals::{Signal, Signals};

/// Judged would-be replies below which no gate is fitted: fewer say nothing about 2 in 100.
pub const SAMPLES_MIN: usize = 60;
/// L2 penalty on standardised weights.
pub const PENALTY: f64 = 2.0;

/// A would-be reply that people's answer showed to be right or wrong.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Judged {
    /// What was measured.
    pub signals: Signals,
    /// It was wrong.
    pub is_wrong: bool,
}

/// Too little history to calibrate.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("only {samples} past answers could be judged, {SAMPLES_MIN} are needed: give more solved tickets with intents and agents' answers")]
pub struct TooLittleHistory {
    /// How many could be judged.
    pub samples: usize,
}

/// Fits a gate.
pub fn calibrate(judged: &[Judged], until: Timestamp) -> Result<Gate, TooLittleHistory> {
    if judged.len() < SAMPLES_MIN {
        return Err(TooLittleHistory { samples: judged.len() });
    }
    let signals: BTreeSet<Signal> = judged.iter().flat_map(|sample| sample.signals.0.keys().copied()).collect();
    let observe = |sample: &Judged| Observation {
        inputs: signals.iter().map(|signal| sample.signals.get(*signal)).collect(),
        happened: sample.is_wrong,
        weight: 1.0,
    };
    let mut observations: Vec<Observation> = judged.iter().map(observe).collect();
    // One average answer more than was seen, half wrong: a gate never promises that nothing can go wrong.
    let average = Logistic::fit(&observations, PENALTY).mean;
    observations.extend([true, false].map(|happened| Observation { inputs: average.clone(), happened, weight: 0.5 }));
    let fitted = Logistic::fit(&observations, PENALTY);
    let numbers = fitted.mean.iter().zip(&fitted.scale).zip(&fitted.weights);
    let weights =
        signals.into_iter().zip(numbers.map(|((mean, scale), weight)| Weight { mean: *mean, scale: *scale, weight: *weight })).collect();
    let wrong = judged.iter().filter(|sample| sample.is_wrong).count();
    Ok(Gate { bias: fitted.bias, weights, calibration: Some(Calibration { samples: judged.len(), wrong, until }) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 400 samples whose chance of being wrong falls from 80 % to 5 % as the similarity rises, by a fixed pattern.
    fn history() -> Vec<Judged> {
        (0..400u32)
            .map(|n| {
                let similarity = f64::from(n % 100) / 100.0;
                let chance = 0.80 - 0.75 * similarity;
                let draw = f64::from((n * 7919) % 400) / 400.0;
                Judged { signals: Signals([(Signal::RetrievalSimilarity, similarity)].into()), is_wrong: draw < chance }
            })
            .collect()
    }

    #[test]
    fn the_gate_promises_what_the_history_kept() {
        let judged = history();
        let gate = calibrate(&judged, Timestamp::UNIX_EPOCH).unwrap();
        for (from, to) in [(0.0, 0.33), (0.33, 0.66), (0.66, 1.0)] {
            let band: Vec<&Judged> = judged.iter().filter(|j| (from..to).contains(&j.signals.get(Signal::RetrievalSimilarity))).collect();
            let promised = band.iter().map(|j| gate.wrong_per_100(&j.signals)).sum::<f64>() / band.len() as f64;
            let kept = band.iter().filter(|j| j.is_wrong).count() as f64 * 100.0 / band.len() as f64;
            assert!((promised - kept).abs() < 8.0, "between {from} and {to}: promised {promised:.1}, kept {kept:.1}");
        }
    }

    #[test]
    fn the_average_promise_is_the_average_outcome() {
        let judged = history();
        let gate = calibrate(&judged, Timestamp::UNIX_EPOCH).unwrap();
        let promised = judged.iter().map(|j| gate.wrong_per_100(&j.signals)).sum::<f64>() / judged.len() as f64;
        let kept = judged.iter().filter(|j| j.is_wrong).count() as f64 * 100.0 / judged.len() as f64;
        assert!((promised - kept).abs() < 0.5);
    }

    #[test]
    fn too_little_history_is_refused() {
        let few = history().into_iter().take(SAMPLES_MIN - 1).collect::<Vec<_>>();
        assert_eq!(calibrate(&few, Timestamp::UNIX_EPOCH), Err(TooLittleHistory { samples: SAMPLES_MIN - 1 }));
    }

    #[test]
    fn a_history_without_a_wrong_answer_still_gives_finite_odds() {
        let judged: Vec<Judged> = history().into_iter().map(|j| Judged { is_wrong: false, ..j }).collect();
        let gate = calibrate(&judged, Timestamp::UNIX_EPOCH).unwrap();
        assert!(judged.iter().all(|j| gate.wrong_per_100(&j.signals) < 1.0));
    }
}
