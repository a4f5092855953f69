//! Sources: where knowledge comes from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use triage::language::Language;

/// The operator's name for a source, such as `handbook`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub String);

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a source holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SourceKind {
    /// A folder of documents, or a single document.
    Folder,
    /// A file of past tickets, with the columns of a CSV export by field name (empty for JSON Lines).
    Tickets {
        /// Field of a past ticket to column of the CSV file.
        #[serde(default)]
        columns: BTreeMap<String, String>,
    },
}

/// A place that knowledge comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub id: SourceId,
    /// What it holds.
    #[serde(flatten)]
    pub kind: SourceKind,
    /// Path of the folder or file.
    pub location: String,
    /// Language of its documents, when they do not say so themselves.
    #[serde(default)]
    pub language: Option<Language>,
    /// From when its documents hold; the time of the sync when absent.
    #[serde(default)]
    pub valid_from: Option<Timestamp>,
}
