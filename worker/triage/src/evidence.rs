//! What was found in the company's documents and past tickets.

use crate::intent::IntentName;
use crate::language::Language;
use crate::ticket::TicketId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A stable name of a passage: it changes when the text changes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PassageId(pub String);

impl fmt::Display for PassageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A question to the knowledge.
#[derive(Clone, PartialEq, Debug)]
pub struct Query {
    /// What is asked.
    pub text: String,
    /// The language to prefer.
    pub language: Option<Language>,
    /// What the classifier thinks that it is about.
    pub intent: Option<IntentName>,
    /// The knowledge of this moment: nothing younger is found.
    pub as_of: Timestamp,
    /// The ticket that asks; its own past is never its evidence.
    pub exclude_ticket: Option<TicketId>,
    /// How many passages at most.
    pub passages_max: usize,
}

/// Where a passage comes from; the order is the order of trust.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassageKind {
    /// An answer that an admin approved, or a question-and-answer entry of a FAQ.
    Approved,
    /// Part of a document.
    Document,
    /// An agent's answer in a past ticket.
    PastTicket,
}

/// A piece of text that an answer may rest on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Passage {
    /// Stable id.
    pub id: PassageId,
    /// The source it belongs to, such as `handbook`.
    pub source: String,
    /// The document or ticket in that source.
    pub document: String,
    /// The heading path or title.
    pub title: String,
    /// Where it comes from.
    pub kind: PassageKind,
    /// The question it answers, for question-and-answer entries and past tickets.
    #[serde(default)]
    pub question: Option<String>,
    /// What it says.
    pub text: String,
    /// Its language, when known.
    #[serde(default)]
    pub language: Option<Language>,
    /// The intent that people gave it, for past tickets.
    #[serde(default)]
    pub intent: Option<IntentName>,
    /// Version of the document it was cut from (a content hash).
    pub version: String,
    /// Fused score, for ranking; higher is better.
    pub score: f64,
    /// Cosine with the query, between -1 and 1.
    pub similarity: f64,
    /// Share of the query's words (by weight) that the passage holds, between 0 and 1.
    pub overlap: f64,
    /// Where people read it, an `http` address, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The date until which an admin verified it, when that date was over at the moment that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_since: Option<Timestamp>,
}

/// What one ask found.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Found {
    /// The ask, as it was put to the retriever.
    pub ask: String,
    /// The passages, best first.
    pub passages: Vec<Passage>,
}

/// What all asks of a turn found.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Evidence {
    /// One entry an ask, in their order.
    pub found: Vec<Found>,
    /// What the policy set aside before anything was written: passages whose verification is over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<Passage>,
    /// Version of the index that answered, for the receipt.
    pub index: String,
}

impl Evidence {
    /// All passages, in the order of the asks.
    pub fn passages(&self) -> impl Iterator<Item = &Passage> {
        self.found.iter().flat_map(|found| found.passages.iter())
    }

    /// Puts passages aside: they are no evidence any more, and stand in the receipt.
    pub fn set_aside(&mut self, is_out: impl Fn(&Passage) -> bool) {
        for found in &mut self.found {
            let (out, kept) = std::mem::take(&mut found.passages).into_iter().partition(|passage| is_out(passage));
            found.passages = kept;
            self.set_aside.extend::<Vec<Passage>>(out);
        }
    }

    /// The passage of this id.
    pub fn get(&self, id: &PassageId) -> Option<&Passage> {
        self.passages().find(|passage| &passage.id == id)
    }
}
