//! The language of a document that does not name it.

use crate::document::Document;
use triage::language::Language;

/// More text than this makes no guess better.
pub const DETECT_CHARS_MAX: usize = 4000;

/// The language of a document's text, when the text tells.
pub fn detect(document: &Document) -> Option<Language> {
    let parts = document.sections.iter().flat_map(|section| section.question.iter().chain(&section.blocks));
    let chars = parts.flat_map(|part| part.chars().chain(std::iter::once('\n')));
    let text: String = chars.take(DETECT_CHARS_MAX).collect();
    triage::language::detect::detect(&text)
}
