//! The inbound message: the wire format, version 1. `docs/inbound-message.md` describes it for those who publish it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use triage::hash;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, Media, Message, MessageId, TicketId};

/// The version that this program reads and writes.
pub const WIRE_VERSION: u32 = 1;
/// Characters of one message at most: carriers stop at 1,600; ten times that is no SMS.
pub const TEXT_CHARS_MAX: usize = 16_000;
/// Characters of an id at most.
pub const ID_CHARS_MAX: usize = 200;
/// Attachments of one message at most; carriers stop at ten.
pub const MEDIA_MAX: usize = 20;

/// What a message of a person of the company does, beside standing in the conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// The customer has it already; the person has the ticket.
    #[default]
    Said,
    /// The person said it where the customer does not hear it: it is to be sent on. The person has the ticket.
    Relay,
    /// The person gives the ticket back: nobody has it from then on.
    HandBack,
}

impl Act {
    /// Nothing beside standing in the conversation.
    pub fn is_said(&self) -> bool {
        *self == Act::Said
    }
}

/// A message as a helpdesk or gateway publishes it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundMessage {
    /// Version of this format.
    pub v: u32,
    /// Unique in its channel; the same when the message is delivered again.
    pub message_id: MessageId,
    /// The conversation; made from the two numbers when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<TicketId>,
    /// The customer's number, whoever wrote.
    pub from: PhoneNumber,
    /// The company's number.
    pub to: PhoneNumber,
    /// When it was written; the time of intake when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// What it says.
    #[serde(default)]
    pub text: String,
    /// What came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// `customer` (the default), or `agent` when a person of the company wrote in the conversation.
    #[serde(default = "customer")]
    pub author: Author,
    /// The carrier has already answered it (STOP, HELP).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carrier_answered: bool,
    /// What an agent's message does: `said` (the default), `relay` or `hand_back`.
    #[serde(default, skip_serializing_if = "Act::is_said")]
    pub act: Act,
}

/// Looked at first: another version may have other fields.
#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

fn customer() -> Author {
    Author::Customer
}

impl std::fmt::Debug for InboundMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InboundMessage").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

/// The bytes are no inbound message. The text of the message is not repeated.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InboundError {
    /// Not UTF-8.
    #[error("not UTF-8 from byte {at}: write the message as UTF-8 JSON")]
    NotUtf8 {
        /// Where it stops being UTF-8.
        at: usize,
    },
    /// Not JSON, or not of this form.
    #[error("not an inbound message: {problem}")]
    NotOfThisForm {
        /// What is wrong, and where.
        problem: String,
    },
    /// Another version.
    #[error("version {0} is not known: this program reads version {WIRE_VERSION}")]
    UnknownVersion(u32),
    /// Something is too large.
    #[error("{what} has {size}, {max} are allowed")]
    TooLarge {
        /// Which field.
        what: &'static str,
        /// How large it is.
        size: usize,
        /// How large it may be.
        max: usize,
    },
    /// An id is empty.
    #[error("{0} is empty: it must name the message for good")]
    Empty(&'static str),
}

impl InboundMessage {
    /// Reads one message and checks its limits.
    pub fn parse(bytes: &[u8]) -> Result<Self, InboundError> {
        let text = std::str::from_utf8(bytes).map_err(|error| InboundError::NotUtf8 { at: error.valid_up_to() })?;
        let versioned: Versioned = serde_json::from_str(text).map_err(|error| InboundError::NotOfThisForm { problem: describe(&error) })?;
        if versioned.v != WIRE_VERSION {
            return Err(InboundError::UnknownVersion(versioned.v));
        }
        let message: InboundMessage =
            serde_json::from_str(text).map_err(|error| InboundError::NotOfThisForm { problem: describe(&error) })?;
        message.check()?;
        Ok(message)
    }

    /// Whether it keeps the limits; for whoever makes one of a vendor's call.
    pub fn check(&self) -> Result<(), InboundError> {
        if self.author == Author::Bot {
            return Err(InboundError::NotOfThisForm { problem: "author is `customer` or `agent`".to_owned() });
        }
        if self.author != Author::Agent && self.act != Act::Said {
            return Err(InboundError::NotOfThisForm { problem: "act is for messages of an agent".to_owned() });
        }
        if self.message_id.0.trim().is_empty() {
            return Err(InboundError::Empty("message_id"));
        }
        if self.conversation_id.as_ref().is_some_and(|id| id.0.trim().is_empty()) {
            return Err(InboundError::Empty("conversation_id"));
        }
        let id_chars = self.conversation_id.iter().map(|id| id.0.chars().count()).chain([self.message_id.0.chars().count()]).max();
        limit("an id", id_chars.unwrap_or(0), ID_CHARS_MAX)?;
        limit("text", self.text.chars().count(), TEXT_CHARS_MAX)?;
        limit("media", self.media.len(), MEDIA_MAX)
    }

    /// The conversation, given or made from the two numbers. The id does not show them.
    pub fn ticket_id(&self) -> TicketId {
        self.conversation_id.clone().unwrap_or_else(|| ticket_of(&self.from, &self.to))
    }

    /// The message as the ticket keeps it. A time that lies in the future is that of a wrong clock: intake's own holds.
    pub fn message(&self, received_at: Timestamp) -> Message {
        Message {
            id: self.message_id.clone(),
            author: self.author,
            at: self.at.unwrap_or(received_at).min(received_at),
            text: self.text.clone(),
            media: self.media.clone(),
            carrier_answered: self.carrier_answered,
        }
    }
}

/// The conversation that two numbers make: the customer's and the company's.
pub fn ticket_of(customer: &PhoneNumber, company: &PhoneNumber) -> TicketId {
    let pair = format!("{}>{}", customer.reveal(), company.reveal());
    TicketId(format!("sms-{}", hash::of_bytes(pair.as_bytes())))
}

fn limit(what: &'static str, size: usize, max: usize) -> Result<(), InboundError> {
    if size > max { Err(InboundError::TooLarge { what, size, max }) } else { Ok(()) }
}

/// Says what is wrong with the JSON and where, without repeating values of the message.
fn describe(error: &serde_json::Error) -> String {
    let place = format!("line {} column {}", error.line(), error.column());
    let text = error.to_string();
    let known = ["missing field", "unknown field", "not a phone number", "trailing characters", "EOF while parsing", "duplicate field"];
    match known.iter().find(|known| text.starts_with(**known)) {
        Some(_) => text,
        None if error.is_data() => format!("a field has the wrong type at {place}"),
        None => format!("not JSON at {place}"),
    }
}
