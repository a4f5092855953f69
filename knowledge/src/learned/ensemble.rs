//! The minds together: one on n-grams, one on meaning, one on the nearest examples.

use crate::learned::calibration::{Calibration, MINDS};
use crate::learned::candidates::candidates;
use crate::learned::centroids::Centroids;
use crate::learned::features::{SparseVector, Vocabulary};
use crate::learned::linear::{LinearModel, log_softmax};
use crate::learned::neighbours::{Neighbours, Vote};
use crate::ports::embedder::Embedding;
use serde::{Deserialize, Serialize};
use triage::text::plain_without_digits;

/// Everything that turns a text and its embedding into probabilities.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Minds {
    /// The n-grams that count.
    pub vocabulary: Vocabulary,
    /// The mind on n-grams.
    pub words: LinearModel,
    /// The mind on meaning: linear on embeddings.
    pub meaning: LinearModel,
    /// The mind on the nearest examples.
    pub neighbours: Neighbours,
    /// The middle of every class.
    pub centroids: Centroids,
    /// How they are joined.
    pub calibration: Calibration,
    /// The class of what lies outside all intents, when it was labelled.
    pub outside: Option<usize>,
}

/// What the minds read in one text.
#[derive(Clone, PartialEq, Debug)]
pub struct Reading {
    /// Probabilities of the classes; they sum to 1.
    pub probabilities: Vec<f64>,
    /// Log-probabilities of every mind.
    pub minds: [Vec<f32>; MINDS],
    /// How strongly any class claims the text, by n-grams and by meaning: see [`log_softmax`].
    pub claim: [f32; 2],
    /// What the neighbours say.
    pub vote: Vote,
    /// Cosine with the middle of every class.
    pub middle: Vec<f32>,
    /// Share of the words that no example holds.
    pub unknown_words: f64,
    /// Share of the character n-grams that examples hold.
    pub known_chars: f64,
    /// Words of the text.
    pub words: usize,
}

impl Minds {
    /// Reads a text.
    pub fn read(&self, text: &str, embedding: &Embedding) -> Reading {
        let plain = plain_without_digits(text);
        let (row, known_chars) = self.vocabulary.vector(&plain);
        let mut by_words = self.words.scores(&row);
        let mut by_meaning = self.meaning.scores(&SparseVector::dense(&embedding.0));
        let claim = [log_softmax(&mut by_words), log_softmax(&mut by_meaning)];
        let middle = self.centroids.cosines(embedding);
        let looked_at = candidates(&[&by_words, &by_meaning, &middle], self.neighbours.len());
        let vote = self.neighbours.vote(embedding, &looked_at, self.words.classes());
        let minds = [by_words, by_meaning, vote.log_probabilities.clone()];
        let joined = self.calibration.join(&minds);
        Reading {
            probabilities: joined.iter().map(|log_probability| f64::from(log_probability.exp())).collect(),
            minds,
            claim,
            middle,
            vote,
            unknown_words: self.vocabulary.unknown_words(&plain),
            known_chars: f64::from(known_chars),
            words: plain.split(' ').filter(|word| !word.is_empty()).count(),
        }
    }
}

impl Reading {
    /// The most probable class, but for one; of equals the first.
    pub fn first(&self, outside: Option<usize>) -> Option<usize> {
        let inside = self.probabilities.iter().enumerate().filter(|(class, _)| Some(*class) != outside);
        inside
            .fold(
                None,
                |best: Option<(usize, f64)>, (class, p)| if best.is_none_or(|(_, most)| *p > most) { Some((class, *p)) } else { best },
            )
            .map(|(class, _)| class)
    }

    /// The mean over the minds of how little each prefers its own first class to the joined first: 1 when all choose alike.
    pub fn agreement(&self, outside: Option<usize>) -> f64 {
        let Some(first) = self.first(outside) else { return 0.0 };
        let regret = |logs: &Vec<f32>| {
            let best = logs.iter().copied().fold(f32::NEG_INFINITY, f32::max).exp();
            f64::from(best - logs.get(first).map_or(0.0, |log| log.exp()))
        };
        (1.0 - self.minds.iter().map(regret).sum::<f64>() / MINDS as f64).clamp(0.0, 1.0)
    }
}
