//! Curation as data: what an admin says of a passage, a document or a source. Retrieval obeys at once, and a question as of
//! an earlier moment obeys what had been said by then (see [`standing`]).

pub mod contradiction;
pub mod edit;
pub mod stale;
pub mod standing;

use crate::document::DocumentKey;
use crate::source::SourceId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use triage::evidence::PassageId;
use triage::intent::IntentName;

/// A boost halves a score at most.
pub const BOOST_MIN: f64 = 0.5;
/// A boost doubles a score at most.
pub const BOOST_MAX: f64 = 2.0;

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
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// It may not be found from now on.
    Hide,
    /// It may be found again.
    Unhide,
    /// It may not be found from now on, for an admin wrote another text in its place.
    Replace,
    /// It stands before others.
    Pin,
    /// It stands where its score puts it.
    Unpin,
    /// Its score is multiplied.
    Boost {
        /// Between [`BOOST_MIN`] and [`BOOST_MAX`]; 1 leaves it as it is.
        factor: f64,
    },
    /// Somebody has looked at it and it holds until then; afterwards it is stale.
    Verify {
        /// Until when; absent takes an earlier date back.
        until: Option<Timestamp>,
    },
    /// Somebody answers for it.
    Own {
        /// Who; absent for nobody.
        owner: Option<String>,
    },
    /// It is the answer to an intent.
    Approve {
        /// Which intent.
        intent: IntentName,
    },
    /// It is an answer among others.
    Unapprove,
}

impl Act {
    /// As the audit tells it.
    pub fn words(&self) -> String {
        match self {
            Act::Hide => "hide".to_owned(),
            Act::Unhide => "unhide".to_owned(),
            Act::Replace => "edit".to_owned(),
            Act::Pin => "pin".to_owned(),
            Act::Unpin => "unpin".to_owned(),
            Act::Boost { factor } => format!("boost by {factor}"),
            Act::Verify { until: Some(until) } => format!("verify until {until}"),
            Act::Verify { until: None } => "verify no longer".to_owned(),
            Act::Own { owner: Some(owner) } => format!("give to {owner}"),
            Act::Own { owner: None } => "give to nobody".to_owned(),
            Act::Approve { intent } => format!("approve for {intent}"),
            Act::Unapprove => "approve no longer".to_owned(),
        }
    }
}

/// Something an admin said of the knowledge.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
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

/// A curation as the store keeps it, for whoever must know how things stood at a moment.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// When it was said.
    pub at: Timestamp,
    /// What.
    pub act: Act,
    /// Of what; a passage by the name of its first period.
    pub target: Target,
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
