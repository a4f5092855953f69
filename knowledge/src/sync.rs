//! One source into the store: read, compare, cut, embed, write.

use crate::chunk::{Key, KeyedChunk};
use crate::document::{Document, DocumentKey, Refused, RefusedKind, VersionedDocument};
use crate::ports::embedder::{Embedder, EmbedderError};
use crate::ports::loader::{Item, Loader, LoaderError};
use crate::ports::parser::{Parser, ParserError};
use crate::ports::store::{KnowledgeStore, NewVersion, SourceChange, StoreError};
use crate::source::{Source, SourceId};
use crate::stages::chunk::{PlainChunk, chunk};
use crate::stages::detect::detect;
use crate::stages::diff::{Diff, Standing};
use crate::stages::parse_ticket;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use triage::evidence::PassageKind;

/// How many texts are embedded at once.
pub const EMBED_BATCH: usize = 64;
/// How many items are read between two reports of progress.
pub const PROGRESS_ITEMS: u64 = 100;

/// How many refusals a report names one by one; the rest is counted. A file of ten million broken lines is no reason to
/// run out of memory.
pub const REFUSED_NAMED_MAX: usize = 10_000;

/// What a sync does at the moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Reads and cuts documents; how many there are is not known.
    Reading,
    /// Embeds keys.
    Embedding,
}

/// How far a sync is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// What it does.
    pub step: Step,
    /// How many items or keys are done.
    pub done: u64,
    /// Of how many, when that is known.
    pub total: Option<u64>,
}

/// Where progress is told.
pub type ProgressSink<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// What a sync found and did.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SyncReport {
    /// The source.
    pub source: String,
    /// Documents that the store did not have.
    pub added: u64,
    /// Documents of which the store had another version.
    pub changed: u64,
    /// Documents that are as they were.
    pub unchanged: u64,
    /// Documents that the source no longer has; they answer nothing from now on.
    pub gone: u64,
    /// Past tickets with no question or no answer of a person: nothing to learn from.
    pub without_answer: u64,
    /// What could not be taken in, at most [`REFUSED_NAMED_MAX`].
    pub refused: Vec<Refused>,
    /// How many more could not be taken in.
    pub refused_unnamed: u64,
    /// Passages that were written.
    pub passages: u64,
    /// Sources that were embedded anew because the store was made with another embedder; empty when it was not.
    pub reembedded: Vec<SourceId>,
}

impl SyncReport {
    fn refuse(&mut self, refused: Refused) {
        match self.refused.len() < REFUSED_NAMED_MAX {
            true => self.refused.push(refused),
            false => self.refused_unnamed += 1,
        }
    }

    /// How much could not be taken in.
    pub fn refused_total(&self) -> u64 {
        self.refused.len() as u64 + self.refused_unnamed
    }

    /// Nothing of the source could be taken in, whether or not anything was there.
    pub fn is_empty(&self) -> bool {
        self.added + self.changed + self.unchanged + self.without_answer == 0
    }
}

/// The sync did not happen: the store is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// A source could not be read.
    #[error(transparent)]
    Loader(#[from] LoaderError),
    /// Documents cannot be parsed at the moment.
    #[error(transparent)]
    Parser(#[from] ParserError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Texts could not be embedded.
    #[error(transparent)]
    Embedder(#[from] EmbedderError),
    /// The embedder broke its word.
    #[error("embedder {name}: gave {given} vectors of {dimensions} numbers for {asked} texts, or vectors of another length")]
    Vectors {
        /// Which embedder.
        name: String,
        /// How many texts it was given.
        asked: usize,
        /// How many vectors came back.
        given: usize,
        /// How long each should be.
        dimensions: usize,
    },
}

/// Brings sources into the store.
pub struct Sync {
    /// Reads sources.
    pub loader: Arc<dyn Loader>,
    /// Reads single documents.
    pub parser: Arc<dyn Parser>,
    /// Keeps what was read.
    pub store: Arc<dyn KnowledgeStore>,
    /// Makes the vectors.
    pub embedder: Arc<dyn Embedder>,
}

/// What one source changes, before anything is embedded.
struct Plan {
    source: Source,
    report: SyncReport,
    documents: Vec<(VersionedDocument, Vec<PlainChunk>)>,
    gone: Vec<DocumentKey>,
}

impl Sync {
    /// Brings one source up to date. A sync of an unchanged source writes nothing. When the store's vectors were made by
    /// another embedder, every source is read and embedded anew with this one, for vectors of two embedders cannot be
    /// compared; passages keep the time from which they hold.
    pub async fn run(&self, source: &Source, now: Timestamp, progress: ProgressSink<'_>) -> Result<SyncReport, SyncError> {
        let is_foreign = self.store.embedder().await?.is_some_and(|name| name != self.embedder.name());
        let known: Vec<Source> = self.store.sources().await?.into_iter().map(|summary| summary.source).collect();
        let mut plans = vec![self.plan(source, is_foreign, now, progress).await?];
        for other in known.iter().filter(|other| is_foreign && other.id != source.id) {
            plans.push(self.plan(other, true, now, progress).await?);
        }
        let reembedded = plans.iter().filter(|_| is_foreign).map(|plan| plan.source.id.clone()).collect();
        let mut changes = Vec::new();
        let mut report = SyncReport::default();
        for (place, plan) in plans.into_iter().enumerate() {
            let versions = self.embed(plan.documents, progress).await?;
            changes.push((plan.source, SourceChange { versions, gone: plan.gone }));
            if place == 0 {
                report = plan.report;
            }
        }
        for (source, change) in &changes {
            if !known.contains(source) {
                self.store.put_source(source, now).await?;
            }
            self.store.apply(&source.id, change, self.embedder.name(), now).await?;
        }
        report.reembedded = reembedded;
        Ok(report)
    }

    /// Reads a source, one item in memory at a time, and keeps what is new or changed.
    async fn plan(&self, source: &Source, all_anew: bool, now: Timestamp, progress: ProgressSink<'_>) -> Result<Plan, SyncError> {
        let mut diff = Diff::new(self.store.versions(&source.id).await?);
        let report = SyncReport { source: source.id.0.clone(), ..SyncReport::default() };
        let mut plan = Plan { source: source.clone(), report, documents: Vec::new(), gone: Vec::new() };
        let mut done = 0;
        for item in self.loader.items(source)? {
            let (documents, refused) = match item {
                Item::Document(raw) => {
                    let parsed = self.parser.parse(raw).await?;
                    (parsed.documents, parsed.refused)
                }
                Item::Ticket(past) => {
                    let document = parse_ticket::parse(&past);
                    plan.report.without_answer += u64::from(document.is_none());
                    (document.into_iter().collect(), Vec::new())
                }
                Item::Refused(refused) => (Vec::new(), vec![refused]),
            };
            refused.iter().for_each(|refused| diff.keep(&refused.name));
            refused.into_iter().for_each(|refused| plan.report.refuse(refused));
            for document in documents {
                self.take(&mut plan, &mut diff, document, all_anew, now).await?;
            }
            done += 1;
            if done % PROGRESS_ITEMS == 0 {
                progress(Progress { step: Step::Reading, done, total: None });
            }
        }
        progress(Progress { step: Step::Reading, done, total: Some(done) });
        plan.gone = diff.gone();
        plan.report.gone = plan.gone.len() as u64;
        Ok(plan)
    }

    /// Compares one document with the store, and cuts it when it is to be written.
    async fn take(
        &self,
        plan: &mut Plan,
        diff: &mut Diff,
        mut document: Document,
        all_anew: bool,
        now: Timestamp,
    ) -> Result<(), SyncError> {
        document.language = document.language.or(plan.source.language).or_else(|| detect(&document));
        let version = document.version();
        let standing = diff.see(&document.key, &version);
        match standing {
            Standing::New => plan.report.added += 1,
            Standing::Changed => plan.report.changed += 1,
            Standing::Unchanged => plan.report.unchanged += 1,
            Standing::Duplicate => {
                let reason = "stands in the source twice: the first one was taken, give the other a name of its own".to_owned();
                plan.report.refuse(Refused { name: document.key.0.clone(), reason, kind: RefusedKind::SeenBefore });
            }
        }
        if standing == Standing::Duplicate || (standing == Standing::Unchanged && !all_anew) {
            return Ok(());
        }
        let valid_from = self.valid_from(&plan.source, &document, &version, standing, now).await?;
        let versioned = VersionedDocument { source: plan.source.id.clone(), document, version, valid_from };
        let chunks = chunk(&versioned);
        plan.report.passages += chunks.len() as u64;
        plan.documents.push((versioned, chunks));
        Ok(())
    }

    /// From when a document holds. A past answer holds from the moment it was given. A new document holds from the time
    /// that it or its source names, else from now. One that changed or came back holds from now at the earliest, whatever
    /// its front matter still says: until now the store answered otherwise, and replay must see that. One that is only
    /// embedded anew holds from when it did.
    async fn valid_from(
        &self,
        source: &Source,
        document: &Document,
        version: &str,
        standing: Standing,
        now: Timestamp,
    ) -> Result<Timestamp, SyncError> {
        if document.kind == PassageKind::PastTicket {
            return Ok(document.valid_from.unwrap_or(now));
        }
        let named = document.valid_from.or(source.valid_from);
        let (known, _) = match (standing, named) {
            (Standing::New, None) => return Ok(now),
            (Standing::Changed, _) => return Ok(document.valid_from.map_or(now, |named| named.max(now))),
            (Standing::New | Standing::Unchanged | Standing::Duplicate, _) => self.store.history(&source.id, &document.key).await?,
        };
        let same = known.iter().find(|line| line.version == version && standing == Standing::Unchanged);
        let fallback = if known.is_empty() { named } else { document.valid_from.map(|named| named.max(now)) };
        Ok(same.map(|line| line.valid_from).or(fallback).unwrap_or(now))
    }

    async fn embed(
        &self,
        documents: Vec<(VersionedDocument, Vec<PlainChunk>)>,
        progress: ProgressSink<'_>,
    ) -> Result<Vec<NewVersion>, SyncError> {
        let chunks = documents.iter().flat_map(|(_, chunks)| chunks);
        let texts: Vec<&str> = chunks.flat_map(|chunk| chunk.keys.iter().map(|(_, text)| text.as_str())).collect();
        let mut embeddings = Vec::with_capacity(texts.len());
        for batch in texts.chunks(EMBED_BATCH) {
            let vectors = self.embedder.embed_passages(batch).await?;
            let dimensions = self.embedder.dimensions();
            if vectors.len() != batch.len() || vectors.iter().any(|vector| vector.0.len() != dimensions) {
                let name = self.embedder.name().to_owned();
                return Err(SyncError::Vectors { name, asked: batch.len(), given: vectors.len(), dimensions });
            }
            embeddings.extend(vectors);
            progress(Progress { step: Step::Embedding, done: embeddings.len() as u64, total: Some(texts.len() as u64) });
        }
        let mut embeddings = embeddings.into_iter();
        let keyed = |plain: PlainChunk, embeddings: &mut dyn Iterator<Item = _>| KeyedChunk {
            keys: plain.keys.into_iter().zip(embeddings).map(|((kind, text), embedding)| Key { kind, text, embedding }).collect(),
            chunk: plain.chunk,
        };
        let versions = documents.into_iter().map(|(versioned, chunks)| NewVersion {
            document: versioned.document.key,
            title: versioned.document.title,
            version: versioned.version,
            valid_from: versioned.valid_from,
            chunks: chunks.into_iter().map(|plain| keyed(plain, &mut embeddings)).collect(),
        });
        Ok(versions.collect())
    }
}
