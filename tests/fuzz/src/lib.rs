//! What the fuzz targets try: strangers' bytes are read or refused with a reason, never a panic, and the same bytes read the same.

use adapters::loader::tickets_jsonl::TicketsJsonl;
use jiff::Timestamp;
use knowledge::document::{DocumentKey, MediaType, RawDocument};
use knowledge::ports::loader::{Item, Loader};
use knowledge::source::{Source, SourceId, SourceKind};
use knowledge::stages::parse::parse;
use runtime::inbound::InboundMessage;
use std::collections::BTreeMap;

/// Reads a document of this kind twice.
pub fn document(media_type: MediaType, bytes: &[u8]) {
    let raw = RawDocument { key: DocumentKey("fuzzed".to_owned()), media_type, bytes: bytes.to_vec() };
    let parsed = parse(&raw);
    assert!(parsed.refused.iter().all(|refused| !refused.reason.is_empty()), "a refusal has a reason");
    assert!(parsed == parse(&raw), "the same bytes read the same");
}

/// Reads a file of past tickets: after whatever damage, the good ticket that follows is taken in.
pub fn tickets(bytes: &[u8]) {
    let path = std::env::temp_dir().join(format!("whimbrel-fuzz-{}.jsonl", std::process::id()));
    let good = br#"{"ticket_id":"the good one","created_at":"2026-01-02T10:00:00Z","messages":[{"role":"customer","text":"When do you open?"}]}"#;
    if std::fs::write(&path, [bytes, good.as_slice()].join(&b'\n')).is_err() {
        return;
    }
    let source = Source {
        id: SourceId("past".to_owned()),
        kind: SourceKind::Tickets { columns: BTreeMap::new() },
        location: path.to_string_lossy().into_owned(),
        language: None,
        valid_from: None,
    };
    let items = TicketsJsonl::default().items(&source).into_iter().flatten();
    let is_good = |item: Item| matches!(item, Item::Ticket(past) if past.ticket.id.0 == "the good one");
    assert!(items.map(is_good).fold(false, |found, is_good| found || is_good), "the good ticket is taken in");
}

/// Reads a message as a gateway hands it over.
pub fn inbound(bytes: &[u8]) {
    if let Ok(inbound) = InboundMessage::parse(bytes) {
        let message = inbound.message(Timestamp::UNIX_EPOCH);
        assert!(!message.id.0.is_empty() && !inbound.ticket_id().0.is_empty(), "a message has a name and a conversation");
    }
}
