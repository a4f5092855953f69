//! Small stand-ins for the ports: a store with a log of changes, an index that scans, an embedder that hashes words.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

pub mod index;
pub mod store;

use async_trait::async_trait;
use jiff::Timestamp;
use knowledge::document::{DocumentKey, MediaType, RawDocument, Refused};
use knowledge::feed::Feed;
use knowledge::ports::embedder::{Embedder, EmbedderError, Embedding};
use knowledge::ports::loader::{Item, Loader, LoaderError};
use knowledge::ports::parser::{Parser, ParserError};
use knowledge::retriever::KnowledgeRetriever;
use knowledge::source::{Source, SourceId, SourceKind};
use knowledge::stages::parse::{Parsed, parse};
use knowledge::sync::{Sync, SyncReport};
use knowledge::words::content_words;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use triage::evidence::Query;
use triage::intent::IntentName;
use triage::past::{PastTicket, Resolution};
use triage::phone::PhoneNumber;
use triage::ticket::{Author, Message, MessageId, Ticket, TicketId};

/// A moment, from its RFC 3339 text.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn raw(key: &str, media_type: MediaType, text: &str) -> RawDocument {
    RawDocument { key: DocumentKey(key.into()), media_type, bytes: text.as_bytes().to_vec() }
}

pub fn markdown(key: &str, text: &str) -> RawDocument {
    raw(key, MediaType::Markdown, text)
}

pub fn folder(id: &str) -> Source {
    Source { id: SourceId(id.into()), kind: SourceKind::Folder, location: id.into(), language: None, valid_from: None }
}

/// A ticket whose messages came a minute apart from `start` on: `c:` customer, `a:` agent, `b:` an automaton.
pub fn ticket(id: &str, start: &str, lines: &[&str]) -> PastTicket {
    let messages = lines.iter().enumerate().map(|(n, line)| {
        let (author, text) = line.split_once(": ").unwrap_or((line, ""));
        let author = match author {
            "c" => Author::Customer,
            "a" => Author::Agent,
            _ => Author::Bot,
        };
        let at = at(start).checked_add(jiff::SignedDuration::from_mins(n as i64)).unwrap();
        Message { id: MessageId(format!("{id}-{n}")), author, at, text: text.into(), media: Vec::new(), carrier_answered: false }
    });
    let ticket = Ticket {
        id: TicketId(id.into()),
        customer: PhoneNumber::parse("+12025550123").unwrap(),
        messages: messages.collect(),
        tags: Vec::new(),
        owners: Vec::new(),
        opted_out: Vec::new(),
    };
    PastTicket { ticket, intents: Vec::new(), language: None, resolution: Resolution::Unknown }
}

pub fn with_intent(mut past: PastTicket, intent: &str) -> PastTicket {
    past.intents = vec![IntentName(intent.into())];
    past
}

/// What the loader holds, so that a test can change it between two syncs.
#[derive(Default)]
pub struct Shelf(pub Mutex<BTreeMap<SourceId, Vec<Thing>>>);

#[derive(Clone)]
pub enum Thing {
    Document(RawDocument),
    Ticket(PastTicket),
    Broken(&'static str),
}

impl Loader for Shelf {
    fn items(&self, source: &Source) -> Result<Box<dyn Iterator<Item = Item> + Send>, LoaderError> {
        let shelf = self.0.lock().unwrap();
        let things =
            shelf.get(&source.id).cloned().ok_or(LoaderError { source_id: source.id.0.clone(), problem: "no such folder".into() })?;
        Ok(Box::new(things.into_iter().map(|thing| match thing {
            Thing::Document(raw) => Item::Document(raw),
            Thing::Ticket(past) => Item::Ticket(Box::new(past)),
            Thing::Broken(name) => Item::Refused(Refused::unreadable(name, "cannot be read")),
        })))
    }
}

/// Parses where it stands.
pub struct Here;

#[async_trait]
impl Parser for Here {
    async fn parse(&self, raw: RawDocument) -> Result<Parsed, ParserError> {
        Ok(parse(&raw))
    }
}

/// Content words hashed to places of a vector: equal words are near, others are not.
pub struct Hashing {
    pub name: String,
    pub texts: AtomicUsize,
}

pub const DIMENSIONS: usize = 256;

#[async_trait]
impl Embedder for Hashing {
    async fn embed(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        self.texts.fetch_add(texts.len(), Ordering::SeqCst);
        Ok(texts.iter().map(|text| hashed(text)).collect())
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn dimensions(&self) -> usize {
        DIMENSIONS
    }
}

fn hashed(text: &str) -> Embedding {
    let mut values = vec![0.0; DIMENSIONS];
    for word in content_words(text) {
        let hash = word.bytes().fold(2_166_136_261_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619));
        values[hash as usize % DIMENSIONS] += 1.0;
    }
    Embedding::unit(values)
}

pub fn embedder(name: &str) -> Arc<Hashing> {
    Arc::new(Hashing { name: name.into(), texts: AtomicUsize::new(0) })
}

/// Everything together.
pub struct House {
    pub shelf: Arc<Shelf>,
    pub store: Arc<store::Memory>,
    pub index: Arc<index::Scan>,
    pub embedder: Arc<Hashing>,
    pub feed: Arc<Feed>,
}

impl House {
    pub fn new() -> Self {
        let store = Arc::new(store::Memory::default());
        let index = Arc::new(index::Scan::default());
        let feed = Arc::new(Feed::new(store.clone(), index.clone()));
        House { shelf: Arc::default(), store, index, embedder: embedder("hashing-1"), feed }
    }

    pub fn put(&self, source: &Source, things: Vec<Thing>) {
        self.shelf.0.lock().unwrap().insert(source.id.clone(), things);
    }

    pub fn syncer(&self) -> Sync {
        Sync { loader: self.shelf.clone(), parser: Arc::new(Here), store: self.store.clone(), embedder: self.embedder.clone() }
    }

    pub async fn sync(&self, source: &Source, now: &str) -> SyncReport {
        self.syncer().run(source, at(now), &mut |_| {}).await.unwrap()
    }

    pub fn retriever(&self) -> KnowledgeRetriever {
        KnowledgeRetriever::new(self.feed.clone(), self.embedder.clone())
    }
}

pub fn query(text: &str, as_of: &str) -> Query {
    Query { text: text.into(), language: None, intent: None, as_of: at(as_of), exclude_ticket: None, passages_max: 3 }
}
