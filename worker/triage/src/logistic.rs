//! Logistic regression on a handful of measured numbers: the shape of every learned judgement here.
//!
//! Inputs are standardised, weights are pulled towards a prior by an L2 penalty, the bias is free, and the fit is Newton's method
//! on the penalised log-likelihood: convex, without randomness, done in a few steps.

use serde::{Deserialize, Serialize};

/// Newton steps at most; the fit ends long before.
const STEPS_MAX: usize = 50;
/// A step smaller than this in every weight ends the fit.
const STEP_MIN: f64 = 1e-9;
/// How often a step is halved at most.
const HALVINGS_MAX: i32 = 30;
/// An input with a smaller standard deviation counts as constant and has no say.
const DEVIATION_MIN: f64 = 1e-6;

/// Fitted numbers: `bias + Σ weight · (input - mean) / scale` are the log-odds.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Logistic {
    /// Mean of every input where it was fitted.
    pub mean: Vec<f64>,
    /// Standard deviation of every input where it was fitted; never 0.
    pub scale: Vec<f64>,
    /// One weight an input.
    pub weights: Vec<f64>,
    /// Log-odds at the mean.
    pub bias: f64,
}

/// One thing that happened, with what was measured before.
#[derive(Clone, PartialEq, Debug)]
pub struct Observation {
    /// As many as in all others.
    pub inputs: Vec<f64>,
    /// Whether it happened.
    pub happened: bool,
    /// How much it counts.
    pub weight: f64,
}

impl Logistic {
    /// Log-odds for inputs; inputs beyond the weights are ignored, missing ones count as average.
    pub fn log_odds(&self, inputs: &[f64]) -> f64 {
        let standardised = inputs.iter().zip(&self.mean).zip(&self.scale).map(|((value, mean), scale)| (value - mean) / scale);
        self.bias + standardised.zip(&self.weights).map(|(value, weight)| value * weight).sum::<f64>()
    }

    /// Probability for inputs.
    pub fn probability(&self, inputs: &[f64]) -> f64 {
        1.0 / (1.0 + (-self.log_odds(inputs)).exp())
    }

    /// All parts are there for so many inputs and can be used.
    pub fn is_consistent(&self, inputs: usize) -> bool {
        let lengths = [self.mean.len(), self.scale.len(), self.weights.len()];
        let numbers = self.mean.iter().chain(&self.scale).chain(&self.weights);
        lengths.iter().all(|length| *length == inputs)
            && numbers.chain(std::iter::once(&self.bias)).all(|number| number.is_finite())
            && self.scale.iter().all(|scale| *scale > 0.0)
    }

    /// Fits with weights pulled towards 0. Inputs are standardised by the observations' own weighted mean and deviation.
    pub fn fit(observations: &[Observation], penalty: f64) -> Self {
        let (mean, scale) = moments(observations);
        let prior = Logistic { weights: vec![0.0; mean.len()], mean, scale, bias: 0.0 };
        prior.fit_near(observations, penalty)
    }

    /// Fits with weights pulled towards those of `self`, in whose units inputs are standardised.
    pub fn fit_near(&self, observations: &[Observation], penalty: f64) -> Self {
        let width = self.weights.len() + 1;
        let rows: Vec<Vec<f64>> = observations.iter().map(|observation| self.row(&observation.inputs)).collect();
        let mut solution: Vec<f64> = std::iter::once(self.bias).chain(self.weights.iter().copied()).collect();
        for _ in 0..STEPS_MAX {
            let mut gradient = vec![0.0; width];
            let mut curvature = vec![vec![0.0; width]; width];
            for (observation, row) in observations.iter().zip(&rows) {
                let log_odds: f64 = row.iter().zip(&solution).map(|(x, w)| x * w).sum();
                let p = 1.0 / (1.0 + (-log_odds).exp());
                let miss = observation.weight * (f64::from(u8::from(observation.happened)) - p);
                let slope = observation.weight * (p * (1.0 - p)).max(1e-9);
                for ((x, g), line) in row.iter().zip(&mut gradient).zip(&mut curvature) {
                    *g += miss * x;
                    line.iter_mut().zip(row).for_each(|(h, other)| *h += slope * x * other);
                }
            }
            for (place, (g, line)) in gradient.iter_mut().zip(&mut curvature).enumerate() {
                let pull = if place == 0 { 1e-6 } else { penalty };
                let from = place.checked_sub(1).and_then(|input| self.weights.get(input)).copied().unwrap_or(self.bias);
                *g -= pull * (solution.get(place).copied().unwrap_or(from) - from);
                if let Some(own) = line.get_mut(place) {
                    *own += pull;
                }
            }
            let step = solve(curvature, gradient);
            // Far from the end a full Newton step may overshoot: it is halved until it leads upwards.
            let before = self.objective(observations, &rows, &solution, penalty);
            let tried = (0..HALVINGS_MAX).map(|halvings| 0.5f64.powi(halvings)).map(|share| {
                let moved: Vec<f64> = solution.iter().zip(&step).map(|(w, s)| w + share * s).collect();
                (self.objective(observations, &rows, &moved, penalty), moved)
            });
            let Some((_, moved)) = tried.into_iter().find(|(objective, _)| *objective > before) else { break };
            let is_there = moved.iter().zip(&solution).all(|(new, old)| (new - old).abs() < STEP_MIN);
            solution = moved;
            if is_there {
                break;
            }
        }
        let bias = solution.first().copied().unwrap_or(self.bias);
        Logistic { mean: self.mean.clone(), scale: self.scale.clone(), weights: solution.split_off(1), bias }
    }

    /// The penalised log-likelihood of a solution; higher is better.
    fn objective(&self, observations: &[Observation], rows: &[Vec<f64>], solution: &[f64], penalty: f64) -> f64 {
        let likelihood = observations.iter().zip(rows).map(|(observation, row)| {
            let log_odds: f64 = row.iter().zip(solution).map(|(x, w)| x * w).sum();
            let signed = if observation.happened { log_odds } else { -log_odds };
            // ln σ(x), without overflow.
            observation.weight * (signed.min(0.0) - (-signed.abs()).exp().ln_1p())
        });
        let pull = solution.iter().skip(1).zip(&self.weights).map(|(w, from)| (w - from).powi(2)).sum::<f64>() * penalty / 2.0;
        likelihood.sum::<f64>() - pull
    }

    fn row(&self, inputs: &[f64]) -> Vec<f64> {
        let standardised = inputs.iter().zip(&self.mean).zip(&self.scale).map(|((value, mean), scale)| (value - mean) / scale);
        std::iter::once(1.0).chain(standardised).collect()
    }
}

/// Weighted mean and standard deviation of every input; a constant input has deviation 1 and thereby no say.
fn moments(observations: &[Observation]) -> (Vec<f64>, Vec<f64>) {
    let width = observations.first().map_or(0, |observation| observation.inputs.len());
    let total = observations.iter().map(|observation| observation.weight).sum::<f64>().max(f64::MIN_POSITIVE);
    let mut mean = vec![0.0; width];
    for observation in observations {
        mean.iter_mut().zip(&observation.inputs).for_each(|(mean, value)| *mean += observation.weight * value / total);
    }
    let mut variance = vec![0.0; width];
    for observation in observations {
        for ((variance, value), mean) in variance.iter_mut().zip(&observation.inputs).zip(&mean) {
            *variance += observation.weight * (value - mean).powi(2) / total;
        }
    }
    let deviation = |variance: f64| if variance.sqrt() > DEVIATION_MIN { variance.sqrt() } else { 1.0 };
    (mean, variance.into_iter().map(deviation).collect())
}

/// Solves a symmetric positive system by Gaussian elimination with pivoting.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let width = right.len();
    for column in 0..width {
        let largest = |a: &usize, b: &usize| at(&matrix, *a, column).abs().total_cmp(&at(&matrix, *b, column).abs());
        let pivot = (column..width).max_by(largest).unwrap_or(column);
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

    /// Chances that fall with the first input, by a fixed pattern; the second input says nothing.
    fn observations(count: u32) -> Vec<Observation> {
        (0..count)
            .map(|n| {
                let x = f64::from(n % 50) / 50.0;
                let draw = f64::from((n * 7919) % count) / f64::from(count);
                Observation { inputs: vec![x, f64::from(n % 7)], happened: draw < 0.9 - 0.8 * x, weight: 1.0 }
            })
            .collect()
    }

    #[test]
    fn it_promises_what_happened() {
        let seen = observations(1_000);
        let fitted = Logistic::fit(&seen, 1.0);
        for (low, high) in [(0.0, 0.3), (0.3, 0.7), (0.7, 1.0)] {
            let band: Vec<&Observation> = seen.iter().filter(|one| (low..high).contains(&one.inputs[0])).collect();
            let promised = band.iter().map(|one| fitted.probability(&one.inputs)).sum::<f64>() / band.len() as f64;
            let happened = band.iter().filter(|one| one.happened).count() as f64 / band.len() as f64;
            assert!((promised - happened).abs() < 0.05, "between {low} and {high}: {promised:.2}, {happened:.2}");
        }
        assert!(fitted.weights[1].abs() < 0.2 && fitted.is_consistent(2), "{fitted:?}");
    }

    #[test]
    fn few_observations_leave_the_prior_as_it_is_and_many_overrule_it() {
        let prior = Logistic { mean: vec![0.5, 3.0], scale: vec![0.3, 2.0], weights: vec![2.0, 0.0], bias: 0.0 };
        let near = prior.fit_near(&observations(20), 300.0);
        let far = prior.fit_near(&observations(20_000), 300.0);
        assert!((near.weights[0] - 2.0).abs() < 0.2, "{near:?}");
        assert!(far.weights[0] < -0.5, "{far:?}");
    }

    #[test]
    fn weights_count_as_repeated_observations_do() {
        let twice: Vec<Observation> = observations(100).into_iter().flat_map(|one| [one.clone(), one]).collect();
        let weighed: Vec<Observation> = observations(100).into_iter().map(|one| Observation { weight: 2.0, ..one }).collect();
        let (twice, weighed) = (Logistic::fit(&twice, 1.0), Logistic::fit(&weighed, 1.0));
        assert!(twice.weights.iter().zip(&weighed.weights).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn a_constant_input_has_no_say() {
        let constant: Vec<Observation> =
            observations(100).into_iter().map(|one| Observation { inputs: vec![one.inputs[0], 4.2], ..one }).collect();
        let fitted = Logistic::fit(&constant, 1.0);
        assert_eq!((fitted.scale[1], fitted.weights[1].abs() < 1e-9), (1.0, true));
    }

    #[test]
    fn a_prior_far_from_the_truth_does_not_lead_astray() {
        let prior = Logistic { mean: vec![0.5, 3.0], scale: vec![0.05, 2.0], weights: vec![9.0, -4.0], bias: 12.0 };
        let seen = observations(300);
        let fitted = prior.fit_near(&seen, 0.1);
        let promised = seen.iter().map(|one| fitted.probability(&one.inputs)).sum::<f64>() / 300.0;
        let happened = seen.iter().filter(|one| one.happened).count() as f64 / 300.0;
        assert!((promised - happened).abs() < 0.02, "{promised:.2} {happened:.2} {fitted:?}");
    }
}
