//! Both parsers under the contract of their port, and the limits of the child.
#![allow(clippy::unwrap_used)]

use adapters::parser::child::ChildParser;
use adapters::parser::in_process::InProcessParser;
use adapters::parser::limits::DocumentLimits;
use cli::commands::parse_document::arguments;
use knowledge::document::{DocumentKey, MediaType, RawDocument};
use knowledge::ports::parser::Parser;

fn child(limits: DocumentLimits) -> ChildParser {
    ChildParser::new(env!("CARGO_BIN_EXE_parse_document").into(), arguments(&limits), limits)
}

fn raw(bytes: Vec<u8>) -> RawDocument {
    RawDocument { key: DocumentKey("a.txt".to_owned()), media_type: MediaType::Text, bytes }
}

#[tokio::test]
async fn parsers_keep_their_promises() {
    tests::contracts::parser::all(&InProcessParser).await;
    tests::contracts::parser::all(&child(DocumentLimits::default())).await;
}

#[tokio::test]
async fn a_document_past_a_limit_is_refused_and_the_next_one_is_read() {
    let tight = DocumentLimits { answer_bytes_max: 2_000, memory_bytes_max: 64 << 20, ..DocumentLimits::default() };
    let parser = child(tight);
    for (bytes, word) in [("word ".repeat(1_000).into_bytes(), "answer_bytes_max"), (b"a\n\n".repeat(2 << 20), "memory_bytes_max")] {
        let parsed = parser.parse(raw(bytes)).await.unwrap();
        assert!(parsed.refused[0].reason.contains(word), "{}", parsed.refused[0].reason);
        assert_eq!(parser.parse(raw(b"Still here.".to_vec())).await.unwrap().documents.len(), 1);
    }
}
