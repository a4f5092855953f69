//! Bytes to documents, or the reason why not.

use crate::document::{Document, DocumentKey, MediaType, RawDocument, Refused, Section};
use crate::stages::{parse_faq_csv, parse_html, parse_markdown, parse_text};
use jiff::Timestamp;
use triage::evidence::PassageKind;
use triage::language::Language;

/// A single document of more bytes than this is refused: 8 MiB of text is a library, not a page.
pub const DOCUMENT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// What one file gave.
#[derive(Default)]
pub struct Parsed {
    /// Its documents: one, or for a table of questions and answers one a language.
    pub documents: Vec<Document>,
    /// What could not be read: the file, or single rows of it.
    pub refused: Vec<Refused>,
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
}

/// Reads one file. Never fails as a whole: what could not be read is named with its reason.
pub fn parse(raw: &RawDocument) -> Parsed {
    match read(raw) {
        Ok(parsed) => parsed,
        Err(reason) => Parsed { documents: Vec::new(), refused: vec![Refused { name: raw.key.0.clone(), reason }] },
    }
}

fn read(raw: &RawDocument) -> Result<Parsed, String> {
    if raw.bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(format!("is {} bytes long, more than {DOCUMENT_BYTES_MAX}: split it", raw.bytes.len()));
    }
    let text = std::str::from_utf8(&raw.bytes).map_err(|_| "is not UTF-8 text: save it as UTF-8".to_owned())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\0') {
        return Err("holds zero bytes: it is no text".to_owned());
    }
    let document = match raw.media_type {
        MediaType::Markdown => parse_markdown::parse(&raw.key, text)?,
        MediaType::Html => parse_html::parse(&raw.key, text)?,
        MediaType::Text => parse_text::parse(&raw.key, text),
        MediaType::FaqCsv => return parse_faq_csv::parse(&raw.key, text),
    };
    if document.sections.is_empty() {
        return Err("holds no text that could answer anything".to_owned());
    }
    Ok(Parsed { documents: vec![document], refused: Vec::new() })
}

/// A document of a source, from its parts.
pub fn document(key: &DocumentKey, meta: Meta, fallback_title: &str, sections: Vec<Section>) -> Document {
    let title = meta.title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| fallback_title.to_owned());
    Document {
        key: key.clone(),
        title,
        kind: PassageKind::Document,
        language: meta.language,
        ticket: None,
        intent: None,
        valid_from: meta.valid_from,
        sections,
    }
}
