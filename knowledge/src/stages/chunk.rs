//! Sections to chunks: by structure first, by sentences only where a block is too long.

use crate::chunk::{Chunk, KeyKind};
use crate::document::{Document, Section, VersionedDocument};
use std::ops::Range;
use triage::evidence::{PassageId, PassageKind};
use triage::sms::sentence;

/// A passage of a document holds at most so many tokens (see [`tokens`]): two or three SMS can be made of it, and small
/// sentence encoders read it whole.
pub const CHUNK_TOKENS_MAX: usize = 160;

/// What parts the headings of a title.
pub const TITLE_SEPARATOR: &str = " › ";

/// A chunk whose keys have no vectors yet.
#[derive(Clone, PartialEq, Debug)]
pub struct PlainChunk {
    /// The passage.
    pub chunk: Chunk,
    /// The words by which it is to be found.
    pub keys: Vec<(KeyKind, String)>,
}

/// How many word pieces a text has, about: four thirds of its words or a quarter of its characters, whichever is more.
/// Exact counts belong to one model; this errs on the long side for English prose and holds for links and codes.
pub fn tokens(text: &str) -> usize {
    let words = text.split_whitespace().count();
    words.saturating_mul(4).div_ceil(3).max(text.chars().count().div_ceil(4))
}

/// Cuts a document. An answer that someone wrote as one (a FAQ entry, a past ticket) stays one passage however long it
/// is; other sections are cut to [`CHUNK_TOKENS_MAX`]. No character that is not white space is lost.
pub fn chunk(versioned: &VersionedDocument) -> Vec<PlainChunk> {
    let document = &versioned.document;
    let mut chunks = Vec::new();
    for section in &document.sections {
        let is_one_answer = section.question.is_some() || section.intent.is_some();
        let is_whole = is_one_answer && document.kind != PassageKind::Document;
        let texts = if is_whole { vec![section.blocks.join("\n")] } else { pack(&section.blocks, CHUNK_TOKENS_MAX) };
        for text in texts {
            let chunk = passage(versioned, section, text, chunks.len());
            let keys = keys(&chunk);
            chunks.push(PlainChunk { chunk, keys });
        }
    }
    chunks
}

fn passage(versioned: &VersionedDocument, section: &Section, text: String, ordinal: usize) -> Chunk {
    let document = &versioned.document;
    Chunk {
        id: PassageId(triage::hash::of(&(&versioned.source, &document.key, &versioned.version, ordinal))),
        source: versioned.source.clone(),
        document: document.key.clone(),
        version: versioned.version.clone(),
        title: title(document, section),
        kind: document.kind,
        question: section.question.clone(),
        text,
        language: document.language,
        ticket: document.ticket.clone(),
        intent: section.intent.clone().or_else(|| document.intent.clone()),
        valid_from: versioned.valid_from,
        valid_to: None,
        link: document.link.clone(),
    }
}

/// The document's title and the headings, a heading that repeats the one above it once.
fn title(document: &Document, section: &Section) -> String {
    let mut parts = vec![document.title.as_str()];
    for heading in &section.headings {
        if parts.last() != Some(&heading.as_str()) {
            parts.push(heading);
        }
    }
    parts.join(TITLE_SEPARATOR)
}

/// By its question, when it has one; by its words always: those of question and answer, or of title and text.
pub fn keys(chunk: &Chunk) -> Vec<(KeyKind, String)> {
    let text = |head: &str| (KeyKind::Text, format!("{head}\n{}", chunk.text));
    match &chunk.question {
        Some(question) if chunk.kind == PassageKind::Document => vec![(KeyKind::Question, question.clone()), text(&chunk.title)],
        Some(question) => vec![(KeyKind::Question, question.clone()), text(question)],
        None => vec![text(&chunk.title)],
    }
}

/// Joins neighbouring blocks while they stay within the budget; a block that alone exceeds it is cut at sentences.
fn pack(blocks: &[String], budget: usize) -> Vec<String> {
    let pieces = blocks.iter().flat_map(|block| if tokens(block) > budget { split(block, budget) } else { vec![block.clone()] });
    let mut packed: Vec<String> = Vec::new();
    for piece in pieces {
        match packed.last_mut().map(|last| (format!("{last}\n{piece}"), last)) {
            Some((joined, last)) if tokens(&joined) <= budget => *last = joined,
            Some(_) | None => packed.push(piece),
        }
    }
    packed
}

/// Cuts a long block at sentences, a long sentence at words, a long word at characters.
fn split(block: &str, budget: usize) -> Vec<String> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for atom in atoms(block, budget) {
        match pieces.last_mut() {
            Some(last) if tokens(block.get(last.start..atom.end).unwrap_or_default()) <= budget => last.end = atom.end,
            Some(_) | None => pieces.push(atom),
        }
    }
    pieces.into_iter().filter_map(|piece| block.get(piece)).map(str::to_owned).collect()
}

fn atoms(block: &str, budget: usize) -> Vec<Range<usize>> {
    let fits = |span: &Range<usize>| tokens(block.get(span.clone()).unwrap_or_default()) <= budget;
    let mut atoms = Vec::new();
    for sentence in sentence::spans(block) {
        if fits(&sentence) {
            atoms.push(sentence);
            continue;
        }
        for word in words(block, sentence) {
            if fits(&word) {
                atoms.push(word);
            } else {
                atoms.extend(pieces_of_word(block, word, budget.saturating_mul(4)));
            }
        }
    }
    atoms
}

fn words(block: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let text = block.get(span.clone()).unwrap_or_default();
    let mut words = Vec::new();
    let mut at = span.start;
    for part in text.split_inclusive(char::is_whitespace) {
        let word = part.trim_end();
        if !word.is_empty() {
            words.push(at..at + word.len());
        }
        at += part.len();
    }
    words
}

fn pieces_of_word(block: &str, span: Range<usize>, chars_max: usize) -> Vec<Range<usize>> {
    let text = block.get(span.clone()).unwrap_or_default();
    let mut borders: Vec<usize> = text.char_indices().step_by(chars_max.max(1)).map(|(at, _)| span.start + at).collect();
    borders.push(span.end);
    borders.windows(2).filter_map(|pair| Some(*pair.first()?..*pair.last()?)).collect()
}
