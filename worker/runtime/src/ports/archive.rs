//! What a helpdesk keeps from before: past tickets and articles, for the knowledge.

use crate::ports::helpdesk::HelpdeskError;
use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;

/// One message of a past ticket, in the words of `docs/tickets.md`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PastMessage {
    /// `customer`, `agent` or `bot`.
    pub role: &'static str,
    /// When it was written.
    pub at: Timestamp,
    /// What it says.
    pub text: String,
}

/// One past ticket, in the words of `docs/tickets.md`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PastTicket {
    /// Its id in the helpdesk.
    pub ticket_id: String,
    /// When it began.
    pub created_at: Timestamp,
    /// `sms`, …
    pub channel: String,
    /// Tags on it.
    pub tags: Vec<String>,
    /// What was said, oldest first; notes for agents are not in it.
    pub messages: Vec<PastMessage>,
}

/// How a text is marked up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Markup {
    /// Small HTML.
    Html,
    /// CommonMark.
    Markdown,
}

/// One article that anyone may read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Article {
    /// Its id in the helpdesk.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it says.
    pub body: String,
    /// In this mark-up.
    pub markup: Markup,
    /// Where people read it.
    pub url: String,
}

/// Hands out what a helpdesk keeps.
#[async_trait]
pub trait Archive: Send + Sync {
    /// Ids of conversations in which something happened since.
    async fn past_tickets(&self, since: Timestamp) -> Result<Vec<String>, HelpdeskError>;
    /// One of them; none when nobody of the company answered in it.
    async fn past_ticket(&self, id: &str) -> Result<Option<PastTicket>, HelpdeskError>;
    /// Published articles that need no login.
    async fn articles(&self) -> Result<Vec<Article>, HelpdeskError>;
}
