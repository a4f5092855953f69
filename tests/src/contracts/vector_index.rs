//! What every index must do.

use super::keys::{chunk, keyed, second, upsert};
use knowledge::chunk::{Key, KeyKind, KeyedChunk};
use knowledge::ports::embedder::Embedding;
use knowledge::ports::store::{IndexChange, Revision};
use knowledge::ports::vector_index::{Filter, Hit, IndexError, Search, VectorIndex};
use knowledge::source::SourceId;
use std::sync::Arc;
use triage::evidence::PassageId;
use triage::language::Language;
use triage::ticket::TicketId;

/// What a law says when it cannot be tried.
pub type Held = Result<(), IndexError>;

/// Makes an empty index.
pub type Make<'a> = &'a dyn Fn() -> Arc<dyn VectorIndex>;

/// Runs every law on an index of its own.
pub async fn holds(make: Make<'_>) -> Held {
    an_empty_index_finds_nothing(make()).await?;
    both_ways_find_and_the_cosine_is_always_measured(make()).await?;
    both_keys_of_a_passage_are_found(make()).await?;
    what_is_shut_out_takes_no_place(make).await?;
    a_closed_version_is_found_for_its_time_alone(make()).await?;
    the_language_filter_lets_the_unknown_through(make()).await?;
    applying_twice_is_applying_once(make()).await?;
    removed_passages_vanish_and_can_come_back(make()).await?;
    a_change_of_marks_or_dates_is_seen_at_once(make()).await?;
    new_words_replace_the_old_ones(make()).await?;
    the_last_change_of_a_passage_wins(make()).await?;
    ties_are_broken_by_name(make()).await?;
    accents_and_case_do_not_matter(make()).await?;
    languages_are_those_of_the_passages_that_are_there(make()).await?;
    any_text_is_a_query(make()).await?;
    a_vector_of_another_length_is_near_nothing(make()).await
}

/// A search that anything current may answer.
pub fn search(text: &str, vector: &[f32], keys_max: usize) -> Search {
    let filter = Filter { as_of: second(1_000), exclude_ticket: None, sources: Vec::new(), language: None };
    Search { text: text.to_owned(), embedding: Embedding::unit(vector.to_vec()), filter, keys_max }
}

/// Passage ids of hits, in their order.
pub fn ids(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.passage.0.as_str()).collect()
}

async fn an_empty_index_finds_nothing(index: Arc<dyn VectorIndex>) -> Held {
    assert_eq!(index.revision().await?, Revision(0));
    assert!(index.search(&search("anything", &[1.0, 0.0], 5)).await?.is_empty());
    index.apply(&[], Revision(3)).await?;
    assert_eq!(index.revision().await?, Revision(3), "an empty change still moves the revision");
    Ok(())
}

async fn both_ways_find_and_the_cosine_is_always_measured(index: Arc<dyn VectorIndex>) -> Held {
    let by_words = keyed(chunk("words", "refund for a parcel"), &[0.0, 1.0]);
    let near = keyed(chunk("near", "opening hours"), &[1.0, 0.0]);
    index.apply(&[upsert(&by_words), upsert(&near)], Revision(2)).await?;
    assert_eq!(index.revision().await?, Revision(2));
    let hits = index.search(&search("parcel refund", &[0.8, 0.6], 1)).await?;
    assert_eq!(ids(&hits), ["near", "words"], "one key from each way, ordered by cosine");
    assert_eq!(hits[0].bm25, None);
    assert!(hits[1].bm25.is_some_and(|score| score > 0.0));
    assert!((hits[0].cosine - 0.8).abs() < 0.01 && (hits[1].cosine - 0.6).abs() < 0.01, "{hits:?}");
    Ok(())
}

async fn both_keys_of_a_passage_are_found(index: Arc<dyn VectorIndex>) -> Held {
    let mut passage = keyed(chunk("a", "within 30 days"), &[1.0, 0.0]);
    let question = Key { kind: KeyKind::Question, text: "how long do I have".to_owned(), embedding: Embedding(vec![0.0, 1.0]) };
    passage.keys.push(question);
    index.apply(&[upsert(&passage)], Revision(1)).await?;
    let hits = index.search(&search("how long", &[1.0, 0.0], 5)).await?;
    let found: Vec<_> = hits.iter().map(|hit| (hit.kind, hit.bm25.is_some())).collect();
    assert_eq!(found, [(KeyKind::Text, false), (KeyKind::Question, true)], "each key once, with what each way says of it");
    Ok(())
}

/// Fifty better hits that are shut out for one reason each, and one that is allowed: it is found with `keys_max` 1.
async fn what_is_shut_out_takes_no_place(make: Make<'_>) -> Held {
    type Shut = fn(&mut IndexChange);
    let reasons: [(&str, Shut); 5] = [
        ("too young", |change| edit(change, |chunk| chunk.valid_from = second(1_001))),
        ("closed", |change| edit(change, |chunk| chunk.valid_to = Some(second(1_000)))),
        ("own ticket", |change| edit(change, |chunk| chunk.ticket = Some(TicketId("T-1".to_owned())))),
        ("other source", |change| edit(change, |chunk| chunk.source = SourceId("gossip".to_owned()))),
        ("other language", |change| edit(change, |chunk| chunk.language = Some(Language::FR))),
    ];
    let hide: Shut = |change| {
        if let IndexChange::Upsert { hidden, .. } = change {
            *hidden = true;
        }
    };
    for (reason, shut) in reasons.into_iter().chain([("hidden", hide)]) {
        let index = make();
        let mut changes: Vec<IndexChange> = (0..50)
            .map(|number| {
                let mut change = upsert(&keyed(chunk(&format!("better-{number}"), "refund parcel"), &[1.0, 0.0]));
                shut(&mut change);
                change
            })
            .collect();
        let mut allowed = chunk("allowed", "a refund, in a longer text with many other words in it");
        (allowed.language, allowed.ticket) = (Some(Language::EN), Some(TicketId("T-2".to_owned())));
        changes.push(upsert(&keyed(allowed, &[0.6, 0.8])));
        index.apply(&changes, Revision(1)).await?;
        let mut search = search("refund parcel", &[1.0, 0.0], 1);
        search.filter.exclude_ticket = Some(TicketId("T-1".to_owned()));
        search.filter.sources = vec![SourceId("handbook".to_owned()), SourceId("unknown".to_owned())];
        search.filter.language = Some(Language::EN);
        let hits = index.search(&search).await?;
        assert_eq!(ids(&hits), ["allowed"], "{reason}");
        assert!(hits[0].bm25.is_some(), "{reason}: it was the best by words too");
    }
    Ok(())
}

async fn a_closed_version_is_found_for_its_time_alone(index: Arc<dyn VectorIndex>) -> Held {
    let (mut old, mut new) = (chunk("old", "30 days"), chunk("new", "14 days"));
    (old.valid_from, old.valid_to, new.valid_from) = (second(10), Some(second(20)), second(20));
    index.apply(&[upsert(&keyed(old, &[1.0, 0.0])), upsert(&keyed(new, &[1.0, 0.0]))], Revision(1)).await?;
    for (as_of, expected) in [(9, vec![]), (10, vec!["old"]), (19, vec!["old"]), (20, vec!["new"]), (99, vec!["new"])] {
        let mut search = search("days", &[1.0, 0.0], 5);
        search.filter.as_of = second(as_of);
        assert_eq!(ids(&index.search(&search).await?), expected, "at {as_of}");
    }
    Ok(())
}

async fn the_language_filter_lets_the_unknown_through(index: Arc<dyn VectorIndex>) -> Held {
    let (mut english, mut french) = (chunk("en", "ok"), chunk("fr", "ok"));
    (english.language, french.language) = (Some(Language::EN), Some(Language::FR));
    let passages = [english, french, chunk("unknown", "ok")].map(|chunk| upsert(&keyed(chunk, &[1.0, 0.0])));
    index.apply(&passages, Revision(1)).await?;
    let mut search = search("ok", &[1.0, 0.0], 5);
    assert_eq!(ids(&index.search(&search).await?), ["en", "fr", "unknown"]);
    search.filter.language = Some(Language::FR);
    assert_eq!(ids(&index.search(&search).await?), ["fr", "unknown"]);
    Ok(())
}

async fn applying_twice_is_applying_once(index: Arc<dyn VectorIndex>) -> Held {
    let changes = [upsert(&keyed(chunk("a", "refund"), &[1.0, 0.0])), upsert(&keyed(chunk("b", "repair"), &[0.0, 1.0]))];
    index.apply(&changes, Revision(1)).await?;
    let once = index.search(&search("refund", &[1.0, 0.0], 5)).await?;
    index.apply(&changes, Revision(1)).await?;
    assert_eq!(index.search(&search("refund", &[1.0, 0.0], 5)).await?, once);
    Ok(())
}

async fn removed_passages_vanish_and_can_come_back(index: Arc<dyn VectorIndex>) -> Held {
    let passages: Vec<KeyedChunk> = ["a", "b", "c"].map(|id| keyed(chunk(id, &format!("refund {id}")), &[1.0, 0.0])).to_vec();
    index.apply(&passages.iter().map(upsert).collect::<Vec<_>>(), Revision(3)).await?;
    let remove = |id: &str| IndexChange::Remove(PassageId(id.to_owned()));
    index.apply(&[remove("b"), remove("never"), remove("a")], Revision(6)).await?;
    assert_eq!(ids(&index.search(&search("refund b", &[1.0, 0.0], 5)).await?), ["c"]);
    let other = upsert(&keyed(chunk("d", "bicycle"), &[0.0, 1.0]));
    index.apply(&[other, upsert(&passages[1])], Revision(8)).await?;
    assert_eq!(ids(&index.search(&search("bicycle", &[1.0, 0.0], 5)).await?), ["b", "c", "d"]);
    assert_eq!(ids(&index.search(&search("bicycle", &[0.0, 0.0], 5)).await?), ["d"], "a row that is used again has new words only");
    Ok(())
}

async fn a_change_of_marks_or_dates_is_seen_at_once(index: Arc<dyn VectorIndex>) -> Held {
    let passage = keyed(chunk("a", "refund"), &[1.0, 0.0]);
    let mut change = upsert(&passage);
    index.apply(std::slice::from_ref(&change), Revision(1)).await?;
    let query = search("refund", &[1.0, 0.0], 5);
    assert!(!index.search(&query).await?[0].pinned);
    if let IndexChange::Upsert { pinned, .. } = &mut change {
        *pinned = true;
    }
    index.apply(std::slice::from_ref(&change), Revision(2)).await?;
    assert!(index.search(&query).await?[0].pinned);
    edit(&mut change, |chunk| chunk.valid_to = Some(second(500)));
    index.apply(std::slice::from_ref(&change), Revision(3)).await?;
    assert!(index.search(&query).await?.is_empty());
    Ok(())
}

async fn new_words_replace_the_old_ones(index: Arc<dyn VectorIndex>) -> Held {
    index.apply(&[upsert(&keyed(chunk("a", "refund"), &[1.0, 0.0]))], Revision(1)).await?;
    index.apply(&[upsert(&keyed(chunk("a", "bicycle"), &[0.0, 1.0]))], Revision(2)).await?;
    let none = [0.0, 0.0];
    assert!(index.search(&search("refund", &none, 5)).await?.is_empty());
    assert_eq!(ids(&index.search(&search("bicycle", &none, 5)).await?), ["a"]);
    let hits = index.search(&search("", &[0.0, 1.0], 5)).await?;
    assert!((hits[0].cosine - 1.0).abs() < 0.01);
    Ok(())
}

async fn the_last_change_of_a_passage_wins(index: Arc<dyn VectorIndex>) -> Held {
    let (a, b) = (keyed(chunk("a", "refund"), &[1.0, 0.0]), keyed(chunk("b", "refund"), &[1.0, 0.0]));
    let remove = |id: &str| IndexChange::Remove(PassageId(id.to_owned()));
    index.apply(&[upsert(&a), remove("a"), remove("b"), upsert(&b)], Revision(4)).await?;
    assert_eq!(ids(&index.search(&search("refund", &[1.0, 0.0], 5)).await?), ["b"]);
    Ok(())
}

async fn ties_are_broken_by_name(index: Arc<dyn VectorIndex>) -> Held {
    for (revision, id) in (1..).zip(["d", "b", "e", "a", "c"]) {
        index.apply(&[upsert(&keyed(chunk(id, "same words"), &[1.0, 0.0]))], Revision(revision)).await?;
    }
    assert_eq!(ids(&index.search(&search("same words", &[1.0, 0.0], 2)).await?), ["a", "b"]);
    assert_eq!(ids(&index.search(&search("same words", &[0.0, 0.0], 3)).await?), ["a", "b", "c"], "by words alone");
    assert_eq!(ids(&index.search(&search("", &[1.0, 0.0], 3)).await?), ["a", "b", "c"], "by nearness alone");
    Ok(())
}

async fn accents_and_case_do_not_matter(index: Arc<dyn VectorIndex>) -> Held {
    let passages = [("fr", "Délai de REMBOURSEMENT"), ("es", "¿Cuándo abrís mañana?"), ("de", "Rückgabe möglich")];
    index.apply(&passages.map(|(id, text)| upsert(&keyed(chunk(id, text), &[1.0, 0.0]))), Revision(1)).await?;
    for (text, id) in [("delai", "fr"), ("MAÑANA", "es"), ("ruckgabe?!", "de")] {
        assert_eq!(ids(&index.search(&search(text, &[0.0, 0.0], 5)).await?), [id], "{text}");
    }
    Ok(())
}

async fn languages_are_those_of_the_passages_that_are_there(index: Arc<dyn VectorIndex>) -> Held {
    let of = |id: &str, language: Option<Language>| {
        let mut change = upsert(&keyed(chunk(id, "refund"), &[1.0, 0.0]));
        edit(&mut change, |chunk| chunk.language = language);
        change
    };
    index.apply(&[of("a", Some(Language::EN)), of("b", Some(Language::FR)), of("c", None)], Revision(1)).await?;
    assert_eq!(index.languages().await?, [Language::EN, Language::FR].into());
    index.apply(&[IndexChange::Remove(PassageId("b".to_owned()))], Revision(2)).await?;
    assert_eq!(index.languages().await?, [Language::EN].into());
    Ok(())
}

async fn any_text_is_a_query(index: Arc<dyn VectorIndex>) -> Held {
    index.apply(&[upsert(&keyed(chunk("a", "refund AND parcel"), &[1.0, 0.0]))], Revision(1)).await?;
    let long = "refund ".repeat(5_000);
    for text in ["", "???", "text:refund", "\"refund", "(refund AND OR NOT", "refund^1000 *", "\u{0} refund", "💸 refund", long.as_str()]
    {
        let hits = index.search(&search(text, &[0.0, 0.0], 5)).await?;
        assert_eq!(hits.len(), usize::from(text.contains("refund")));
    }
    assert!(index.search(&search("refund", &[1.0, 0.0], 0)).await?.is_empty());
    Ok(())
}

async fn a_vector_of_another_length_is_near_nothing(index: Arc<dyn VectorIndex>) -> Held {
    index.apply(&[upsert(&keyed(chunk("a", "refund"), &[1.0, 0.0]))], Revision(1)).await?;
    assert!(index.search(&search("", &[1.0, 0.0, 0.0], 5)).await?.is_empty());
    let hits = index.search(&search("refund", &[1.0, 0.0, 0.0], 5)).await?;
    assert_eq!((ids(&hits), hits[0].cosine), (vec!["a"], 0.0), "words still find it");
    Ok(())
}

fn edit(change: &mut IndexChange, edit: impl FnOnce(&mut knowledge::chunk::Chunk)) {
    if let IndexChange::Upsert { chunk, .. } = change {
        edit(chunk);
    }
}
