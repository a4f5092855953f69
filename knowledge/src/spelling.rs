//! How alike two texts are spelled: by the groups of three letters that their words of meaning share.
//!
//! "remboursment" and "remboursement" are one word here, "delivery" and "deliveries" nearly; words that say nothing of the matter are left
//! out, so that two questions are not alike because both begin with "how can I". What rarity would say besides needs the whole knowledge at
//! hand and was measured to say no more (`docs/PERFORMANCE.md`).

use crate::words::{is_telling, words};
use triage::text::fold;

/// Bits that groups of letters are hashed to. A text of a thousand letters has some six hundred groups; of these four in a hundred meet.
const BITS: usize = 16_384;
/// Letters of a group; a word has a blank before and behind it.
const GROUP_BYTES: usize = 3;
/// An odd number whose products spread over the high bits (Knuth, The Art of Computer Programming 3, section 6.4: 2^32 over the golden ratio).
const SPREAD: u32 = 0x9E37_79B1;

/// The groups of letters of a text.
pub struct Spelling {
    bits: Vec<u64>,
    count: u32,
}

impl Spelling {
    /// Of some texts taken as one.
    pub fn of(texts: &[&str]) -> Self {
        let mut spelling = Spelling { bits: vec![0; BITS / u64::BITS as usize], count: 0 };
        for text in texts {
            let folded = fold(text);
            words(&folded).filter(|word| is_telling(word)).for_each(|word| spelling.add(word));
        }
        spelling.count = spelling.bits.iter().map(|word| word.count_ones()).sum();
        spelling
    }

    /// Share of the groups of both that both have, counted twice (Dice), between 0 and 1: for texts of one length.
    pub fn dice(&self, other: &Spelling) -> f64 {
        let all = self.count + other.count;
        if all == 0 { 0.0 } else { 2.0 * self.shared(other) / f64::from(all) }
    }

    /// Cosine of both as vectors of ones, between 0 and 1: for texts one of which is much longer.
    pub fn cosine(&self, other: &Spelling) -> f64 {
        let lengths = f64::from(self.count) * f64::from(other.count);
        if lengths == 0.0 { 0.0 } else { self.shared(other) / lengths.sqrt() }
    }

    fn shared(&self, other: &Spelling) -> f64 {
        f64::from(self.bits.iter().zip(&other.bits).map(|(a, b)| (a & b).count_ones()).sum::<u32>())
    }

    fn add(&mut self, word: &str) {
        let bytes = std::iter::once(b' ').chain(word.bytes()).chain(std::iter::once(b' '));
        let mut group = 0_u32;
        for (place, byte) in bytes.enumerate() {
            group = (group << 8 | u32::from(byte)) & 0x00FF_FFFF;
            if place + 1 >= GROUP_BYTES {
                let bit = (group.wrapping_mul(SPREAD) >> (u32::BITS - BITS.ilog2())) as usize;
                if let Some(word) = self.bits.get_mut(bit / u64::BITS as usize) {
                    *word |= 1 << (bit % u64::BITS as usize);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dice(a: &str, b: &str) -> f64 {
        Spelling::of(&[a]).dice(&Spelling::of(&[b]))
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
        let asked = Spelling::of(&["do you repair saddles"]);
        let holds = Spelling::of(&["Workshop", "We repair saddles, wheels and brakes within a week and call when it is done."]);
        let other = Spelling::of(&["Workshop", "We sell helmets, gloves and lamps of every size and wrap them as a gift."]);
        assert!(asked.cosine(&holds) > 2.0 * asked.cosine(&other));
    }

    #[test]
    fn a_text_without_words_is_like_nothing() {
        assert!(dice("", "anything") < 1e-9 && dice("", "") < 1e-9 && dice("?!", "the") < 1e-9);
        assert!(Spelling::of(&[]).cosine(&Spelling::of(&["saddle"])) < 1e-9);
    }
}
