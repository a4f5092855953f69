//! Words as sparse vectors: a word's place is its hash, its value what it says of its key.

use crate::vector_index::tokens;
use std::collections::BTreeMap;

/// How fast more of the same word counts less; the embedded index has the same.
pub const K1: f32 = 1.2;
/// How much a long key counts less.
pub const B: f32 = 0.75;
/// The average length of keys, in words, where none was measured.
pub const AVERAGE_WORDS_DEFAULT: f32 = 30.0;

/// Places and values, by place.
pub type Sparse = Vec<(u32, f32)>;

/// How many words a text has.
pub fn count(text: &str) -> usize {
    tokens::words(text).len()
}

/// The words of a key, each with BM25's share that needs no rarity: often counts more, the more so the shorter the key.
pub fn of_key(text: &str, average_words: f32) -> Sparse {
    let words = tokens::words(text);
    let damping = K1 * (1.0 - B + B * words.len() as f32 / average_words.max(1.0));
    let mut times: BTreeMap<u32, f32> = BTreeMap::new();
    for word in &words {
        *times.entry(place(word)).or_default() += 1.0;
    }
    times.into_iter().map(|(place, times)| (place, times * (K1 + 1.0) / (times + damping))).collect()
}

/// The words of a query, each once.
pub fn of_query(text: &str) -> Sparse {
    let words = tokens::query_words(text);
    words.iter().map(|word| (place(word), 1.0)).collect::<BTreeMap<_, _>>().into_iter().collect()
}

/// FNV-1a of 64 bits, folded to 32: it is kept by the server, so that it may never change.
fn place(word: &str) -> u32 {
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 32) as u32 ^ hash as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_its_place() {
        assert_eq!((place("refund"), place("remboursement")), (0xd5ee_8722, 0xb516_2151));
        assert_ne!(place("refund"), place("refunds"));
    }

    #[test]
    fn often_counts_more_and_long_counts_less() {
        let value = |text: &str| of_key(text, 4.0).iter().find(|(at, _)| *at == place("refund")).map(|(_, value)| *value);
        assert!(value("refund refund") > value("refund"));
        assert!(value("refund") > value("refund of a parcel that came late to the wrong door"));
        assert!(value("refund").is_some_and(|value| value < K1 + 1.0));
        assert_eq!(of_query("Refund, refund!"), [(place("refund"), 1.0)]);
        assert!(of_key("?!", 4.0).is_empty());
    }
}
