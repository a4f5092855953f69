//! The parent's side of the child process, against children that misbehave: small shell scripts.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use adapters::parser::child::ChildParser;
use adapters::parser::limits::DocumentLimits;
use knowledge::document::{DocumentKey, MediaType, RawDocument};
use knowledge::ports::parser::Parser;

fn child(script: &str, limits: DocumentLimits) -> ChildParser {
    ChildParser::new("/bin/sh".into(), vec!["-c".to_owned(), script.to_owned()], limits)
}

fn document(bytes: &[u8]) -> RawDocument {
    RawDocument { key: DocumentKey("a.md".to_owned()), media_type: MediaType::Markdown, bytes: bytes.to_vec() }
}

/// Why the document was refused; its name is always its own.
async fn refusal(parser: &ChildParser, bytes: &[u8]) -> String {
    let parsed = parser.parse(document(bytes)).await.unwrap();
    assert!(parsed.documents.is_empty());
    assert_eq!(parsed.refused[0].name, "a.md");
    parsed.refused[0].reason.clone()
}

#[tokio::test]
async fn a_child_that_dies_is_a_refusal_with_its_cause() {
    for (script, word) in [
        ("echo ready; read line; kill -9 $$", "signal 9"),
        ("echo ready; read line; exit 3", "exit code 3"),
        ("echo ready; read line; echo 'memory allocation of 9 bytes failed' >&2; kill -6 $$", "documents.memory_bytes_max"),
        ("echo ready; read line; echo 'thread main has overflowed its stack' >&2; kill -6 $$", "nested too deep"),
        (
            "echo ready; read line; echo '{\"documents\":[],\"refused\":[{\"name\":\"other.md\",\"reason\":\"x\"}]}'",
            "brought its reader down",
        ),
        ("echo ready; read line; echo nonsense", "brought its reader down"),
    ] {
        let parser = child(script, DocumentLimits::default());
        for _ in 0..2 {
            let reason = refusal(&parser, b"x").await;
            assert!(reason.contains(word), "{script}: {reason}");
        }
    }
}

#[tokio::test]
async fn a_child_that_does_not_answer_in_time_or_never_stops_is_a_refusal() {
    let limits = DocumentLimits { parse_timeout_ms: 50, ..DocumentLimits::default() };
    assert!(refusal(&child("echo ready; exec sleep 1000", limits.clone()), b"x").await.contains("longer than 50 ms"));
    // More bytes than a pipe holds: the child that does not read them is as late as one that does not answer.
    assert!(refusal(&child("echo ready; exec sleep 1000", limits), &vec![b'x'; 1 << 20]).await.contains("longer than 50 ms"));
    let limits = DocumentLimits { answer_bytes_max: 1_000, ..DocumentLimits::default() };
    assert!(refusal(&child("echo ready; while :; do printf xxxxxxxxxx; done", limits), b"x").await.contains("brought its reader down"));
}

#[tokio::test]
async fn a_document_that_is_too_large_never_reaches_the_child() {
    let limits = DocumentLimits { file_bytes_max: 3, ..DocumentLimits::default() };
    assert!(refusal(&child("exit 1", limits), b"four").await.contains("more than 3 bytes"));
}

#[tokio::test]
async fn a_child_that_cannot_start_is_an_error_and_no_refusal() {
    let missing = ChildParser::new("/no/such/program".into(), Vec::new(), DocumentLimits::default());
    assert!(missing.parse(document(b"x")).await.unwrap_err().to_string().contains("cannot be started"));
    let silent = child("exit 0", DocumentLimits::default());
    assert!(silent.parse(document(b"x")).await.unwrap_err().to_string().contains("memory_bytes_max"));
}

#[tokio::test]
async fn what_is_refused_does_not_depend_on_what_came_before() {
    // Answers one document and dies of the second: a fresh child answers that as well.
    let parser = child(
        "echo ready; read line; echo '{\"documents\":[],\"refused\":[{\"name\":\"a.md\",\"reason\":\"first\"}]}'; exit 1",
        DocumentLimits::default(),
    );
    for _ in 0..3 {
        assert_eq!(refusal(&parser, b"").await, "first");
    }
}
