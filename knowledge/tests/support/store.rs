//! A store in memory: the log holds each change once, in order.

use super::*;
use knowledge::chunk::{Chunk, KeyedChunk};
use knowledge::curation::{Act, AuditLine, Curation, Entry, Target};
use knowledge::ports::store::{IndexChange, KnowledgeStore, Revision, SourceChange, SourceSummary, StoreError, VersionLine};
use triage::evidence::{PassageId, PassageKind};

#[derive(Clone)]
pub struct Row {
    pub keyed: KeyedChunk,
    pub hidden: bool,
    pub pinned: bool,
}

#[derive(Default)]
pub struct State {
    pub sources: BTreeMap<SourceId, Source>,
    pub embedder: Option<String>,
    pub rows: BTreeMap<PassageId, Row>,
    pub versions: BTreeMap<(SourceId, DocumentKey), Vec<VersionLine>>,
    pub log: Vec<PassageId>,
    pub said: Vec<Entry>,
    pub pages_read: usize,
}

impl State {
    fn close(&mut self, source: &SourceId, document: &DocumentKey, end: Timestamp) {
        for line in self.versions.entry((source.clone(), document.clone())).or_default() {
            line.valid_to.get_or_insert(end);
        }
        for (id, row) in &mut self.rows {
            let chunk = &mut row.keyed.chunk;
            if &chunk.source == source && &chunk.document == document && chunk.valid_to.is_none() {
                chunk.valid_to = Some(end);
                self.log.push(id.clone());
            }
        }
    }
}

#[derive(Default)]
pub struct Memory(pub Mutex<State>);

impl Memory {
    pub fn chunks(&self) -> Vec<Chunk> {
        self.0.lock().unwrap().rows.values().map(|row| row.keyed.chunk.clone()).collect()
    }

    pub fn curate_now(&self, act: Act, passage: &PassageId) {
        let mut state = self.0.lock().unwrap();
        let row = state.rows.get_mut(passage).unwrap();
        row.hidden = act == Act::Hide || (row.hidden && act != Act::Unhide);
        state.log.push(passage.clone());
        state.said.push(Entry { at: Timestamp::MIN, act, target: Target::Passage { passage: passage.clone() } });
    }
}

#[async_trait]
impl KnowledgeStore for Memory {
    async fn put_source(&self, source: &Source, _at: Timestamp) -> Result<(), StoreError> {
        self.0.lock().unwrap().sources.insert(source.id.clone(), source.clone());
        Ok(())
    }
    async fn sources(&self) -> Result<Vec<SourceSummary>, StoreError> {
        let summary = |source: &Source| SourceSummary { source: source.clone(), documents: 0, passages: 0, hidden: 0, synced_at: None };
        Ok(self.0.lock().unwrap().sources.values().map(summary).collect())
    }
    async fn embedder(&self) -> Result<Option<String>, StoreError> {
        Ok(self.0.lock().unwrap().embedder.clone())
    }
    async fn versions(&self, source: &SourceId) -> Result<BTreeMap<DocumentKey, String>, StoreError> {
        let state = self.0.lock().unwrap();
        let of_source = state.versions.iter().filter(|((of, _), _)| of == source);
        let current = of_source.filter_map(|((_, key), lines)| Some((key, lines.iter().find(|line| line.valid_to.is_none())?)));
        Ok(current.map(|(key, line)| (key.clone(), line.version.clone())).collect())
    }
    async fn apply(&self, source: &SourceId, change: &SourceChange, embedder: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut state = self.0.lock().unwrap();
        state.embedder = Some(embedder.to_owned());
        change.gone.iter().for_each(|document| state.close(source, document, at));
        for new in &change.versions {
            state.close(source, &new.document, new.valid_from);
            let lines = state.versions.entry((source.clone(), new.document.clone())).or_default();
            lines.retain(|line| line.version != new.version || line.valid_from != new.valid_from);
            let (version, title, valid_from) = (new.version.clone(), new.title.clone(), new.valid_from);
            lines.insert(0, VersionLine { version, title, valid_from, valid_to: None, passages: new.chunks.len() as u64 });
            for keyed in &new.chunks {
                let id = keyed.chunk.id.clone();
                state.rows.insert(id.clone(), Row { keyed: keyed.clone(), hidden: false, pinned: false });
                state.log.push(id);
            }
        }
        Ok(())
    }
    async fn remove_source(&self, source: &SourceId, _at: Timestamp) -> Result<bool, StoreError> {
        let mut state = self.0.lock().unwrap();
        let gone: Vec<PassageId> =
            state.rows.values().map(|row| &row.keyed.chunk).filter(|c| &c.source == source).map(|c| c.id.clone()).collect();
        state.rows.retain(|id, _| !gone.contains(id));
        state.versions.retain(|(of, _), _| of != source);
        state.log.extend(gone);
        Ok(state.sources.remove(source).is_some())
    }
    /// Says it without telling the index, which is how a question as of an earlier moment meets it.
    async fn curate(&self, curation: &Curation, at: Timestamp) -> Result<bool, StoreError> {
        let mut state = self.0.lock().unwrap();
        state.said.push(Entry { at, act: curation.act.clone(), target: curation.target.clone() });
        let id = state.rows.keys().next().cloned();
        state.log.extend(id);
        Ok(true)
    }
    async fn curations(&self) -> Result<Vec<Entry>, StoreError> {
        Ok(self.0.lock().unwrap().said.clone())
    }
    async fn answers_to_intents(&self) -> Result<Vec<(IntentName, PassageId)>, StoreError> {
        let approved = self.chunks().into_iter().filter(|chunk| chunk.kind == PassageKind::Approved);
        Ok(approved.filter_map(|chunk| Some((chunk.intent?, chunk.id))).collect())
    }
    async fn audit(&self, _limit: usize) -> Result<Vec<AuditLine>, StoreError> {
        Ok(Vec::new())
    }
    async fn history(&self, source: &SourceId, document: &DocumentKey) -> Result<(Vec<VersionLine>, Vec<AuditLine>), StoreError> {
        let state = self.0.lock().unwrap();
        Ok((state.versions.get(&(source.clone(), document.clone())).cloned().unwrap_or_default(), Vec::new()))
    }
    async fn passages(&self, ids: &[PassageId]) -> Result<Vec<Chunk>, StoreError> {
        let state = self.0.lock().unwrap();
        Ok(ids.iter().filter_map(|id| state.rows.get(id)).map(|row| row.keyed.chunk.clone()).collect())
    }
    async fn revision(&self) -> Result<Revision, StoreError> {
        Ok(Revision(self.0.lock().unwrap().log.len() as u64))
    }
    async fn changes_since(&self, revision: Revision, limit: usize) -> Result<(Vec<IndexChange>, Revision), StoreError> {
        let mut state = self.0.lock().unwrap();
        state.pages_read += 1;
        let ids: Vec<PassageId> = state.log.iter().skip(revision.0 as usize).take(limit).cloned().collect();
        let next = Revision(revision.0 + ids.len() as u64);
        let changes = ids.into_iter().map(|id| match state.rows.get(&id) {
            None => IndexChange::Remove(id),
            Some(row) => IndexChange::Upsert {
                chunk: Box::new(row.keyed.chunk.clone()),
                keys: row.keyed.keys.iter().map(|key| (key.kind, key.text.clone(), key.embedding.clone())).collect(),
                hidden: row.hidden,
                pinned: row.pinned,
            },
        });
        Ok((changes.collect(), next))
    }
}
