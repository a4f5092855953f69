//! Curation as data: what an admin says of a passage, a document or a source. Retrieval obeys at once.

use crate::document::DocumentKey;
use crate::source::SourceId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use triage::evidence::PassageId;

/// What a curation is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum Target {
    /// One passage.
    Passage {
        /// Its id.
        passage: PassageId,
    },
    /// All passages of a document.
    Document {
        /// The source.
        source: SourceId,
        /// The document.
        document: DocumentKey,
    },
    /// All passages of a source.
    Source {
        /// The source.
        source: SourceId,
    },
}

/// What is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// It may not be found from now on.
    Hide,
    /// It may be found again.
    Unhide,
    /// It stands before others.
    Pin,
    /// It stands where its score puts it.
    Unpin,
}

/// Something an admin said of the knowledge.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Curation {
    /// What is said.
    pub act: Act,
    /// Of what.
    #[serde(flatten)]
    pub target: Target,
    /// Who said it.
    pub by: String,
    /// Why.
    #[serde(default)]
    pub why: String,
}

/// A line of the audit: who did what, when. It holds no text of the knowledge.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What, in words, such as `hide document returns.md`.
    pub what: String,
    /// Why.
    pub why: String,
}
