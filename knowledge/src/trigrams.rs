//! How alike two texts are spelled: by the character trigrams that their words of meaning share.
//!
//! "remboursment" and "remboursement" are one word here, "delivery" and "deliveries" nearly; words that say nothing of the matter are left
//! out, so that two questions are not alike because both begin with "how can I". What rarity would say besides needs the whole knowledge at
//! hand and was measured to say no more (`docs/PERFORMANCE.md`).

use crate::words::{is_telling, words};
use triage::text::fold;

/// Bits that trigrams are hashed to. A text of a thousand letters has some six hundred different ones, so that few of them meet.
const BITS: usize = 16_384;
/// Bytes of a trigram; a word has a blank before and behind it.
const TRIGRAM_BYTES: usize = 3;
/// An odd number whose products spread over the high bits (Knuth, The Art of Computer Programming 3, section 6.4: 2^32 over the golden ratio).
const SPREAD: u32 = 0x9E37_79B1;

/// The different trigrams of a text.
pub struct Trigrams {
    bits: Vec<u64>,
    count: u32,
}

impl Trigrams {
    /// Those of a text.
    pub fn of(text: &str) -> Self {
        let mut bits = vec![0; BITS / u64::BITS as usize];
        let folded = fold(text);
        words(&folded).filter(|word| is_telling(word)).for_each(|word| add(&mut bits, word));
        Trigrams::counted(bits)
    }

    /// Those of both.
    pub fn and(&self, other: &Trigrams) -> Self {
        Trigrams::counted(self.bits.iter().zip(&other.bits).map(|(a, b)| a | b).collect())
    }

    /// Share of the trigrams of both that both have, counted twice (Dice), between 0 and 1: for texts of one length.
    pub fn dice(&self, other: &Trigrams) -> f64 {
        let all = self.count + other.count;
        if all == 0 { 0.0 } else { 2.0 * self.shared(other) / f64::from(all) }
    }

    /// Cosine of both as vectors of ones, between 0 and 1: for texts one of which is much longer.
    pub fn cosine(&self, other: &Trigrams) -> f64 {
        let lengths = f64::from(self.count) * f64::from(other.count);
        if lengths == 0.0 { 0.0 } else { self.shared(other) / lengths.sqrt() }
    }

    fn counted(bits: Vec<u64>) -> Self {
        let count = bits.iter().map(|word| word.count_ones()).sum();
        Trigrams { bits, count }
    }

    fn shared(&self, other: &Trigrams) -> f64 {
        f64::from(self.bits.iter().zip(&other.bits).map(|(a, b)| (a & b).count_ones()).sum::<u32>())
    }
}

fn add(bits: &mut [u64], word: &str) {
    let bytes = std::iter::once(b' ').chain(word.bytes()).chain(std::iter::once(b' '));
    let mut trigram = 0_u32;
    for (place, byte) in bytes.enumerate() {
        trigram = (trigram << 8 | u32::from(byte)) & 0x00FF_FFFF;
        let bit = (trigram.wrapping_mul(SPREAD) >> (u32::BITS - BITS.ilog2())) as usize;
        if place + 1 >= TRIGRAM_BYTES
            && let Some(word) = bits.get_mut(bit / u64::BITS as usize)
        {
            *word |= 1 << (bit % u64::BITS as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dice(a: &str, b: &str) -> f64 {
        Trigrams::of(a).dice(&Trigrams::of(b))
    }

    #[test]
    fn misspelt_and_inflected_words_are_alike_and_others_are_not() {
        assert!((dice("Remboursement", "remboursement?") - 1.0).abs() < 1e-9);
        assert!(dice("remboursment", "remboursement") > 0.7);
        assert!(dice("how long does a delivery take", "when do deliveries come") > dice("how long does a delivery take", "how can I pay"));
        assert!(dice("how can I do it", "how can I get the") < 1e-9, "words that say nothing count for nothing");
    }

    #[test]
    fn a_long_text_that_holds_the_question_is_nearer_than_one_that_does_not() {
        let asked = Trigrams::of("do you repair saddles");
        let holds = Trigrams::of("We repair saddles, wheels and brakes within a week and call when it is done.");
        let other = Trigrams::of("We sell helmets, gloves and lamps of every size and wrap them as a gift.");
        assert!(asked.cosine(&holds) > 2.0 * asked.cosine(&other));
    }

    #[test]
    fn a_text_without_words_is_like_nothing() {
        assert!(dice("", "anything") < 1e-9 && dice("", "") < 1e-9 && dice("?!", "the") < 1e-9);
        assert!(Trigrams::of("").cosine(&Trigrams::of("saddle")) < 1e-9);
    }

    #[test]
    fn two_texts_together_are_as_one() {
        let both = Trigrams::of("saddle").and(&Trigrams::of("saddles, wheels"));
        assert!((both.dice(&Trigrams::of("saddle saddles wheels")) - 1.0).abs() < 1e-9);
    }
}
