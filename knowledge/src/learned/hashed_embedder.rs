//! An embedder without a model: words and their character n-grams, hashed into signed places of a vector.
//!
//! It sees spelling, not meaning: "refund" and "refnud" are near, "refund" and "money back" are not. It needs no file and is
//! the same for every language that is written with letters.

use crate::learned::hash::Hash;
use crate::ports::embedder::{Embedder, EmbedderError, Embedding};
use async_trait::async_trait;
use triage::language::function_words::is_function_word;
use triage::text::plain_without_digits;

/// Length of the vectors.
pub const DIMENSIONS: usize = 384;
/// How much a function word counts beside a word that carries meaning.
pub const FUNCTION_WORD_WEIGHT: f32 = 0.25;
/// How much a pair of neighbouring words counts beside a word.
pub const PAIR_WEIGHT: f32 = 0.3;
/// How much the n-grams of a word count beside the word itself.
pub const CHARS_WEIGHT: f32 = 0.8;
/// Shortest and longest character n-gram.
const CHARS: std::ops::RangeInclusive<usize> = 3..=5;

const WORD_SEED: u64 = 11;
const PAIR_SEED: u64 = 12;
const CHARS_SEED: u64 = 13;

/// The embedder; it holds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct HashedEmbedder;

/// The vector of one text; zeros for a text without words.
pub fn embed(text: &str) -> Embedding {
    let plain = plain_without_digits(text);
    let mut vector = vec![0.0f32; DIMENSIONS];
    let mut before: Option<(&str, f32)> = None;
    for word in plain.split(' ').filter(|word| !word.is_empty()) {
        let weight = if is_function_word(word) { FUNCTION_WORD_WEIGHT } else { 1.0 };
        let mut hash = Hash::seeded(WORD_SEED);
        hash.push_str(word);
        add(&mut vector, hash, weight);
        add_chars(&mut vector, word, weight * CHARS_WEIGHT);
        if let Some((other, other_weight)) = before {
            let mut pair = Hash::seeded(PAIR_SEED);
            pair.push_str(other);
            pair.push(' ');
            pair.push_str(word);
            add(&mut vector, pair, PAIR_WEIGHT * weight.max(other_weight));
        }
        before = Some((word, weight));
    }
    Embedding::unit(vector)
}

/// All n-grams of a word share one weight, so that long words are not louder than short ones.
fn add_chars(vector: &mut [f32], word: &str, weight: f32) {
    let mut hashes: Vec<Hash> = Vec::with_capacity(32);
    let chars: Vec<char> = std::iter::once(' ').chain(word.chars()).chain(std::iter::once(' ')).collect();
    for from in 0..chars.len() {
        let mut hash = Hash::seeded(CHARS_SEED);
        for (more, c) in chars.iter().skip(from).take(*CHARS.end()).enumerate() {
            hash.push(*c);
            if CHARS.contains(&(more + 1)) {
                hashes.push(hash);
            }
        }
    }
    let each = weight / (hashes.len().max(1) as f32).sqrt();
    hashes.into_iter().for_each(|hash| add(vector, hash, each));
}

fn add(vector: &mut [f32], hash: Hash, weight: f32) {
    let bits = hash.finish();
    let sign = if bits >> 63 == 0 { 1.0 } else { -1.0 };
    if let Some(place) = vector.get_mut((bits % DIMENSIONS as u64) as usize) {
        *place += sign * weight;
    }
}

#[async_trait]
impl Embedder for HashedEmbedder {
    async fn embed(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        Ok(texts.iter().map(|text| embed(text)).collect())
    }

    fn name(&self) -> &str {
        "hashed-384-v1"
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_is_nearer_than_another_word() {
        let right = embed("refund");
        assert!(right.cosine(&embed("refnd")) > right.cosine(&embed("delivery")) + 0.2);
    }

    #[test]
    fn function_words_hardly_count() {
        let asked = embed("where is my order");
        assert!(asked.cosine(&embed("my order")) > 0.75);
        assert!(asked.cosine(&embed("where is my card")) < 0.6);
    }

    #[test]
    fn vectors_have_unit_length_or_are_zero() {
        let length = |e: Embedding| e.0.iter().map(|v| v * v).sum::<f32>();
        assert!((length(embed("hello there")) - 1.0).abs() < 1e-5);
        assert_eq!(length(embed("👋 !!")), 0.0);
    }
}
