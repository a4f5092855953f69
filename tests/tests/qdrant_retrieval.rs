//! Retrieval over the two engines: the same query over the same documents finds the same, and a server that is down is told from one
//! that holds nothing.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use adapters::retriever::timed::{GRACE_MS, TimedRetriever};
use adapters::secret::Secret;
use adapters::vector_index::qdrant::index::QdrantVectorIndex;
use adapters::vector_index::qdrant::settings::{QdrantLimits, QdrantSettings};
use cli::config::load::load;
use cli::home::Home;
use cli::shop;
use cli::wiring::{self, Knowledge};
use jiff::Timestamp;
use knowledge::feed::Feed;
use knowledge::learned::static_table::embedder::StaticEmbedder;
use knowledge::ports::embedder::Embedder;
use knowledge::retriever::KnowledgeRetriever;
use knowledge::source::{Source, SourceId, SourceKind};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tests::qdrant_wire_double::server::{Mood, QdrantWireDouble, Serving};
use tests::{shared, test_worker};
use triage::evidence::{PassageId, Query};
use triage::language::detect::detect;
use triage::ports::Retriever;

/// Of a hundred queries so many find the same five passages on both engines.
const SAME_MIN_PER_100: usize = 95;
const NOW: &str = "2026-12-01T00:00:00Z";

/// Documents of a folder in a store of their own, searched by both engines.
struct Both {
    embedded: Arc<KnowledgeRetriever>,
    qdrant: Arc<KnowledgeRetriever>,
    server: Serving,
    _home: TempDir,
}

async fn knowledge_of(documents: &Path, home: &TempDir, embedder: Arc<dyn Embedder>) -> Knowledge {
    let now: Timestamp = NOW.parse().unwrap();
    let config = load(None, home.path().join("data").to_str()).unwrap();
    let knowledge = wiring::knowledge_with(&config, &Home::open(&config.data_dir).unwrap(), embedder).unwrap();
    let source = Source {
        id: SourceId("documents".to_owned()),
        kind: SourceKind::Folder,
        location: documents.to_string_lossy().into_owned(),
        language: None,
        valid_from: Some(Timestamp::UNIX_EPOCH),
    };
    knowledge.store.put_source(&source, now).await.unwrap();
    test_worker::sync(&knowledge).run(&source, now, &mut |_| {}).await.unwrap();
    knowledge
}

async fn both(documents: &Path, search_timeout_ms: u64) -> Both {
    let home = TempDir::new().unwrap();
    let embedder: Arc<dyn Embedder> = Arc::new(StaticEmbedder::new().unwrap());
    let knowledge = knowledge_of(documents, &home, embedder.clone()).await;
    let server = QdrantWireDouble::default().serve().await.unwrap();
    let settings = QdrantSettings {
        url: server.url.clone(),
        api_key: Secret::default(),
        alias: "whimbrel".to_owned(),
        store: "s".to_owned(),
        dimensions: embedder.dimensions(),
        limits: QdrantLimits { search_timeout_ms, retry_first_ms: 1, ..QdrantLimits::default() },
    };
    let index = Arc::new(QdrantVectorIndex::new(settings).unwrap());
    let feed = Arc::new(Feed::new(knowledge.store.clone(), index));
    let qdrant = Arc::new(KnowledgeRetriever::new(feed, embedder));
    Both { embedded: knowledge.retriever.clone(), qdrant, server, _home: home }
}

fn query(text: &str) -> Query {
    let as_of = NOW.parse().unwrap();
    Query { text: text.to_owned(), language: detect(text), intent: None, as_of, exclude_ticket: None, passages_max: 5 }
}

async fn five(retriever: &KnowledgeRetriever, text: &str) -> Vec<PassageId> {
    retriever.retrieve(&query(text)).await.unwrap().passages.into_iter().map(|passage| passage.id).collect()
}

/// Prints how often both found the same five, and how often in the same order.
async fn agree(name: &str, both: &Both, texts: &[String]) {
    let (mut same, mut same_order, mut first) = (0, 0, 0);
    for text in texts {
        let (ours, theirs) = (five(&both.embedded, text).await, five(&both.qdrant, text).await);
        same += usize::from(ours.iter().collect::<BTreeSet<_>>() == theirs.iter().collect::<BTreeSet<_>>());
        same_order += usize::from(ours == theirs);
        first += usize::from(ours.first() == theirs.first());
    }
    let count = texts.len();
    println!("{name}: {count} queries; the same five {same}, in the same order {same_order}, the same first {first}");
    assert!(count >= 50 && same * 100 >= SAME_MIN_PER_100 * count, "{name}: {same} of {count}");
}

fn texts(lines: &[u8], of: impl Fn(&Value) -> Option<String>) -> Vec<String> {
    let text = String::from_utf8_lossy(lines).into_owned();
    text.lines().filter_map(|line| of(&serde_json::from_str(line).ok()?)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_find_the_same_five_for_the_shops_customers() {
    let folder = TempDir::new().unwrap();
    shop::unpack(folder.path()).unwrap();
    let both = both(&folder.path().join("documents"), 10_000).await;
    let mut asked = texts(shop::file("messages.jsonl"), |line| Some(line["text"].as_str()?.to_owned()));
    asked.extend(texts(shop::file("tickets.jsonl"), |line| Some(line["messages"][0]["text"].as_str()?.to_owned())));
    asked.truncate(150);
    agree("demo shop", &both, &asked).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_find_the_same_five_in_a_public_faq() {
    let test = "both_engines_find_the_same_five_in_a_public_faq";
    let (Some(faqs), Some(queries)) =
        (shared::file(test, "data/faq/stackfaq/faqs.jsonl"), shared::file(test, "data/faq/stackfaq/queries.jsonl"))
    else {
        return;
    };
    let folder = TempDir::new().unwrap();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let rows = texts(&std::fs::read(faqs).unwrap(), |line| {
        let answers: Vec<&str> = line["answers"].as_array()?.iter().filter_map(Value::as_str).collect();
        Some(format!("{},{}", quoted(line["question"].as_str()?), quoted(&answers.join("\n\n"))))
    });
    std::fs::write(folder.path().join("faq.csv"), format!("question,answer\n{}\n", rows.join("\n"))).unwrap();
    let both = both(folder.path(), 10_000).await;
    let mut asked = texts(&std::fs::read(queries).unwrap(), |line| {
        (line["split"].as_str() != Some("test")).then(|| line["text"].as_str().map(str::to_owned))?
    });
    asked.truncate(100);
    agree("stackfaq", &both, &asked).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_silent_or_gone_did_not_run_and_says_so_in_time() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("hours.md"), "# Opening hours\n\nWe are open from nine to five.").unwrap();
    let Both { qdrant, server, _home, .. } = both(folder.path(), 10_000).await;
    let timed = TimedRetriever { inner: qdrant, deadline: Duration::from_millis(300) };
    let unfed = timed.inner.retrieve(&query("when are you open")).await.unwrap();
    assert_eq!(unfed.passages.len(), 1);
    let whole = Duration::from_millis(300 + GRACE_MS);
    server.double.be(Mood::Silent);
    let silent = tokio::time::timeout(whole, timed.retrieve(&query("when are you open"))).await.unwrap().unwrap_err();
    assert!(silent.is_transient && silent.problem.contains("not searched within 300 ms"), "{silent}");
    drop(server);
    let gone = tokio::time::timeout(whole, timed.retrieve(&query("when are you open"))).await.unwrap().unwrap_err();
    assert!(gone.is_transient, "{gone}");
}
