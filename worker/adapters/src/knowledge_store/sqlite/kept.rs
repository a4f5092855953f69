//! Passages that were read lately, in memory. They hold for one revision of the store: every change of what a passage says or
//! of who may see it makes a new revision, and with it everything kept is forgotten.
//!
//! Two generations: passages enter the young one; when that is full it becomes the old one, and what was old and not asked for since is
//! forgotten. So what is asked for again and again stays, at the cost of one map more.

use knowledge::chunk::Chunk;
use std::collections::HashMap;
use std::mem::take;
use triage::evidence::PassageId;

/// Memory for them at most, in bytes, about.
pub const KEPT_BYTES_MAX: usize = 12 * 1024 * 1024;
/// Bytes that a passage takes beside its texts.
const PASSAGE_BYTES: usize = 600;

/// The passages of one revision.
#[derive(Default)]
pub struct Kept {
    revision: i64,
    young_bytes: usize,
    young: HashMap<PassageId, Chunk>,
    old: HashMap<PassageId, Chunk>,
}

impl Kept {
    /// What is kept of these passages at this revision, in their order.
    pub fn at(&mut self, revision: i64, ids: &[PassageId]) -> Vec<Option<Chunk>> {
        if self.revision != revision {
            *self = Kept { revision, ..Kept::default() };
        }
        ids.iter().map(|id| self.get(id)).collect()
    }

    /// Keeps passages that were read at this revision.
    pub fn keep(&mut self, revision: i64, chunks: &[Chunk]) {
        if self.revision == revision {
            chunks.iter().for_each(|chunk| self.put(chunk.clone()));
        }
    }

    fn get(&mut self, id: &PassageId) -> Option<Chunk> {
        if let Some(chunk) = self.young.get(id) {
            return Some(chunk.clone());
        }
        let chunk = self.old.remove(id)?;
        self.put(chunk.clone());
        Some(chunk)
    }

    fn put(&mut self, chunk: Chunk) {
        let bytes = PASSAGE_BYTES + chunk.text.len() + chunk.title.len() + chunk.question.as_ref().map_or(0, String::len);
        if self.young_bytes + bytes > KEPT_BYTES_MAX / 2 {
            self.old = take(&mut self.young);
            self.young_bytes = 0;
        }
        if self.young.insert(chunk.id.clone(), chunk).is_none() {
            self.young_bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use knowledge::document::DocumentKey;
    use knowledge::source::SourceId;
    use triage::evidence::PassageKind;

    const PASSAGES_MAX: usize = 12;

    /// So long that a dozen of them fill the memory.
    fn chunk(name: &str) -> Chunk {
        Chunk {
            id: PassageId(name.to_owned()),
            source: SourceId("handbook".to_owned()),
            document: DocumentKey("page".to_owned()),
            version: String::new(),
            title: String::new(),
            kind: PassageKind::Document,
            question: None,
            text: "x".repeat(KEPT_BYTES_MAX / PASSAGES_MAX - PASSAGE_BYTES),
            language: None,
            ticket: None,
            intent: None,
            valid_from: Timestamp::UNIX_EPOCH,
            valid_to: None,
            link: None,
        }
    }

    fn has(kept: &mut Kept, revision: i64, name: &str) -> bool {
        kept.at(revision, &[PassageId(name.to_owned())]).iter().all(Option::is_some)
    }

    #[test]
    fn what_is_asked_for_again_and_again_stays_while_others_pass_through() {
        let mut kept = Kept::default();
        kept.keep(0, &[chunk("often"), chunk("once")]);
        for place in 0..5 * PASSAGES_MAX {
            kept.keep(0, &[chunk(&place.to_string())]);
            assert!(has(&mut kept, 0, "often"));
            assert!(kept.young.len() + kept.old.len() <= PASSAGES_MAX, "after {place}");
        }
        assert!(!has(&mut kept, 0, "once"));
    }

    #[test]
    fn another_revision_forgets_all_and_what_was_read_at_a_former_one_is_not_kept() {
        let mut kept = Kept::default();
        kept.keep(0, &[chunk("a")]);
        assert!(!has(&mut kept, 1, "a"));
        kept.keep(0, &[chunk("a")]);
        assert!(!has(&mut kept, 1, "a"));
    }
}
