//! What holds for any bytes at all.

mod support;

use knowledge::document::MediaType;
use knowledge::stages::parse::{SECTIONS_MAX, parse};
use knowledge::stages::sections::TITLE_CHARS_MAX;
use proptest::prelude::*;
use support::raw;

fn media_type() -> impl Strategy<Value = MediaType> {
    prop_oneof![
        Just(MediaType::Markdown),
        Just(MediaType::Html),
        Just(MediaType::Text),
        Just(MediaType::Csv),
        Just(MediaType::Pdf),
        Just(MediaType::Docx)
    ]
}

/// Bytes that begin and go on as files of some kind do.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n".to_vec()),
        Just(b"2 0 obj\n<< /Type /Pages /Kids [2 0 R 3 0 R] >>\nendobj 3 0 obj << /Type /Page /Contents 4 0 R >> endobj\n".to_vec()),
        Just(b"4 0 obj << /Length 9 >> stream\nBT /F 9 Tf [(a) -300 (b)] TJ ET\nendstream endobj trailer << /Root 1 0 R >>\n".to_vec()),
        Just(b"PK\x03\x04".to_vec()),
        Just(b"PK\x01\x02".to_vec()),
        Just(b"PK\x05\x06\0\0\0\0\x01\0\x01\0".to_vec()),
        Just(b"question,answer\n\"a\",\"b\n".to_vec()),
        Just(b"<table><tr><td><a href='x'>".to_vec()),
        Just(b"# a\n\n| b |\n|---|\n> - [c](d)".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..40),
        "\\PC{0,30}".prop_map(String::into_bytes),
    ];
    proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_by_their_own_name(bytes in bytes(), media_type in media_type()) {
        let mut document = raw("a.x", media_type, "");
        document.bytes = bytes;
        let parsed = parse(&document);
        prop_assert!(parsed.documents.len() + parsed.refused.len() > 0);
        prop_assert!(parsed.refused.iter().all(|refused| refused.name.starts_with("a.x") && !refused.reason.is_empty()));
        for document in &parsed.documents {
            prop_assert!(document.key.0.starts_with("a.x"));
            prop_assert!(!document.sections.is_empty() && document.sections.len() <= SECTIONS_MAX);
            prop_assert!(document.sections.iter().all(|section| !section.blocks.is_empty()));
            prop_assert!(document.title.chars().count() <= TITLE_CHARS_MAX + 1);
        }
        prop_assert_eq!(parse(&document), parsed);
    }
}
