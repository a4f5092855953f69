//! Sources to items.

use crate::document::{RawDocument, Refused};
use crate::source::Source;
use triage::past::PastTicket;

/// One thing that a source holds.
pub enum Item {
    /// A document.
    Document(RawDocument),
    /// A past ticket.
    Ticket(Box<PastTicket>),
    /// Something that could not be read; the rest goes on.
    Refused(Refused),
}

/// The source as a whole could not be read.
#[derive(Debug, thiserror::Error)]
#[error("source {source_id}: {problem}")]
pub struct LoaderError {
    /// Which source.
    pub source_id: String,
    /// What went wrong, and what to do.
    pub problem: String,
}

/// Reads sources.
pub trait Loader: Send + Sync {
    /// The items of a source, one at a time: a source need not fit in memory.
    fn items(&self, source: &Source) -> Result<Box<dyn Iterator<Item = Item> + Send>, LoaderError>;
}
