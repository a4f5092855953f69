//! How a passage stands at a moment, by all that was said until then.

use crate::chunk::Chunk;
use crate::curation::{Act, Entry, Target};
use crate::document::DocumentKey;
use crate::source::SourceId;
use jiff::Timestamp;
use std::collections::HashMap;
use triage::evidence::{PassageId, PassageKind};
use triage::intent::IntentName;

/// What parts the name of a passage from the number of its period.
pub const PERIOD_MARK: char = '~';

/// How a passage stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing {
    /// It may not be found: it, its document or its source is hidden.
    pub hidden: bool,
    /// It stands before others: it, its document or its source is pinned.
    pub pinned: bool,
    /// Its score is multiplied by this; 1 when nobody said anything.
    pub boost: f64,
    /// Until when it was verified.
    pub verified_until: Option<Timestamp>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The intent that it answers.
    pub approved_for: Option<IntentName>,
}

impl Default for Standing {
    fn default() -> Self {
        Standing { hidden: false, pinned: false, boost: 1.0, verified_until: None, owner: None, approved_for: None }
    }
}

impl Standing {
    /// The date of its verification is over.
    pub fn is_overdue(&self, at: Timestamp) -> bool {
        self.verified_until.is_some_and(|until| until <= at)
    }
}

/// What was said of one target alone; absent where nothing was.
#[derive(Clone, Default)]
struct Said {
    hidden: bool,
    pinned: bool,
    boost: Option<f64>,
    verified_until: Option<Option<Timestamp>>,
    owner: Option<Option<String>>,
    approved_for: Option<IntentName>,
}

impl Said {
    fn until<'a>(entries: impl Iterator<Item = &'a Entry>, at: Timestamp) -> Self {
        let mut said = Said::default();
        for entry in entries.filter(|entry| entry.at <= at) {
            match &entry.act {
                Act::Hide | Act::Replace => said.hidden = true,
                Act::Unhide => said.hidden = false,
                Act::Pin => said.pinned = true,
                Act::Unpin => said.pinned = false,
                Act::Boost { factor } => said.boost = Some(*factor),
                Act::Verify { until } => said.verified_until = Some(*until),
                Act::Own { owner } => said.owner = Some(owner.clone()),
                Act::Approve { intent } => said.approved_for = Some(intent.clone()),
                Act::Unapprove => said.approved_for = None,
            }
        }
        said
    }
}

/// Everything that was ever said, by what it was said of.
#[derive(Default, Debug)]
pub struct Log {
    passages: HashMap<PassageId, Vec<Entry>>,
    documents: HashMap<(SourceId, DocumentKey), Vec<Entry>>,
    sources: HashMap<SourceId, Vec<Entry>>,
    /// Approved answers whose own table names an intent.
    tabled: HashMap<IntentName, Vec<PassageId>>,
}

impl Log {
    /// From the entries of a store, in their order.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut log = Log::default();
        for entry in entries {
            match entry.target.clone() {
                Target::Passage { passage } => log.passages.entry(first_period(&passage)).or_default().push(entry),
                Target::Document { source, document } => log.documents.entry((source, document)).or_default().push(entry),
                Target::Source { source } => log.sources.entry(source).or_default().push(entry),
            }
        }
        log
    }

    /// With the approved answers whose own table names an intent.
    #[must_use]
    pub fn with_tabled(mut self, answers: impl IntoIterator<Item = (IntentName, PassageId)>) -> Self {
        for (intent, passage) in answers {
            self.tabled.entry(intent).or_default().push(passage);
        }
        self
    }

    /// How a passage stands at a moment. Hidden and pinned is what any of passage, document and source says; of the rest the
    /// narrowest word counts. Only a passage can be approved.
    pub fn standing(&self, chunk: &Chunk, at: Timestamp) -> Standing {
        if self.passages.is_empty() && self.documents.is_empty() && self.sources.is_empty() {
            return Standing::default();
        }
        let said = |entries: Option<&Vec<Entry>>| Said::until(entries.into_iter().flatten(), at);
        let levels = [
            said(self.passages.get(&first_period(&chunk.id))),
            said(self.documents.get(&(chunk.source.clone(), chunk.document.clone()))),
            said(self.sources.get(&chunk.source)),
        ];
        Standing {
            hidden: levels.iter().any(|said| said.hidden),
            pinned: levels.iter().any(|said| said.pinned),
            boost: levels.iter().find_map(|said| said.boost).unwrap_or(1.0),
            verified_until: levels.iter().find_map(|said| said.verified_until).flatten(),
            owner: levels.iter().find_map(|said| said.owner.clone()).flatten(),
            approved_for: levels.into_iter().find_map(|said| said.approved_for),
        }
    }

    /// Passages that are approved for an intent at a moment, by an admin (by the name of their first period) or by their own table
    /// (of every period), in a fixed order.
    pub fn approved(&self, intent: &IntentName, at: Timestamp) -> Vec<PassageId> {
        let is_approved = |entries: &Vec<Entry>| Said::until(entries.iter(), at).approved_for.as_ref() == Some(intent);
        let said = self.passages.iter().filter(|(_, entries)| is_approved(entries)).map(|(id, _)| id);
        let mut ids: Vec<PassageId> = said.chain(self.tabled.get(intent).into_iter().flatten()).cloned().collect();
        ids.sort();
        ids
    }
}

/// The passage as it stands: an approved one is the answer to its intent, whatever it was cut from.
pub fn as_approved(mut chunk: Chunk, standing: &Standing) -> Chunk {
    if let Some(intent) = &standing.approved_for {
        chunk.kind = PassageKind::Approved;
        chunk.intent = Some(intent.clone());
    }
    chunk
}

/// The name of a passage's first period.
pub fn first_period(passage: &PassageId) -> PassageId {
    PassageId(passage.0.split(PERIOD_MARK).next().unwrap_or_default().to_owned())
}
