//! The index by brute force: every search reads every key. It is short enough to be seen to be right, and shows what the
//! embedded index must answer.

use super::tokens;
use async_trait::async_trait;
use knowledge::chunk::{Chunk, KeyKind};
use knowledge::ports::embedder::Embedding;
use knowledge::ports::store::{IndexChange, Revision};
use knowledge::ports::vector_index::{Filter, Hit, IndexError, Search, VectorIndex};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use triage::evidence::PassageId;
use triage::language::Language;

/// How fast more of the same word counts less.
const K1: f32 = 1.2;
/// How much a long key counts less.
const B: f32 = 0.75;

struct KeyEntry {
    kind: KeyKind,
    /// Its words with how often each stands there.
    words: HashMap<String, f32>,
    length: f32,
    embedding: Embedding,
}

struct PassageEntry {
    chunk: Chunk,
    keys: Vec<KeyEntry>,
    hidden: bool,
    pinned: bool,
}

#[derive(Default)]
struct State {
    revision: Revision,
    passages: BTreeMap<PassageId, PassageEntry>,
}

/// A key that may be found, with what was measured of it.
struct Candidate<'a> {
    passage: &'a PassageId,
    kind: KeyKind,
    pinned: bool,
    bm25: f32,
    cosine: f32,
    has_direction: bool,
}

/// The index in memory, by brute force.
#[derive(Default)]
pub struct MemoryVectorIndex {
    state: Mutex<State>,
}

impl MemoryVectorIndex {
    /// An empty index, at revision zero.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn keys(&self) -> impl Iterator<Item = &KeyEntry> {
        self.passages.values().flat_map(|passage| &passage.keys)
    }

    /// How much each word of a query counts: rare words more.
    fn weights(&self, text: &str) -> Vec<(String, f32)> {
        let keys = self.keys().count() as f32;
        let weight = |word: String| {
            let holding = self.keys().filter(|key| key.words.contains_key(&word)).count() as f32;
            let weight = (1.0 + (keys - holding + 0.5) / (holding + 0.5)).ln();
            (word, weight)
        };
        tokens::query_words(text).into_iter().map(weight).collect()
    }

    fn candidates(&self, search: &Search) -> Vec<Candidate<'_>> {
        let weights = self.weights(&search.text);
        let average = self.keys().map(|key| key.length).sum::<f32>() / (self.keys().count().max(1) as f32);
        let mut candidates = Vec::new();
        for (id, passage) in self.passages.iter().filter(|(_, passage)| passage.may_be_found(&search.filter)) {
            for key in &passage.keys {
                candidates.push(Candidate {
                    passage: id,
                    kind: key.kind,
                    pinned: passage.pinned,
                    bm25: key.bm25(&weights, average),
                    cosine: key.embedding.cosine(&search.embedding).clamp(-1.0, 1.0),
                    has_direction: key.embedding.0.len() == search.embedding.0.len()
                        && has_direction(&key.embedding)
                        && has_direction(&search.embedding),
                });
            }
        }
        candidates
    }
}

impl PassageEntry {
    fn may_be_found(&self, filter: &Filter) -> bool {
        let chunk = &self.chunk;
        !self.hidden
            && chunk.valid_from <= filter.as_of
            && chunk.valid_to.is_none_or(|end| filter.as_of < end)
            && (filter.sources.is_empty() || filter.sources.contains(&chunk.source))
            && (filter.exclude_ticket.is_none() || chunk.ticket != filter.exclude_ticket)
            && (filter.language.is_none() || chunk.language.is_none() || chunk.language == filter.language)
    }
}

impl KeyEntry {
    fn of((kind, text, embedding): &(KeyKind, String, Embedding)) -> Self {
        let mut words = HashMap::new();
        let all = tokens::words(text);
        let length = all.len() as f32;
        for word in all {
            *words.entry(word).or_insert(0.0) += 1.0;
        }
        KeyEntry { kind: *kind, words, length, embedding: embedding.clone() }
    }

    fn bm25(&self, weights: &[(String, f32)], average: f32) -> f32 {
        let damping = K1 * (1.0 - B + B * self.length / average.max(f32::MIN_POSITIVE));
        weights.iter().filter_map(|(word, weight)| self.words.get(word).map(|times| weight * times * (K1 + 1.0) / (times + damping))).sum()
    }
}

fn has_direction(embedding: &Embedding) -> bool {
    embedding.0.iter().any(|value| *value != 0.0)
}

#[async_trait]
impl VectorIndex for MemoryVectorIndex {
    async fn revision(&self) -> Result<Revision, IndexError> {
        Ok(self.lock().revision)
    }

    async fn apply(&self, changes: &[IndexChange], revision: Revision) -> Result<(), IndexError> {
        let mut state = self.lock();
        if revision == Revision(0) {
            state.passages.clear();
        }
        for change in changes {
            match change {
                IndexChange::Upsert { chunk, keys, hidden, pinned } => {
                    let keys = keys.iter().map(KeyEntry::of).collect();
                    let entry = PassageEntry { chunk: chunk.as_ref().clone(), keys, hidden: *hidden, pinned: *pinned };
                    state.passages.insert(chunk.id.clone(), entry);
                }
                IndexChange::Remove(passage) => drop(state.passages.remove(passage)),
            }
        }
        state.revision = revision;
        Ok(())
    }

    async fn languages(&self) -> Result<BTreeSet<Language>, IndexError> {
        Ok(self.lock().passages.values().filter_map(|entry| entry.chunk.language).collect())
    }

    /// Hits are ordered by cosine, then by passage id (bytes), then by kind.
    async fn search(&self, search: &Search) -> Result<Vec<Hit>, IndexError> {
        let state = self.lock();
        let mut candidates = state.candidates(search);
        let name = |candidate: &Candidate| (candidate.passage.clone(), candidate.kind);
        candidates.sort_by(|a, b| b.bm25.total_cmp(&a.bm25).then_with(|| name(a).cmp(&name(b))));
        let by_words: HashSet<_> = candidates.iter().filter(|found| found.bm25 > 0.0).take(search.keys_max).map(name).collect();
        candidates.sort_by(|a, b| b.cosine.total_cmp(&a.cosine).then_with(|| name(a).cmp(&name(b))));
        let near: HashSet<_> = candidates.iter().filter(|found| found.has_direction).take(search.keys_max).map(name).collect();
        let hit = |found: &Candidate| Hit {
            passage: found.passage.clone(),
            kind: found.kind,
            bm25: by_words.contains(&name(found)).then_some(found.bm25),
            cosine: found.cosine,
            pinned: found.pinned,
        };
        Ok(candidates.iter().filter(|found| by_words.contains(&name(found)) || near.contains(&name(found))).map(hit).collect())
    }
}
