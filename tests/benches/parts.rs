//! The parts of a decision, each alone, in CPU time. `cargo bench -p tests --bench parts` prints them; a word after `--`
//! chooses some of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

#[path = "measure/cpu.rs"]
mod cpu;
mod measure;

use cli::commands::lone_message;
use cli::config::load::load;
use cli::home::Home;
use cli::wiring::{self, Knowledge};
use cpu::ProcessCpu;
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use knowledge::learned::classifier::LocalClassifier;
use knowledge::learned::example::Example;
use knowledge::learned::training::train;
use knowledge::ports::embedder::Embedding;
use knowledge::ports::store::{IndexChange, Revision};
use knowledge::stages::redact::redact;
use measure::shop::{INTENTS, SEED, Shop};
use measure::{Timer, rss_mb};
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use triage::case::Case;
use triage::evidence::{PassageId, Query};
use triage::intent::{IntentCatalog, IntentName};
use triage::ports::{Classifier, Retriever};
use triage::sms::fit::{Budget, fit};
use triage::text::plain_without_digits;

/// Labelled tickets that the classifier is trained on.
const EXAMPLES: usize = 10_000;
/// Questions that are asked in turn.
const QUESTIONS: usize = 200;
/// Among so many first passages it is looked whether the exact search has the same.
const RECALL_AT: usize = 10;

criterion_group! {
    name = parts;
    config = Criterion::default()
        .with_measurement(ProcessCpu)
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    targets = texts, classification, retrieval
}
criterion_main!(parts);

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// What needs no knowledge: redaction of one message, and a reply brought into the form that is sent.
fn texts(criterion: &mut Criterion<ProcessCpu>) {
    let message = "Hi, I'm Anna Miller, order 4417-20938 never came. Call +1 (202) 555-0142 or write to anna.miller@example.com, \
                   my card 4111 1111 1111 1111 was charged 85.00 on May 3rd.";
    criterion.bench_function("redact a message", |bench| bench.iter(|| redact(black_box(message))));
    let plain = "You can return unused items within 30 days. Refunds take 5 to 7 working days to reach your card. Bring the receipt \
                 or your order number. Items on sale can be exchanged. Gift cards cannot be returned. Shipping is not refunded.";
    let accents = "Vous pouvez retourner les articles non utilisés sous 30 jours. « Le remboursement » arrive sous 5 à 7 jours ouvrés. \
                   Présentez le reçu ou le numéro de commande. Les cartes cadeaux ne sont pas remboursées — merci d’avance !";
    let budget = Budget { segments_max: 2, messages_max: 1 };
    criterion.bench_function("fit a reply, plain", |bench| bench.iter(|| fit(black_box(plain), budget)));
    criterion.bench_function("fit a reply, accents", |bench| bench.iter(|| fit(black_box(accents), budget)));
}

/// One message, by the n-grams alone and by the whole classifier with the built-in table.
fn classification(criterion: &mut Criterion<ProcessCpu>) {
    let (runtime, folder) = (runtime(), tempfile::tempdir().unwrap());
    let knowledge = wiring::knowledge(&load(None, folder.path().to_str()).unwrap(), &Home::open(folder.path()).unwrap()).unwrap();
    let mut shop = Shop::of(1_000);
    let examples: Vec<Example> = (0..EXAMPLES)
        .map(|_| {
            let (intent, text) = shop.asked();
            Example { text, intent: IntentName(format!("intent_{intent}")), language: None }
        })
        .collect();
    let (timer, catalog) = (Timer::start(), IntentCatalog::default());
    let training = train(&examples, &catalog, knowledge.embedder.as_ref(), SEED);
    let model = Arc::new(runtime.block_on(training).unwrap());
    println!("training on {EXAMPLES} tickets, {INTENTS} intents: {:.1} s CPU, {:.1} s wall", timer.cpu_s(), timer.wall_s());
    let questions: Vec<String> = (0..QUESTIONS).map(|_| shop.asked().1).collect();
    let mut turn = questions.iter().cycle();
    let minds = &model.parts().minds;
    criterion.bench_function("classify, n-grams alone", |bench| {
        bench.iter(|| minds.words.scores(&minds.vocabulary.vector(&plain_without_digits(turn.next().unwrap())).0));
    });
    let classifier = LocalClassifier::new(model.clone(), knowledge.embedder.clone()).unwrap();
    let cases: Vec<Case> = questions.iter().map(|text| lone_message::case(text).unwrap()).collect();
    let mut turn = cases.iter().cycle();
    criterion.bench_function("classify, whole", |bench| {
        bench.iter(|| {
            let case = turn.next().unwrap();
            runtime.block_on(classifier.classify(case, &case.text())).unwrap()
        });
    });
}

/// Words and nearness, fused, with the passages fetched from the store: at 10,000 and at 100,000 passages.
fn retrieval(criterion: &mut Criterion<ProcessCpu>) {
    for passages in [10_000, 100_000] {
        let (runtime, folder, mut shop) = (runtime(), tempfile::tempdir().unwrap(), Shop::of(passages));
        let source = shop.write(&folder.path().join("handbook"));
        let home = Home::open(&folder.path().join("data")).unwrap();
        let timer = Timer::start();
        runtime.block_on(async {
            let knowledge = wiring::knowledge(&load(None, None).unwrap(), &home).unwrap();
            knowledge.store.put_source(&source, Timestamp::now()).await.unwrap();
            tests::test_worker::sync(&knowledge).run(&source, Timestamp::now(), &mut |_| {}).await.unwrap();
        });
        println!("{passages} passages: sync {:.1} s CPU", timer.cpu_s());
        let (timer, before) = (Timer::start(), rss_mb());
        let knowledge = wiring::knowledge(&load(None, None).unwrap(), &home).unwrap();
        let queries: Vec<Query> = (0..QUESTIONS).map(|_| query(shop.question())).collect();
        let ask = |query: &Query| runtime.block_on(knowledge.retriever.retrieve(query)).unwrap();
        black_box(ask(&queries[0]));
        println!("{passages} passages: ready {:.2} s wall, {:.2} s CPU, {:.0} MB more", timer.wall_s(), timer.cpu_s(), rss_mb() - before);
        let mut turn = queries.iter().cycle();
        criterion.bench_function(&format!("retrieve from {passages} passages"), |bench| bench.iter(|| ask(turn.next().unwrap())));
        println!("{passages} passages: recall@{RECALL_AT} {:.3} of an exact search", runtime.block_on(recall(&knowledge, &queries)));
    }
}

fn query(text: String) -> Query {
    Query { text, language: None, intent: None, as_of: Timestamp::now(), exclude_ticket: None, passages_max: 5 }
}

/// Of the passages that an exact search over the vectors as they were embedded puts first, the share that the index finds.
async fn recall(knowledge: &Knowledge, queries: &[Query]) -> f64 {
    let index = adapters::vector_index::embedded::index::EmbeddedVectorIndex::new().unwrap();
    let vectors = vectors(knowledge, &index).await;
    let mut found = 0;
    for query in queries {
        let embedding = knowledge.embedder.embed(&[query.text.as_str()]).await.unwrap().remove(0);
        let exact = nearest(vectors.iter().map(|(passage, vector)| (passage, cosine(vector, &embedding))));
        let search = knowledge::ports::vector_index::Search {
            text: String::new(),
            embedding,
            filter: knowledge::ports::vector_index::Filter {
                as_of: query.as_of,
                exclude_ticket: None,
                sources: Vec::new(),
                language: None,
            },
            keys_max: 50,
        };
        let hits = knowledge::ports::vector_index::VectorIndex::search(&index, &search).await.unwrap();
        let near = nearest(hits.iter().map(|hit| (&hit.passage, hit.cosine)));
        found += exact.intersection(&near).count();
    }
    found as f64 / (queries.len() * RECALL_AT) as f64
}

/// Feeds the index from the store and keeps the vectors as they are there.
async fn vectors(knowledge: &Knowledge, index: &impl knowledge::ports::vector_index::VectorIndex) -> Vec<(PassageId, Embedding)> {
    let (mut seen, newest) = (Revision(0), knowledge.store.revision().await.unwrap());
    let mut vectors = Vec::new();
    while seen < newest {
        let (changes, next) = knowledge.store.changes_since(seen, 500).await.unwrap();
        index.apply(&changes, next).await.unwrap();
        for change in changes {
            if let IndexChange::Upsert { chunk, keys, .. } = change {
                vectors.extend(keys.into_iter().map(|(_, _, vector)| (chunk.id.clone(), vector)));
            }
        }
        seen = next;
    }
    vectors
}

/// The first passages by the best of their keys.
fn nearest<'a>(scored: impl Iterator<Item = (&'a PassageId, f32)>) -> BTreeSet<&'a PassageId> {
    let mut best: BTreeMap<&PassageId, f32> = BTreeMap::new();
    for (passage, cosine) in scored {
        best.entry(passage).and_modify(|known| *known = known.max(cosine)).or_insert(cosine);
    }
    let mut ordered: Vec<(&PassageId, f32)> = best.into_iter().collect();
    ordered.sort_by(|a, b| b.1.total_cmp(&a.1));
    ordered.into_iter().take(RECALL_AT).map(|(passage, _)| passage).collect()
}

fn cosine(one: &Embedding, other: &Embedding) -> f32 {
    one.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
}
