//! What of Zendesk's answers is read.

use jiff::Timestamp;
use serde::Deserialize;

/// Where a ticket came from.
#[derive(Clone, Deserialize, Default, Debug)]
pub struct Via {
    /// `sms`, `email`, `api`, …
    #[serde(default)]
    pub channel: Option<serde_json::Value>,
}

/// A ticket.
#[derive(Clone, Deserialize, Debug)]
pub struct Ticket {
    /// Its id.
    pub id: u64,
    /// Whose it is.
    #[serde(default)]
    pub requester_id: Option<u64>,
    /// Who has it.
    #[serde(default)]
    pub assignee_id: Option<u64>,
    /// `new`, `open`, `pending`, `hold`, `solved`, `closed`.
    #[serde(default)]
    pub status: Option<String>,
    /// When it changed.
    pub updated_at: Timestamp,
    /// Where it came from.
    #[serde(default)]
    pub via: Via,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// An answer with a ticket.
#[derive(Deserialize)]
pub struct OneTicket {
    /// The ticket.
    pub ticket: Ticket,
}

/// A comment.
#[derive(Clone, Deserialize, Debug)]
pub struct Comment {
    /// Its id.
    pub id: u64,
    /// Who wrote it.
    pub author_id: u64,
    /// The customer sees it.
    pub public: bool,
    /// Text with its mark-up.
    #[serde(default)]
    pub body: String,
    /// Text.
    #[serde(default)]
    pub plain_body: Option<String>,
    /// When.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
}

impl Comment {
    /// What it says.
    pub fn text(&self) -> &str {
        self.plain_body.as_deref().unwrap_or(&self.body)
    }
}

/// A page of comments.
#[derive(Deserialize)]
pub struct Comments {
    /// Oldest first.
    pub comments: Vec<Comment>,
    /// Paging.
    #[serde(default)]
    pub meta: Meta,
}

/// Paging.
#[derive(Deserialize, Default)]
pub struct Meta {
    /// There is another page.
    #[serde(default)]
    pub has_more: bool,
    /// Where it begins.
    #[serde(default)]
    pub after_cursor: Option<String>,
}

/// A page of changed tickets.
#[derive(Deserialize)]
pub struct Changed {
    /// The tickets.
    pub tickets: Vec<Ticket>,
    /// Where the next page begins.
    #[serde(default)]
    pub after_cursor: Option<String>,
    /// There is none.
    pub end_of_stream: bool,
}
