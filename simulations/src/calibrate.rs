//! Calibration: a gate fitted on replayed history.
//!
//! Logistic regression with an L2 penalty on standardised signals, by Newton's method. The penalty is strong because a
//! small shop has a few hundred tickets; the bias is not penalised, so the average promise equals the average outcome.

use jiff::Timestamp;
use std::collections::BTreeMap;
use triage::gate::{Calibration, Gate, Weight};
use triage::signals::{Signal, Signals};

/// Judged would-be replies below which no gate is fitted: fewer say nothing about 2 in 100.
pub const SAMPLES_MIN: usize = 60;
/// L2 penalty on standardised weights.
pub const PENALTY: f64 = 2.0;
/// Newton steps at most; the fit is convex and ends long before.
const STEPS_MAX: usize = 50;
/// A step smaller than this ends the fit.
const STEP_MIN: f64 = 1e-9;

/// A would-be reply that people's answer showed to be right or wrong.
#[derive(Clone, PartialEq, Debug)]
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
    let scales = standardise(judged);
    let mut rows: Vec<Vec<f64>> = judged.iter().map(|sample| row(&scales, &sample.signals)).collect();
    let mut targets: Vec<f64> = judged.iter().map(|sample| f64::from(u8::from(sample.is_wrong))).collect();
    // One average answer more than was seen, half wrong: a gate never promises that nothing can go wrong.
    rows.push(row(&BTreeMap::new(), &Signals::default()).into_iter().chain(scales.iter().map(|_| 0.0)).collect());
    targets.push(0.5);
    let solution = fit(&rows, &targets);
    let bias = solution.first().copied().unwrap_or(0.0);
    let weights = scales
        .iter()
        .zip(solution.iter().skip(1))
        .map(|((signal, (mean, scale)), weight)| (*signal, Weight { mean: *mean, scale: *scale, weight: *weight }))
        .collect();
    let wrong = judged.iter().filter(|sample| sample.is_wrong).count();
    Ok(Gate { bias, weights, calibration: Some(Calibration { samples: judged.len(), wrong, until }) })
}

/// Mean and standard deviation of every signal that varies.
fn standardise(judged: &[Judged]) -> BTreeMap<Signal, (f64, f64)> {
    let count = judged.len() as f64;
    let signals: Vec<Signal> = judged.iter().flat_map(|sample| sample.signals.0.keys().copied()).collect();
    let mut scales = BTreeMap::new();
    for signal in signals {
        if scales.contains_key(&signal) {
            continue;
        }
        let mean = judged.iter().map(|sample| sample.signals.get(signal)).sum::<f64>() / count;
        let variance = judged.iter().map(|sample| (sample.signals.get(signal) - mean).powi(2)).sum::<f64>() / count;
        scales.insert(signal, (mean, variance.sqrt()));
    }
    scales.retain(|_, (_, scale)| *scale > 1e-6);
    scales
}

fn row(scales: &BTreeMap<Signal, (f64, f64)>, signals: &Signals) -> Vec<f64> {
    std::iter::once(1.0).chain(scales.iter().map(|(signal, (mean, scale))| (signals.get(*signal) - mean) / scale)).collect()
}

/// Newton's method on the penalised log-likelihood.
fn fit(rows: &[Vec<f64>], targets: &[f64]) -> Vec<f64> {
    let width = rows.first().map_or(0, Vec::len);
    let mut solution = vec![0.0; width];
    for _ in 0..STEPS_MAX {
        let mut gradient: Vec<f64> = solution.iter().enumerate().map(|(i, w)| if i == 0 { 0.0 } else { -PENALTY * w }).collect();
        let mut curvature: Vec<Vec<f64>> =
            (0..width).map(|i| (0..width).map(|j| if i == j { if i == 0 { 1e-6 } else { PENALTY } } else { 0.0 }).collect()).collect();
        for (row, target) in rows.iter().zip(targets) {
            let log_odds: f64 = row.iter().zip(&solution).map(|(x, w)| x * w).sum();
            let p = 1.0 / (1.0 + (-log_odds).exp());
            let slope = (p * (1.0 - p)).max(1e-9);
            for ((x, g), line) in row.iter().zip(&mut gradient).zip(&mut curvature) {
                *g += (target - p) * x;
                line.iter_mut().zip(row).for_each(|(h, other)| *h += slope * x * other);
            }
        }
        let step = solve(curvature, gradient);
        solution.iter_mut().zip(&step).for_each(|(w, s)| *w += s);
        if step.iter().all(|s| s.abs() < STEP_MIN) {
            break;
        }
    }
    solution
}

/// Solves a symmetric positive system by Gaussian elimination with pivoting.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let width = right.len();
    for column in 0..width {
        let pivot =
            (column..width).max_by(|a, b| at(&matrix, *a, column).abs().total_cmp(&at(&matrix, *b, column).abs())).unwrap_or(column);
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        let head = matrix.get(column).cloned().unwrap_or_default();
        let (scale, value) = (at(&matrix, column, column), right.get(column).copied().unwrap_or(0.0));
        for below in column + 1..width {
            let factor = at(&matrix, below, column) / scale;
            if let (Some(line), Some(r)) = (matrix.get_mut(below), right.get_mut(below)) {
                line.iter_mut().zip(&head).for_each(|(x, h)| *x -= factor * h);
                *r -= factor * value;
            }
        }
    }
    let mut solution = vec![0.0; width];
    for line in (0..width).rev() {
        let known: f64 = (line + 1..width).map(|j| at(&matrix, line, j) * solution.get(j).copied().unwrap_or(0.0)).sum();
        let value = (right.get(line).copied().unwrap_or(0.0) - known) / at(&matrix, line, line);
        if let Some(slot) = solution.get_mut(line) {
            *slot = value;
        }
    }
    solution
}

fn at(matrix: &[Vec<f64>], line: usize, column: usize) -> f64 {
    matrix.get(line).and_then(|line| line.get(column)).copied().unwrap_or(0.0)
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
