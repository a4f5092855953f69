//! A table with a header (RFC 4180): questions and answers, or rows of any kind.

use crate::document::{DocumentKey, Section};
use crate::stages::parse::{Meta, Parsed, document};
use crate::stages::parse_faq_csv;
use crate::stages::sections::{row_sentence, squeeze, title_of_key};
use csv::{Reader, ReaderBuilder, Trim};

/// A table has at most so many columns; a sentence of more helps nobody.
pub const COLUMNS_MAX: usize = 64;
/// A table has at most so many rows.
pub const ROWS_MAX: usize = 20_000;

/// A reader of the table, with the separator that its header uses.
pub fn reader(text: &str) -> Reader<&[u8]> {
    ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).trim(Trim::All).from_reader(text.as_bytes())
}

/// Reads a table. With the columns `question` and `answer`, or `intent` and `answer`, it is one of approved answers; any other becomes one section
/// a row, `Header: value; Header: value`, so that a row can be cited alone.
pub fn parse(key: &DocumentKey, text: &str) -> Result<Parsed, String> {
    if commas(text) > COLUMNS_MAX {
        return Err(format!("its first line names more than {COLUMNS_MAX} columns: keep those that answer questions"));
    }
    let mut reader = reader(text);
    let header = reader.headers().map_err(|_| "its first line is no CSV header".to_owned())?.clone();
    let has = |name: &str| header.iter().any(|column| column.eq_ignore_ascii_case(name));
    if has("answer") && (has("question") || has("intent")) {
        return parse_faq_csv::parse(key, text);
    }
    let names: Vec<String> = header.iter().map(squeeze).collect();
    if names.len() < 2 || names.iter().filter(|name| !name.is_empty()).count() < 2 {
        return Err("is no table: its first line must name the columns (`question,answer`, or such as `item,price`)".to_owned());
    }
    let mut sections = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| "is no CSV: a quotation mark is not closed or a field is broken".to_owned())?;
        if sections.len() >= ROWS_MAX {
            return Err(format!("has more than {ROWS_MAX} rows: split it"));
        }
        let cells: Vec<String> = record.iter().take(COLUMNS_MAX).map(str::to_owned).collect();
        let sentence = row_sentence(&names, &cells);
        if !sentence.is_empty() {
            sections.push(Section { headings: Vec::new(), question: None, intent: None, blocks: vec![sentence] });
        }
    }
    if sections.is_empty() {
        return Err("holds no row under its header".to_owned());
    }
    let document = document(key, Meta::default(), &title_of_key(&key.0), sections);
    Ok(Parsed { documents: vec![document], refused: Vec::new() })
}

/// Spreadsheets of many countries export semicolons: the header tells.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|mark| header.bytes().filter(|byte| byte == mark).count()).unwrap_or(b',')
}

/// How many separators the first line has.
fn commas(text: &str) -> usize {
    let mark = delimiter(text);
    text.lines().next().unwrap_or_default().bytes().filter(|byte| *byte == mark).count()
}
