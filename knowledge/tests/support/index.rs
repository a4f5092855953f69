//! An index that looks at every key; its "BM25" counts common words.

use super::*;
use knowledge::chunk::{Chunk, KeyKind};
use knowledge::ports::store::{IndexChange, Revision};
use knowledge::ports::vector_index::{Filter, Hit, IndexError, Search, VectorIndex};
use std::collections::BTreeSet;
use triage::evidence::PassageId;
use triage::language::Language;

type Entry = (Chunk, Vec<(KeyKind, String, Embedding)>, bool, bool);

#[derive(Default)]
pub struct Scan {
    pub entries: Mutex<(BTreeMap<PassageId, Entry>, Revision)>,
    /// Pretend that nothing is shut out, to see whether the retriever looks again.
    pub careless: std::sync::atomic::AtomicBool,
}

fn may_be_found(chunk: &Chunk, filter: &Filter) -> bool {
    chunk.valid_from <= filter.as_of
        && chunk.valid_to.is_none_or(|end| filter.as_of < end)
        && (filter.exclude_ticket.is_none() || chunk.ticket != filter.exclude_ticket)
        && (filter.sources.is_empty() || filter.sources.contains(&chunk.source))
        && (filter.language.is_none() || chunk.language.is_none() || chunk.language == filter.language)
}

#[async_trait]
impl VectorIndex for Scan {
    async fn revision(&self) -> Result<Revision, IndexError> {
        Ok(self.entries.lock().unwrap().1)
    }
    async fn apply(&self, changes: &[IndexChange], revision: Revision) -> Result<(), IndexError> {
        let mut entries = self.entries.lock().unwrap();
        if revision == Revision(0) {
            entries.0.clear();
        }
        for change in changes {
            match change {
                IndexChange::Remove(id) => drop(entries.0.remove(id)),
                IndexChange::Upsert { chunk, keys, hidden, pinned } => {
                    entries.0.insert(chunk.id.clone(), ((**chunk).clone(), keys.clone(), *hidden, *pinned));
                }
            }
        }
        entries.1 = revision;
        Ok(())
    }
    async fn languages(&self) -> Result<BTreeSet<Language>, IndexError> {
        Ok(self.entries.lock().unwrap().0.values().filter_map(|(chunk, ..)| chunk.language).collect())
    }
    async fn search(&self, search: &Search) -> Result<Vec<Hit>, IndexError> {
        let entries = self.entries.lock().unwrap();
        let is_careless = self.careless.load(Ordering::SeqCst);
        let asked = content_words(&search.text);
        let visible = entries.0.values().filter(|(chunk, _, hidden, _)| !hidden && (is_careless || may_be_found(chunk, &search.filter)));
        let mut hits: Vec<Hit> = visible
            .flat_map(|(chunk, keys, _, pinned)| {
                keys.iter().map(|(kind, text, embedding)| {
                    let common = content_words(text).intersection(&asked).count();
                    let bm25 = (common > 0).then_some(common as f32);
                    Hit { passage: chunk.id.clone(), kind: *kind, bm25, cosine: embedding.cosine(&search.embedding), pinned: *pinned }
                })
            })
            .collect();
        hits.sort_by(|a, b| b.cosine.total_cmp(&a.cosine));
        hits.truncate(search.keys_max);
        Ok(hits)
    }
}
