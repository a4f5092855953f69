//! The port: one state that searches read and changes replace.
//!
//! A search holds the read lock for the fraction of a millisecond that it takes; a change prepares its postings beside the
//! state and holds the write lock only to put them in, so that a search sees all of a change or none of it.

use super::best::Best;
use super::matrix::{Matrix, QueryVector, RowVector};
use super::rows::Rows;
use super::words::{self, Postings, Words};
use async_trait::async_trait;
use knowledge::chunk::{Chunk, KeyKind};
use knowledge::ports::embedder::Embedding;
use knowledge::ports::store::{IndexChange, Revision};
use knowledge::ports::vector_index::{Hit, IndexError, Search, VectorIndex};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use triage::evidence::PassageId;
use triage::language::Language;

/// Keys that the rough scan brings for each that is wanted: among them the best are found by measuring again.
const ROUGH_PER_KEY: usize = 2;

/// What a search sees.
struct State {
    revision: Revision,
    rows: Rows,
    matrix: Matrix,
    postings: Postings,
}

/// The index in memory.
pub struct EmbeddedVectorIndex {
    words: Mutex<Words>,
    state: RwLock<State>,
}

/// A passage as it must stand after a change; `keys` are (row, kind, hash of the words, vector).
struct Upsert<'a> {
    chunk: &'a Chunk,
    hidden: bool,
    pinned: bool,
    /// Its words are new, so that its rows are new too.
    is_new: bool,
    keys: Vec<(u32, KeyKind, u64, RowVector)>,
}

/// All that a change does to the state, worked out beside it.
#[derive(Default)]
struct Plan<'a> {
    removed_rows: Vec<u32>,
    added_words: Vec<(u32, &'a str)>,
    removed: Vec<&'a PassageId>,
    upserts: Vec<Upsert<'a>>,
}

/// Kind, words and vector of a key.
type KeyParts = (KeyKind, String, Embedding);

/// A passage as the store says that it is.
struct Present<'a> {
    chunk: &'a Chunk,
    keys: &'a [KeyParts],
    hidden: bool,
    pinned: bool,
}

impl EmbeddedVectorIndex {
    /// An empty index, at revision zero.
    pub fn new() -> Result<Self, IndexError> {
        let mut words = Words::new().map_err(|error| index_error(&error))?;
        let state = empty_state(&mut words)?;
        Ok(EmbeddedVectorIndex { words: Mutex::new(words), state: RwLock::new(state) })
    }

    fn plan<'a>(&self, changes: &'a [IndexChange]) -> Plan<'a> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let mut plan = Plan::default();
        let last = last_of_each(changes);
        for (passage, change) in &last {
            if !change.as_ref().is_some_and(|present| has_same_words(&state.rows, passage, present.keys)) {
                plan.removed_rows.extend(state.rows.of(passage));
                plan.removed.push(passage);
            }
        }
        let mut free: Vec<u32> = state.rows.unused().iter().chain(&plan.removed_rows).copied().collect();
        let mut next = u32::try_from(state.rows.len()).unwrap_or(u32::MAX);
        for (passage, change) in last {
            let Some(Present { chunk, keys, hidden, pinned }) = change else { continue };
            let is_new = !has_same_words(&state.rows, passage, keys);
            let mut row_at = |position: usize| match state.rows.of(passage).get(position) {
                Some(row) if !is_new => *row,
                Some(_) | None => free.pop().unwrap_or_else(|| {
                    next = next.saturating_add(1);
                    next - 1
                }),
            };
            let mut planned = Vec::with_capacity(keys.len());
            for (position, (kind, words, embedding)) in keys.iter().enumerate() {
                let row = row_at(position);
                if is_new {
                    plan.added_words.push((row, words.as_str()));
                }
                planned.push((row, *kind, hash(words), RowVector::row(embedding)));
            }
            plan.upserts.push(Upsert { chunk, hidden, pinned, is_new, keys: planned });
        }
        plan
    }

    /// A damaged index stands at zero: the next catch-up builds it again from the store.
    fn start_anew(&self, words: &mut Words) -> Result<(), IndexError> {
        *words = Words::new().map_err(|error| index_error(&error))?;
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = empty_state(words)?;
        Ok(())
    }
}

impl State {
    fn carry_out(&mut self, plan: Plan, postings: Postings, revision: Revision) {
        for row in &plan.removed_rows {
            self.matrix.clear(*row as usize);
        }
        for passage in plan.removed {
            self.rows.remove(passage);
        }
        for upsert in plan.upserts {
            if upsert.is_new {
                let keys: Vec<(u32, KeyKind, u64)> = upsert.keys.iter().map(|(row, kind, words, _)| (*row, *kind, *words)).collect();
                self.rows.insert(&upsert.chunk.id, &keys);
            }
            for (row, _, _, vector) in &upsert.keys {
                self.matrix.set(*row as usize, vector);
            }
            self.rows.describe(upsert.chunk, upsert.hidden, upsert.pinned);
        }
        self.rows.settle();
        self.postings = postings;
        self.revision = revision;
    }

    fn near(&self, query: &QueryVector, allowed: &[bool], limit: usize) -> Vec<(f32, u32)> {
        let mut best = Best::new(limit.saturating_mul(ROUGH_PER_KEY));
        self.matrix.roughly(query, allowed, limit, |row, cosine| best.push(cosine, row));
        let rows: Vec<u32> = best.finish().into_iter().map(|(_, row)| row).collect();
        self.first(self.matrix.cosines(&rows, query), limit)
    }

    /// The first of some scored rows: highest score, then passage id, then kind.
    fn first(&self, mut rows: Vec<(f32, u32)>, limit: usize) -> Vec<(f32, u32)> {
        rows.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| self.rows.by_name(a.1, b.1)));
        rows.truncate(limit);
        rows
    }

    fn hit(&self, row: u32, bm25: Option<f32>, cosine: f32) -> Option<Hit> {
        let key = self.rows.key(row)?;
        Some(Hit { passage: PassageId::clone(&key.passage), kind: key.kind, bm25, cosine, pinned: self.rows.is_pinned(row) })
    }
}

#[async_trait]
impl VectorIndex for EmbeddedVectorIndex {
    async fn revision(&self) -> Result<Revision, IndexError> {
        Ok(self.state.read().unwrap_or_else(PoisonError::into_inner).revision)
    }

    async fn apply(&self, changes: &[IndexChange], revision: Revision) -> Result<(), IndexError> {
        // The lock on the words keeps a second change out from the plan to the end.
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        if revision == Revision(0) {
            self.start_anew(&mut words)?;
        }
        let plan = self.plan(changes);
        match words.change(&plan.removed_rows, &plan.added_words) {
            Ok(postings) => {
                self.state.write().unwrap_or_else(PoisonError::into_inner).carry_out(plan, postings, revision);
                Ok(())
            }
            Err(error) => {
                self.start_anew(&mut words)?;
                Err(index_error(&error))
            }
        }
    }

    async fn languages(&self) -> Result<BTreeSet<Language>, IndexError> {
        Ok(self.state.read().unwrap_or_else(PoisonError::into_inner).rows.languages().clone())
    }

    /// Hits are ordered by cosine, then by passage id (bytes), then by kind.
    async fn search(&self, search: &Search) -> Result<Vec<Hit>, IndexError> {
        let query = QueryVector::query(&search.embedding);
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let allowed = Arc::new(state.rows.allowed(&search.filter));
        let by_words = words::search(&state.postings, &search.text, &allowed, search.keys_max).map_err(|error| index_error(&error))?;
        let by_words: HashMap<u32, f32> = state.first(by_words, search.keys_max).into_iter().map(|(score, row)| (row, score)).collect();
        let mut rows = state.near(&query, &allowed, search.keys_max);
        let near: HashSet<u32> = rows.iter().map(|(_, row)| *row).collect();
        let far: Vec<u32> = by_words.keys().copied().filter(|row| !near.contains(row)).collect();
        rows.extend(state.matrix.cosines(&far, &query));
        let both = rows.len();
        let ordered = state.first(rows, both);
        Ok(ordered.into_iter().filter_map(|(cosine, row)| state.hit(row, by_words.get(&row).copied(), cosine)).collect())
    }
}

fn empty_state(words: &mut Words) -> Result<State, IndexError> {
    let postings = words.postings().map_err(|error| index_error(&error))?;
    Ok(State { revision: Revision::default(), rows: Rows::default(), matrix: Matrix::default(), postings })
}

/// What the last change says of each passage; absent when it is removed.
fn last_of_each(changes: &[IndexChange]) -> BTreeMap<&PassageId, Option<Present<'_>>> {
    changes
        .iter()
        .map(|change| match change {
            IndexChange::Upsert { chunk, keys, hidden, pinned } => {
                (&chunk.id, Some(Present { chunk, keys, hidden: *hidden, pinned: *pinned }))
            }
            IndexChange::Remove(passage) => (passage, None),
        })
        .collect()
}

fn has_same_words(rows: &Rows, passage: &PassageId, keys: &[KeyParts]) -> bool {
    let present = rows.of(passage);
    !present.is_empty()
        && present.len() == keys.len()
        && present
            .iter()
            .zip(keys)
            .all(|(row, (kind, words, _))| rows.key(*row).is_some_and(|key| key.kind == *kind && key.words_hash == hash(words)))
}

fn hash(words: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}

fn index_error(error: &tantivy::TantivyError) -> IndexError {
    // tantivy's own words can hold a term, and a term is a customer's word.
    let problem = if matches!(error, tantivy::TantivyError::LockFailure(..)) {
        "another change of the postings is under way"
    } else {
        "the postings are damaged; they are built again from the store"
    };
    IndexError { problem: problem.to_owned(), is_transient: true }
}
