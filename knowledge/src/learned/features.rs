//! Sparse features of a text: words and pairs of words, and the character n-grams within each word.
//!
//! The vocabulary is learned and keeps hashes only, no words. Weights are sublinear tf-idf; words and characters are two
//! halves, each of unit length, so that neither drowns the other.

use crate::learned::hash::{Hash, key_of};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Shortest character n-gram. The blank before and after a word counts.
pub const CHARS_MIN: usize = 2;
/// Longest character n-gram.
pub const CHARS_MAX: usize = 5;
/// An n-gram must stand in so many different messages, or it is left out.
pub const MESSAGES_MIN: u32 = 2;
/// With fewer messages than this every n-gram counts: there is too little to choose from.
pub const SMALL_SET_MESSAGES: usize = 300;

const WORD_SEED: u64 = 1;
const PAIR_SEED: u64 = 2;
const CHARS_SEED: u64 = 3;
/// Marks an empty place of the look-up table.
const EMPTY: u32 = u32::MAX;

/// A text as numbers: indices into the vocabulary, rising, with their weights.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SparseVector {
    /// Which features.
    pub indices: Vec<u32>,
    /// How much of each; as many as indices.
    pub values: Vec<f32>,
}

impl SparseVector {
    /// A vector with all its places.
    pub fn dense(values: &[f32]) -> Self {
        SparseVector { indices: (0..).take(values.len()).collect(), values: values.to_vec() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Words,
    Chars,
}

/// Visits the key of every n-gram of a plain text (see [`triage::text::plain`]).
fn each_key(plain: &str, mut visit: impl FnMut(Half, u32)) {
    let mut before: Option<&str> = None;
    let mut chars: Vec<char> = Vec::with_capacity(24);
    for word in plain.split(' ').filter(|word| !word.is_empty()) {
        visit(Half::Words, key_of(WORD_SEED, word));
        if let Some(before) = before {
            let mut pair = Hash::seeded(PAIR_SEED);
            pair.push_str(before);
            pair.push(' ');
            pair.push_str(word);
            visit(Half::Words, pair.key());
        }
        before = Some(word);
        chars.clear();
        chars.push(' ');
        chars.extend(word.chars());
        chars.push(' ');
        for from in 0..chars.len() {
            let mut hash = Hash::seeded(CHARS_SEED);
            for (more, c) in chars.iter().skip(from).take(CHARS_MAX).enumerate() {
                hash.push(*c);
                if more + 1 >= CHARS_MIN {
                    visit(Half::Chars, hash.key());
                }
            }
        }
    }
}

/// The n-grams that count, with their inverse document frequency.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Vocabulary {
    keys: Vec<u32>,
    idf: Vec<f32>,
    known_words: Vec<u32>,
    /// Open addressing: key and index, a power of two of places.
    table: Vec<(u32, u32)>,
}

/// What a model file holds of a vocabulary.
#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    keys: Vec<u32>,
    idf: Vec<f32>,
    known_words: Vec<u32>,
}

impl From<Stored> for Vocabulary {
    fn from(stored: Stored) -> Self {
        let table = table(&stored.keys);
        Vocabulary { keys: stored.keys, idf: stored.idf, known_words: stored.known_words, table }
    }
}

impl From<Vocabulary> for Stored {
    fn from(vocabulary: Vocabulary) -> Self {
        Stored { keys: vocabulary.keys, idf: vocabulary.idf, known_words: vocabulary.known_words }
    }
}

fn table(keys: &[u32]) -> Vec<(u32, u32)> {
    let places = keys.len().saturating_mul(2).max(2).next_power_of_two();
    let mut table = vec![(0, EMPTY); places];
    for (index, key) in keys.iter().enumerate() {
        let mut place = *key as usize & (places - 1);
        while table.get(place).is_some_and(|(_, index)| *index != EMPTY) {
            place = (place + 1) & (places - 1);
        }
        if let (Some(slot), Ok(index)) = (table.get_mut(place), u32::try_from(index)) {
            *slot = (*key, index);
        }
    }
    table
}

impl Vocabulary {
    /// Learns from groups of plain texts: a message and its noisy copies are one group and count once.
    pub fn learn(groups: &[Vec<&str>]) -> Self {
        let mut counts: HashMap<u32, (u32, u32)> = HashMap::new();
        let mut known_words = Vec::new();
        for (group, texts) in (1u32..).zip(groups) {
            for text in texts {
                each_key(text, |_, key| {
                    let (groups, last) = counts.entry(key).or_default();
                    if *last != group {
                        *last = group;
                        *groups += 1;
                    }
                });
            }
            let original = texts.first().copied().unwrap_or_default();
            known_words.extend(original.split(' ').map(|word| key_of(WORD_SEED, word)));
        }
        known_words.sort_unstable();
        known_words.dedup();
        let messages_min = if groups.len() < SMALL_SET_MESSAGES { 1 } else { MESSAGES_MIN };
        let mut kept: Vec<(u32, u32)> =
            counts.into_iter().filter(|(_, (groups, _))| *groups >= messages_min).map(|(key, (groups, _))| (key, groups)).collect();
        kept.sort_unstable();
        let all = groups.len() as f32;
        let idf = kept.iter().map(|(_, groups)| ((1.0 + all) / (1.0 + *groups as f32)).ln() + 1.0).collect();
        Stored { keys: kept.into_iter().map(|(key, _)| key).collect(), idf, known_words }.into()
    }

    /// How many features there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The parts belong together: what [`Vocabulary::learn`] makes always does, bytes of a stranger may not.
    pub fn is_consistent(&self) -> bool {
        let rising = |keys: &[u32]| keys.windows(2).all(|pair| pair.first() < pair.last());
        self.keys.len() == self.idf.len()
            && self.keys.len() < EMPTY as usize
            && rising(&self.keys)
            && rising(&self.known_words)
            && self.idf.iter().all(|idf| idf.is_finite())
    }

    /// A plain text as features, and the share of its character n-grams that are known, between 0 and 1.
    pub fn vector(&self, plain: &str) -> (SparseVector, f32) {
        let (mut words, mut chars, mut chars_seen) = (Vec::new(), Vec::new(), 0usize);
        each_key(plain, |half, key| {
            chars_seen += usize::from(half == Half::Chars);
            if let Some(index) = self.index(key) {
                match half {
                    Half::Words => words.push(index),
                    Half::Chars => chars.push(index),
                }
            }
        });
        let known = if chars_seen == 0 { 0.0 } else { chars.len() as f32 / chars_seen as f32 };
        let mut pairs = self.weighted(words);
        pairs.extend(self.weighted(chars));
        pairs.sort_unstable_by_key(|(index, _)| *index);
        let (indices, values) = pairs.into_iter().unzip();
        (SparseVector { indices, values }, known)
    }

    /// Share of the words that no labelled example holds, between 0 and 1; 0 for no words.
    pub fn unknown_words(&self, plain: &str) -> f64 {
        let (mut words, mut unknown) = (0u32, 0u32);
        for word in plain.split(' ').filter(|word| !word.is_empty()) {
            words += 1;
            unknown += u32::from(self.known_words.binary_search(&key_of(WORD_SEED, word)).is_err());
        }
        if words == 0 { 0.0 } else { f64::from(unknown) / f64::from(words) }
    }

    fn index(&self, key: u32) -> Option<u32> {
        let mask = self.table.len().wrapping_sub(1);
        let mut place = key as usize & mask;
        loop {
            match self.table.get(place) {
                Some((_, EMPTY)) | None => return None,
                Some((there, index)) if *there == key => return Some(*index),
                Some(_) => place = (place + 1) & mask,
            }
        }
    }

    /// Counts, weighs and scales one half.
    fn weighted(&self, mut indices: Vec<u32>) -> Vec<(u32, f32)> {
        indices.sort_unstable();
        let mut pairs: Vec<(u32, f32)> = Vec::with_capacity(indices.len());
        for run in indices.chunk_by(|a, b| a == b) {
            let Some(index) = run.first() else { continue };
            let idf = self.idf.get(*index as usize).copied().unwrap_or(0.0);
            pairs.push((*index, (1.0 + (run.len() as f32).ln()) * idf));
        }
        let length = pairs.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
        if length > f32::EPSILON {
            pairs.iter_mut().for_each(|(_, value)| *value /= length);
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        Vocabulary::learn(&[vec!["where is my order"], vec!["i want my money back", "i wnt my mony bck"]])
    }

    #[test]
    fn each_half_has_unit_length() {
        let (vector, known) = vocabulary().vector("where is my money");
        assert_eq!(known, 1.0);
        let squares: f32 = vector.values.iter().map(|value| value * value).sum();
        assert!((squares - 2.0).abs() < 1e-4, "{squares}");
        assert!(vector.indices.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn unknown_words_are_counted() {
        assert_eq!(vocabulary().unknown_words("where is pluto"), 1.0 / 3.0);
        assert_eq!(vocabulary().unknown_words(""), 0.0);
    }

    #[test]
    fn a_stored_vocabulary_reads_the_same() {
        let vocabulary = vocabulary();
        let bytes = postcard::to_allocvec(&vocabulary).unwrap();
        let again: Vocabulary = postcard::from_bytes(&bytes).unwrap();
        assert!(again.is_consistent());
        assert_eq!(again, vocabulary);
    }
}
