//! What every parser promises.

use knowledge::document::{DocumentKey, MediaType, RawDocument};
use knowledge::ports::parser::Parser;

fn raw(key: &str, media_type: MediaType, bytes: &[u8]) -> RawDocument {
    RawDocument { key: DocumentKey(key.to_owned()), media_type, bytes: bytes.to_vec() }
}

/// Every promise.
pub async fn all(parser: &dyn Parser) {
    every_kind_of_text_is_read(parser).await;
    what_cannot_be_read_is_refused_by_its_own_name(parser).await;
    the_answer_depends_on_the_file_alone(parser).await;
}

async fn every_kind_of_text_is_read(parser: &dyn Parser) {
    for (media_type, text) in [
        (MediaType::Markdown, "# Hours\n\nNine to five, « même le samedi »."),
        (MediaType::Html, "<h1>Hours</h1><p>Nine to five, « même le samedi »."),
        (MediaType::Text, "Hours\n\nNine to five, « même le samedi »."),
        (MediaType::Csv, "question,answer\nHours?,\"Nine to five, « même le samedi ».\""),
    ] {
        let parsed = parser.parse(raw("a.x", media_type, text.as_bytes())).await.unwrap();
        assert_eq!(parsed.documents[0].sections[0].blocks, ["Nine to five, « même le samedi »."], "{media_type:?}");
        assert_eq!((parsed.documents[0].key.0.as_str(), parsed.refused.len()), ("a.x", 0));
    }
}

async fn what_cannot_be_read_is_refused_by_its_own_name(parser: &dyn Parser) {
    for media_type in [MediaType::Markdown, MediaType::Html, MediaType::Text, MediaType::Csv, MediaType::Pdf, MediaType::Docx] {
        let parsed = parser.parse(raw("dir/b\nb.x", media_type, b"\0\xff\0")).await.unwrap();
        assert!(parsed.documents.is_empty());
        assert_eq!(parsed.refused[0].name, "dir/b\nb.x");
        assert!(parsed.refused[0].reason.contains(' '), "a reason is a sentence");
    }
}

async fn the_answer_depends_on_the_file_alone(parser: &dyn Parser) {
    let files =
        [raw("a.md", MediaType::Markdown, b"One."), raw("b.pdf", MediaType::Pdf, b"%PDF-1.7"), raw("c.md", MediaType::Markdown, b"Three.")];
    let mut first = Vec::new();
    for file in &files {
        first.push(parser.parse(file.clone()).await.unwrap());
    }
    for (file, expected) in files.iter().zip(&first).rev() {
        assert_eq!(&parser.parse(file.clone()).await.unwrap(), expected);
    }
}
