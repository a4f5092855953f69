//! Documents as JSON Lines, packed with gzip or not: one document a line with `doc_id`, `title` and `text`, or with `replies` (an
//! object of canonical replies) in the place of the text. They are handed on as Markdown.

use super::lines::{Line, Lines};
use super::open;
use knowledge::document::{DocumentKey, MediaType, RawDocument, Refused};
use knowledge::ports::loader::{Item, Loader, LoaderError};
use knowledge::source::Source;
use serde_json::Value;
use std::io::BufReader;

/// The longest line, in bytes.
pub const LINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Reads documents from JSON Lines.
#[derive(Clone, Copy, Default, Debug)]
pub struct DocumentsJsonl;

impl Loader for DocumentsJsonl {
    fn items(&self, source: &Source) -> Result<Box<dyn Iterator<Item = Item> + Send>, LoaderError> {
        let input = open::reader(source, open::UNPACKED_BYTES_MAX)?;
        let lines = Lines::new(BufReader::new(input), LINE_BYTES_MAX, open::UNPACKED_BYTES_MAX);
        Ok(Box::new((1u64..).zip(lines).filter_map(|(number, line)| item(number, line))))
    }
}

fn item(number: u64, line: Line) -> Option<Item> {
    let read = match line {
        Line::Text(bytes) if bytes.trim_ascii().is_empty() => return None,
        Line::Text(bytes) => document(&bytes),
        Line::TooLong => Err(format!("longer than {LINE_BYTES_MAX} bytes: split the document")),
        Line::TooMuch => Err("the file unpacks to too much: the rest is left out".to_owned()),
        Line::Broken(kind) => Err(format!("the file cannot be read on ({kind}): the rest is left out")),
    };
    Some(match read {
        Ok(document) => Item::Document(document),
        Err(reason) => Item::Refused(Refused::unreadable(format!("line {number}"), reason)),
    })
}

fn document(bytes: &[u8]) -> Result<RawDocument, String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| format!("no valid JSON near column {}", error.column()))?;
    let field = |name: &str| value.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let id = field("doc_id").ok_or("`doc_id` is missing")?;
    let replies = value.get("replies").and_then(Value::as_object);
    let text = match replies {
        Some(replies) => replies.values().filter_map(Value::as_str).collect::<Vec<_>>().join("\n\n"),
        None => field("text").ok_or("`text` is missing")?.to_owned(),
    };
    let title = field("title").unwrap_or(id);
    let bytes = format!("# {title}\n\n{text}\n").into_bytes();
    Ok(RawDocument { key: DocumentKey(format!("{id}.md")), media_type: MediaType::Markdown, bytes })
}
