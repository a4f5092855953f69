//! Laws of cutting documents into passages.

mod support;

use knowledge::chunk::KeyKind;
use knowledge::document::{Document, DocumentKey, Section, VersionedDocument};
use knowledge::source::SourceId;
use knowledge::stages::chunk::{CHUNK_TOKENS_MAX, PlainChunk, chunk, tokens};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeSet;
use support::at;
use triage::evidence::PassageKind;

fn versioned(kind: PassageKind, sections: Vec<Section>) -> VersionedDocument {
    let key = DocumentKey("returns.md".into());
    let title = "Returns".to_owned();
    let document = Document { key, title, kind, language: None, ticket: None, intent: None, valid_from: None, link: None, sections };
    let version = document.version();
    VersionedDocument { source: SourceId("help".into()), document, version, valid_from: at("2024-01-01T00:00:00Z") }
}

fn section(headings: &[&str], question: Option<&str>, blocks: &[String]) -> Section {
    let headings = headings.iter().map(|heading| (*heading).to_owned()).collect();
    Section { headings, question: question.map(str::to_owned), intent: None, blocks: blocks.to_vec() }
}

fn texts(chunks: &[PlainChunk]) -> Vec<&str> {
    chunks.iter().map(|plain| plain.chunk.text.as_str()).collect()
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn small_blocks_of_a_section_stand_together_and_sections_stand_apart() {
    let blocks = ["One.".to_owned(), "Two.".to_owned()];
    let chunks =
        chunk(&versioned(PassageKind::Document, vec![section(&["Returns", "Shoes"], None, &blocks), section(&["Hats"], None, &blocks)]));
    assert_eq!(texts(&chunks), ["One.\nTwo.", "One.\nTwo."]);
    let titles: Vec<&str> = chunks.iter().map(|plain| plain.chunk.title.as_str()).collect();
    assert_eq!(titles, ["Returns › Shoes", "Returns › Hats"]);
    assert_eq!(chunks[0].keys, vec![(KeyKind::Text, "Returns › Shoes\nOne.\nTwo.".to_owned())]);
}

#[test]
fn a_long_block_is_cut_between_sentences() {
    let sentence = "The parcel travels with the morning van and reaches the shop before noon.";
    let block = vec![sentence; 30].join(" ");
    let chunks = chunk(&versioned(PassageKind::Document, vec![section(&[], None, &[block])]));
    assert!(chunks.len() > 1);
    assert!(texts(&chunks).iter().all(|text| text.starts_with("The parcel") && text.ends_with("noon.")));
}

#[test]
fn an_answer_stays_whole_however_long() {
    let block = vec!["A sentence of a long answer."; 200].join(" ");
    for kind in [PassageKind::Approved, PassageKind::PastTicket] {
        let chunks = chunk(&versioned(kind, vec![section(&[], Some("Why?"), std::slice::from_ref(&block))]));
        assert_eq!(texts(&chunks), [block.as_str()]);
        assert_eq!(chunks[0].keys, vec![(KeyKind::Question, "Why?".to_owned()), (KeyKind::Text, format!("Why?\n{block}"))]);
    }
}

#[test]
fn a_heading_that_asks_is_a_key_to_its_passages() {
    let chunks = chunk(&versioned(PassageKind::Document, vec![section(&["How long?"], Some("How long?"), &["Two days.".to_owned()])]));
    assert_eq!(
        chunks[0].keys,
        vec![(KeyKind::Question, "How long?".to_owned()), (KeyKind::Text, "Returns › How long?\nTwo days.".to_owned())]
    );
}

#[test]
fn another_version_has_other_passages() {
    let one = chunk(&versioned(PassageKind::Document, vec![section(&[], None, &["One.".to_owned()])]));
    let two = chunk(&versioned(PassageKind::Document, vec![section(&[], None, &["Two.".to_owned()])]));
    assert_ne!(one[0].chunk.id, two[0].chunk.id);
}

fn blocks() -> impl Strategy<Value = Vec<String>> {
    let prose = "([A-Za-zéß]{1,12}[ .,!?]{1,2}){1,120}";
    let odd = "\\PC{1,300}";
    let solid = "[a-z0-9]{600,1500}";
    prop::collection::vec(prop_oneof![4 => prose, 2 => odd, 1 => solid], 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, rng_seed: RngSeed::Fixed(20), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_lost_and_none_is_added(blocks in blocks()) {
        let chunks = chunk(&versioned(PassageKind::Document, vec![section(&["H"], None, &blocks)]));
        prop_assert_eq!(bare(&texts(&chunks).concat()), bare(&blocks.concat()));
    }

    #[test]
    fn the_budget_is_kept(blocks in blocks()) {
        let chunks = chunk(&versioned(PassageKind::Document, vec![section(&["H"], None, &blocks)]));
        for text in texts(&chunks) {
            prop_assert!(tokens(text) <= CHUNK_TOKENS_MAX, "{} tokens", tokens(text));
        }
    }

    #[test]
    fn the_same_document_is_cut_the_same_way_and_every_passage_has_its_own_id(blocks in blocks()) {
        let versioned = versioned(PassageKind::Document, vec![section(&["H"], None, &blocks), section(&["H"], None, &blocks)]);
        let chunks = chunk(&versioned);
        prop_assert_eq!(&chunks, &chunk(&versioned));
        let ids: BTreeSet<_> = chunks.iter().map(|plain| plain.chunk.id.clone()).collect();
        prop_assert_eq!(ids.len(), chunks.len());
    }
}
