//! Questions and answers from files as a knowledge of their own, in memory, built by the same sync and searched by the same retriever.

use adapters::knowledge_store::memory::MemoryKnowledgeStore;
use adapters::parser::in_process::InProcessParser;
use adapters::vector_index::embedded::index::EmbeddedVectorIndex;
use async_trait::async_trait;
use jiff::Timestamp;
use knowledge::document::{DocumentKey, MediaType, RawDocument};
use knowledge::feed::Feed;
use knowledge::ports::embedder::{Embedder, EmbedderError, Embedding};
use knowledge::ports::loader::{Item, Loader, LoaderError};
use knowledge::ports::store::KnowledgeStore;
use knowledge::retriever::KnowledgeRetriever;
use knowledge::source::{Source, SourceId, SourceKind};
use knowledge::sync::Sync;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use triage::evidence::{Passage, Query};
use triage::language::detect::detect;
use triage::past::{PastTicket, Resolution};
use triage::phone::PhoneNumber;
use triage::ports::Retriever;
use triage::ticket::{Author, Message, MessageId, Ticket, TicketId};

/// Passages asked for, so that ten different documents are among them.
const PASSAGES: usize = 60;
/// Whose past questions they seem to be: a number set aside for fiction.
const STAND_IN: &str = "+12025550123";
/// Name of the source of questions and answers.
const ENTRIES: &str = "entries";
/// Name of the source of past questions.
const HISTORY: &str = "history";

/// One entry of the file of questions and answers.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    /// Its name.
    pub doc_id: String,
    /// The question.
    pub question: String,
    /// What answers it.
    pub answers: Vec<String>,
}

/// One question of somebody.
#[derive(Clone, Debug, Deserialize)]
pub struct Asked {
    /// As they put it.
    pub text: String,
    /// Names of the entries that answer it.
    pub relevant: Vec<String>,
    /// Which part of the file it belongs to, when the file has parts.
    #[serde(default)]
    pub split: Option<String>,
}

/// The searchable knowledge of one evaluation.
pub struct Questions {
    retriever: KnowledgeRetriever,
    /// Past questions by ticket: the entry whose answer they got.
    answered_by: BTreeMap<String, String>,
}

/// A document that was found, with its best passage.
pub struct Candidate {
    /// Which entry.
    pub doc_id: String,
    /// Its best passage.
    pub passage: Passage,
}

impl Questions {
    /// Takes in entries and past questions. A past question whose entry is not there is left out.
    pub async fn build(entries: &[Entry], history: &[Asked], embedder: Arc<dyn Embedder>) -> anyhow::Result<Self> {
        let store: Arc<dyn KnowledgeStore> = Arc::new(MemoryKnowledgeStore::new());
        let feed = Arc::new(Feed::new(store.clone(), Arc::new(EmbeddedVectorIndex::new()?)));
        let (tickets, answered_by) = tickets(entries, history)?;
        let loader = Arc::new(InMemory { entries: entries.iter().map(raw).collect(), tickets });
        let sync = Sync { loader, parser: Arc::new(InProcessParser), store: store.clone(), embedder: embedder.clone() };
        for (name, kind) in [(ENTRIES, SourceKind::Folder), (HISTORY, SourceKind::Tickets { columns: BTreeMap::new() })] {
            let location = String::new();
            let source = Source { id: SourceId(name.to_owned()), kind, location, language: None, valid_from: Some(Timestamp::UNIX_EPOCH) };
            store.put_source(&source, Timestamp::UNIX_EPOCH).await?;
            sync.run(&source, Timestamp::UNIX_EPOCH, &mut |_| {}).await?;
        }
        Ok(Questions { retriever: KnowledgeRetriever::new(feed, embedder), answered_by })
    }

    /// The entries that a question finds, best first, each once. `own` is the place of the question in the history: it is not its own
    /// answer.
    pub async fn ask(&self, text: &str, own: Option<usize>) -> anyhow::Result<Vec<Candidate>> {
        let query = Query {
            text: text.to_owned(),
            language: detect(text),
            intent: None,
            as_of: Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(48),
            exclude_ticket: own.map(ticket_id),
            passages_max: PASSAGES,
        };
        let mut candidates: Vec<Candidate> = Vec::new();
        for passage in self.retriever.retrieve(&query).await?.passages {
            let doc_id = self.answered_by.get(&passage.document).unwrap_or(&passage.document).clone();
            if !candidates.iter().any(|candidate| candidate.doc_id == doc_id) {
                candidates.push(Candidate { doc_id, passage });
            }
        }
        Ok(candidates)
    }
}

/// Every entry is a table of one row and bears its own name.
fn raw(entry: &Entry) -> RawDocument {
    let answer = entry.answers.join("\n\n");
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let bytes = format!("question,answer\n{},{}\n", quoted(&entry.question), quoted(&answer)).into_bytes();
    RawDocument { key: DocumentKey(entry.doc_id.clone()), media_type: MediaType::Csv, bytes }
}

fn ticket_id(place: usize) -> TicketId {
    TicketId(format!("past-{place}"))
}

/// Past questions as solved tickets, and which entry answered each.
fn tickets(entries: &[Entry], history: &[Asked]) -> anyhow::Result<(Vec<PastTicket>, BTreeMap<String, String>)> {
    let (mut tickets, mut answered_by) = (Vec::new(), BTreeMap::new());
    for (place, asked) in history.iter().enumerate() {
        let Some(entry) = entries.iter().find(|entry| asked.relevant.contains(&entry.doc_id)) else { continue };
        let id = ticket_id(place);
        let message = |n: i64, author: Author, text: &str| Message {
            id: MessageId(format!("{}-{n}", id.0)),
            author,
            at: Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(n),
            text: text.to_owned(),
            media: Vec::new(),
            carrier_answered: false,
        };
        let messages = vec![message(0, Author::Customer, &asked.text), message(1, Author::Agent, &entry.answers.join("\n\n"))];
        let customer = PhoneNumber::parse(STAND_IN)?;
        answered_by.insert(id.0.clone(), entry.doc_id.clone());
        let ticket = Ticket { id, customer, messages, tags: Vec::new(), owners: Vec::new(), opted_out: Vec::new() };
        tickets.push(PastTicket { ticket, intents: Vec::new(), language: detect(&asked.text), resolution: Resolution::Resolved });
    }
    Ok((tickets, answered_by))
}

/// Entries and tickets that are there already.
struct InMemory {
    entries: Vec<RawDocument>,
    tickets: Vec<PastTicket>,
}

impl Loader for InMemory {
    fn items(&self, source: &Source) -> Result<Box<dyn Iterator<Item = Item> + Send>, LoaderError> {
        Ok(match source.id.0 == ENTRIES {
            true => Box::new(self.entries.clone().into_iter().map(Item::Document)),
            false => Box::new(self.tickets.clone().into_iter().map(|ticket| Item::Ticket(Box::new(ticket)))),
        })
    }
}

/// Embeds every text once, however often it is asked for.
pub struct Remembering {
    embedder: Arc<dyn Embedder>,
    known: Mutex<HashMap<String, Embedding>>,
}

impl Remembering {
    /// In front of another embedder.
    pub fn new(embedder: Arc<dyn Embedder>) -> Self {
        Remembering { embedder, known: Mutex::default() }
    }
}

#[async_trait]
impl Embedder for Remembering {
    async fn embed(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        let known = |text: &&str| self.known.lock().unwrap_or_else(PoisonError::into_inner).get(*text).cloned();
        let unknown: Vec<&str> = texts.iter().copied().filter(|text| known(text).is_none()).collect();
        let made = self.embedder.embed(&unknown).await?;
        self.known.lock().unwrap_or_else(PoisonError::into_inner).extend(unknown.into_iter().map(str::to_owned).zip(made));
        Ok(texts.iter().filter_map(known).collect())
    }

    fn name(&self) -> &str {
        self.embedder.name()
    }

    fn dimensions(&self) -> usize {
        self.embedder.dimensions()
    }
}
