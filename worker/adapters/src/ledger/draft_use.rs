//! What an agent made of a proposal: used as it stood, edited, or ignored. It goes into the outcome ledger; the texts do not.

use std::collections::BTreeSet;

/// Of the words of both texts so many must be in both for an answer to be the proposal, edited.
pub const EDITED_OVERLAP_MIN: f64 = 0.5;

/// The word for the outcome ledger, and how much of either text is in both, in percent.
pub(crate) fn of(proposed: &str, written: &str) -> (&'static str, f64) {
    let overlap = overlap(proposed, written);
    let what = match overlap {
        _ if proposed.split_whitespace().eq(written.split_whitespace()) => "draft_used",
        overlap if overlap >= EDITED_OVERLAP_MIN => "draft_edited",
        _ => "draft_ignored",
    };
    (what, (overlap * 100.0).round())
}

/// Words in both of the words in either, between 0 and 1.
fn overlap(one: &str, other: &str) -> f64 {
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (one, other) = (words(one), words(other));
    let either = one.union(&other).count();
    if either == 0 { 0.0 } else { one.intersection(&other).count() as f64 / either as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_counts_words_whatever_their_case() {
        assert!((overlap("On its way!", "on ITS way") - 1.0).abs() < f64::EPSILON);
        assert!(overlap("You can return it within 30 days.", "We open at nine.") < 0.1);
        assert!(overlap("", "").abs() < f64::EPSILON);
    }
}
