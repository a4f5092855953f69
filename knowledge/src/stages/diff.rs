//! What changed between the store and a source, seen one document at a time.

use crate::curation::edit::is_edit;
use crate::document::DocumentKey;
use std::collections::{BTreeMap, BTreeSet};

/// How a document of the source stands to the store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// The store has nothing of this name.
    New,
    /// The store has another version.
    Changed,
    /// The store has this version.
    Unchanged,
    /// The source held this name before in the same run.
    Duplicate,
}

/// The comparison of one source with its current versions in the store.
pub struct Diff {
    current: BTreeMap<DocumentKey, String>,
    seen: BTreeSet<DocumentKey>,
    kept: BTreeSet<DocumentKey>,
}

impl Diff {
    /// Starts with what the store holds now.
    pub fn new(current: BTreeMap<DocumentKey, String>) -> Self {
        Diff { current, seen: BTreeSet::new(), kept: BTreeSet::new() }
    }

    /// A document of the source.
    pub fn see(&mut self, key: &DocumentKey, version: &str) -> Standing {
        if !self.seen.insert(key.clone()) {
            return Standing::Duplicate;
        }
        match self.current.get(key) {
            None => Standing::New,
            Some(known) if known == version => Standing::Unchanged,
            Some(_) => Standing::Changed,
        }
    }

    /// A document that is there but could not be read: what the store has of it stays. A file that someone is writing
    /// at this moment is not a file that was deleted.
    pub fn keep(&mut self, name: &str) {
        let is_part = |key: &str| key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('#'));
        // Keys of one beginning stand together: a thousand refusals do not read the whole list a thousand times.
        let near = self.current.range(DocumentKey(name.to_owned())..).map(|(key, _)| key);
        self.kept.extend(near.take_while(|key| key.0.starts_with(name)).filter(|key| is_part(&key.0)).cloned());
    }

    /// What the store holds and the source does not. What an admin wrote was never in the source.
    pub fn gone(&self) -> Vec<DocumentKey> {
        let is_gone = |key: &&DocumentKey| !self.seen.contains(key) && !self.kept.contains(key) && !is_edit(key);
        self.current.keys().filter(is_gone).cloned().collect()
    }
}
