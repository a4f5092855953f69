//! The words of an audit line. They name what was touched and never repeat the text of the knowledge.

use jiff::Timestamp;
use knowledge::curation::{AuditLine, Curation, Target};
use knowledge::source::SourceId;

/// Who is named when no person is known: a source was removed by command.
pub const BY_COMMAND: &str = "command";

/// The line of a curation.
pub fn of_curation(curation: &Curation, at: Timestamp) -> AuditLine {
    let target = match &curation.target {
        Target::Passage { passage } => format!("passage {passage}"),
        Target::Document { document, .. } => format!("document {}", document.0),
        Target::Source { source } => format!("source {source}"),
    };
    AuditLine { at, by: curation.by.clone(), what: format!("{} {target}", curation.act.words()), why: curation.why.clone() }
}

/// The line of a source that was removed.
pub fn of_removal(source: &SourceId, at: Timestamp) -> AuditLine {
    AuditLine { at, by: BY_COMMAND.to_owned(), what: format!("remove source {source}"), why: String::new() }
}
