//! Documents on their way from bytes to passages.

use crate::source::SourceId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use triage::evidence::PassageKind;
use triage::intent::IntentName;
use triage::language::Language;
use triage::ticket::TicketId;

/// The name of a document within its source: a path relative to the folder, or a ticket id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentKey(pub String);

/// What kind of bytes a document is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaType {
    /// CommonMark.
    Markdown,
    /// HTML.
    Html,
    /// Plain text.
    Text,
    /// A table: questions and answers, or any other with a header.
    Csv,
    /// A PDF with a text layer.
    Pdf,
    /// A Word document (Office Open XML).
    Docx,
}

/// A document as it was loaded.
#[derive(Clone, PartialEq, Eq)]
pub struct RawDocument {
    /// Its name in the source.
    pub key: DocumentKey,
    /// What kind of bytes.
    pub media_type: MediaType,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A document or ticket that could not be taken in. The rest goes on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refused {
    /// Its name in the source.
    pub name: String,
    /// Why, and what to do.
    pub reason: String,
    /// What kind of refusal it is, for those who count.
    #[serde(default)]
    pub kind: RefusedKind,
}

impl Refused {
    /// What cannot be read.
    pub fn unreadable(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Refused { name: name.into(), reason: reason.into(), kind: RefusedKind::Unreadable }
    }
}

/// Kinds of refusal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedKind {
    /// It cannot be read, or is too large.
    #[default]
    Unreadable,
    /// Its id stands earlier in the source.
    SeenBefore,
    /// The customer says nothing in it.
    WithoutCustomer,
}

/// A part of a document that can stand alone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Section {
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
    /// A question, when the section answers one.
    pub question: Option<String>,
    /// The intent that it is the approved answer to, when its table names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<IntentName>,
    /// Its blocks (paragraphs, list items, table rows as sentences), in order.
    pub blocks: Vec<String>,
}

/// A document that was read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Document {
    /// Its name in the source.
    pub key: DocumentKey,
    /// Its title.
    pub title: String,
    /// What trust its passages have.
    pub kind: PassageKind,
    /// Its language, when known.
    pub language: Option<Language>,
    /// The ticket it was made of.
    pub ticket: Option<TicketId>,
    /// The intent that people gave that ticket.
    pub intent: Option<IntentName>,
    /// From when it holds; a past answer holds from the moment it was given.
    pub valid_from: Option<Timestamp>,
    /// Where people read it, an `http` address, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What it says.
    pub sections: Vec<Section>,
}

/// Characters of a link at most.
pub const LINK_CHARS_MAX: usize = 500;

/// The address, when it is one that a person can be sent to.
pub fn link(address: &str) -> Option<String> {
    let address = address.trim();
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    let is_plain = !address.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'));
    (is_web && is_plain && address.chars().count() <= LINK_CHARS_MAX).then(|| address.to_owned())
}

impl Document {
    /// The hash of all that matters; a document with the same hash is not written again.
    pub fn version(&self) -> String {
        triage::hash::of(self)
    }
}

/// A document version of a source, for the store.
#[derive(Clone, PartialEq, Debug)]
pub struct VersionedDocument {
    /// The source.
    pub source: SourceId,
    /// The document without its sections' text kept apart; chunks hold that.
    pub document: Document,
    /// Content hash.
    pub version: String,
    /// From when it holds.
    pub valid_from: Timestamp,
}
