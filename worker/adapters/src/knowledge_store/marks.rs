//! What an admin said of a row, as far as an index must know it.

use jiff::Timestamp;
use knowledge::chunk::Chunk;
use knowledge::curation::Act;

/// The marks of a passage, a document or a source.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Marks {
    /// It may not be found from this moment on.
    pub hidden_at: Option<Timestamp>,
    /// It stands before others.
    pub pinned: bool,
}

impl Marks {
    /// Does what the act says. Hidden twice is hidden since the first time.
    pub fn apply(&mut self, act: &Act, at: Timestamp) {
        match act {
            Act::Hide | Act::Replace => self.hidden_at = self.hidden_at.or(Some(at)),
            Act::Unhide => self.hidden_at = None,
            Act::Pin => self.pinned = true,
            Act::Unpin => self.pinned = false,
            Act::Boost { .. } | Act::Verify { .. } | Act::Own { .. } | Act::Approve { .. } | Act::Unapprove => {}
        }
    }

    /// The marks of a row and of what it lies in: hidden since the first of them was.
    pub fn within(self, outer: Marks) -> Marks {
        Marks { hidden_at: [self.hidden_at, outer.hidden_at].into_iter().flatten().min(), pinned: self.pinned || outer.pinned }
    }

    /// The passage as an index must see it, and whether it may not be found at all: being hidden ends its validity.
    pub fn seen_by_index(self, mut chunk: Chunk) -> (Chunk, bool) {
        let Some(hidden_at) = self.hidden_at else { return (chunk, false) };
        chunk.valid_to = Some(chunk.valid_to.map_or(hidden_at, |end| end.min(hidden_at)));
        let never = hidden_at <= chunk.valid_from;
        (chunk, never)
    }
}
