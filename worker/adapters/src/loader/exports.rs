//! Exports of helpdesks: conversations of Intercom, tickets of Zendesk, told apart by what the first object holds.
//!
//! The columns of a source name where an export keeps what has no place of its own, as a path of names: `intent` such as
//! `custom_attributes.Topic`, `customer` such as `contacts.contacts.0.phone`. Numbers in a path count from 0.

use super::json_objects::{Object, Objects};
use super::refusal::Refusal;
use super::tickets_jsonl::TAGS_AFTER;
use super::{customer, export_intercom, export_zendesk, moment, open};
use jiff::Timestamp;
use knowledge::ports::loader::{Item, Loader, LoaderError};
use knowledge::source::{Source, SourceKind};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use triage::intent::IntentName;
use triage::language::Language;
use triage::past::{PastTicket, Resolution};
use triage::ticket::{Author, Change, Message, MessageId, Tag, Ticket, TicketId};

/// Whose export it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Export {
    /// Conversations with `conversation_parts`.
    Intercom,
    /// Tickets with `comments`.
    Zendesk,
}

/// What an export says of one conversation, before it becomes a past ticket.
#[derive(Debug, Default)]
pub struct Told {
    /// Its id.
    pub id: String,
    /// What names the customer: a number, or anything that stays the same.
    pub customer: Option<String>,
    /// Author, time, text.
    pub messages: Vec<(Option<Author>, Option<Timestamp>, String)>,
    /// Tags.
    pub tags: Vec<String>,
    /// How it ended.
    pub resolution: Resolution,
}

/// Whose export a file is, by its first object; none when it is nobody's.
pub fn kind(source: &Source) -> Result<Option<Export>, LoaderError> {
    let first = Objects::new(open::reader(source, open::UNPACKED_BYTES_MAX)?).next();
    let Some(Object::Text(bytes)) = first else { return Ok(None) };
    let Ok(value) = serde_json::from_slice::<Value>(&bytes) else { return Ok(None) };
    let has = |name: &str| value.get(name).is_some();
    Ok(match (has("ticket_id"), has("conversation_parts"), has("comments") || has("requester_id")) {
        (true, ..) => None,
        (_, true, _) => Some(Export::Intercom),
        (_, _, true) => Some(Export::Zendesk),
        (..) => None,
    })
}

/// Reads exports.
#[derive(Clone, Copy, Debug)]
pub struct Exports(pub Export);

impl Loader for Exports {
    fn items(&self, source: &Source) -> Result<Box<dyn Iterator<Item = Item> + Send>, LoaderError> {
        let export = self.0;
        let columns = match &source.kind {
            SourceKind::Tickets { columns } => columns.clone(),
            SourceKind::Folder => BTreeMap::new(),
        };
        let objects = Objects::new(open::reader(source, open::UNPACKED_BYTES_MAX)?);
        let mut seen = HashSet::new();
        Ok(Box::new((1u64..).zip(objects).map(move |(number, object)| {
            let read = match object {
                Object::Text(bytes) => ticket(export, &bytes, &columns),
                Object::TooLong => Err(format!("longer than {} bytes", super::json_objects::OBJECT_BYTES_MAX).into()),
                Object::Broken => Err("the file ends in the middle of it, or cannot be read on: the rest is left out".into()),
            };
            let read = read.and_then(|past| match seen.insert(past.ticket.id.0.clone()) {
                true => Ok(past),
                false => Err(Refusal::seen_before()),
            });
            match read {
                Ok(past) => Item::Ticket(Box::new(past)),
                Err(refusal) => Item::Refused(refusal.of(format!("object {number}"))),
            }
        })))
    }
}

fn ticket(export: Export, bytes: &[u8], columns: &BTreeMap<String, String>) -> Result<PastTicket, Refusal> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| format!("no valid JSON near column {}", error.column()))?;
    let told = match export {
        Export::Intercom => export_intercom::conversation(&value)?,
        Export::Zendesk => export_zendesk::ticket(&value)?,
    };
    let column = |field: &str| columns.get(field).and_then(|path| at(&value, path)).and_then(word);
    let written = column("customer").or(told.customer);
    let number = customer::number(written.as_deref(), &told.id).ok_or("no stand-in for its customer")?;
    let mut messages: Vec<Message> = Vec::with_capacity(told.messages.len());
    for (author, at, text) in told.messages {
        // Events of the helpdesk have no author who speaks.
        let (Some(author), Some(at)) = (author, at) else { continue };
        let id = MessageId(format!("{}/{}", told.id, messages.len() + 1));
        messages.push(Message { id, author, at, text, media: Vec::new(), carrier_answered: false });
    }
    messages.sort_by_key(|message| message.at);
    let last_at = messages.last().map(|message| message.at).ok_or("it has no messages with a time")?;
    if !messages.iter().any(|message| message.author == Author::Customer) {
        return Err(Refusal::without_customer());
    }
    let tags_at = last_at.checked_add(TAGS_AFTER).unwrap_or(last_at);
    let tags = told.tags.into_iter().map(|tag| Change { at: tags_at, to: Tag(tag) }).collect();
    Ok(PastTicket {
        ticket: Ticket { id: TicketId(told.id), customer: number, messages, tags, owners: Vec::new(), opted_out: Vec::new() },
        intents: column("intent").map(IntentName).into_iter().collect(),
        language: column("lang").and_then(|code| Language::parse(&code).ok()),
        resolution: told.resolution,
    })
}

/// What stands at a path such as `contacts.contacts.0.phone`.
pub fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, name| match value {
        Value::Array(listed) => name.parse::<usize>().ok().and_then(|place| listed.get(place)),
        Value::Object(fields) => fields.get(name),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}

/// A text that is not blank, or a number as text.
pub fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A time: RFC 3339, or seconds since 1970.
pub fn time(value: Option<&Value>) -> Option<Timestamp> {
    value.and_then(word).and_then(|text| moment::parse(&text))
}

/// The words of an HTML body: paragraphs and breaks are line ends, everything else in angle brackets goes.
pub fn words_of_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        text.push_str(before);
        let Some(close) = tag.find('>') else {
            text.push_str(tag);
            rest = "";
            break;
        };
        let name = tag.get(1..close).unwrap_or_default().trim_start_matches('/').to_lowercase();
        if ["p", "br", "div", "li"]
            .iter()
            .any(|block| name == *block || name.strip_prefix(block).is_some_and(|rest| rest.starts_with([' ', '/'])))
        {
            text.push('\n');
        }
        rest = tag.get(close + 1..).unwrap_or_default();
    }
    text.push_str(rest);
    let plain = text
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    plain.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_words_of_a_body_come_without_its_markup() {
        assert_eq!(words_of_html("<p>Hi &amp; hello</p><p class=\"a\">2 &lt; 3<br/>ok</p>"), "Hi & hello\n2 < 3\nok");
        assert_eq!(words_of_html("plain"), "plain");
    }

    #[test]
    fn a_path_leads_into_objects_and_arrays() {
        let value = json!({"contacts": {"contacts": [{"phone": "+12025550123"}]}});
        assert_eq!(at(&value, "contacts.contacts.0.phone").and_then(word), Some("+12025550123".to_owned()));
        assert_eq!(at(&value, "contacts.contacts.1.phone"), None);
    }
}
