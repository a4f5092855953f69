//! The documents of a simulation: from a path, or from the data folder, as they were or as they are.

use crate::args::simulate::SimulateArgs;
use crate::commands::simulate::world::{World, document_chunks};
use crate::config::Config;
use crate::home::Home;
use crate::wiring;
use adapters::loader::documents_jsonl::DocumentsJsonl;
use adapters::loader::folder::Folder;
use adapters::loader::open::unpacked_name;
use anyhow::{Context, bail};
use jiff::Timestamp;
use knowledge::chunk::{Chunk, Key, KeyedChunk};
use knowledge::curation::Curation;
use knowledge::curation::contradiction::{Contradiction, Pair, contradictions};
use knowledge::document::DocumentKey;
use knowledge::ports::loader::Loader;
use knowledge::ports::store::{IndexChange, KnowledgeStore, NewVersion, Revision, SourceChange};
use knowledge::source::{Source, SourceId, SourceKind};
use knowledge::stages::chunk::PlainChunk;
use knowledge::sync::Sync;
use simulations::report::listing::cut;
use simulations::report::sources::Contradicting;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use triage::evidence::{PassageId, Query};
use triage::hash;
use triage::ports::Retriever;

/// Documents that do not say from when they hold, hold from here on.
const ALWAYS: Timestamp = Timestamp::UNIX_EPOCH;
/// Passages of documents that are held against their neighbours at most.
const COMPARED_MAX: usize = 600;
/// Contradictions that the report names.
const CONTRADICTIONS_MAX: usize = 20;
/// Changes read from a store at once.
const PAGE: usize = 500;

/// What a run answers from.
pub struct Documents {
    /// As `SOURCE/DOCUMENT`.
    pub names: Vec<String>,
    /// Hash of all passages and of when they hold.
    pub digest: String,
    /// From when documents hold, for the report.
    pub from: String,
    /// Passages.
    pub chunks: Vec<Chunk>,
}

/// Brings the documents into the world.
pub async fn bring(config: &Config, home: &Home, args: &SimulateArgs, world: &World) -> anyhow::Result<Documents> {
    let from = match (&args.documents, args.today) {
        (Some(path), false) => {
            sync(config, path, args.documents_from.unwrap_or(ALWAYS), world, world.store.clone()).await?;
            args.documents_from.map_or("those without a date of their own count as always there".to_owned(), |at| format!("from {at} on"))
        }
        (Some(path), true) => {
            let staging = tempfile::tempdir().context("cannot make a temporary folder: is TMPDIR writable?")?;
            let store = wiring::knowledge(config, &Home::open(staging.path())?)?.store;
            sync(config, path, ALWAYS, world, store.clone()).await?;
            copy(store.as_ref(), world, true).await?;
            "today's".to_owned()
        }
        (None, today) => {
            if home.knowledge().exists() {
                copy(wiring::knowledge(config, home)?.store.as_ref(), world, today).await?;
            }
            "as the data folder says".to_owned()
        }
    };
    let chunks = world.documents().await?;
    let mut names: Vec<String> = chunks.iter().map(|chunk| format!("{}/{}", chunk.source, chunk.document.0)).collect();
    names.dedup();
    let stamped: Vec<_> = chunks.iter().map(|chunk| (&chunk.id, &chunk.text, chunk.valid_from, chunk.valid_to)).collect();
    Ok(Documents { names, digest: hash::of(&stamped), from, chunks })
}

/// Reads documents from a path.
async fn sync(config: &Config, path: &str, from: Timestamp, world: &World, store: Arc<dyn KnowledgeStore>) -> anyhow::Result<()> {
    let location = std::fs::canonicalize(path).with_context(|| format!("cannot open {path}: name a folder of documents, or a document"))?;
    let name = Path::new(path).file_name().map_or("documents".to_owned(), |name| name.to_string_lossy().into_owned());
    let loader: Arc<dyn Loader> = match unpacked_name(path).0.ends_with(".jsonl") {
        true => Arc::new(DocumentsJsonl),
        false => Arc::new(Folder { file_bytes_max: config.documents.file_bytes_max }),
    };
    let source = Source {
        id: SourceId(name),
        kind: SourceKind::Folder,
        location: location.to_string_lossy().into_owned(),
        language: None,
        valid_from: Some(from),
    };
    let sync = Sync { loader, parser: world.parser.clone(), store, embedder: world.embedder.clone() };
    let report = sync.run(&source, from, &mut |_| {}).await?;
    if report.added == 0 {
        let why = report.refused.first().map_or(String::new(), |refused| format!(" ({}: {})", refused.name, refused.reason));
        bail!("no document could be read from {path}{why}");
    }
    Ok(())
}

/// The versions of one document, by hash: from when, until when, its title and its passages.
#[derive(Default)]
struct Version {
    valid_from: Timestamp,
    valid_to: Option<Timestamp>,
    chunks: Vec<KeyedChunk>,
}

/// Copies documents with what admins said of them; past tickets stay behind, for the run brings its own.
async fn copy(from: &dyn KnowledgeStore, world: &World, today: bool) -> anyhow::Result<()> {
    let Some(made_by) = from.embedder().await? else { return Ok(()) };
    let (to, embedder) = (world.store.as_ref(), world.embedder.name());
    let chunks: BTreeMap<PassageId, Chunk> = document_chunks(from).await?.into_iter().map(|chunk| (chunk.id.clone(), chunk)).collect();
    let mut versions: BTreeMap<(SourceId, DocumentKey, String), Version> = BTreeMap::new();
    let newest = from.revision().await?;
    let mut at = Revision(0);
    while at < newest {
        let (changes, next) = from.changes_since(at, PAGE).await?;
        if next <= at {
            break;
        }
        at = next;
        for change in changes {
            let IndexChange::Upsert { chunk, keys, .. } = change else { continue };
            let Some(chunk) = chunks.get(&chunk.id).filter(|chunk| !today || chunk.valid_to.is_none()) else { continue };
            let version = versions.entry((chunk.source.clone(), chunk.document.clone(), chunk.version.clone())).or_default();
            version.valid_from = if today { ALWAYS } else { chunk.valid_from };
            version.valid_to = chunk.valid_to;
            let mut chunk = chunk.clone();
            chunk.valid_from = version.valid_from;
            let keyed = if made_by == embedder {
                KeyedChunk { chunk, keys: keys.into_iter().map(|(kind, text, embedding)| Key { kind, text, embedding }).collect() }
            } else {
                world.keyed(PlainChunk { chunk, keys: keys.into_iter().map(|(kind, text, _)| (kind, text)).collect() }).await?
            };
            version.chunks.push(keyed);
        }
    }
    for summary in from.sources().await?.into_iter().filter(|summary| summary.source.kind == SourceKind::Folder) {
        to.put_source(&summary.source, ALWAYS).await?;
    }
    let mut ordered: Vec<_> = versions.into_iter().collect();
    ordered.sort_by(|(a, one), (b, other)| (one.valid_from, a).cmp(&(other.valid_from, b)));
    for ((source, document, version), content) in ordered {
        let title = content.chunks.first().map(|keyed| keyed.chunk.title.clone()).unwrap_or_default();
        let new = NewVersion { document: document.clone(), title, version, valid_from: content.valid_from, chunks: content.chunks };
        to.apply(&source, &SourceChange { versions: vec![new], gone: Vec::new() }, embedder, content.valid_from).await?;
        if let Some(end) = content.valid_to {
            to.apply(&source, &SourceChange { versions: Vec::new(), gone: vec![document] }, embedder, end).await?;
        }
    }
    for entry in from.curations().await? {
        let curation = Curation { act: entry.act, target: entry.target, by: "simulation".to_owned(), why: String::new() };
        to.curate(&curation, if today { ALWAYS } else { entry.at }).await?;
    }
    Ok(())
}

/// Passages of the documents that say different things.
pub async fn contradicting(world: &World, chunks: &[Chunk]) -> anyhow::Result<Vec<Contradicting>> {
    let by_id: BTreeMap<&PassageId, &Chunk> = chunks.iter().map(|chunk| (&chunk.id, chunk)).collect();
    let retriever = world.retriever()?;
    let mut pairs = Vec::new();
    for one in chunks.iter().filter(|chunk| chunk.valid_to.is_none()).take(COMPARED_MAX) {
        let query = Query {
            text: one.question.clone().unwrap_or_else(|| format!("{}\n{}", one.title, one.text)),
            language: one.language,
            intent: None,
            as_of: Timestamp::MAX,
            exclude_ticket: None,
            passages_max: knowledge::curation::contradiction::NEIGHBOURS_MAX,
        };
        for passage in retriever.retrieve(&query).await?.passages {
            if let Some(other) = by_id.get(&passage.id) {
                pairs.push(Pair { one, other, cosine: passage.similarity });
            }
        }
    }
    let name = |chunk: &Chunk| format!("{}/{}", chunk.source, chunk.document.0);
    let shown = |found: Contradiction| Contradicting {
        one: name(&found.one),
        one_says: cut(&found.one.text),
        other: name(&found.other),
        other_says: cut(&found.other.text),
    };
    Ok(contradictions(pairs).into_iter().take(CONTRADICTIONS_MAX).map(shown).collect())
}
