//! PDF, Word documents and tables to documents. The two files are those of the demo shop, made with common tools.

#![allow(clippy::unwrap_used)] // helpers of tests may

mod support;

use knowledge::document::{Document, MediaType};
use knowledge::stages::parse::parse;
use support::raw;
use triage::evidence::PassageKind;

const PDF: &[u8] = include_bytes!("../../worker/cli/demo/documents/bike-rental.pdf");
const DOCX: &[u8] = include_bytes!("../../worker/cli/demo/documents/maintenance-courses.docx");

fn read(media_type: MediaType, bytes: &[u8]) -> Result<Document, String> {
    let mut document = raw("help/file.x", media_type, "");
    document.bytes = bytes.to_vec();
    let mut parsed = parse(&document);
    assert_eq!(parsed.documents.len() + parsed.refused.len(), 1, "one document or one refusal");
    parsed.documents.pop().ok_or_else(|| parsed.refused[0].reason.clone())
}

/// Sections as `heading › heading: block | block`.
fn shown(document: &Document) -> Vec<String> {
    document.sections.iter().map(|section| format!("{}: {}", section.headings.join(" › "), section.blocks.join(" | "))).collect()
}

#[test]
fn a_pdf_has_headings_tables_and_pages() {
    let document = read(MediaType::Pdf, PDF).unwrap();
    assert_eq!((document.title.as_str(), document.kind), ("Bike rental", PassageKind::Document));
    assert_eq!(
        shown(&document),
        [
            "Bike rental › Where to rent › p. 1: Rental bikes are handed out at the Harbor store only. Bring a photo ID; we hold a deposit of $200 on a card.",
            "Bike rental › Rental rates › p. 1: Bike: City bike; Half day: $18; Full day: $28 | Bike: Gravel bike; Half day: $32; Full day: $49 | Bike: Child trailer; Half day: $9; Full day: $14",
            "Bike rental › What is included with a rental? › p. 2: Every rental comes with a helmet, a lock and a puncture kit. Lights are $2 a day.",
            "Bike rental › Late rental returns › p. 2: A rental that comes back after closing time is charged as another half day.",
        ]
    );
    assert_eq!(document.sections[2].question.as_deref(), Some("What is included with a rental?"));
}

#[test]
fn a_word_document_has_headings_tables_and_lists() {
    let document = read(MediaType::Docx, DOCX).unwrap();
    assert_eq!(document.title, "Maintenance courses");
    assert_eq!(
        shown(&document),
        [
            ": Evening courses are held in the workshop of the Orchard store, six people at most.",
            "Course fees: Course: Puncture basics; Evenings: 1; Fee: $20 | Course: Gears and brakes; Evenings: 2; Fee: $55 | Course: Wheel building; Evenings: 4; Fee: $140",
            "Do I need my own tools for a course?: No. Tools and grease are provided, and you work on your own bike. | Wear clothes that may get dirty. | Bring your bike clean.",
        ]
    );
    assert_eq!(document.sections[2].question.as_deref(), Some("Do I need my own tools for a course?"));
}

#[test]
fn a_file_cut_off_is_refused_with_what_to_do() {
    for (media_type, bytes, word) in [
        (MediaType::Pdf, &PDF[..600], "export it anew"),
        (MediaType::Pdf, b"hello".as_slice(), "is no PDF"),
        (MediaType::Docx, &DOCX[..DOCX.len() / 2], "save it anew"),
        (MediaType::Docx, b"hello", "is no Word document"),
        (MediaType::Docx, &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "password"),
        (MediaType::Markdown, PDF, "ending of its kind"),
        (MediaType::Text, DOCX, "ending of its kind"),
    ] {
        let reason = read(media_type, bytes).unwrap_err();
        assert!(reason.contains(word), "{reason}");
    }
}

#[test]
fn any_table_with_a_header_can_be_cited_row_by_row() {
    let document =
        read(MediaType::Csv, "Service;Price;Note\r\nTune-up;79 €;\r\n;;\r\n\"Wheel, true\";25 €;per wheel\r\n".as_bytes()).unwrap();
    assert_eq!(document.kind, PassageKind::Document);
    assert_eq!(shown(&document), [": Service: Tune-up; Price: 79 €", ": Service: Wheel, true; Price: 25 €; Note: per wheel"]);
    for (table, word) in [("alone\nx\n", "no table"), ("a,b\n", "no row"), (&format!("{}\n1", "c,".repeat(70)), "64 columns")] {
        let reason = read(MediaType::Csv, table.as_bytes()).unwrap_err();
        assert!(reason.contains(word), "{reason}");
    }
}

#[test]
fn tables_and_pages_of_offices_are_read_in_their_encodings() {
    let csv = read(MediaType::Csv, b"Article;Prix\r\nV\xE9lo;5 \x80\r\n").unwrap();
    assert_eq!(shown(&csv), [": Article: Vélo; Prix: 5 €"]);
    let text: Vec<u8> = [0xFF, 0xFE].into_iter().chain("Où ? Là.".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(shown(&read(MediaType::Text, &text).unwrap()), [": Où ? Là."]);
}

#[test]
fn a_heading_of_any_length_is_cut_before_every_passage_carries_it() {
    let document = read(MediaType::Markdown, format!("# {}\n\nShort.", "long ".repeat(10_000)).as_bytes()).unwrap();
    assert!(document.title.chars().count() <= 201 && document.sections[0].headings[0].chars().count() <= 201);
}
