//! Parses where it stands, with no limit but those of the stages: for tests.

use async_trait::async_trait;
use knowledge::document::RawDocument;
use knowledge::ports::parser::{Parser, ParserError};
use knowledge::stages::parse::{self, Parsed};

/// Parses in this process.
#[derive(Clone, Copy, Default, Debug)]
pub struct InProcessParser;

#[async_trait]
impl Parser for InProcessParser {
    async fn parse(&self, raw: RawDocument) -> Result<Parsed, ParserError> {
        Ok(parse::parse(&raw))
    }
}
