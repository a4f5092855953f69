//! Past tickets as JSON Lines, packed with gzip or not: one ticket a line.
//!
//! Fields: `ticket_id`, `created_at`, `customer` (optional), `lang` (optional), `intents`, `tags`, `messages` (each `role`:
//! `customer`, `agent` or `bot`; `at`; `text`) and `resolution.status`. Other fields are passed over. A ticket without a
//! phone number gets a stand-in that reaches nobody (see `customer`). A message without a time has that of the ticket.
//! Tags have no time in exports: they count as put on after the last message, so that a replay does not see them.

use super::lines::{Line, Lines};
use super::refusal::Refusal;
use super::{customer, moment, open};
use jiff::{SignedDuration, Timestamp};
use knowledge::ports::loader::{Item, Loader, LoaderError};
use knowledge::source::Source;
use serde_json::Value;
use std::collections::HashSet;
use std::io::{BufReader, Read};
use triage::intent::IntentName;
use triage::language::Language;
use triage::past::{PastTicket, Resolution};
use triage::ticket::{Author, Change, Message, MessageId, Tag, Ticket, TicketId};

/// The longest line, in bytes. A whole conversation by text message is far shorter.
pub const LINE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most messages of one ticket.
pub const MESSAGES_MAX: usize = 5_000;
/// How long after the last message tags count as put on.
pub const TAGS_AFTER: SignedDuration = SignedDuration::from_secs(1);

/// Reads past tickets from JSON Lines.
#[derive(Clone, Debug)]
pub struct TicketsJsonl {
    /// The longest line, in bytes.
    pub line_bytes_max: usize,
    /// The most bytes that a packed file may unpack to.
    pub unpacked_bytes_max: u64,
}

impl Default for TicketsJsonl {
    fn default() -> Self {
        TicketsJsonl { line_bytes_max: LINE_BYTES_MAX, unpacked_bytes_max: open::UNPACKED_BYTES_MAX }
    }
}

impl Loader for TicketsJsonl {
    fn items(&self, source: &Source) -> Result<Box<dyn Iterator<Item = Item> + Send>, LoaderError> {
        let input = open::reader(source, self.unpacked_bytes_max)?;
        let (_, is_packed) = open::unpacked_name(&source.location);
        let bytes_max = if is_packed { self.unpacked_bytes_max } else { u64::MAX };
        let lines = Lines::new(BufReader::new(input), self.line_bytes_max, bytes_max);
        Ok(Box::new(Tickets { lines, number: 0, seen: HashSet::new(), line_bytes_max: self.line_bytes_max, bytes_max }))
    }
}

struct Tickets {
    lines: Lines<BufReader<Box<dyn Read + Send>>>,
    number: u64,
    seen: HashSet<String>,
    line_bytes_max: usize,
    bytes_max: u64,
}

impl Iterator for Tickets {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            let line = self.lines.next()?;
            self.number = self.number.saturating_add(1);
            let read = match line {
                Line::Text(bytes) if bytes.trim_ascii().is_empty() => continue,
                Line::Text(bytes) => self.read(&bytes),
                Line::TooLong => Err(format!("longer than {} bytes: split the ticket", self.line_bytes_max).into()),
                Line::TooMuch => {
                    Err(format!("the file unpacks to more than {} bytes: split it; the rest is left out", self.bytes_max).into())
                }
                Line::Broken(kind) => Err(format!("the file cannot be read on ({kind}): the rest is left out").into()),
            };
            return Some(match read {
                Ok(ticket) => Item::Ticket(Box::new(ticket)),
                Err(refusal) => Item::Refused(refusal.of(format!("line {}", self.number))),
            });
        }
    }
}

impl Tickets {
    fn read(&mut self, bytes: &[u8]) -> Result<PastTicket, Refusal> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8: save the file as UTF-8".to_owned())?;
        // serde_json's own message can hold a value, so that only the place is told.
        let value: Value = serde_json::from_str(text).map_err(|error| format!("no valid JSON near column {}", error.column()))?;
        let ticket = past_ticket(&value)?;
        match self.seen.insert(ticket.ticket.id.0.clone()) {
            true => Ok(ticket),
            false => Err(Refusal::seen_before()),
        }
    }
}

/// Reads one ticket. Reasons name fields and never repeat a value.
fn past_ticket(value: &Value) -> Result<PastTicket, Refusal> {
    let id = word(value.get("ticket_id")).ok_or("`ticket_id` is missing")?;
    let created_at = value.get("created_at").map(|at| time(at).ok_or("`created_at` is no time: write it as 2026-03-02T14:45:42Z"));
    let messages = messages(value, &id, created_at.transpose()?)?;
    let last_at = messages.last().map(|message| message.at).ok_or("it has no messages")?;
    if !messages.iter().any(|message| message.author == Author::Customer) {
        return Err(Refusal::without_customer());
    }
    let tags_at = last_at.checked_add(TAGS_AFTER).unwrap_or(last_at);
    let tags = words(value.get("tags")).into_iter().map(|tag| Change { at: tags_at, to: Tag(tag) }).collect();
    let number = customer::number(word(value.get("customer")).as_deref(), &id).ok_or("no stand-in for its customer")?;
    Ok(PastTicket {
        ticket: Ticket { id: TicketId(id), customer: number, messages, tags, owners: Vec::new(), opted_out: Vec::new() },
        intents: words(value.get("intents")).into_iter().map(IntentName).collect(),
        language: value.get("lang").and_then(Value::as_str).and_then(|code| Language::parse(code).ok()),
        resolution: resolution(value.get("resolution")),
    })
}

fn messages(value: &Value, ticket: &str, created_at: Option<Timestamp>) -> Result<Vec<Message>, String> {
    let listed = value.get("messages").and_then(Value::as_array).ok_or("`messages` is missing or no list")?;
    if listed.len() > MESSAGES_MAX {
        return Err(format!("it has more than {MESSAGES_MAX} messages"));
    }
    let mut messages = Vec::with_capacity(listed.len());
    for (position, message) in listed.iter().enumerate() {
        let number = position + 1;
        let author = match message.get("role").and_then(Value::as_str) {
            Some("customer") => Author::Customer,
            Some("agent") => Author::Agent,
            Some("bot") => Author::Bot,
            Some(_) | None => return Err(format!("message {number} has no known `role`: write customer, agent or bot")),
        };
        let at = match message.get("at").filter(|at| !at.is_null()) {
            Some(at) => time(at).ok_or(format!("message {number}: `at` is no time: write it as 2026-03-02T14:45:42Z"))?,
            None => created_at.ok_or(format!("message {number} has no `at`, and the ticket has no `created_at`"))?,
        };
        let text = match message.get("text") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                return Err(format!("message {number}: `text` is no text"));
            }
        };
        let id = MessageId(format!("{ticket}/{number}"));
        messages.push(Message { id, author, at, text, media: Vec::new(), carrier_answered: false });
    }
    messages.sort_by_key(|message| message.at);
    Ok(messages)
}

/// A text that is not blank, or a number as text.
fn word(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A list of texts, or one text alone.
fn words(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(listed)) => listed.iter().filter_map(|one| word(Some(one))).collect(),
        other => word(other).into_iter().collect(),
    }
}

fn time(value: &Value) -> Option<Timestamp> {
    word(Some(value)).and_then(|text| moment::parse(&text))
}

/// `{"status": "resolved"}`, or the status alone. A word that is not known says nothing.
fn resolution(value: Option<&Value>) -> Resolution {
    let status = value.and_then(|value| value.get("status").or(Some(value))).and_then(Value::as_str).unwrap_or_default();
    match status.to_lowercase().as_str() {
        "resolved" | "solved" => Resolution::Resolved,
        "unresolved" | "not_resolved" => Resolution::Unresolved,
        _ => Resolution::Unknown,
    }
}
