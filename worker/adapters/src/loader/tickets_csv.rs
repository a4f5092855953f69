//! Past tickets as a CSV export: one row is one ticket, with a message of the customer and perhaps an agent's answer.
//!
//! `SourceKind::Tickets { columns }` says which column holds what. Only `text` is needed; the others are `ticket_id` (else the
//! row's number), `answer`, `intent`, `at`, `answered_at` (else a minute after `at`), `lang`, `customer` and `tags` (split at
//! commas). When no column holds the time, every ticket has the source's `valid_from`, or the start of 1970. The separator is
//! a comma, a semicolon or a tab, whichever the header has most.

use super::refusal::Refusal;
use super::row_limit::{Allowance, RowLimit};
use super::tickets_jsonl::{LINE_BYTES_MAX, TAGS_AFTER};
use super::{customer, moment, open};
use csv::{ByteRecord, Reader, ReaderBuilder};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use knowledge::ports::loader::{Item, Loader, LoaderError};
use knowledge::source::{Source, SourceKind};
use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader, Read};
use triage::intent::IntentName;
use triage::language::Language;
use triage::past::{PastTicket, Resolution};
use triage::ticket::{Author, Change, Message, MessageId, Tag, Ticket, TicketId};

/// The fields of a past ticket that a column can hold.
pub const FIELDS: [&str; 9] = ["ticket_id", "text", "answer", "intent", "at", "answered_at", "lang", "customer", "tags"];
/// The most bytes of a file, unpacked.
pub const CSV_BYTES_MAX: u64 = open::UNPACKED_BYTES_MAX;
/// The most bytes that one row may take, with what is read ahead of it.
pub const ROW_BYTES_MAX: u64 = LINE_BYTES_MAX as u64 + 64 * 1024;
/// An error names at most so many columns of a file.
const COLUMNS_NAMED_MAX: usize = 40;
/// When an agent answered, when no column says so.
pub const ANSWER_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// Reads past tickets from CSV.
#[derive(Clone, Debug)]
pub struct TicketsCsv {
    /// The most bytes of a file, unpacked.
    pub bytes_max: u64,
    /// The zone of times that name none.
    pub time_zone: TimeZone,
}

impl Default for TicketsCsv {
    fn default() -> Self {
        TicketsCsv { bytes_max: CSV_BYTES_MAX, time_zone: TimeZone::UTC }
    }
}

impl Loader for TicketsCsv {
    fn items(&self, source: &Source) -> Result<Box<dyn Iterator<Item = Item> + Send>, LoaderError> {
        let columns = match &source.kind {
            SourceKind::Tickets { columns } => columns,
            SourceKind::Folder => return Err(open::problem(source, "it is a folder of documents, not a file of past tickets".to_owned())),
        };
        let mut input = BufReader::new(open::reader(source, self.bytes_max)?.take(self.bytes_max.saturating_add(1)));
        let start = input.fill_buf().map_err(|error| open::problem(source, format!("it cannot be read ({})", error.kind())))?;
        let delimiter = delimiter(start);
        let allowance = Allowance::new(ROW_BYTES_MAX);
        let input = RowLimit::new(input, allowance.clone());
        let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(input);
        let header = reader
            .byte_headers()
            .map_err(|_| open::problem(source, "its header cannot be read: its first line must name the columns".to_owned()))?
            .clone();
        let positions = positions(source, columns, &header)?;
        let default_at = source.valid_from.unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Box::new(Rows {
            reader,
            allowance,
            row: 1,
            positions,
            default_at,
            seen: HashSet::new(),
            bytes_max: self.bytes_max,
            time_zone: self.time_zone.clone(),
            is_over: false,
        }))
    }
}

fn delimiter(start: &[u8]) -> u8 {
    let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| header.iter().filter(|byte| **byte == delimiter).count();
    // The last of equal ones is taken: the comma.
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

fn positions(source: &Source, columns: &BTreeMap<String, String>, header: &ByteRecord) -> Result<BTreeMap<String, usize>, LoaderError> {
    let names: Vec<String> =
        header.iter().map(|name| String::from_utf8_lossy(name).trim_start_matches('\u{feff}').trim().to_owned()).collect();
    let mut positions = BTreeMap::new();
    // Columns that are called as we call them need no map.
    let place = |field: &str| names.iter().position(|name| name.eq_ignore_ascii_case(field));
    positions.extend(FIELDS.iter().filter_map(|field| Some(((*field).to_owned(), place(field)?))));
    for (field, column) in columns {
        if !FIELDS.contains(&field.as_str()) {
            return Err(open::problem(source, format!("`{field}` is no field of a past ticket: use {}", FIELDS.join(", "))));
        }
        let Some(position) = names.iter().position(|name| name == column) else {
            return Err(open::problem(source, format!("the file has no column `{column}`; it has: {}", named(&names))));
        };
        positions.insert(field.clone(), position);
    }
    match positions.contains_key("text") {
        true => Ok(positions),
        false => Err(open::problem(
            source,
            format!("say which column holds the customer's message: `text=COLUMN`; the file has: {}", named(&names)),
        )),
    }
}

/// The columns of a file, as far as a reader wants to read.
fn named(names: &[String]) -> String {
    let shown = names.iter().take(COLUMNS_NAMED_MAX).map(|name| name.chars().take(COLUMNS_NAMED_MAX).collect::<String>());
    shown.collect::<Vec<_>>().join(", ")
}

/// The file, with a limit on all of it and on every row.
type Input = RowLimit<BufReader<std::io::Take<Box<dyn Read + Send>>>>;

struct Rows {
    reader: Reader<Input>,
    allowance: Allowance,
    row: u64,
    positions: BTreeMap<String, usize>,
    default_at: Timestamp,
    seen: HashSet<String>,
    bytes_max: u64,
    time_zone: TimeZone,
    is_over: bool,
}

impl Iterator for Rows {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        if self.is_over {
            return None;
        }
        let mut record = ByteRecord::new();
        let line = self.reader.position().line();
        self.allowance.refill(ROW_BYTES_MAX);
        let read = match self.reader.read_byte_record(&mut record) {
            Ok(false) => return None,
            // The row that crosses the limit is cut off, so that it is not taken.
            Ok(true) if self.reader.position().byte() > self.bytes_max => {
                self.is_over = true;
                Err(format!("the file has more than {} bytes: split it; the rest is left out", self.bytes_max).into())
            }
            Ok(true) => self.ticket(&record),
            Err(_) => {
                self.is_over = true;
                Err(format!(
                    "the file cannot be read on, or the row has more than {ROW_BYTES_MAX} bytes (a quotation mark may be open): the rest is left out"
                )
                .into())
            }
        };
        self.row = self.row.saturating_add(1);
        let line = record.position().map_or(line, csv::Position::line);
        Some(match read {
            Ok(ticket) => Item::Ticket(Box::new(ticket)),
            Err(refusal) => Item::Refused(refusal.of(format!("line {line}"))),
        })
    }
}

impl Rows {
    fn ticket(&mut self, record: &ByteRecord) -> Result<PastTicket, Refusal> {
        if record.as_slice().len() > LINE_BYTES_MAX {
            return Err(format!("longer than {LINE_BYTES_MAX} bytes: a quotation mark may be open").into());
        }
        let text = self.field(record, "text")?.ok_or_else(Refusal::without_customer)?;
        let id = self.field(record, "ticket_id")?.unwrap_or_else(|| format!("row-{}", self.row));
        let at = self.time(record, "at")?.unwrap_or(self.default_at);
        let mut messages = vec![message(&id, 1, Author::Customer, at, text)];
        if let Some(answer) = self.field(record, "answer")? {
            let answered_at = self.time(record, "answered_at")?.unwrap_or_else(|| at.checked_add(ANSWER_AFTER).unwrap_or(at));
            messages.push(message(&id, 2, Author::Agent, answered_at.max(at), answer));
        }
        let last_at = messages.last().map_or(at, |message| message.at);
        let tags_at = last_at.checked_add(TAGS_AFTER).unwrap_or(last_at);
        let tags = self.field(record, "tags")?.unwrap_or_default();
        let tags = tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(|tag| Change { at: tags_at, to: Tag(tag.to_owned()) });
        let customer = customer::number(self.field(record, "customer")?.as_deref(), &id).ok_or("no stand-in for its customer")?;
        let language = self.field(record, "lang")?.and_then(|code| Language::parse(&code).ok());
        let intents = self.field(record, "intent")?.into_iter().map(IntentName).collect();
        if !self.seen.insert(id.clone()) {
            return Err(Refusal::seen_before());
        }
        let ticket = Ticket { id: TicketId(id), customer, messages, tags: tags.collect(), owners: Vec::new(), opted_out: Vec::new() };
        Ok(PastTicket { ticket, intents, language, resolution: Resolution::Unknown })
    }

    /// What the column of a field holds; absent when there is no such column or it is blank.
    fn field(&self, record: &ByteRecord, field: &str) -> Result<Option<String>, String> {
        let Some(bytes) = self.positions.get(field).and_then(|position| record.get(*position)) else { return Ok(None) };
        let text = std::str::from_utf8(bytes).map_err(|_| format!("its {field} is not UTF-8: save the file as UTF-8"))?;
        Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned))
    }

    fn time(&self, record: &ByteRecord, field: &str) -> Result<Option<Timestamp>, String> {
        match self.field(record, field)? {
            None => Ok(None),
            Some(text) => moment::parse_in(&text, &self.time_zone)
                .map(Some)
                .ok_or(format!("its {field} is no time: write it as 2026-03-02T14:45:42Z")),
        }
    }
}

fn message(ticket: &str, number: u8, author: Author, at: Timestamp, text: String) -> Message {
    Message { id: MessageId(format!("{ticket}/{number}")), author, at, text, media: Vec::new(), carrier_answered: false }
}
