//! What admins say counts at once, and a question of the past meets what had been said by then.

#![allow(clippy::unwrap_used)] // helpers of tests may

mod support;

use knowledge::chunk::Chunk;
use knowledge::curation::contradiction::{Contradiction, Differs, Pair, contradictions};
use knowledge::curation::edit;
use knowledge::curation::stale::{Because, Near, stale};
use knowledge::curation::standing::Log;
use knowledge::curation::{Act, Curation, Entry, Target};
use knowledge::document::DocumentKey;
use knowledge::ports::store::{KnowledgeStore, SourceSummary};
use knowledge::source::SourceId;
use std::collections::BTreeSet;
use support::{House, Thing, at, folder, markdown, query};
use triage::evidence::{Passage, PassageId, PassageKind, Query};
use triage::intent::IntentName;
use triage::ports::Retriever;

const MARCH: &str = "2024-03-01T00:00:00Z";
const APRIL: &str = "2024-04-01T00:00:00Z";
const MAY: &str = "2024-05-01T00:00:00Z";
const LATER: &str = "2024-06-01T00:00:00Z";

async fn shop() -> House {
    let (house, help) = (House::new(), folder("help"));
    let pages = [
        ("returns.md", "# Returns\nWorn shoes cannot be returned. Unworn shoes can be returned within thirty days."),
        ("delivery.md", "# Delivery\nA parcel with shoes takes two days to reach France."),
        ("gift.md", "# Gift cards\nA gift card is valid for one year."),
    ];
    house.put(&help, pages.iter().map(|(name, text)| Thing::Document(markdown(name, text))).collect());
    house.sync(&help, MARCH).await;
    house
}

async fn ask(house: &House, query: &Query) -> Vec<Passage> {
    house.retriever().retrieve(query).await.unwrap().passages
}

async fn say(house: &House, moment: &str, act: Act, document: &str) {
    let target = Target::Document { source: SourceId("help".to_owned()), document: DocumentKey(document.to_owned()) };
    let curation = Curation { act, target, by: "ada".to_owned(), why: String::new() };
    assert!(house.store.curate(&curation, at(moment)).await.unwrap());
}

fn first(passages: &[Passage]) -> &str {
    &passages[0].document
}

#[tokio::test]
async fn a_question_of_the_past_obeys_what_had_been_said_by_then() {
    let house = shop().await;
    let asked = "can shoes be returned?";
    assert_eq!(first(&ask(&house, &query(asked, LATER)).await), "returns.md");
    say(&house, APRIL, Act::Hide, "returns.md").await;
    say(&house, MAY, Act::Unhide, "returns.md").await;
    let found = |moment: &str| query(asked, moment);
    assert_eq!(first(&ask(&house, &found("2024-03-20T00:00:00Z")).await), "returns.md");
    assert!(ask(&house, &found("2024-04-20T00:00:00Z")).await.iter().all(|passage| passage.document != "returns.md"));
    assert_eq!(first(&ask(&house, &found(LATER)).await), "returns.md");
}

#[tokio::test]
async fn a_boost_and_a_pin_move_a_passage_from_their_moment_on() {
    let house = shop().await;
    let asked = "shoes";
    let order = async |moment: &str| ask(&house, &query(asked, moment)).await.into_iter().map(|found| found.document).collect::<Vec<_>>();
    let before = order(LATER).await;
    let second = before[1].clone();
    say(&house, APRIL, Act::Boost { factor: 2.0 }, &second).await;
    assert_eq!(order("2024-03-20T00:00:00Z").await, before);
    assert_eq!(order(LATER).await[0], second);
    say(&house, MAY, Act::Boost { factor: 1.0 }, &second).await;
    assert_eq!(order(LATER).await, before);
    say(&house, MAY, Act::Pin, &second).await;
    assert_eq!(order(LATER).await[0], second);
}

#[tokio::test]
async fn an_approved_passage_answers_its_intent_whatever_the_words() {
    let house = shop().await;
    let intent = IntentName("gift_cards".to_owned());
    let gift = house.store.chunks().into_iter().find(|chunk| chunk.document.0 == "gift.md").unwrap();
    house.store.curate_now(Act::Approve { intent: intent.clone() }, &gift.id);
    let asked = Query { intent: Some(intent.clone()), ..query("xyzzy plugh", LATER) };
    let found = ask(&house, &asked).await;
    assert_eq!((&found[0].id, found[0].kind, &found[0].intent), (&gift.id, PassageKind::Approved, &Some(intent)));
    let other = Query { intent: Some(IntentName("returns".to_owned())), ..query("gift card", LATER) };
    assert_eq!(ask(&house, &other).await[0].kind, PassageKind::Approved, "it stays approved when it is found by its words");
}

fn chunk(id: &str, document: &str, kind: PassageKind, text: &str) -> Chunk {
    Chunk {
        id: PassageId(id.to_owned()),
        source: SourceId("help".to_owned()),
        document: DocumentKey(document.to_owned()),
        version: "v".to_owned(),
        title: "Repairs".to_owned(),
        kind,
        question: None,
        text: text.to_owned(),
        language: None,
        ticket: None,
        intent: None,
        valid_from: at(MARCH),
        valid_to: None,
        link: None,
    }
}

fn against(one: &str, other: &str) -> Option<Contradiction> {
    let (one, other) = (chunk("a", "a.md", PassageKind::Document, one), chunk("b", "b.md", PassageKind::Document, other));
    contradictions([Pair { one: &one, other: &other, cosine: 0.9 }, Pair { one: &other, other: &one, cosine: 0.9 }]).pop()
}

#[test]
fn two_texts_that_differ_in_a_fact_contradict_each_other() {
    for (one, other, differs) in [
        ("A repair of the brakes costs $25.", "A repair of the brakes costs $35.", Some(Differs::Price)),
        ("The shop opens at 9 am on weekdays.", "The shop opens at 10 am on weekdays.", Some(Differs::Time)),
        ("Members get 10 % off repairs.", "Members get 15 % off repairs.", Some(Differs::Share)),
        ("Repairs take 5 days in summer.", "Repairs take 9 days in summer.", Some(Differs::Number)),
        ("The workshop is closed on Monday.", "The workshop is closed on Sunday.", Some(Differs::Day)),
        ("Yes, helmets can be repaired here.", "No, helmets can be repaired elsewhere.", Some(Differs::YesOrNo)),
        ("Worn helmets can be returned.", "Worn helmets can not be returned.", Some(Differs::Negation)),
        ("Des casques portés sont repris.", "Des casques portés ne sont pas repris.", Some(Differs::Negation)),
        ("A repair of the brakes costs $25.", "A repair of the brakes costs 25 USD.", None),
        ("A repair of the brakes costs $25.", "A repair of the brakes costs $25 and takes 3 days.", None),
        ("A repair of the brakes costs $25.", "Gift vouchers are worth $50.", None),
        ("Worn helmets can be returned.", "Worn helmets can be returned.", None),
    ] {
        assert_eq!(against(one, other).map(|found| found.differs), differs, "{one} | {other}");
    }
}

#[test]
fn the_most_severe_contradiction_comes_first_and_each_pair_once() {
    let texts = ["Brakes cost $25 and take 5 days.", "Brakes cost $35 and take 5 days.", "Brakes cost $25 and take 7 days."];
    let chunks: Vec<Chunk> = texts.iter().enumerate().map(|(n, text)| chunk(&n.to_string(), "a.md", PassageKind::Document, text)).collect();
    let pairs = chunks.iter().flat_map(|one| chunks.iter().map(move |other| Pair { one, other, cosine: 0.9 }));
    let told: Vec<_> = contradictions(pairs).into_iter().map(|found| (found.differs, found.one.id.0 + &found.other.id.0)).collect();
    assert_eq!(told, [(Differs::Price, "01".to_owned()), (Differs::Price, "12".to_owned()), (Differs::Number, "02".to_owned())]);
    let past: Vec<Chunk> = chunks.into_iter().map(|chunk| Chunk { kind: PassageKind::PastTicket, ..chunk }).collect();
    assert!(contradictions([Pair { one: &past[0], other: &past[1], cosine: 0.9 }]).is_empty(), "two people, two answers");
}

#[test]
fn what_is_overdue_is_listed_with_its_reason() {
    let page = chunk("page", "page.md", PassageKind::Document, "Brakes cost $25.");
    let newer = Chunk { valid_from: at(MAY), ..chunk("newer", "newer.md", PassageKind::Document, "Brakes cost $35.") };
    let past = chunk("past", "T-1", PassageKind::PastTicket, "Brakes cost $25.");
    let rewritten = edit::edited(&chunk("old", "gone.md", PassageKind::Document, "An old text."), "A new text.", at(MAY)).chunk;
    let target = Target::Passage { passage: page.id.clone() };
    let verify = |moment: &str, until: &str| Entry { at: at(moment), act: Act::Verify { until: Some(at(until)) }, target: target.clone() };
    let log = Log::new([verify(MARCH, APRIL)]);
    let current = [page.clone(), newer.clone(), past.clone(), rewritten.clone()];
    let near = [Near { past: &past, documents: vec![&newer] }];
    let changed = BTreeSet::from([(newer.source.clone(), newer.document.clone())]);
    let summary =
        |synced: &str| SourceSummary { source: folder("help"), documents: 3, passages: 4, hidden: 0, synced_at: Some(at(synced)) };
    let listed = stale(&[summary(MAY)], &current, &near, &changed, &log, at(LATER));
    let told: Vec<_> = listed.iter().map(|stale| (stale.passage.clone().unwrap(), stale.because.clone())).collect();
    assert_eq!(
        told,
        [
            (page.id.clone(), Because::VerifiedUntil { until: at(APRIL) }),
            (past.id.clone(), Because::OlderThan { document: newer.document.clone(), changed_at: at(MAY) }),
            (rewritten.id.clone(), Because::SourceChanged { document: DocumentKey("gone.md".to_owned()) }),
        ]
    );
    let again = Log::new([verify(MARCH, APRIL), verify(MAY, "2025-01-01T00:00:00Z")]);
    assert!(stale(&[summary(MAY)], &[page], &[], &changed, &again, at(LATER)).is_empty(), "looked at again, it holds");
    let unseen = stale(&[summary("2023-01-01T00:00:00Z")], &[], &[], &changed, &again, at(LATER));
    assert!(matches!(unseen[0].because, Because::NotSynced { .. }));
}

#[test]
fn an_edit_keeps_its_name_when_it_is_edited_again() {
    let page = chunk("page", "page.md", PassageKind::Document, "Brakes cost $25.");
    let once = edit::edited(&page, "Brakes cost $30.", at(APRIL)).chunk;
    let twice = edit::edited(&once, "Brakes cost $35.", at(MAY)).chunk;
    assert_eq!(once.document, twice.document);
    assert_ne!(once.id, twice.id);
    assert_eq!(edit::replaced(&twice.document), Some((page.document.clone(), edit::original(&page).as_str())));
}
