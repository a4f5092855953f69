//! Passages chosen for a budget: what is worth most for its tokens.

use crate::budget::trim::cut;
use crate::ports::token_counter::TokenCounter;
use std::collections::BTreeSet;
use triage::evidence::{Evidence, Passage};

/// Tokens of the names and quotes around one passage.
const PASSAGE_TOKENS: usize = 24;
/// A best passage that does not fit is cut, but not to less than this.
const CUT_TOKENS_MIN: usize = 60;

/// A passage with as much of its text as fits.
#[derive(Clone, PartialEq, Debug)]
pub struct Packed<'a> {
    /// The passage.
    pub passage: &'a Passage,
    /// Its text, or the beginning of it.
    pub text: String,
}

/// The best passage of every ask first, then by score for each token. They come back in the order of the evidence, each once;
/// `leave_out` says which are not offered at all.
pub fn pack<'a>(
    evidence: &'a Evidence,
    tokens_max: usize,
    counter: &dyn TokenCounter,
    leave_out: &dyn Fn(&Passage) -> bool,
) -> Vec<Packed<'a>> {
    let mut seen = BTreeSet::new();
    let candidates: Vec<&Passage> = evidence.passages().filter(|passage| !leave_out(passage) && seen.insert(passage.id.clone())).collect();
    let cost = |passage: &Passage| counter.count(&passage.text) + counter.count(&passage.title) + PASSAGE_TOKENS;
    let value = |passage: &Passage| passage.score.max(0.0) / cost(passage) as f64;
    let is_best = |passage: &Passage| {
        evidence.found.iter().any(|found| found.passages.iter().find(|other| !leave_out(other)).is_some_and(|best| best.id == passage.id))
    };
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    let key = |n: &usize| candidates.get(*n).map_or((false, 0.0), |passage| (is_best(passage), value(passage)));
    order.sort_by(|a, b| {
        let ((best_a, value_a), (best_b, value_b)) = (key(a), key(b));
        best_b.cmp(&best_a).then(value_b.total_cmp(&value_a)).then(a.cmp(b))
    });
    let mut left = tokens_max;
    let mut packed: Vec<(usize, Packed<'a>)> = Vec::new();
    for n in order {
        let Some(passage) = candidates.get(n).copied() else { continue };
        let whole = cost(passage);
        if whole <= left {
            left -= whole;
            packed.push((n, Packed { passage, text: passage.text.clone() }));
        } else if is_best(passage) && left >= PASSAGE_TOKENS + counter.count(&passage.title) + CUT_TOKENS_MIN {
            let room = left - PASSAGE_TOKENS - counter.count(&passage.title);
            packed.push((n, Packed { passage, text: cut(&passage.text, room, counter) }));
            left = 0;
        }
    }
    packed.sort_by_key(|(n, _)| *n);
    packed.into_iter().map(|(_, packed)| packed).collect()
}
