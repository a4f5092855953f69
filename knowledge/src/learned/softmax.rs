//! Multinomial logistic regression on vectors, by stochastic gradient steps.
//!
//! AdaGrad with one step size a feature (Duchi et al. 2011) and an L2 penalty that is applied once an epoch. The order of the examples
//! comes from a seed, so the same examples give the same weights.

use crate::lanes::{LANES, Lanes, add_products, add_row};
use crate::learned::features::SparseVector;
use triage::random::Random;

/// Inverse strength of the L2 penalty, as `C` of the usual textbooks: the penalty is `|w|² / 2C` beside the sum of losses.
pub const C: f32 = 30.0;
/// Step size before AdaGrad divides it. Measured on 15,000 examples of 151 classes: 0.7 ends more than a point short.
pub const STEP: f32 = 3.0;
/// Examples are seen so many times in all, within the limits below.
pub const STEPS_WANTED: usize = 300_000;
/// Every example is seen at least so often.
pub const EPOCHS_MIN: usize = 10;
/// No example is seen more often.
pub const EPOCHS_MAX: usize = 20;
/// Beyond [`EPOCHS_MIN`] the fit ends once the squared residuals of an example sum up to less on the average of an epoch: it is right
/// about nearly all of them by then.
pub const RESIDUAL_MIN: f32 = 0.005;

/// Fits on rows with their classes, [`LANES`] classes a block: each block's weights, feature after feature, and its biases. Lanes beyond
/// the classes mean nothing.
pub fn fit(rows: &[SparseVector], classes: &[usize], features: usize, class_count: usize, seed: u64) -> Vec<(Vec<Lanes>, Lanes)> {
    let mut trainer = Trainer::new(features, class_count);
    let mut order: Vec<usize> = (0..rows.len().min(classes.len())).collect();
    let epochs = (STEPS_WANTED / order.len().max(1)).clamp(EPOCHS_MIN, EPOCHS_MAX);
    let mut random = Random::seeded(seed);
    for epoch in 0..epochs {
        random.shuffle(&mut order);
        let before = trainer.bias_squares;
        for at in &order {
            if let (Some(row), Some(class)) = (rows.get(*at), classes.get(*at)) {
                trainer.step(row, *class);
            }
        }
        trainer.shrink();
        if epoch + 1 >= EPOCHS_MIN && trainer.bias_squares - before < RESIDUAL_MIN * order.len() as f32 {
            break;
        }
    }
    trainer.weights.into_iter().zip(trainer.bias).collect()
}

struct Trainer {
    classes: usize,
    /// One a block of classes.
    bias: Vec<Lanes>,
    bias_squares: f32,
    /// One list of features a block of classes.
    weights: Vec<Vec<Lanes>>,
    /// Sum of squared gradients, one a feature.
    squares: Vec<f32>,
    /// Scores, then residuals, of the example at hand; those of lanes beyond the classes are zero in the end.
    scratch: Vec<Lanes>,
    /// The steps of the example's features.
    steps: Vec<f32>,
}

impl Trainer {
    fn new(features: usize, classes: usize) -> Self {
        let blocks = classes.div_ceil(LANES);
        Trainer {
            classes,
            bias: vec![[0.0; LANES]; blocks],
            bias_squares: 0.0,
            weights: vec![vec![[0.0; LANES]; features]; blocks],
            squares: vec![0.0; features],
            scratch: vec![[0.0; LANES]; blocks],
            steps: Vec::with_capacity(features),
        }
    }

    fn step(&mut self, row: &SparseVector, class: usize) {
        if class >= self.classes {
            return;
        }
        self.scratch.copy_from_slice(&self.bias);
        for (scores, weights) in self.scratch.iter_mut().zip(&self.weights) {
            add_products(scores, weights, &row.indices, &row.values);
        }
        let scores = self.scratch.as_flattened_mut();
        let (scores, beyond) = scores.split_at_mut(self.classes);
        beyond.fill(0.0);
        probabilities(scores);
        if let Some(own) = scores.get_mut(class) {
            *own -= 1.0;
        }
        let residual_squares: f32 = scores.iter().map(|residual| residual * residual).sum();
        self.steps.clear();
        self.steps.extend(row.indices.iter().zip(&row.values).map(|(index, value)| {
            let Some(squares) = self.squares.get_mut(*index as usize) else { return 0.0 };
            *squares += value * value * residual_squares;
            -STEP * value / (*squares + f32::EPSILON).sqrt()
        }));
        for (weights, residuals) in self.weights.iter_mut().zip(&self.scratch) {
            add_row(weights, &row.indices, &self.steps, residuals);
        }
        self.bias_squares += residual_squares;
        let step = STEP / (self.bias_squares + f32::EPSILON).sqrt();
        self.bias.as_flattened_mut().iter_mut().zip(self.scratch.as_flattened()).for_each(|(bias, residual)| *bias -= step * residual);
    }

    /// The penalty of one epoch, as a proximal step: each feature with its own step size.
    fn shrink(&mut self) {
        for weights in &mut self.weights {
            for (weights, squares) in weights.iter_mut().zip(&self.squares) {
                if *squares > 0.0 {
                    let keep = 1.0 / (1.0 + STEP / squares.sqrt() / C);
                    weights.iter_mut().for_each(|weight| *weight *= keep);
                }
            }
        }
    }
}

/// Scores become probabilities.
fn probabilities(scores: &mut [f32]) {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - highest).exp();
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
}
