//! Linear support vector machines, one class against the rest, fitted in the dual by coordinate descent.
//!
//! Squared hinge loss with an L2 penalty, solved example by example with shrinking (Hsieh et al., ICML 2008: "A dual coordinate
//! descent method for large-scale linear SVM"): no step size, no schedule, and the same order gives the same weights. Thirty-two classes see
//! an example at once: reading its features is most of the work, and one reading serves them all.

use crate::lanes::{LANES, Lanes, add_products, add_row};
use crate::learned::features::SparseVector;
use triage::random::Random;

/// Passes over the examples at most: what comes later hardly changes an answer.
pub const PASSES_MAX: usize = 20;
/// The fit ends when projected gradients of a pass differ by less, in each class.
pub const TOLERANCE: f32 = 0.1;
/// A gradient below this moves nothing.
const GRADIENT_MIN: f32 = 1e-12;

/// Fitted machines of some classes, side by side.
pub struct Machines {
    /// Feature after feature; lanes beyond the classes are zero.
    pub weights: Vec<Lanes>,
    /// One a class.
    pub bias: Lanes,
}

/// Fits the classes from `first_class` on, [`LANES`] at most, such that `weights · row + bias` is at least 1 for members and at most -1 for
/// the others. `c` weighs the losses against `|weights|² / 2`. Rows and classes are as many.
pub fn fit(rows: &[SparseVector], classes: &[usize], first_class: usize, lanes: usize, features: usize, c: f32, seed: u64) -> Machines {
    let softness = 1.0 / (2.0 * c);
    let mut fitting = Fitting {
        machines: Machines { weights: vec![[0.0; LANES]; features], bias: [0.0; LANES] },
        alphas: vec![[0.0; LANES]; rows.len()],
        // The bias is a feature that is 1 everywhere.
        inverses: rows.iter().map(|row| 1.0 / (row.values.iter().map(|value| value * value).sum::<f32>() + 1.0 + softness)).collect(),
        softness,
        lanes: lanes.min(LANES),
        bounds: [f32::INFINITY; LANES],
    };
    let lane = |at: usize| classes.get(at).and_then(|class| class.checked_sub(first_class)).filter(|lane| *lane < LANES);
    let mut random = Random::seeded(seed);
    let mut active: Vec<usize> = (0..rows.len()).collect();
    for _ in 0..PASSES_MAX {
        random.shuffle(&mut active);
        let mut spread = Spread::default();
        active.retain(|at| rows.get(*at).is_some_and(|row| fitting.step(*at, row, lane(*at), &mut spread)));
        if spread.is_narrow(fitting.lanes) {
            if active.len() == rows.len() {
                break;
            }
            // What was set aside is looked at once more before the end.
            active = (0..rows.len()).collect();
            fitting.bounds = [f32::INFINITY; LANES];
        } else {
            fitting.bounds = spread.highest.map(|highest| if highest > 0.0 { highest } else { f32::INFINITY });
        }
    }
    fitting.machines
}

/// The range of a pass's projected gradients, class by class.
struct Spread {
    highest: Lanes,
    lowest: Lanes,
}

impl Default for Spread {
    fn default() -> Self {
        Spread { highest: [f32::NEG_INFINITY; LANES], lowest: [f32::INFINITY; LANES] }
    }
}

impl Spread {
    /// None of the first lanes has moved much. One whose examples are all set aside has not.
    fn is_narrow(&self, lanes: usize) -> bool {
        self.highest.iter().zip(&self.lowest).take(lanes).all(|(highest, lowest)| highest - lowest <= TOLERANCE)
    }
}

struct Fitting {
    machines: Machines,
    /// The dual variables: one an example and class.
    alphas: Vec<Lanes>,
    /// One over the curvature along each example.
    inverses: Vec<f32>,
    softness: f32,
    /// Lanes that are classes.
    lanes: usize,
    /// A variable at zero whose gradient is above its class's is set aside.
    bounds: Lanes,
}

impl Fitting {
    /// Moves all classes by one example, which is a member of the given one; false when every class has set it aside.
    fn step(&mut self, at: usize, row: &SparseVector, own: Option<usize>, spread: &mut Spread) -> bool {
        let (Some(alphas), Some(inverse)) = (self.alphas.get_mut(at), self.inverses.get(at)) else { return false };
        let mut scores = self.machines.bias;
        add_products(&mut scores, &self.machines.weights, &row.indices, &row.values);
        let mut signs = [-1.0; LANES];
        if let Some(sign) = own.and_then(|lane| signs.get_mut(lane)) {
            *sign = 1.0;
        }
        let (mut moves, mut is_kept, mut is_moved) = ([0.0; LANES], false, false);
        for lane in 0..self.lanes {
            let (sign, alpha) = (signs[lane], alphas[lane]);
            let gradient = sign * scores[lane] - 1.0 + self.softness * alpha;
            if alpha == 0.0 && gradient > self.bounds[lane] {
                continue;
            }
            is_kept = true;
            let projected = if alpha == 0.0 { gradient.min(0.0) } else { gradient };
            spread.highest[lane] = spread.highest[lane].max(projected);
            spread.lowest[lane] = spread.lowest[lane].min(projected);
            if projected.abs() > GRADIENT_MIN {
                let moved = (alpha - gradient * inverse).max(0.0);
                moves[lane] = sign * (moved - alpha);
                alphas[lane] = moved;
                is_moved = true;
            }
        }
        if is_moved {
            self.machines.bias.iter_mut().zip(&moves).for_each(|(bias, by)| *bias += by);
            add_row(&mut self.machines.weights, &row.indices, &row.values, &moves);
        }
        is_kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_lie_on_their_side_of_the_margin() {
        let rows = [[2.0, 0.0], [3.0, 1.0], [-2.0, 0.5], [0.1, 4.0]].map(|row| SparseVector::dense(&row));
        let classes = [5, 5, 6, 7];
        let machines = fit(&rows, &classes, 5, 3, 2, 100.0, 1);
        for (row, class) in rows.iter().zip(classes) {
            let mut scores = machines.bias;
            add_products(&mut scores, &machines.weights, &row.indices, &row.values);
            for (lane, score) in scores.iter().take(3).enumerate() {
                let is_right = if lane + 5 == class { *score > 0.5 } else { *score < 0.5 };
                assert!(is_right, "class {class}, lane {lane}: {score}");
            }
        }
        assert_eq!(machines.weights[0][3], 0.0, "a lane without a class learns nothing");
    }
}
