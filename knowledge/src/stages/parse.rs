//! Bytes to documents, or the reason why not.

use crate::document::{Document, DocumentKey, MediaType, RawDocument, Refused, Section};
use crate::stages::decode::decode;
use crate::stages::sections::shortened;
use crate::stages::{parse_csv, parse_docx, parse_html, parse_markdown, parse_pdf, parse_text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use triage::evidence::PassageKind;
use triage::language::Language;

/// A text of more bytes than this is refused: 8 MiB of text is a library, not a page.
pub const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// A document has at most so many sections.
pub const SECTIONS_MAX: usize = 20_000;

/// What one file gave.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Parsed {
    /// Its documents: one, or for a table of questions and answers one a language.
    pub documents: Vec<Document>,
    /// What could not be read: the file, or single rows of it.
    pub refused: Vec<Refused>,
}

impl Parsed {
    /// Nothing could be read.
    pub fn refused(key: &DocumentKey, reason: impl Into<String>) -> Self {
        Parsed { documents: Vec::new(), refused: vec![Refused::unreadable(key.0.clone(), reason)] }
    }
}

/// What a document says of itself, beside its sections.
#[derive(Default)]
pub struct Meta {
    /// Its title.
    pub title: Option<String>,
    /// Its language.
    pub language: Option<Language>,
    /// From when it holds.
    pub valid_from: Option<Timestamp>,
    /// Where people read it.
    pub link: Option<String>,
}

/// Reads one file. Never fails as a whole: what could not be read is named with its reason.
pub fn parse(raw: &RawDocument) -> Parsed {
    read(raw).unwrap_or_else(|reason| Parsed::refused(&raw.key, reason))
}

fn read(raw: &RawDocument) -> Result<Parsed, String> {
    let parsed = match raw.media_type {
        MediaType::Pdf => one(parse_pdf::read::parse(&raw.key, &raw.bytes)?),
        MediaType::Docx => one(parse_docx::read::parse(&raw.key, &raw.bytes)?),
        MediaType::Markdown | MediaType::Html | MediaType::Text | MediaType::Csv => read_text(raw, &text(raw)?)?,
    };
    if parsed.documents.iter().all(|document| document.sections.is_empty()) {
        return Err("holds no text that could answer anything".to_owned());
    }
    if parsed.documents.iter().any(|document| document.sections.len() > SECTIONS_MAX) {
        return Err(format!("has more than {SECTIONS_MAX} sections: split it"));
    }
    Ok(parsed)
}

fn one(document: Document) -> Parsed {
    Parsed { documents: vec![document], refused: Vec::new() }
}

fn text(raw: &RawDocument) -> Result<String, String> {
    if raw.bytes.len() > TEXT_BYTES_MAX {
        return Err(format!("is {} bytes long, more than the {TEXT_BYTES_MAX} of a text: split it", raw.bytes.len()));
    }
    if raw.bytes.starts_with(b"%PDF-") || raw.bytes.starts_with(b"PK\x03\x04") {
        return Err("is no text: give it the ending of its kind (.pdf, .docx), or save it as UTF-8 text".to_owned());
    }
    decode(&raw.bytes)
}

fn read_text(raw: &RawDocument, text: &str) -> Result<Parsed, String> {
    let document = match raw.media_type {
        MediaType::Markdown => parse_markdown::parse(&raw.key, text)?,
        MediaType::Html => parse_html::parse(&raw.key, text)?,
        MediaType::Csv => return parse_csv::parse(&raw.key, text),
        MediaType::Text | MediaType::Pdf | MediaType::Docx => parse_text::parse(&raw.key, text),
    };
    Ok(one(document))
}

/// A document of a source, from its parts.
pub fn document(key: &DocumentKey, meta: Meta, fallback_title: &str, sections: Vec<Section>) -> Document {
    let title = meta.title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| fallback_title.to_owned());
    Document {
        key: key.clone(),
        title: shortened(&title),
        kind: PassageKind::Document,
        language: meta.language,
        ticket: None,
        intent: None,
        valid_from: meta.valid_from,
        link: meta.link,
        sections,
    }
}
