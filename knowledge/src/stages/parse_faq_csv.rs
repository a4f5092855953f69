//! A table of approved answers: columns `answer` and `question` or `intent` or both and, if wanted, `language` (RFC 4180).
//!
//! A row with a question answers that question; a row with an intent is the answer to that intent, whatever words a customer uses: a
//! macro, when it has no question.

use crate::document::{Document, DocumentKey, Refused, Section};
use crate::stages::parse::Parsed;
use crate::stages::parse_csv::{self, ROWS_MAX};
use crate::stages::parse_text::paragraphs;
use crate::stages::sections::{squeeze, title_of_key};
use csv::StringRecord;
use std::collections::BTreeMap;
use triage::evidence::PassageKind;
use triage::intent::IntentName;
use triage::language::Language;

/// A question is no longer than this; more is a quotation mark that is not closed.
pub const QUESTION_CHARS_MAX: usize = 1_000;
/// The name of an intent is no longer than this.
pub const INTENT_CHARS_MAX: usize = 100;
/// An answer is one passage, and no longer than this.
pub const ANSWER_CHARS_MAX: usize = 20_000;

/// Which column holds what.
struct Columns {
    question: Option<usize>,
    answer: usize,
    intent: Option<usize>,
    language: Option<usize>,
}

/// Reads the table: one document a language (`faq.csv#fr`), or one of the file's own name for rows that name no language.
/// A row that cannot be used is refused by its line, and the rest goes on.
pub fn parse(key: &DocumentKey, text: &str) -> Result<Parsed, String> {
    let mut reader = parse_csv::reader(text);
    let columns = columns(reader.headers().map_err(|_| "its first line is no CSV header".to_owned())?)?;
    let mut sections: BTreeMap<Option<Language>, Vec<Section>> = BTreeMap::new();
    let mut refused = Vec::new();
    for (row, record) in reader.records().enumerate() {
        if row >= ROWS_MAX {
            return Err(format!("has more than {ROWS_MAX} rows: split it"));
        }
        let record = record.map_err(|_| "is no CSV: a quotation mark is not closed or a field is broken".to_owned())?;
        match section(&record, &columns) {
            Ok((language, section)) => sections.entry(language).or_default().push(section),
            Err(reason) => {
                let line = record.position().map_or(0, csv::Position::line);
                refused.push(Refused::unreadable(format!("{} line {line}", key.0), reason));
            }
        }
    }
    if sections.is_empty() {
        return Err("holds no row with a question and an answer".to_owned());
    }
    let documents = sections.into_iter().map(|(language, sections)| document(key, language, sections)).collect();
    Ok(Parsed { documents, refused })
}

fn document(key: &DocumentKey, language: Option<Language>, sections: Vec<Section>) -> Document {
    Document {
        key: language.map_or_else(|| key.clone(), |language| DocumentKey(format!("{}#{language}", key.0))),
        title: title_of_key(&key.0),
        kind: PassageKind::Approved,
        language,
        ticket: None,
        intent: None,
        valid_from: None,
        link: None,
        sections,
    }
}

fn section(record: &StringRecord, columns: &Columns) -> Result<(Option<Language>, Section), String> {
    let field = |column: usize| record.get(column).unwrap_or_default();
    let column = |column: Option<usize>| column.map(|column| squeeze(field(column))).filter(|text| !text.is_empty());
    let (question, intent, blocks) = (column(columns.question), column(columns.intent), paragraphs(field(columns.answer)));
    if blocks.is_empty() || question.is_none() && intent.is_none() {
        return Err("needs an answer, and a question or an intent".to_owned());
    }
    if intent.as_ref().is_some_and(|intent| intent.chars().count() > INTENT_CHARS_MAX) {
        return Err(format!("names an intent of more than {INTENT_CHARS_MAX} characters"));
    }
    if question.as_ref().map_or(0, |question| question.chars().count()) > QUESTION_CHARS_MAX
        || field(columns.answer).chars().count() > ANSWER_CHARS_MAX
    {
        return Err(format!("is longer than a question ({QUESTION_CHARS_MAX} characters) or an answer ({ANSWER_CHARS_MAX}) can be"));
    }
    let language = match columns.language.map(field).filter(|code| !code.is_empty()) {
        None => None,
        Some(code) => Some(Language::parse(code).map_err(|error| error.to_string())?),
    };
    Ok((language, Section { headings: Vec::new(), question, intent: intent.map(IntentName), blocks }))
}

fn columns(header: &StringRecord) -> Result<Columns, String> {
    let find = |name: &str| header.iter().position(|column| column.eq_ignore_ascii_case(name));
    match (find("answer"), find("question"), find("intent")) {
        (Some(answer), question, intent) if question.is_some() || intent.is_some() => {
            Ok(Columns { question, answer, intent, language: find("language") })
        }
        _ => Err("its first line must name the columns `question` (or `intent`) and `answer` (and `language`, if wanted)".to_owned()),
    }
}
