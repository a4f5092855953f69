//! A linear support vector machine for one class against the rest, fitted in the dual by coordinate descent.
//!
//! Squared hinge loss with an L2 penalty, solved example by example with shrinking (Hsieh et al., ICML 2008: "A dual coordinate
//! descent method for large-scale linear SVM"): no step size, no schedule, and the same order gives the same weights.

use crate::dot::dot_floats;
use crate::learned::features::SparseVector;
use triage::random::Random;

/// Passes over the examples at most: what comes later hardly changes an answer.
pub const PASSES_MAX: usize = 20;
/// The fit ends when projected gradients of a pass differ by less.
pub const TOLERANCE: f32 = 0.1;

/// Fits weights and bias such that `weights · row + bias` is at least 1 for members and at most -1 for the others. `c` weighs the
/// losses against `|weights|² / 2`; `squares` are the rows' squared lengths.
pub fn fit(
    rows: &[SparseVector],
    squares: &[f32],
    is_member: impl Fn(usize) -> bool,
    features: usize,
    c: f32,
    seed: u64,
) -> (Vec<f32>, f32) {
    let mut machine = Machine { weights: vec![0.0; features], bias: 0.0 };
    let mut alphas = vec![0.0f32; rows.len()];
    let softness = 1.0 / (2.0 * c);
    let mut random = Random::seeded(seed);
    let mut active: Vec<usize> = (0..rows.len()).collect();
    let mut bound = f32::INFINITY;
    for _ in 0..PASSES_MAX {
        random.shuffle(&mut active);
        let (mut highest, mut lowest) = (f32::NEG_INFINITY, f32::INFINITY);
        active.retain(|at| {
            let (Some(row), Some(alpha), Some(square)) = (rows.get(*at), alphas.get_mut(*at), squares.get(*at)) else { return false };
            let sign = if is_member(*at) { 1.0 } else { -1.0 };
            let gradient = sign * machine.score(row) - 1.0 + softness * *alpha;
            if *alpha == 0.0 && gradient > bound {
                return false;
            }
            let projected = if *alpha == 0.0 { gradient.min(0.0) } else { gradient };
            (highest, lowest) = (highest.max(projected), lowest.min(projected));
            if projected.abs() > 1e-12 {
                let moved = (*alpha - gradient / (square + 1.0 + softness)).max(0.0);
                machine.add(row, sign * (moved - *alpha));
                *alpha = moved;
            }
            true
        });
        if active.is_empty() || highest - lowest <= TOLERANCE {
            if active.len() == rows.len() {
                break;
            }
            // What was set aside is looked at once more before the end.
            active = (0..rows.len()).collect();
            bound = f32::INFINITY;
        } else {
            bound = if highest > 0.0 { highest } else { f32::INFINITY };
        }
    }
    (machine.weights, machine.bias)
}

struct Machine {
    weights: Vec<f32>,
    bias: f32,
}

impl Machine {
    fn score(&self, row: &SparseVector) -> f32 {
        if row.indices.len() == self.weights.len() {
            return self.bias + dot_floats(&self.weights, &row.values); // a row with all its places
        }
        // Four sums side by side, so that one addition need not wait for the one before; the order is fixed.
        let product = |index: &u32, value: &f32| self.weights.get(*index as usize).map_or(0.0, |weight| weight * value);
        let (indices, indices_rest) = row.indices.as_chunks::<4>();
        let (values, values_rest) = row.values.as_chunks::<4>();
        let mut sums = [0.0_f32; 4];
        for (indices, values) in indices.iter().zip(values) {
            sums.iter_mut().zip(indices).zip(values).for_each(|((sum, index), value)| *sum += product(index, value));
        }
        let rest: f32 = indices_rest.iter().zip(values_rest).map(|(index, value)| product(index, value)).sum();
        self.bias + rest + sums.iter().sum::<f32>()
    }

    fn add(&mut self, row: &SparseVector, factor: f32) {
        self.bias += factor;
        if row.indices.len() == self.weights.len() {
            self.weights.iter_mut().zip(&row.values).for_each(|(weight, value)| *weight += factor * value);
            return;
        }
        for (index, value) in row.indices.iter().zip(&row.values) {
            if let Some(weight) = self.weights.get_mut(*index as usize) {
                *weight += factor * value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_lie_on_their_side_of_the_margin() {
        let rows = [SparseVector::dense(&[2.0, 0.0]), SparseVector::dense(&[3.0, 1.0]), SparseVector::dense(&[-2.0, 0.5])];
        let squares = [4.0, 10.0, 4.25];
        let (weights, bias) = fit(&rows, &squares, |at| at < 2, 2, 100.0, 1);
        let score = |row: &SparseVector| weights[0] * row.values[0] + weights[1] * row.values[1] + bias;
        assert!(score(&rows[0]) > 0.9 && score(&rows[1]) > 0.9 && score(&rows[2]) < -0.9);
    }
}
