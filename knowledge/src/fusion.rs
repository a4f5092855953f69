//! Hits by key become ranked passages.
//!
//! Answers to questions: a weighted sum of scores, not reciprocal ranks: on paraphrases of FAQ questions ranks brought the share of right
//! first answers from 95.4 to 78.0 %, a sum to 96.3 %. Words by BM25 count little in it, for the best score of a query says nothing of
//! how good it is; how alike question and text are spelled counts more, and says as much in French as in English
//! (`docs/PERFORMANCE.md` says how the weights were chosen).
//!
//! Passages of long documents answer no question of their own: which of them stands first is settled by reciprocal ranks, for a word
//! that only one page holds says more there than how near the page lies as a whole. They share out the scores that the sum gave them,
//! so that they stand on one scale with the answers to questions.

use crate::chunk::KeyKind;
use crate::ports::vector_index::Hit;
use crate::trigrams::Trigrams;
use std::collections::{BTreeMap, BTreeSet};
use triage::evidence::PassageId;

/// Weight of the cosine with the question that a passage answers.
pub const QUESTION_WEIGHT: f64 = 0.6;
/// Weight of the cosine with the whole of question and answer.
pub const TEXT_WEIGHT: f64 = 0.3;
/// Weight of BM25, as a share of the best score for this query, where a passage answers a question.
pub const WORDS_WEIGHT: f64 = 0.1;
/// Weight of how alike the query and the question are spelled.
pub const QUESTION_TRIGRAMS_WEIGHT: f64 = 0.2;
/// Weight of how alike the query and the whole of question and answer are spelled.
pub const TEXT_TRIGRAMS_WEIGHT: f64 = 0.3;
/// Weight of the cosine with the text where a passage answers no question: both cosines' share.
pub const TEXT_ONLY_WEIGHT: f64 = QUESTION_WEIGHT + TEXT_WEIGHT;
/// Weight of BM25 there.
pub const WORDS_ONLY_WEIGHT: f64 = 0.2;
/// Reciprocal ranks: a first place counts `1 / (RANK_OFFSET + 1)`, so that one first place does not outweigh two good ones (Cormack,
/// Clarke and Büttcher, 2009).
pub const RANK_OFFSET: f64 = 60.0;
/// What a pin by an admin adds: more than the usual distance between neighbours, less than that to an answer off the matter.
pub const PIN_BOOST: f64 = 0.15;

/// A passage with its scores.
#[derive(Clone, PartialEq, Debug)]
pub struct Scored {
    /// Which passage.
    pub passage: PassageId,
    /// Weighted sum with boosts; higher is better.
    pub score: f64,
    /// The best cosine of its keys with the query, between -1 and 1.
    pub similarity: f64,
}

/// What is known of one passage.
#[derive(Default)]
struct Found {
    question: Option<f64>,
    text: Option<f64>,
    bm25: f64,
    pinned: bool,
}

/// Ranks the passages that the hits lead to, best first; equals stand by id. `has_question` says of a passage whether it
/// answers a question: when it does and was found by its text alone, its question lies farther off than those found.
pub fn fuse(hits: &[Hit], has_question: impl Fn(&PassageId) -> bool) -> Vec<Scored> {
    let bm25_max = hits.iter().filter_map(|hit| hit.bm25).fold(0.0, f32::max);
    let mut found: BTreeMap<&PassageId, Found> = BTreeMap::new();
    for hit in hits {
        let passage = found.entry(&hit.passage).or_default();
        let cosine = match hit.kind {
            KeyKind::Question => &mut passage.question,
            KeyKind::Text => &mut passage.text,
        };
        let measured = f64::from(hit.cosine);
        *cosine = Some(cosine.map_or(measured, |best| best.max(measured)));
        passage.bm25 = passage.bm25.max(share(hit.bm25, bm25_max));
        passage.pinned |= hit.pinned;
    }
    let floors = Floors { question: lowest(hits, KeyKind::Question), text: lowest(hits, KeyKind::Text) };
    let is_of_document = |passage: &PassageId, found: &Found| found.question.is_none() && !has_question(passage);
    let (documents, answers): (Vec<_>, Vec<_>) = found.into_iter().partition(|(passage, found)| is_of_document(passage, found));
    let score = |(passage, found): &(&PassageId, Found)| score(passage, found, &floors, has_question(passage));
    let mut scored = by_ranks(&documents, documents.iter().map(score).collect());
    scored.extend(answers.iter().map(score));
    let pinned: BTreeSet<&PassageId> = documents.iter().chain(&answers).filter(|(_, found)| found.pinned).map(|(id, _)| *id).collect();
    scored.iter_mut().filter(|scored| pinned.contains(&scored.passage)).for_each(|scored| scored.score += PIN_BOOST);
    scored.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.passage.cmp(&b.passage)));
    scored
}

/// The lowest cosine that each kind of key was found with: a key that was not found hardly lies nearer.
struct Floors {
    question: f64,
    text: f64,
}

fn score(passage: &PassageId, found: &Found, floors: &Floors, has_question: bool) -> Scored {
    let nearness = match (found.question, found.text) {
        (Some(question), Some(text)) => QUESTION_WEIGHT * question + TEXT_WEIGHT * text,
        (Some(question), None) => QUESTION_WEIGHT * question + TEXT_WEIGHT * question.min(floors.text),
        (None, Some(text)) if has_question => QUESTION_WEIGHT * text.min(floors.question) + TEXT_WEIGHT * text,
        (None, Some(text)) => TEXT_ONLY_WEIGHT * text,
        (None, None) => 0.0,
    };
    let similarity = found.question.unwrap_or(-1.0).max(found.text.unwrap_or(-1.0));
    let words_weight = if has_question || found.question.is_some() { WORDS_WEIGHT } else { WORDS_ONLY_WEIGHT };
    Scored { passage: passage.clone(), score: nearness + words_weight * found.bm25, similarity }
}

/// What a passage that answers a question gains when question and text are spelled like the query.
pub fn spelled_alike(query: &Trigrams, question: &str, text: &str) -> f64 {
    let question = Trigrams::of(question);
    let whole = question.and(&Trigrams::of(text));
    QUESTION_TRIGRAMS_WEIGHT * query.dice(&question) + TEXT_TRIGRAMS_WEIGHT * query.cosine(&whole)
}

/// Shares the scores out anew: the best goes to the passage whose reciprocal ranks by nearness and by words sum up to most.
fn by_ranks(documents: &[(&PassageId, Found)], mut scored: Vec<Scored>) -> Vec<Scored> {
    let nearness = ranks(documents.iter().map(|(_, found)| found.text.unwrap_or(-1.0)));
    let words = ranks(documents.iter().map(|(_, found)| found.bm25));
    let reciprocal = |rank: f64| 1.0 / (RANK_OFFSET + rank);
    let mut places: Vec<(f64, usize)> = Vec::with_capacity(documents.len());
    for (place, (_, found)) in documents.iter().enumerate() {
        let by_nearness = nearness.get(place).map_or(0.0, |rank| reciprocal(*rank));
        let by_words = words.get(place).filter(|_| found.bm25 > 0.0).map_or(0.0, |rank| reciprocal(*rank));
        places.push((by_nearness + by_words, place));
    }
    let score_of = |place: usize| scored.get(place).map_or(0.0, |scored| scored.score);
    // Of equal ranks the higher sum goes first, of equal sums the smaller id.
    places.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| score_of(b.1).total_cmp(&score_of(a.1))).then(a.1.cmp(&b.1)));
    let mut scores: Vec<f64> = scored.iter().map(|scored| scored.score).collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    for ((_, place), score) in places.into_iter().zip(scores) {
        if let Some(scored) = scored.get_mut(place) {
            scored.score = score;
        }
    }
    scored
}

/// The rank of each value, from 1 for the highest; equal values share the better rank.
fn ranks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let values: Vec<f64> = values.collect();
    let mut sorted = values.clone();
    sorted.sort_by(|a, b| b.total_cmp(a));
    values.iter().map(|value| 1.0 + sorted.partition_point(|other| other.total_cmp(value).is_gt()) as f64).collect()
}

fn lowest(hits: &[Hit], kind: KeyKind) -> f64 {
    hits.iter().filter(|hit| hit.kind == kind).map(|hit| f64::from(hit.cosine)).fold(1.0, f64::min)
}

fn share(bm25: Option<f32>, bm25_max: f32) -> f64 {
    match bm25 {
        Some(bm25) if bm25_max > 0.0 => f64::from(bm25.max(0.0) / bm25_max),
        Some(_) | None => 0.0,
    }
}
