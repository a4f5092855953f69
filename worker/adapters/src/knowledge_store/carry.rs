//! What an admin said of a passage holds for the same text in the next version of its document.

use super::marks::Marks;
use jiff::Timestamp;
use knowledge::chunk::Chunk;
use knowledge::curation::standing::first_period;
use knowledge::curation::{Curation, Entry, Target};
use knowledge::source::SourceId;
use triage::evidence::PassageId;

/// A passage of the version that ends, by what it says.
#[derive(Clone, PartialEq, Debug)]
pub struct Former {
    /// The name of its first period.
    pub base: PassageId,
    /// The question it answers.
    pub question: Option<String>,
    /// What it says.
    pub text: String,
    /// Its marks.
    pub marks: Marks,
}

/// The passage of the former version that said the same.
pub fn former<'a>(formers: &'a [Former], chunk: &Chunk) -> Option<&'a Former> {
    formers.iter().find(|former| former.text == chunk.text && former.question == chunk.question && former.base != chunk.id)
}

/// What was said of the former passage was said of this one.
pub fn retell(log: &mut Vec<(SourceId, Entry)>, former: &Former, passage: &PassageId) {
    let of_former = Target::Passage { passage: former.base.clone() };
    let told: Vec<_> = log.iter().filter(|(_, entry)| entry.target == of_former).cloned().collect();
    let target = Target::Passage { passage: passage.clone() };
    log.extend(told.into_iter().map(|(source, entry)| (source, Entry { target: target.clone(), ..entry })));
}

/// A curation as it is kept: a passage goes by the name of its first period.
pub fn entry_of(curation: &Curation, at: Timestamp) -> Entry {
    let target = match &curation.target {
        Target::Passage { passage } => Target::Passage { passage: first_period(passage) },
        Target::Document { .. } | Target::Source { .. } => curation.target.clone(),
    };
    Entry { at, act: curation.act.clone(), target }
}
