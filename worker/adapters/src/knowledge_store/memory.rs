//! The knowledge in memory: for tests, and for a simulation that leaves no trace. It obeys the same laws as the file.

use super::audit;
use super::carry::{Former, entry_of, former, retell};
use super::comeback::passage_name;
use super::marks::Marks;
use super::validity::{self, Period};
use async_trait::async_trait;
use jiff::Timestamp;
use knowledge::chunk::{Chunk, Key, KeyedChunk};
use knowledge::curation::{AuditLine, Curation, Entry, Target};
use knowledge::document::DocumentKey;
use knowledge::ports::store::{IndexChange, KnowledgeStore, NewVersion, Revision, SourceChange, SourceSummary, StoreError, VersionLine};
use knowledge::source::{Source, SourceId};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use triage::evidence::{PassageId, PassageKind};
use triage::intent::IntentName;

struct SourceEntry {
    source: Source,
    synced_at: Option<Timestamp>,
    marks: Marks,
    documents: BTreeMap<DocumentKey, DocumentEntry>,
}

#[derive(Default)]
struct DocumentEntry {
    marks: Marks,
    versions: Vec<VersionEntry>,
}

struct VersionEntry {
    hash: String,
    title: String,
    period: Period,
    passages: Vec<PassageEntry>,
}

struct PassageEntry {
    /// The id that the chunker gave; `chunk.id` is that of this period.
    base: PassageId,
    chunk: Chunk,
    keys: Vec<Key>,
    marks: Marks,
    changed: u64,
}

struct AuditEntry {
    line: AuditLine,
    source: SourceId,
    document: Option<DocumentKey>,
}

#[derive(Default)]
struct Knowledge {
    sources: BTreeMap<SourceId, SourceEntry>,
    tombstones: BTreeMap<PassageId, u64>,
    audit: Vec<AuditEntry>,
    /// What was said, with the source that it belongs to.
    log: Vec<(SourceId, Entry)>,
    embedder: Option<String>,
    revision: u64,
}

/// The knowledge in memory.
#[derive(Default)]
pub struct MemoryKnowledgeStore {
    knowledge: Mutex<Knowledge>,
}

impl MemoryKnowledgeStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Knowledge> {
        self.knowledge.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DocumentEntry {
    fn current(&self) -> Option<&VersionEntry> {
        self.versions.last().filter(|version| version.period.valid_to.is_none())
    }

    fn close(&mut self, end: Timestamp, revision: &mut u64) {
        if let Some(version) = self.versions.last_mut().filter(|version| version.period.valid_to.is_none()) {
            version.period.valid_to = Some(end);
            for passage in &mut version.passages {
                passage.chunk.valid_to = Some(end);
                passage.changed = advance(revision);
            }
        }
    }

    /// What the version says that ends.
    fn formers(&self) -> Vec<Former> {
        let passages = self.current().into_iter().flat_map(|version| &version.passages);
        let former = |passage: &PassageEntry| {
            let (question, text) = (passage.chunk.question.clone(), passage.chunk.text.clone());
            Former { base: passage.base.clone(), question, text, marks: passage.marks }
        };
        passages.map(former).collect()
    }

    /// The row that a chunk replaces or follows: its periods so far, and the marks of the newest one.
    fn periods(&self, base: &PassageId) -> (u64, Marks) {
        let periods = self.versions.iter().flat_map(|version| &version.passages).filter(|passage| &passage.base == base);
        periods.fold((0, Marks::default()), |(count, _), passage| (count + 1, passage.marks))
    }
}

impl Knowledge {
    fn write(&mut self, source: &SourceId, new: &NewVersion, at: Timestamp) {
        let Knowledge { sources, tombstones, revision, log, .. } = self;
        let Some(entry) = sources.get_mut(source) else { return };
        let document = entry.documents.entry(new.document.clone()).or_default();
        if document.current().is_some_and(|current| current.hash == new.version) {
            if let Some(mut version) = document.versions.pop() {
                version.title.clone_from(&new.title);
                let before = std::mem::take(&mut version.passages);
                for keyed in &new.chunks {
                    let same = before.iter().find(|passage| passage.base == keyed.chunk.id);
                    let (name, marks) = match same {
                        Some(passage) => (passage.chunk.id.clone(), passage.marks),
                        None => next_period(document, &keyed.chunk.id),
                    };
                    version.passages.push(passage(keyed, name, marks, version.period, advance(revision)));
                }
                for gone in before.iter().filter(|old| version.passages.iter().all(|new| new.chunk.id != old.chunk.id)) {
                    tombstones.insert(gone.chunk.id.clone(), advance(revision));
                }
                for passage in &version.passages {
                    tombstones.remove(&passage.chunk.id);
                }
                document.versions.push(version);
            }
            return;
        }
        let start = validity::start(new.valid_from, document.versions.last().map(|version| version.period), at);
        let formers = document.formers();
        document.close(start, revision);
        let period = Period { valid_from: start, valid_to: None };
        let mut passages = Vec::with_capacity(new.chunks.len());
        for keyed in &new.chunks {
            let (name, mut marks) = next_period(document, &keyed.chunk.id);
            if let Some(former) = former(&formers, &keyed.chunk).filter(|_| name == keyed.chunk.id) {
                marks = former.marks;
                retell(log, former, &name);
            }
            tombstones.remove(&name);
            passages.push(passage(keyed, name, marks, period, advance(revision)));
        }
        document.versions.push(VersionEntry { hash: new.version.clone(), title: new.title.clone(), period, passages });
    }

    fn all(&self) -> impl Iterator<Item = (&PassageEntry, Marks)> {
        self.sources.values().flat_map(|source| {
            source.documents.values().flat_map(move |document| {
                document
                    .versions
                    .iter()
                    .flat_map(|version| &version.passages)
                    .map(move |passage| (passage, passage.marks.within(document.marks).within(source.marks)))
            })
        })
    }

    /// Sets the mark; the passages that it changes get the next revisions.
    fn curate(&mut self, curation: &Curation, at: Timestamp) -> bool {
        let passages = match &curation.target {
            Target::Passage { passage } => self.all().filter(|(entry, _)| &entry.chunk.id == passage).count(),
            Target::Document { source, document } => {
                usize::from(self.sources.get(source).is_some_and(|entry| entry.documents.contains_key(document)))
            }
            Target::Source { source } => usize::from(self.sources.contains_key(source)),
        };
        if passages == 0 {
            return false;
        }
        let Knowledge { sources, revision, audit, log, .. } = self;
        advance(revision);
        let mut about = None;
        for (source_id, source) in sources.iter_mut() {
            let is_source = matches!(&curation.target, Target::Source { source } if source == source_id);
            if is_source {
                source.marks.apply(&curation.act, at);
                about = Some((source_id.clone(), None));
            }
            for (key, document) in &mut source.documents {
                let is_document =
                    matches!(&curation.target, Target::Document { source, document } if source == source_id && document == key);
                if is_document {
                    document.marks.apply(&curation.act, at);
                    about = Some((source_id.clone(), Some(key.clone())));
                }
                for entry in document.versions.iter_mut().flat_map(|version| &mut version.passages) {
                    let is_passage = matches!(&curation.target, Target::Passage { passage } if passage == &entry.chunk.id);
                    if is_passage {
                        entry.marks.apply(&curation.act, at);
                        about = Some((source_id.clone(), Some(key.clone())));
                    }
                    if is_source || is_document || is_passage {
                        entry.changed = advance(revision);
                    }
                }
            }
        }
        if let Some((source, document)) = about {
            log.push((source.clone(), entry_of(curation, at)));
            audit.push(AuditEntry { line: audit::of_curation(curation, at), source, document });
        }
        true
    }
}

fn advance(revision: &mut u64) -> u64 {
    *revision = revision.saturating_add(1);
    *revision
}

fn next_period(document: &DocumentEntry, base: &PassageId) -> (PassageId, Marks) {
    let (periods, marks) = document.periods(base);
    (PassageId(passage_name(&base.0, periods + 1)), marks)
}

fn passage(keyed: &KeyedChunk, id: PassageId, marks: Marks, period: Period, changed: u64) -> PassageEntry {
    let base = keyed.chunk.id.clone();
    let chunk = Chunk { id, valid_from: period.valid_from, valid_to: period.valid_to, ..keyed.chunk.clone() };
    PassageEntry { base, chunk, keys: keyed.keys.clone(), marks, changed }
}

#[async_trait]
impl KnowledgeStore for MemoryKnowledgeStore {
    async fn put_source(&self, source: &Source, _at: Timestamp) -> Result<(), StoreError> {
        let mut knowledge = self.lock();
        let Knowledge { sources, revision, .. } = &mut *knowledge;
        let entry = sources.entry(source.id.clone()).or_insert_with(|| {
            advance(revision);
            SourceEntry { source: source.clone(), synced_at: None, marks: Marks::default(), documents: BTreeMap::new() }
        });
        if &entry.source != source {
            entry.source = source.clone();
            advance(revision);
        }
        Ok(())
    }

    async fn sources(&self) -> Result<Vec<SourceSummary>, StoreError> {
        let knowledge = self.lock();
        let current = || knowledge.all().filter(|(passage, _)| passage.chunk.valid_to.is_none());
        let of = |id: &SourceId| current().filter(|(passage, _)| &passage.chunk.source == id).map(|(_, marks)| marks).collect::<Vec<_>>();
        let summary = |(id, entry): (&SourceId, &SourceEntry)| {
            let passages = of(id);
            SourceSummary {
                source: entry.source.clone(),
                documents: entry.documents.values().filter(|document| document.current().is_some()).count() as u64,
                passages: passages.len() as u64,
                hidden: passages.iter().filter(|marks| marks.hidden_at.is_some()).count() as u64,
                synced_at: entry.synced_at,
            }
        };
        Ok(knowledge.sources.iter().map(summary).collect())
    }

    async fn embedder(&self) -> Result<Option<String>, StoreError> {
        let knowledge = self.lock();
        let has_keys = knowledge.all().any(|(passage, _)| !passage.keys.is_empty());
        Ok(knowledge.embedder.clone().filter(|_| has_keys))
    }

    async fn versions(&self, source: &SourceId) -> Result<BTreeMap<DocumentKey, String>, StoreError> {
        let knowledge = self.lock();
        let documents = knowledge.sources.get(source).into_iter().flat_map(|entry| &entry.documents);
        Ok(documents.filter_map(|(key, document)| Some((key.clone(), document.current()?.hash.clone()))).collect())
    }

    async fn apply(&self, source: &SourceId, change: &SourceChange, embedder: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut knowledge = self.lock();
        let Knowledge { sources, revision, .. } = &mut *knowledge;
        let Some(entry) = sources.get_mut(source) else {
            return Err(StoreError { problem: format!("no source `{source}`: add it first"), is_transient: false });
        };
        entry.synced_at = Some(at);
        if change.versions.is_empty() && change.gone.is_empty() {
            return Ok(());
        }
        advance(revision);
        for key in &change.gone {
            if let Some(document) = entry.documents.get_mut(key)
                && let Some(valid_from) = document.current().map(|version| version.period.valid_from)
            {
                document.close(validity::end(valid_from, at), revision);
            }
        }
        for version in &change.versions {
            knowledge.write(source, version, at);
        }
        if !change.versions.is_empty() {
            knowledge.embedder = Some(embedder.to_owned());
        }
        Ok(())
    }

    async fn remove_source(&self, source: &SourceId, at: Timestamp) -> Result<bool, StoreError> {
        let mut knowledge = self.lock();
        let Knowledge { sources, tombstones, revision, audit, log, .. } = &mut *knowledge;
        let Some(entry) = sources.remove(source) else { return Ok(false) };
        advance(revision);
        for passage in entry.documents.into_values().flat_map(|document| document.versions).flat_map(|version| version.passages) {
            tombstones.insert(passage.chunk.id, advance(revision));
        }
        log.retain(|(of, _)| of != source);
        audit.push(AuditEntry { line: audit::of_removal(source, at), source: source.clone(), document: None });
        Ok(true)
    }

    async fn curate(&self, curation: &Curation, at: Timestamp) -> Result<bool, StoreError> {
        Ok(self.lock().curate(curation, at))
    }

    async fn curations(&self) -> Result<Vec<Entry>, StoreError> {
        Ok(self.lock().log.iter().map(|(_, entry)| entry.clone()).collect())
    }

    async fn answers_to_intents(&self) -> Result<Vec<(IntentName, PassageId)>, StoreError> {
        let knowledge = self.lock();
        let approved = knowledge.all().map(|(passage, _)| &passage.chunk).filter(|chunk| chunk.kind == PassageKind::Approved);
        let mut named: Vec<_> = approved.filter_map(|chunk| Some((chunk.intent.clone()?, chunk.id.clone()))).collect();
        named.sort_by(|a, b| a.1.cmp(&b.1));
        Ok(named)
    }

    async fn audit(&self, limit: usize) -> Result<Vec<AuditLine>, StoreError> {
        Ok(self.lock().audit.iter().rev().take(limit).map(|entry| entry.line.clone()).collect())
    }

    async fn history(&self, source: &SourceId, document: &DocumentKey) -> Result<(Vec<VersionLine>, Vec<AuditLine>), StoreError> {
        let knowledge = self.lock();
        let entry = knowledge.sources.get(source).and_then(|entry| entry.documents.get(document));
        let line = |version: &VersionEntry| VersionLine {
            version: version.hash.clone(),
            title: version.title.clone(),
            valid_from: version.period.valid_from,
            valid_to: version.period.valid_to,
            passages: version.passages.len() as u64,
        };
        let versions = entry.into_iter().flat_map(|entry| entry.versions.iter().rev()).map(line).collect();
        let is_about = |entry: &&AuditEntry| &entry.source == source && entry.document.as_ref().is_none_or(|about| about == document);
        Ok((versions, knowledge.audit.iter().rev().filter(is_about).map(|entry| entry.line.clone()).collect()))
    }

    async fn passages(&self, ids: &[PassageId]) -> Result<Vec<Chunk>, StoreError> {
        let knowledge = self.lock();
        let find = |id: &PassageId| knowledge.all().map(|(passage, _)| &passage.chunk).find(|chunk| &chunk.id == id).cloned();
        Ok(ids.iter().filter_map(find).collect())
    }

    async fn revision(&self) -> Result<Revision, StoreError> {
        Ok(Revision(self.lock().revision))
    }

    async fn changes_since(&self, revision: Revision, limit: usize) -> Result<(Vec<IndexChange>, Revision), StoreError> {
        let knowledge = self.lock();
        let upsert = |(entry, marks): (&PassageEntry, Marks)| {
            let keys = entry.keys.iter().map(|key| (key.kind, key.text.clone(), key.embedding.clone())).collect();
            let (chunk, hidden) = marks.seen_by_index(entry.chunk.clone());
            IndexChange::Upsert { chunk: Box::new(chunk), keys, hidden, pinned: marks.pinned }
        };
        let upserts = knowledge.all().filter(|(entry, _)| entry.changed > revision.0).map(|pair| (pair.0.changed, upsert(pair)));
        let removals = knowledge.tombstones.iter().filter(|(_, changed)| **changed > revision.0);
        let mut changes: Vec<(u64, IndexChange)> =
            upserts.chain(removals.map(|(id, changed)| (*changed, IndexChange::Remove(id.clone())))).collect();
        changes.sort_by_key(|(changed, _)| *changed);
        let is_cut = changes.len() > limit;
        changes.truncate(limit);
        let leads_to = match (is_cut, changes.last()) {
            (true, Some((last, _))) => *last,
            (true, None) => revision.0,
            (false, _) => knowledge.revision,
        };
        Ok((changes.into_iter().map(|(_, change)| change).collect(), Revision(leads_to)))
    }
}
