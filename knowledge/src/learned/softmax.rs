//! Multinomial logistic regression on vectors, by stochastic gradient steps.
//!
//! AdaGrad with one step size a feature (Duchi et al. 2011) and an L2 penalty that is applied once an epoch. The order of the examples
//! comes from a seed, so the same examples give the same weights.

use crate::dot::add_floats;
use crate::learned::features::SparseVector;
use crate::learned::linear::log_softmax;
use triage::random::Random;

/// Inverse strength of the L2 penalty, as `C` of the usual textbooks: the penalty is `|w|² / 2C` beside the sum of losses.
pub const C: f32 = 30.0;
/// Step size before AdaGrad divides it. Measured on 15,000 examples of 151 classes: 0.7 ends more than a point short.
pub const STEP: f32 = 3.0;
/// Examples are seen so many times in all, within the limits below.
pub const STEPS_WANTED: usize = 150_000;
/// Every example is seen at least so often.
pub const EPOCHS_MIN: usize = 10;
/// No example is seen more often.
pub const EPOCHS_MAX: usize = 20;

/// Fits on rows with their classes: one weight vector a feature (`classes` numbers each, feature after feature), and the biases.
pub fn fit(rows: &[SparseVector], classes: &[usize], features: usize, class_count: usize, seed: u64) -> (Vec<f32>, Vec<f32>) {
    let mut trainer = Trainer::new(features, class_count);
    let mut order: Vec<usize> = (0..rows.len().min(classes.len())).collect();
    let epochs = (STEPS_WANTED / order.len().max(1)).clamp(EPOCHS_MIN, EPOCHS_MAX);
    let mut random = Random::seeded(seed);
    for _ in 0..epochs {
        random.shuffle(&mut order);
        for at in &order {
            if let (Some(row), Some(class)) = (rows.get(*at), classes.get(*at)) {
                trainer.step(row, *class);
            }
        }
        trainer.shrink();
    }
    (trainer.weights, trainer.bias)
}

struct Trainer {
    classes: usize,
    bias: Vec<f32>,
    bias_squares: f32,
    weights: Vec<f32>,
    /// Sum of squared gradients, one a feature.
    squares: Vec<f32>,
    /// Scores, then residuals, of the example at hand.
    scratch: Vec<f32>,
}

impl Trainer {
    fn new(features: usize, classes: usize) -> Self {
        Trainer {
            classes,
            bias: vec![0.0; classes],
            bias_squares: 0.0,
            weights: vec![0.0; features.saturating_mul(classes)],
            squares: vec![0.0; features],
            scratch: vec![0.0; classes],
        }
    }

    fn step(&mut self, row: &SparseVector, class: usize) {
        if class >= self.classes {
            return;
        }
        self.scratch.copy_from_slice(&self.bias);
        for (index, value) in row.indices.iter().zip(&row.values) {
            let from = *index as usize * self.classes;
            if let Some(weights) = self.weights.get(from..from + self.classes) {
                add_floats(&mut self.scratch, weights, *value);
            }
        }
        log_softmax(&mut self.scratch);
        self.scratch.iter_mut().for_each(|score| *score = score.exp());
        if let Some(own) = self.scratch.get_mut(class) {
            *own -= 1.0;
        }
        let residual_squares: f32 = self.scratch.iter().map(|residual| residual * residual).sum();
        for (index, value) in row.indices.iter().zip(&row.values) {
            let at = *index as usize;
            let from = at * self.classes;
            let Some(weights) = self.weights.get_mut(from..from + self.classes) else { continue };
            let Some(squares) = self.squares.get_mut(at) else { continue };
            *squares += value * value * residual_squares;
            let step = STEP * value / (*squares + f32::EPSILON).sqrt();
            add_floats(weights, &self.scratch, -step);
        }
        self.bias_squares += residual_squares;
        let step = STEP / (self.bias_squares + f32::EPSILON).sqrt();
        self.bias.iter_mut().zip(&self.scratch).for_each(|(bias, residual)| *bias -= step * residual);
    }

    /// The penalty of one epoch, as a proximal step: each feature with its own step size.
    fn shrink(&mut self) {
        for (weights, squares) in self.weights.chunks_exact_mut(self.classes.max(1)).zip(&self.squares) {
            if *squares > 0.0 {
                let keep = 1.0 / (1.0 + STEP / squares.sqrt() / C);
                weights.iter_mut().for_each(|weight| *weight *= keep);
            }
        }
    }
}
