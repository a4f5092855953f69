//! Knowledge as triage asks it: fresh, as of a moment, in the customer's language.

#![allow(clippy::unwrap_used)] // helpers of tests may

mod support;

use knowledge::curation::Act;
use knowledge::document::MediaType;
use knowledge::ports::store::{KnowledgeStore, Revision};
use knowledge::ports::vector_index::VectorIndex;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::store::Memory;
use support::{House, Thing, at, embedder, folder, markdown, query, raw, ticket, with_intent};
use triage::evidence::{Passage, PassageKind, Query};
use triage::intent::IntentName;
use triage::language::Language;
use triage::ports::Retriever;
use triage::ticket::TicketId;

const MARCH: &str = "2024-03-01T00:00:00Z";
const APRIL: &str = "2024-04-01T00:00:00Z";
const LATER: &str = "2024-06-01T00:00:00Z";

async fn ask(house: &House, query: &Query) -> Vec<Passage> {
    house.retriever().retrieve(query).await.unwrap().passages
}

async fn texts(house: &House, query: &Query) -> Vec<String> {
    ask(house, query).await.into_iter().map(|passage| passage.text).collect()
}

async fn shop() -> House {
    let (house, help) = (House::new(), folder("help"));
    let pages = [
        ("returns.md", "# Returns\nWorn shoes cannot be returned. Unworn shoes can be returned within thirty days."),
        ("delivery.md", "# Delivery\nA parcel takes two days to reach France."),
        ("gift.md", "# Gift cards\nA gift card is valid for one year."),
    ];
    house.put(&help, pages.iter().map(|(name, text)| Thing::Document(markdown(name, text))).collect());
    house.sync(&help, MARCH).await;
    house
}

#[tokio::test]
async fn the_nearest_passage_comes_first_with_its_measures() {
    let house = shop().await;
    let found = ask(&house, &query("can I return my shoes?", LATER)).await;
    let first = &found[0];
    assert_eq!((first.document.as_str(), first.kind, first.title.as_str()), ("returns.md", PassageKind::Document, "Returns"));
    assert!(first.similarity > 0.3 && first.score > found[1].score);
    assert_eq!(first.overlap, 1.0, "`return` stands in the title, `shoes` in the text");
}

#[tokio::test]
async fn a_deleted_page_stops_answering_at_once() {
    let house = shop().await;
    let retriever = house.retriever();
    let asked = query("how long is a gift card valid?", LATER);
    assert_eq!(retriever.retrieve(&asked).await.unwrap().passages[0].document, "gift.md");
    house.store.remove_source(&folder("help").id, at(APRIL)).await.unwrap();
    assert_eq!(retriever.retrieve(&asked).await.unwrap().passages, vec![]);
}

#[tokio::test]
async fn what_is_hidden_is_not_found_and_what_is_pinned_comes_first() {
    let house = shop().await;
    let asked = query("shoes to France", LATER);
    let found = ask(&house, &asked).await;
    house.store.curate_now(Act::Hide, &found[0].id);
    assert!(ask(&house, &asked).await.iter().all(|passage| passage.id != found[0].id));
    house.store.curate_now(Act::Unhide, &found[0].id);
    house.store.curate_now(Act::Pin, &found[1].id);
    assert_eq!(ask(&house, &asked).await[0].id, found[1].id);
}

#[tokio::test]
async fn a_macro_is_found_for_its_intent_in_whatever_words_and_answers_nothing_else() {
    let house = shop().await;
    let table = "question,intent,answer\n,gift_card,Ask at the desk.\nDo cards expire?,gift_card,Never.\n";
    let answers = folder("answers");
    house.put(&answers, vec![Thing::Document(raw("answers.csv", MediaType::Csv, table))]);
    house.sync(&answers, MARCH).await;
    let asked = |intent: Option<&str>| Query { intent: intent.map(|name| IntentName(name.to_owned())), ..query("xyzzy?", LATER) };
    let found = ask(&house, &asked(Some("gift_card"))).await;
    assert_eq!((found[0].text.as_str(), found[0].kind), ("Ask at the desk.", PassageKind::Approved));
    assert_eq!(found[0].intent, Some(IntentName("gift_card".to_owned())));
    let never = ask(&house, &query("do cards expire?", LATER)).await;
    assert_eq!((never[0].text.as_str(), never[0].intent.clone()), ("Never.", None), "it answers its question, not its intent");
    assert!(ask(&house, &asked(Some("returns"))).await.iter().all(|passage| passage.score < 0.5));
}

#[tokio::test]
async fn a_passage_past_its_date_says_so_from_that_moment() {
    let house = shop().await;
    let asked = query("can I return my shoes?", LATER);
    let id = ask(&house, &asked).await[0].id.clone();
    house.store.curate_now(Act::Verify { until: Some(at(APRIL)) }, &id);
    assert_eq!(ask(&house, &asked).await[0].overdue_since, Some(at(APRIL)));
    assert_eq!(ask(&house, &query("can I return my shoes?", "2024-03-15T00:00:00Z")).await[0].overdue_since, None);
    house.store.curate_now(Act::Verify { until: Some(at("2025-01-01T00:00:00Z")) }, &id);
    assert_eq!(ask(&house, &asked).await[0].overdue_since, None);
}

#[tokio::test]
async fn a_question_of_the_past_is_answered_with_what_held_then() {
    let (house, help) = (House::new(), folder("help"));
    for (days, now) in [("thirty", MARCH), ("fourteen", APRIL)] {
        house.put(&help, vec![Thing::Document(markdown("returns.md", &format!("Shoes: {days} days.")))]);
        house.sync(&help, now).await;
    }
    assert_eq!(texts(&house, &query("shoes days", "2024-02-01T00:00:00Z")).await, [""; 0]);
    assert_eq!(texts(&house, &query("shoes days", "2024-03-15T00:00:00Z")).await, ["Shoes: thirty days."]);
    assert_eq!(texts(&house, &query("shoes days", APRIL)).await, ["Shoes: fourteen days."]);
}

#[tokio::test]
async fn a_ticket_never_answers_itself_nor_before_it_was_answered() {
    let (house, past) = (House::new(), folder("past"));
    house.put(&past, vec![Thing::Ticket(ticket("T-1", MARCH, &["c: Where is my parcel?", "a: On its way."]))]);
    house.sync(&past, APRIL).await;
    for careless in [false, true] {
        house.index.careless.store(careless, Ordering::SeqCst);
        let mut asked = query("Where is my parcel?", LATER);
        assert_eq!(texts(&house, &asked).await, ["On its way."]);
        asked.exclude_ticket = Some(TicketId("T-1".into()));
        assert_eq!(texts(&house, &asked).await, [""; 0]);
        assert_eq!(texts(&house, &query("Where is my parcel?", MARCH)).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_past_ticket_of_the_same_intent_wins_a_tie() {
    let (house, past) = (House::new(), folder("past"));
    let lines = |answer: &'static str| ["c: It does not work", answer];
    let tickets = [("T-1", "app", "a: Restart the app now."), ("T-2", "card", "a: Order a new card.")];
    let things = tickets.map(|(id, intent, answer)| Thing::Ticket(with_intent(ticket(id, MARCH, &lines(answer)), intent)));
    house.put(&past, things.to_vec());
    house.sync(&past, APRIL).await;
    for (intent, expected) in [("app", "Restart the app now."), ("card", "Order a new card.")] {
        let asked = Query { intent: Some(IntentName(intent.into())), ..query("does not work", LATER) };
        assert_eq!(texts(&house, &asked).await[0], expected);
    }
}

#[tokio::test]
async fn the_customers_language_comes_first_and_others_when_it_has_nothing() {
    let (house, faq) = (House::new(), folder("faq"));
    let table = "question,answer,language\nparcel late,It comes tomorrow.,en\nparcel late,Il arrive demain.,fr\ngift card,One year.,en\n";
    house.put(&faq, vec![Thing::Document(raw("faq.csv", MediaType::Csv, table))]);
    house.sync(&faq, MARCH).await;
    let french = |text: &str| Query { language: Some(Language::FR), ..query(text, LATER) };
    assert_eq!(texts(&house, &french("parcel late")).await, ["Il arrive demain."]);
    assert_eq!(texts(&house, &french("gift card")).await[0], "One year.");
    assert_eq!(texts(&house, &Query { language: Some(Language::EN), ..query("parcel late", LATER) }).await[0], "It comes tomorrow.");
}

#[tokio::test]
async fn an_empty_question_finds_nothing() {
    assert_eq!(texts(&shop().await, &query(" \n", LATER)).await, [""; 0]);
}

#[tokio::test]
async fn vectors_of_another_embedder_are_not_searched() {
    let mut house = shop().await;
    house.embedder = embedder("hashing-2");
    let error = house.retriever().retrieve(&query("shoes", LATER)).await.unwrap_err();
    assert_eq!((error.stage, error.is_transient), ("retrieve", false));
    assert!(error.problem.contains("sync"), "{}", error.problem);
}

#[tokio::test]
async fn the_version_names_revision_and_embedder() {
    let house = shop().await;
    let retriever = house.retriever();
    retriever.retrieve(&query("shoes", LATER)).await.unwrap();
    assert_eq!(retriever.version(), format!("r{} hashing-1", house.store.revision().await.unwrap().0));
}

#[tokio::test]
async fn catching_up_reads_only_what_is_new_and_nothing_when_nothing_is() {
    let house = shop().await;
    assert_eq!(house.feed.catch_up().await.unwrap(), Revision(3));
    let pages = house.store.0.lock().unwrap().pages_read;
    house.feed.catch_up().await.unwrap();
    assert_eq!(house.store.0.lock().unwrap().pages_read, pages);
}

#[tokio::test]
async fn more_changes_than_a_page_are_all_fed() {
    let (house, help) = (House::new(), folder("help"));
    house.put(&help, (0..1234).map(|n| Thing::Document(markdown(&format!("{n}.md"), "Text."))).collect());
    house.sync(&help, MARCH).await;
    house.feed.catch_up().await.unwrap();
    assert_eq!(house.index.entries.lock().unwrap().0.len(), 1234);
}

#[tokio::test]
async fn an_index_of_another_store_is_fed_from_the_start() {
    let house = shop().await;
    house.feed.catch_up().await.unwrap();
    let other = House { store: Arc::new(Memory::default()), ..House::new() };
    let feed = knowledge::feed::Feed::new(other.store.clone(), house.index.clone());
    let faq = folder("faq");
    other.put(&faq, vec![Thing::Document(markdown("a.md", "Only this."))]);
    other.sync(&faq, MARCH).await;
    assert_eq!(feed.catch_up().await.unwrap(), Revision(1));
    assert_eq!(house.index.revision().await.unwrap(), Revision(1));
    assert_eq!(house.index.entries.lock().unwrap().0.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_ask_at_once_feed_once() {
    let house = Arc::new(shop().await);
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let feed = house.feed.clone();
            tokio::spawn(async move { feed.catch_up().await.unwrap() })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Revision(3));
    }
    assert_eq!(house.store.0.lock().unwrap().pages_read, 1);
}
