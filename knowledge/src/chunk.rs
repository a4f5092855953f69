//! Chunks: passages as they are stored, and the keys by which they are found.

use crate::document::DocumentKey;
use crate::ports::embedder::Embedding;
use crate::source::SourceId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use triage::evidence::{PassageId, PassageKind};
use triage::intent::IntentName;
use triage::language::Language;
use triage::ticket::TicketId;

/// A passage as it is stored.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// Hash of source, document, version and place.
    pub id: PassageId,
    /// The source.
    pub source: SourceId,
    /// The document.
    pub document: DocumentKey,
    /// Content hash of the document.
    pub version: String,
    /// Headings, outermost first, joined by ` › `.
    pub title: String,
    /// What trust it has.
    pub kind: PassageKind,
    /// The question it answers.
    pub question: Option<String>,
    /// What it says.
    pub text: String,
    /// Its language.
    pub language: Option<Language>,
    /// The ticket it comes from.
    pub ticket: Option<TicketId>,
    /// The intent of that ticket.
    pub intent: Option<IntentName>,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds; absent while it is current.
    pub valid_to: Option<Timestamp>,
    /// Where people read its document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// By which words a passage is found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// By the question that it answers.
    Question,
    /// By title, question and text together.
    Text,
}

/// One key to a passage: the text that is searched, and its embedding.
#[derive(Clone, PartialEq, Debug)]
pub struct Key {
    /// Which words.
    pub kind: KeyKind,
    /// The words.
    pub text: String,
    /// Where they lie.
    pub embedding: Embedding,
}

/// A chunk with its keys, ready to be stored and indexed.
#[derive(Clone, PartialEq, Debug)]
pub struct KeyedChunk {
    /// The passage.
    pub chunk: Chunk,
    /// One or two keys.
    pub keys: Vec<Key>,
}
