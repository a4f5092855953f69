//! An answer that an admin rewrote: a document of its own in the same source, with its own dates, that a sync leaves alone.
//! It goes when its source goes. The passage that it stands for is hidden while its text is the same.

use crate::chunk::{Chunk, KeyKind};
use crate::document::DocumentKey;
use crate::stages::chunk::{PlainChunk, keys};
use jiff::Timestamp;
use triage::evidence::{PassageId, PassageKind};

/// What parts the name of the document from that of the edited text.
const MARK: &str = "#edited-";

/// The name of the edit of a passage: document and a hash of the text that it replaces. An edit of an edit keeps it.
pub fn key(chunk: &Chunk) -> DocumentKey {
    match is_edit(&chunk.document) {
        true => chunk.document.clone(),
        false => DocumentKey(format!("{}{MARK}{}", chunk.document.0, original(chunk))),
    }
}

/// The document holds a text that an admin wrote.
pub fn is_edit(document: &DocumentKey) -> bool {
    document.0.contains(MARK)
}

/// Of an edit: the document that it stands in, and the hash of the text that it replaces.
pub fn replaced(document: &DocumentKey) -> Option<(DocumentKey, &str)> {
    document.0.rsplit_once(MARK).map(|(document, hash)| (DocumentKey(document.to_owned()), hash))
}

/// The hash of a passage's question and text.
pub fn original(chunk: &Chunk) -> String {
    triage::hash::of(&(&chunk.question, &chunk.text))
}

/// The edited passage with the words by which it is found, from a moment on. A rewritten text of a past ticket is no agent's
/// answer any more, but the admin's: it is approved, and belongs to no ticket.
pub fn edited(chunk: &Chunk, text: &str, at: Timestamp) -> PlainChunk {
    let document = key(chunk);
    let version = triage::hash::of(&(&document, text));
    let is_ticket = chunk.kind == PassageKind::PastTicket;
    let chunk = Chunk {
        id: PassageId(triage::hash::of(&(&chunk.source, &document, &version))),
        kind: if is_ticket { PassageKind::Approved } else { chunk.kind },
        ticket: None,
        intent: if is_ticket { None } else { chunk.intent.clone() },
        text: text.to_owned(),
        valid_from: at,
        valid_to: None,
        document,
        version,
        ..chunk.clone()
    };
    let keys: Vec<(KeyKind, String)> = keys(&chunk);
    PlainChunk { chunk, keys }
}
