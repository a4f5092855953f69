//! Nearest labelled examples by embedding.

use crate::dot::{QUERY_COMPONENT_MAX, dots};
use crate::ports::embedder::Embedding;
use serde::{Deserialize, Serialize};

/// How many neighbours vote.
pub const NEIGHBOURS: usize = 10;
/// A neighbour's vote is `exp((cosine - 1) / WARMTH)`: near ones count far more.
pub const WARMTH: f32 = 0.05;
/// Cosine of an imagined neighbour that votes for all classes alike: when all are further away, nothing is known.
pub const NOBODY_COSINE: f32 = 0.4;
/// Share of probability that is spread over all classes, so that no class is impossible.
pub const SPREAD: f32 = 0.05;

/// The examples' vectors as bytes, each with its own scale, and their classes; class after class, so that those of a class are a block.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Neighbours {
    dimensions: usize,
    scales: Vec<f32>,
    vectors: Vec<i8>,
    classes: Vec<u16>,
}

/// What the neighbours say.
#[derive(Clone, PartialEq, Debug)]
pub struct Vote {
    /// Natural logarithms of the classes' probabilities.
    pub log_probabilities: Vec<f32>,
    /// Cosine of the nearest example of every class that was looked at; 0 for the others and when there is none.
    pub nearest: Vec<f32>,
    /// Class of each neighbour that voted, nearest first.
    pub voters: Vec<u16>,
}

impl Neighbours {
    /// Keeps examples. Vectors of another length than the first are left out.
    pub fn new(examples: impl IntoIterator<Item = (Embedding, usize)>) -> Self {
        let mut kept = Neighbours::default();
        let mut examples: Vec<(Embedding, u16)> =
            examples.into_iter().filter_map(|(embedding, class)| Some((embedding, u16::try_from(class).ok()?))).collect();
        examples.sort_by_key(|(_, class)| *class);
        for (embedding, class) in examples {
            if kept.classes.is_empty() {
                kept.dimensions = embedding.0.len();
            }
            if embedding.0.len() == kept.dimensions {
                let (scale, values) = rounded(&embedding, f32::from(i8::MAX));
                kept.scales.push(scale);
                kept.vectors.extend(values.map(|value| value as i8));
                kept.classes.push(class);
            }
        }
        kept
    }

    /// How many examples there are.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// The parts belong together and fit a model of so many classes and dimensions.
    pub fn is_consistent(&self, classes: usize, dimensions: usize) -> bool {
        (self.is_empty() || self.dimensions == dimensions)
            && self.scales.len() == self.classes.len()
            && self.classes.len().checked_mul(self.dimensions) == Some(self.vectors.len())
            && self.classes.is_sorted()
            && self.classes.iter().all(|class| usize::from(*class) < classes)
            && self.scales.iter().all(|scale| scale.is_finite())
    }

    /// Lets the nearest examples of the given classes vote.
    pub fn vote(&self, embedding: &Embedding, classes: &[usize], class_count: usize) -> Vote {
        let mut nearest = vec![0.0f32; class_count];
        let mut best: Vec<(f32, u16)> = Vec::with_capacity(NEIGHBOURS + 1);
        let (scale, query) = rounded(embedding, f32::from(QUERY_COMPONENT_MAX));
        let query: Vec<i16> = query.map(|value| value as i16).collect();
        if query.len() == self.dimensions && scale > 0.0 {
            for class in classes.iter().filter_map(|class| u16::try_from(*class).ok()) {
                let (scales, vectors) = self.of_class(class);
                let mut closest = 0.0f32;
                dots(vectors, &query, |place, sum| {
                    let Some(own) = scales.get(place) else { return };
                    let cosine = sum as f32 * scale * own;
                    closest = closest.max(cosine);
                    insert(&mut best, cosine, class);
                });
                if let Some(nearest) = nearest.get_mut(usize::from(class)) {
                    *nearest = closest;
                }
            }
        }
        let voters = best.iter().map(|(_, class)| *class).collect();
        Vote { log_probabilities: tally(&best, class_count), nearest, voters }
    }

    /// The scales and the vectors of a class.
    fn of_class(&self, class: u16) -> (&[f32], &[i8]) {
        let start = self.classes.partition_point(|other| *other < class);
        let end = self.classes.partition_point(|other| *other <= class);
        let bytes = start.saturating_mul(self.dimensions)..end.saturating_mul(self.dimensions);
        (self.scales.get(start..end).unwrap_or_default(), self.vectors.get(bytes).unwrap_or_default())
    }
}

/// Keeps the best ones, best first; of equals the earlier example stays ahead.
fn insert(best: &mut Vec<(f32, u16)>, cosine: f32, class: u16) {
    if best.len() == NEIGHBOURS && best.last().is_some_and(|(last, _)| *last >= cosine) {
        return;
    }
    let at = best.partition_point(|(other, _)| *other >= cosine);
    best.insert(at, (cosine, class));
    best.truncate(NEIGHBOURS);
}

fn tally(best: &[(f32, u16)], class_count: usize) -> Vec<f32> {
    let even = 1.0 / class_count.max(1) as f32;
    let weight = |cosine: f32| ((cosine - 1.0) / WARMTH).exp();
    let nobody = weight(NOBODY_COSINE);
    let mut votes = vec![nobody * even; class_count];
    let mut sum = nobody;
    for (cosine, class) in best {
        if let Some(votes) = votes.get_mut(usize::from(*class)) {
            *votes += weight(*cosine);
            sum += weight(*cosine);
        }
    }
    votes.iter().map(|votes| ((1.0 - SPREAD) * votes / sum + SPREAD * even).ln()).collect()
}

/// The scale that leads back, and whole numbers between plus and minus `component_max`.
fn rounded(embedding: &Embedding, component_max: f32) -> (f32, impl Iterator<Item = f32>) {
    let largest = embedding.0.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    let scale = largest / component_max;
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    (scale, embedding.0.iter().map(move |value| (value * inverse).round()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(values: [f32; 3]) -> Embedding {
        Embedding::unit(values.to_vec())
    }

    #[test]
    fn the_nearest_examples_decide() {
        let known = Neighbours::new([(at([1.0, 0.0, 0.0]), 0), (at([0.0, 1.0, 0.0]), 1), (at([0.1, 1.0, 0.0]), 1)]);
        let vote = known.vote(&at([0.05, 1.0, 0.0]), &[0, 1], 2);
        assert!(vote.log_probabilities[1] > 0.9f32.ln());
        assert!(vote.nearest[1] > 0.99 && vote.nearest[0] < 0.2);
        assert_eq!(vote.voters, [1, 1, 0]);
    }

    #[test]
    fn far_neighbours_know_nothing() {
        let known = Neighbours::new([(at([1.0, 0.0, 0.0]), 0)]);
        let vote = known.vote(&at([0.0, 0.0, 1.0]), &[0, 1], 2);
        assert!((vote.log_probabilities[0] - vote.log_probabilities[1]).abs() < 0.01);
        assert!(vote.nearest[0] < 0.01);
    }

    #[test]
    fn nobody_at_all_votes_evenly() {
        let vote = Neighbours::default().vote(&at([1.0, 0.0, 0.0]), &[0, 1, 2, 3], 4);
        assert!(vote.log_probabilities.iter().all(|p| (p.exp() - 0.25).abs() < 1e-5));
    }

    #[test]
    fn classes_that_are_not_looked_at_have_no_vote() {
        let known =
            Neighbours::new([(at([1.0, 0.0, 0.0]), 1), (at([0.0, 1.0, 0.0]), 0), (at([0.9, 0.1, 0.0]), 2), (at([1.0, 0.1, 0.0]), 1)]);
        let vote = known.vote(&at([1.0, 0.0, 0.0]), &[0, 2], 3);
        assert_eq!((vote.voters, vote.nearest[1]), (vec![2, 0], 0.0));
        assert_eq!(known.vote(&at([1.0, 0.0, 0.0]), &[0, 1, 2], 3).voters, [1, 1, 2, 0], "in whatever order they came");
    }
}
