//! Passages that were read lately, in memory. They hold for one revision of the store: every change of what a passage says or
//! of who may see it makes a new revision, and with it everything kept is forgotten.

use knowledge::chunk::Chunk;
use std::collections::HashMap;
use triage::evidence::PassageId;

/// Memory for them at most, in bytes of text; when it is full all are forgotten.
pub const KEPT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes that a passage takes beside its texts.
const PASSAGE_BYTES: usize = 400;

/// The passages of one revision.
#[derive(Default)]
pub struct Kept {
    revision: i64,
    bytes: usize,
    passages: HashMap<PassageId, Chunk>,
}

impl Kept {
    /// What is kept of these passages at this revision, in their order.
    pub fn at(&mut self, revision: i64, ids: &[PassageId]) -> Vec<Option<Chunk>> {
        if self.revision != revision {
            *self = Kept { revision, ..Kept::default() };
        }
        ids.iter().map(|id| self.passages.get(id).cloned()).collect()
    }

    /// Keeps passages that were read at this revision.
    pub fn keep(&mut self, revision: i64, chunks: &[Chunk]) {
        if self.revision != revision {
            return;
        }
        for chunk in chunks {
            let bytes = PASSAGE_BYTES + chunk.text.len() + chunk.title.len() + chunk.question.as_ref().map_or(0, String::len);
            if self.bytes + bytes > KEPT_BYTES_MAX {
                self.passages.clear();
                self.bytes = 0;
            }
            if self.passages.insert(chunk.id.clone(), chunk.clone()).is_none() {
                self.bytes += bytes;
            }
        }
    }
}
