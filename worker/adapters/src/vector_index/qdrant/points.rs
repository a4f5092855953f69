//! Keys as points. A point's id is made of passage and kind, so that writing it twice is writing it once; no text is sent.

use super::words;
use jiff::Timestamp;
use knowledge::chunk::{Chunk, KeyKind};
use knowledge::ports::embedder::Embedding;
use knowledge::ports::store::{IndexChange, Revision};
use knowledge::ports::vector_index::Hit;
use qdrant_client::qdrant::{NamedVectors, PointStruct, ScoredPoint, Value, Vector};
use std::collections::{BTreeMap, HashMap};
use triage::evidence::PassageId;
use uuid::Uuid;

/// Name of the dense vectors: embeddings, compared by cosine.
pub const DENSE: &str = "dense";
/// Name of the sparse vectors: words, weighed by their rarity.
pub const WORDS: &str = "words";
/// The passage that a key leads to.
pub const PASSAGE: &str = "passage";
/// Which key of it.
pub const KIND: &str = "kind";
/// Its source.
pub const SOURCE: &str = "source";
/// The ticket that it comes from; absent for documents.
pub const TICKET: &str = "ticket";
/// Its language, or [`LANGUAGE_UNKNOWN`].
pub const LANGUAGE: &str = "language";
/// From when it holds, see [`not_before`].
pub const VALID_FROM: &str = "valid_from_us";
/// Until when, see [`not_after`].
pub const VALID_TO: &str = "valid_to_us";
/// An admin hides it.
pub const HIDDEN: &str = "hidden";
/// An admin pinned it.
pub const PINNED: &str = "pinned";
/// The revision of the store that the point was fed at.
pub const REVISION: &str = "revision";
/// Stands for no known language (ISO 639: undetermined).
pub const LANGUAGE_UNKNOWN: &str = "und";

/// Ids are made within this namespace; other ids would double every point.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1d_0d0e_5c53_4d7f_9b7a_77d1_53f2_0a41);
/// The server compares numbers as doubles: whole ones are exact to here, in microseconds the year 2255.
const MOMENT_MAX_US: i64 = 1 << 53;
const KINDS: [KeyKind; 2] = [KeyKind::Question, KeyKind::Text];

/// What a page of changes makes of the collection. Of several changes of a passage the last one counts.
#[derive(Default)]
pub struct Page {
    /// Keys as they are now.
    pub present: Vec<PointStruct>,
    /// Keys that a passage has no more, if it ever had them: they become points without vectors.
    pub dropped: Vec<PointStruct>,
    /// Keys of passages that are gone: the same, but they are written in any case.
    pub gone: Vec<PointStruct>,
}

/// The id of a key.
pub fn id_of(passage: &PassageId, kind: KeyKind) -> Uuid {
    Uuid::new_v5(&NAMESPACE, format!("{}\n{}", name(kind), passage.0).as_bytes())
}

/// The id of a point that says something of the collection.
pub fn id_of_fact(fact: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, fact.as_bytes())
}

/// Points for a page that leads to `revision`.
pub fn of(changes: &[IndexChange], revision: Revision, dimensions: usize, average_words: f32) -> Page {
    let mut page = Page::default();
    for (passage, change) in last_of_each(changes) {
        let IndexChange::Upsert { chunk, keys, hidden, pinned } = change else {
            page.gone.extend(KINDS.map(|kind| without_vectors(passage, kind, revision)));
            continue;
        };
        for kind in KINDS {
            match keys.iter().rev().find(|(other, ..)| *other == kind) {
                Some((_, text, embedding)) => {
                    let vectors = vectors(text, embedding, dimensions, average_words);
                    page.present.push(PointStruct::new(
                        id_of(passage, kind).to_string(),
                        vectors,
                        payload(chunk, kind, *hidden, *pinned, revision),
                    ));
                }
                None => page.dropped.push(without_vectors(passage, kind, revision)),
            }
        }
    }
    page
}

/// Words of all keys, and how many keys there are.
pub fn count_words(changes: &[IndexChange]) -> (usize, usize) {
    let texts = changes.iter().flat_map(|change| match change {
        IndexChange::Upsert { keys, .. } => keys.iter().map(|(_, text, _)| text.as_str()).collect(),
        IndexChange::Remove(_) => Vec::new(),
    });
    texts.fold((0, 0), |(words, keys), text| (words + words::count(text), keys + 1))
}

/// The first microsecond at or after a moment: nothing is found before it holds.
pub fn not_before(at: Timestamp) -> i64 {
    let floor = not_after(at);
    if i128::from(floor) * 1_000 < at.as_nanosecond() { (floor + 1).min(MOMENT_MAX_US) } else { floor }
}

/// The last microsecond at or before a moment.
pub fn not_after(at: Timestamp) -> i64 {
    let floor = at.as_nanosecond().div_euclid(1_000);
    i64::try_from(floor).unwrap_or(MOMENT_MAX_US).clamp(-MOMENT_MAX_US, MOMENT_MAX_US - 1)
}

/// A found point as the port names it; the scores are added by the search.
pub fn hit(point: &ScoredPoint) -> Option<Hit> {
    let passage = PassageId(point.payload.get(PASSAGE)?.as_str()?.to_owned());
    let kind = KINDS.into_iter().find(|kind| point.payload.get(KIND).and_then(Value::as_str).is_some_and(|text| text == name(*kind)))?;
    let pinned = point.payload.get(PINNED).and_then(Value::as_bool).unwrap_or(false);
    Some(Hit { passage, kind, bm25: None, cosine: 0.0, pinned })
}

fn last_of_each(changes: &[IndexChange]) -> BTreeMap<&PassageId, &IndexChange> {
    changes
        .iter()
        .map(|change| match change {
            IndexChange::Upsert { chunk, .. } => (&chunk.id, change),
            IndexChange::Remove(passage) => (passage, change),
        })
        .collect()
}

/// A vector of another length (another embedder) or of zeros is near nothing: it is left out.
fn vectors(text: &str, embedding: &Embedding, dimensions: usize, average_words: f32) -> NamedVectors {
    let mut vectors = NamedVectors::default();
    if has_direction(embedding, dimensions) {
        vectors = vectors.add_vector(DENSE, Vector::new_dense(embedding.0.clone()));
    }
    let (places, values): (Vec<u32>, Vec<f32>) = words::of_key(text, average_words).into_iter().unzip();
    if !places.is_empty() {
        vectors = vectors.add_vector(WORDS, Vector::new_sparse(places, values));
    }
    vectors
}

/// It can be near something.
pub fn has_direction(embedding: &Embedding, dimensions: usize) -> bool {
    embedding.0.len() == dimensions && embedding.0.iter().all(|value| value.is_finite()) && embedding.0.iter().any(|value| *value != 0.0)
}

fn payload(chunk: &Chunk, kind: KeyKind, hidden: bool, pinned: bool, revision: Revision) -> HashMap<String, Value> {
    let mut payload = HashMap::from([
        (PASSAGE.to_owned(), chunk.id.0.clone().into()),
        (KIND.to_owned(), name(kind).into()),
        (SOURCE.to_owned(), chunk.source.0.clone().into()),
        (LANGUAGE.to_owned(), chunk.language.map_or(LANGUAGE_UNKNOWN.to_owned(), |language| language.to_string()).into()),
        (VALID_FROM.to_owned(), not_before(chunk.valid_from).into()),
        (VALID_TO.to_owned(), chunk.valid_to.map_or(MOMENT_MAX_US, not_after).into()),
        (HIDDEN.to_owned(), hidden.into()),
        (PINNED.to_owned(), pinned.into()),
        (REVISION.to_owned(), number(revision).into()),
    ]);
    if let Some(ticket) = &chunk.ticket {
        payload.insert(TICKET.to_owned(), ticket.0.clone().into());
    }
    payload
}

fn without_vectors(passage: &PassageId, kind: KeyKind, revision: Revision) -> PointStruct {
    let payload = HashMap::from([(REVISION.to_owned(), Value::from(number(revision)))]);
    PointStruct::new(id_of(passage, kind).to_string(), NamedVectors::default(), payload)
}

/// A revision as the server keeps it.
pub fn number(revision: Revision) -> i64 {
    i64::try_from(revision.0).unwrap_or(i64::MAX)
}

fn name(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Question => "question",
        KeyKind::Text => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_holds_too_early_or_too_long_by_rounding() {
        let at = |nanosecond: i128| Timestamp::from_nanosecond(nanosecond).unwrap();
        assert_eq!((not_before(at(1_500)), not_after(at(1_500))), (2, 1));
        assert_eq!((not_before(at(2_000)), not_after(at(2_000))), (2, 2));
        assert_eq!((not_before(at(-1_500)), not_after(at(-1_500))), (-1, -2));
        assert!(not_after(Timestamp::MAX) < MOMENT_MAX_US && not_before(Timestamp::MIN) == -MOMENT_MAX_US);
    }

    #[test]
    fn an_id_is_made_of_passage_and_kind_alone() {
        let passage = PassageId("P1".to_owned());
        assert_eq!(id_of(&passage, KeyKind::Text).to_string(), id_of(&passage, KeyKind::Text).to_string());
        assert_ne!(id_of(&passage, KeyKind::Text), id_of(&passage, KeyKind::Question));
        assert_ne!(id_of(&PassageId("revision".to_owned()), KeyKind::Text), id_of_fact("revision"));
    }
}
