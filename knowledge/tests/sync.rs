//! A source into the store.

mod support;

use knowledge::chunk::Chunk;
use knowledge::document::RefusedKind;
use knowledge::ports::store::{KnowledgeStore, Revision};
use knowledge::sync::{Step, SyncError, SyncReport};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::{House, Thing, at, embedder, folder, markdown, ticket};
use triage::language::Language;

const MARCH: &str = "2024-03-01T00:00:00Z";
const APRIL: &str = "2024-04-01T00:00:00Z";
const MAY: &str = "2024-05-01T00:00:00Z";

fn page(name: &str, text: &str) -> Thing {
    Thing::Document(markdown(name, text))
}

fn counts(report: &SyncReport) -> (u64, u64, u64, u64) {
    (report.added, report.changed, report.unchanged, report.gone)
}

fn current(house: &House) -> Vec<Chunk> {
    house.store.chunks().into_iter().filter(|chunk| chunk.valid_to.is_none()).collect()
}

#[tokio::test]
async fn a_sync_counts_what_it_found() {
    let (house, help) = (House::new(), folder("help"));
    house.put(&help, vec![page("a.md", "One."), page("b.md", "Two."), Thing::Broken("c.pdf")]);
    let first = house.sync(&help, MARCH).await;
    assert_eq!((counts(&first), first.passages), ((2, 0, 0, 0), 2));
    assert_eq!(first.refused[0].name, "c.pdf");
    house.put(&help, vec![page("a.md", "One."), page("b.md", "Two, changed."), page("d.md", "Four.")]);
    assert_eq!(counts(&house.sync(&help, APRIL).await), (1, 1, 1, 0));
    house.put(&help, vec![page("d.md", "Four.")]);
    assert_eq!(counts(&house.sync(&help, MAY).await), (0, 0, 1, 2));
    assert_eq!(current(&house).len(), 1);
}

#[tokio::test]
async fn a_second_sync_of_the_same_writes_nothing_and_embeds_nothing() {
    let (house, help) = (House::new(), folder("help"));
    house.put(&help, vec![page("a.md", "One."), Thing::Ticket(ticket("T-1", MARCH, &["c: Where is my parcel?", "a: On its way."]))]);
    house.sync(&help, MARCH).await;
    let (revision, embedded) = (house.store.revision().await.unwrap(), house.embedder.texts.load(Ordering::SeqCst));
    let second = house.sync(&help, APRIL).await;
    assert_eq!((counts(&second), second.passages), ((0, 0, 2, 0), 0));
    assert_eq!(house.store.revision().await.unwrap(), revision);
    assert_eq!(house.embedder.texts.load(Ordering::SeqCst), embedded);
    assert!(revision > Revision(0));
}

#[tokio::test]
async fn the_same_name_twice_is_refused_by_name() {
    let (house, help) = (House::new(), folder("help"));
    house.put(&help, vec![page("a.md", "One."), page("a.md", "Another.")]);
    let report = house.sync(&help, MARCH).await;
    assert_eq!((report.added, report.refused[0].name.as_str(), report.refused[0].kind), (1, "a.md", RefusedKind::SeenBefore));
    assert_eq!(current(&house)[0].text, "One.");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_today_keeps_its_last_version() {
    let (house, help) = (House::new(), folder("help"));
    house.put(&help, vec![page("a.md", "One.")]);
    house.sync(&help, MARCH).await;
    house.put(&help, vec![Thing::Broken("a.md")]);
    let report = house.sync(&help, APRIL).await;
    assert_eq!((report.gone, report.refused.len()), (0, 1));
    assert_eq!(current(&house).len(), 1);
}

#[tokio::test]
async fn a_changed_document_holds_from_the_sync_and_the_old_one_until_then() {
    let (house, mut help) = (House::new(), folder("help"));
    help.valid_from = Some(at("2023-01-01T00:00:00Z"));
    house.put(&help, vec![page("a.md", "Thirty days.")]);
    house.sync(&help, MARCH).await;
    house.put(&help, vec![page("a.md", "Fourteen days.")]);
    house.sync(&help, APRIL).await;
    let mut times: Vec<_> = house.store.chunks().into_iter().map(|chunk| (chunk.text, chunk.valid_from, chunk.valid_to)).collect();
    times.sort();
    let expected =
        vec![("Fourteen days.".to_owned(), at(APRIL), None), ("Thirty days.".to_owned(), at("2023-01-01T00:00:00Z"), Some(at(APRIL)))];
    assert_eq!(times, expected);
}

#[tokio::test]
async fn front_matter_that_was_not_touched_does_not_backdate_a_change() {
    let (house, help) = (House::new(), folder("help"));
    house.put(&help, vec![page("a.md", "---\nvalid_from: 2024-01-01\n---\nThirty days.")]);
    house.sync(&help, MARCH).await;
    assert_eq!(current(&house)[0].valid_from, at("2024-01-01T00:00:00Z"));
    house.put(&help, vec![page("a.md", "---\nvalid_from: 2024-01-01\n---\nFourteen days.")]);
    house.sync(&help, APRIL).await;
    assert_eq!(current(&house)[0].valid_from, at(APRIL));
}

#[tokio::test]
async fn a_document_that_comes_back_holds_from_its_return() {
    let (house, mut help) = (House::new(), folder("help"));
    help.valid_from = Some(at("2023-01-01T00:00:00Z"));
    house.put(&help, vec![page("a.md", "Thirty days.")]);
    house.sync(&help, MARCH).await;
    house.put(&help, vec![]);
    house.sync(&help, APRIL).await;
    house.put(&help, vec![page("a.md", "Thirty days.")]);
    house.sync(&help, MAY).await;
    assert_eq!(current(&house)[0].valid_from, at(MAY));
}

#[tokio::test]
async fn tickets_without_an_answer_are_counted() {
    let (house, past) = (House::new(), folder("past"));
    let answered = ticket("T-1", MARCH, &["c: Where is my parcel?", "a: On its way."]);
    house.put(&past, vec![Thing::Ticket(answered), Thing::Ticket(ticket("T-2", MARCH, &["c: Hello?"]))]);
    let report = house.sync(&past, MAY).await;
    assert_eq!((report.added, report.without_answer), (1, 1));
    assert_eq!(current(&house)[0].valid_from, at("2024-03-01T00:01:00Z"));
}

#[tokio::test]
async fn a_language_comes_from_the_document_then_the_source_then_the_text() {
    let (house, mut help) = (House::new(), folder("help"));
    let long =
        "Vous pouvez retourner votre commande dans les trente jours qui suivent la livraison, à condition que les articles soient intacts.";
    house.put(&help, vec![page("a.md", "---\nlanguage: de\n---\nKurz."), page("b.md", "Short."), page("c.md", long)]);
    house.sync(&help, MARCH).await;
    let languages = |house: &House| {
        let mut found: Vec<_> = current(house).into_iter().map(|chunk| (chunk.document.0, chunk.language)).collect();
        found.sort();
        found.into_iter().map(|(_, language)| language).collect::<Vec<_>>()
    };
    assert_eq!(languages(&house), [Some(Language::DE), None, Some(Language::FR)]);
    help.language = Some(Language::ES);
    house.sync(&help, APRIL).await;
    assert_eq!(languages(&house), [Some(Language::DE), Some(Language::ES), Some(Language::ES)]);
}

#[tokio::test]
async fn another_embedder_embeds_every_source_anew_and_keeps_the_times() {
    let (mut house, help, faq) = (House::new(), folder("help"), folder("faq"));
    house.put(&help, vec![page("a.md", "One.")]);
    house.put(&faq, vec![page("b.md", "Two.")]);
    house.sync(&help, MARCH).await;
    house.sync(&faq, MARCH).await;
    house.embedder = embedder("hashing-2");
    let report = house.sync(&faq, APRIL).await;
    assert_eq!(report.reembedded, [faq.id.clone(), help.id.clone()]);
    assert_eq!((counts(&report), report.passages), ((0, 0, 1, 0), 1));
    assert_eq!(house.embedder.texts.load(Ordering::SeqCst), 2);
    assert_eq!(house.store.embedder().await.unwrap().as_deref(), Some("hashing-2"));
    assert!(current(&house).iter().all(|chunk| chunk.valid_from == at(MARCH)));
    assert!(house.sync(&help, MAY).await.reembedded.is_empty());
}

#[tokio::test]
async fn a_source_that_cannot_be_read_changes_nothing() {
    let (house, help) = (House::new(), folder("help"));
    house.put(&help, vec![page("a.md", "One.")]);
    house.sync(&help, MARCH).await;
    let missing = folder("missing");
    let error = house.syncer().run(&missing, at(APRIL), &mut |_| {}).await.unwrap_err();
    assert!(matches!(error, SyncError::Loader(_)), "{error}");
    assert_eq!(house.store.sources().await.unwrap().len(), 1);
}

#[tokio::test]
async fn progress_ends_with_all_keys_embedded() {
    let (house, help) = (House::new(), folder("help"));
    house.put(&help, (0..150).map(|n| page(&format!("{n}.md"), "# How?\nSo.")).collect());
    let mut seen = Vec::new();
    house.syncer().run(&help, at(MARCH), &mut |progress| seen.push(progress)).await.unwrap();
    let last = seen.last().unwrap();
    assert_eq!((last.step, last.done, last.total), (Step::Embedding, 300, Some(300)));
    assert!(seen.iter().any(|progress| progress.step == Step::Reading && progress.done == 100));
}

#[tokio::test]
async fn a_sync_can_run_as_a_task() {
    let (house, help) = (Arc::new(House::new()), folder("help"));
    house.put(&help, vec![page("a.md", "One.")]);
    let task = tokio::spawn(async move { house.syncer().run(&help, at(MARCH), &mut |_| {}).await.map(|report| report.added) });
    assert_eq!(task.await.unwrap().unwrap(), 1);
}
