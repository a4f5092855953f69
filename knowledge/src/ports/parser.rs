//! Bytes to documents, out of harm's way.

use crate::document::RawDocument;
use crate::stages::parse::Parsed;
use async_trait::async_trait;

/// No document can be read at the moment; this says nothing about the one at hand.
#[derive(Debug, thiserror::Error)]
#[error("parser: {problem}")]
pub struct ParserError {
    /// What went wrong, and what to do.
    pub problem: String,
}

/// Reads single documents. A document that cannot be read, whatever is in it, is refused by name and reason in what comes
/// back; an error means that the parser itself is out of order.
#[async_trait]
pub trait Parser: Send + Sync {
    /// The documents of one file and what of it could not be read. MUST depend on nothing but the file.
    async fn parse(&self, raw: RawDocument) -> Result<Parsed, ParserError>;
}
