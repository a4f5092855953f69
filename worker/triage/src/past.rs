//! A past ticket: a conversation that people have finished, with what they said of it.

use crate::intent::IntentName;
use crate::language::Language;
use crate::ticket::Ticket;
use serde::{Deserialize, Serialize};

/// How a past ticket ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// The customer was helped.
    Resolved,
    /// The customer was not helped.
    Unresolved,
    /// Nobody knows.
    #[default]
    Unknown,
}

/// What history knows of a finished conversation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PastTicket {
    /// The conversation.
    pub ticket: Ticket,
    /// What people said that it was about; empty when nobody did.
    pub intents: Vec<IntentName>,
    /// Its language, when the export says so.
    pub language: Option<Language>,
    /// How it ended.
    pub resolution: Resolution,
}
