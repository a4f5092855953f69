//! Hits to ranked passages, and words to overlap.

use knowledge::chunk::KeyKind;
use knowledge::fusion::fuse;
use knowledge::ports::vector_index::Hit;
use knowledge::words::{content_words, overlap, overlap_of_texts};
use triage::evidence::PassageId;

fn hit(passage: &str, kind: KeyKind, cosine: f32, bm25: f32) -> Hit {
    Hit { passage: PassageId(passage.into()), kind, bm25: (bm25 > 0.0).then_some(bm25), cosine, pinned: false }
}

fn order(hits: &[Hit], with_question: &[&str]) -> Vec<String> {
    fuse(hits, |id| with_question.contains(&id.0.as_str())).into_iter().map(|scored| scored.passage.0).collect()
}

#[test]
fn the_question_counts_more_than_the_text() {
    let hits = [
        hit("a", KeyKind::Question, 0.9, 0.0),
        hit("a", KeyKind::Text, 0.5, 0.0),
        hit("b", KeyKind::Question, 0.5, 0.0),
        hit("b", KeyKind::Text, 0.9, 0.0),
    ];
    assert_eq!(order(&hits, &["a", "b"]), ["a", "b"]);
}

#[test]
fn words_settle_what_nearness_leaves_open_whatever_their_scale() {
    for scale in [0.01, 1.0, 50.0] {
        let hits = [hit("a", KeyKind::Text, 0.6, 2.0 * scale), hit("b", KeyKind::Text, 0.6, 4.0 * scale)];
        assert_eq!(order(&hits, &[]), ["b", "a"]);
        let scores: Vec<f64> = fuse(&hits, |_| false).into_iter().map(|scored| scored.score).collect();
        assert!((scores[0] - 0.74).abs() < 1e-6 && (scores[1] - 0.64).abs() < 1e-6, "{scores:?}");
    }
}

#[test]
fn a_passage_whose_question_was_not_among_the_nearest_does_not_gain_by_it() {
    let hits = [
        hit("asked", KeyKind::Question, 0.7, 0.0),
        hit("asked", KeyKind::Text, 0.6, 0.0),
        hit("other", KeyKind::Text, 0.75, 0.0),
        hit("third", KeyKind::Question, 0.3, 0.0),
    ];
    assert_eq!(order(&hits, &["asked", "other", "third"])[0], "asked");
    assert_eq!(order(&hits, &["asked", "third"])[0], "other");
}

#[test]
fn documents_stand_by_reciprocal_ranks_and_share_out_the_scores_of_the_sum() {
    // Far off as a whole, but second by nearness and first by words.
    let hits = [hit("near", KeyKind::Text, 0.9, 0.0), hit("both", KeyKind::Text, 0.3, 4.0), hit("words", KeyKind::Text, 0.2, 3.0)];
    assert_eq!(order(&hits, &[]), ["both", "words", "near"]);
    assert_eq!(order(&hits, &["near", "both", "words"])[0], "near", "answers to questions stand by the sum");
    let scores: Vec<f64> = fuse(&hits, |_| false).into_iter().map(|scored| (scored.score * 1e3).round()).collect();
    assert_eq!(scores, [810.0, 470.0, 330.0], "0.9 of the cosine and 0.2 of the share of the best words");
}

#[test]
fn a_pin_lifts_a_neighbour_but_not_a_stranger() {
    let pinned = |cosine| Hit { pinned: true, ..hit("pinned", KeyKind::Text, cosine, 0.0) };
    assert_eq!(order(&[hit("best", KeyKind::Text, 0.8, 0.0), pinned(0.7)], &[])[0], "pinned");
    assert_eq!(order(&[hit("best", KeyKind::Text, 0.8, 0.0), pinned(0.3)], &[])[0], "best");
}

#[test]
fn equals_stand_by_id_in_whatever_order_they_came() {
    let mut hits = vec![hit("b", KeyKind::Text, 0.5, 1.0), hit("a", KeyKind::Text, 0.5, 1.0), hit("c", KeyKind::Text, 0.5, 1.0)];
    assert_eq!(order(&hits, &[]), ["a", "b", "c"]);
    hits.reverse();
    assert_eq!(order(&hits, &[]), ["a", "b", "c"]);
    assert_eq!(order(&[], &[]), [""; 0]);
}

#[test]
fn overlap_sees_through_case_accents_and_plurals() {
    for (query, passage, share) in [
        ("Where are my parcels?", "The parcel is on its way", 1.0),
        ("delivery policies", "Our DELIVERIES policy", 1.0),
        ("remboursée après l’achat", "Remboursement: achats remboursés", 2.0 / 3.0),
        ("¿Cuándo llega mi envío?", "El envio llega mañana", 1.0),
        ("Wo ist mein Größentausch?", "Grössentausch", 1.0),
        ("opening hours on sunday", "opening hours", 2.0 / 3.0),
        ("how do I do that?", "that is how", 0.0),
        ("gift card", "", 0.0),
    ] {
        let measured = overlap(&content_words(query), &content_words(passage));
        assert!((overlap_of_texts(&content_words(query), &[passage, ""]) - measured).abs() < f64::EPSILON, "{query} | {passage}");
        assert!((measured - share).abs() < 1e-9, "{query}: {measured}");
    }
}
