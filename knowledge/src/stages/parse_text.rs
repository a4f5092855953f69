//! Plain text: paragraphs parted by blank lines.

use crate::document::{Document, DocumentKey};
use crate::stages::parse::{Meta, document};
use crate::stages::sections::{SectionBuilder, title_of_key};

/// A first paragraph of one line and at most so many characters, with no full stop, is the title.
pub const TITLE_CHARS_MAX: usize = 80;

/// Reads plain text.
pub fn parse(key: &DocumentKey, text: &str) -> Document {
    let paragraphs = paragraphs(text);
    let title = paragraphs.first().filter(|first| paragraphs.len() > 1 && is_title(first)).cloned();
    let mut builder = SectionBuilder::default();
    for paragraph in paragraphs.iter().skip(usize::from(title.is_some())) {
        builder.block(paragraph);
    }
    document(key, Meta { title, ..Meta::default() }, &title_of_key(&key.0), builder.finish())
}

/// Runs of lines that no blank line parts, each trimmed.
pub fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        match (line.is_empty(), is_open, paragraphs.last_mut()) {
            (true, _, _) => is_open = false,
            (false, true, Some(paragraph)) => {
                paragraph.push('\n');
                paragraph.push_str(line);
            }
            (false, _, _) => {
                paragraphs.push(line.to_owned());
                is_open = true;
            }
        }
    }
    paragraphs
}

fn is_title(paragraph: &str) -> bool {
    !paragraph.contains('\n') && paragraph.chars().count() <= TITLE_CHARS_MAX && !paragraph.ends_with(['.', ':', ';', ','])
}
