//! A ticket: one conversation with one customer, as the helpdesk or the ledger knows it.

use crate::phone::PhoneNumber;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The helpdesk's name for a conversation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TicketId(pub String);

/// The channel's name for one message; it is unique and stays the same when a webhook is delivered again.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub String);

/// A tag on a ticket.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tag(pub String);

/// A team that people of the helpdesk belong to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Team(pub String);

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who wrote a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The person with the phone.
    Customer,
    /// A person of the company.
    Agent,
    /// Whimbrel or another automaton of the company.
    Bot,
}

/// Something other than text that came with a message. Named in the ticket, never opened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Media {
    /// Where the gateway keeps it.
    pub url: String,
    /// Its MIME type as the gateway gave it.
    #[serde(default)]
    pub content_type: String,
}

/// One message of a conversation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Unique in its channel.
    pub id: MessageId,
    /// Who wrote it.
    pub author: Author,
    /// When the channel says that it was written.
    pub at: Timestamp,
    /// What it says; may be empty when only media came.
    pub text: String,
    /// What came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// The carrier has already answered it by itself (Twilio's `OptOutType`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carrier_answered: bool,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("id", &self.id).field("author", &self.author).field("at", &self.at).finish_non_exhaustive()
    }
}

/// Who has the ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// No person: Whimbrel may act.
    Nobody,
    /// A person has taken it and keeps it until they let it go.
    Person,
}

/// A change of something on the ticket, with its time, so that [`crate::case::Case::at`] can cut what came later.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Change<T> {
    /// When it changed.
    pub at: Timestamp,
    /// What it changed to.
    pub to: T,
}

/// A conversation with everything that is known of it, later events included.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Ticket {
    /// The helpdesk's id.
    pub id: TicketId,
    /// The customer's number.
    pub customer: PhoneNumber,
    /// All messages, oldest first.
    pub messages: Vec<Message>,
    /// Tags as they were put on.
    #[serde(default)]
    pub tags: Vec<Change<Tag>>,
    /// Who had the ticket, in time order.
    #[serde(default)]
    pub owners: Vec<Change<Owner>>,
    /// When the customer opted out (`true`) or in again (`false`), in time order.
    #[serde(default)]
    pub opted_out: Vec<Change<bool>>,
}
