//! The index on Qdrant's wire: it keeps the contract, agrees with the embedded one on real text, and no feeder, however late or dead,
//! undoes what another has fed. The server is a double of the wire (`tests::qdrant_wire_double`); where `WHIMBREL_TEST_QDRANT_URL`
//! names a server, the contract runs against that too.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use adapters::secret::Secret;
use adapters::vector_index::qdrant::index::QdrantVectorIndex;
use adapters::vector_index::qdrant::points::id_of_fact;
use adapters::vector_index::qdrant::settings::{QdrantLimits, QdrantSettings};
use knowledge::ports::store::{IndexChange, KnowledgeStore, Revision};
use knowledge::ports::vector_index::VectorIndex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tests::contracts::keys::{brings, chunk, keyed, second, source, upsert, version};
use tests::contracts::vector_index::{self, ids, search};
use tests::qdrant_wire_double::server::{Mood, QdrantWireDouble, Serving};
use tests::shared::left_out;
use triage::evidence::PassageId;

fn settings(url: &str, alias: &str) -> QdrantSettings {
    let limits = QdrantLimits { retry_first_ms: 1, ..QdrantLimits::default() };
    QdrantSettings {
        url: url.to_owned(),
        api_key: Secret::default(),
        alias: alias.to_owned(),
        store: "s".to_owned(),
        dimensions: 2,
        limits,
    }
}

async fn serving() -> Serving {
    QdrantWireDouble::default().serve().await.unwrap()
}

fn index(server: &Serving) -> QdrantVectorIndex {
    QdrantVectorIndex::new(settings(&server.url, "whimbrel")).unwrap()
}

fn one(id: &str, text: &str) -> IndexChange {
    upsert(&keyed(chunk(id, text), &[1.0, 0.0]))
}

fn gone(id: &str) -> IndexChange {
    IndexChange::Remove(PassageId(id.to_owned()))
}

async fn found(index: &QdrantVectorIndex) -> Vec<String> {
    let hits = index.search(&search("refund", &[1.0, 0.0], 10)).await.unwrap();
    ids(&hits).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn the_index_keeps_the_contract_on_the_wire() {
    let server = serving().await;
    let made = AtomicU32::new(0);
    let make = || -> Arc<dyn VectorIndex> {
        let alias = format!("law-{}", made.fetch_add(1, Ordering::SeqCst));
        Arc::new(QdrantVectorIndex::new(settings(&server.url, &alias)).unwrap())
    };
    vector_index::holds(&make).await.unwrap();
    assert!(made.load(Ordering::SeqCst) > 15);
}

#[tokio::test]
async fn the_index_keeps_the_contract_on_a_server() {
    let Ok(url) = std::env::var("WHIMBREL_TEST_QDRANT_URL") else {
        return left_out("the_index_keeps_the_contract_on_a_server", "WHIMBREL_TEST_QDRANT_URL names no Qdrant server");
    };
    let made = AtomicU32::new(0);
    let make = || -> Arc<dyn VectorIndex> {
        let alias = format!("whimbrel-test-{}-{}", std::process::id(), made.fetch_add(1, Ordering::SeqCst));
        Arc::new(QdrantVectorIndex::new(settings(&url, &alias)).unwrap())
    };
    vector_index::holds(&make).await.unwrap();
}

#[tokio::test]
async fn a_feeder_that_slept_undoes_nothing() {
    let server = serving().await;
    let (sleeper, awake) = (index(&server), index(&server));
    awake.apply(&[one("kept", "refund"), one("removed", "refund")], Revision(10)).await.unwrap();
    awake.apply(&[one("kept", "refund in 14 days"), gone("removed")], Revision(25)).await.unwrap();
    assert_eq!(found(&awake).await, ["kept"]);
    // It read its page before: in it the passage is still there.
    sleeper.apply(&[one("removed", "refund"), one("kept", "refund in 30 days")], Revision(20)).await.unwrap();
    assert_eq!((found(&sleeper).await, sleeper.revision().await.unwrap()), (vec!["kept".to_owned()], Revision(25)));
    assert!(sleeper.search(&search("30", &[0.0, 0.0], 5)).await.unwrap().is_empty(), "the newer words stand");
}

/// The sleeper looked at the revision before the other one raised it, and writes after it.
#[tokio::test]
async fn points_of_a_higher_revision_are_not_replaced() {
    let server = serving().await;
    let (sleeper, awake) = (index(&server), index(&server));
    sleeper.apply(&[one("a", "refund"), one("b", "refund")], Revision(1)).await.unwrap();
    awake.apply(&[gone("a"), one("b", "refund in 14 days")], Revision(9)).await.unwrap();
    set_fact(&server, "revision", 1);
    sleeper.apply(&[one("a", "refund"), one("b", "refund in 30 days"), one("c", "refund")], Revision(5)).await.unwrap();
    set_fact(&server, "revision", 9);
    assert_eq!(found(&awake).await, ["b", "c"]);
    assert!(awake.search(&search("30", &[0.0, 0.0], 5)).await.unwrap().is_empty(), "the newer words stand");
}

/// Changes what the collection says of itself, by hand.
fn set_fact(server: &Serving, fact: &str, revision: i64) {
    let mut world = server.double.world();
    let point = world.collection("whimbrel").unwrap().points.get_mut(&id_of_fact(fact).to_string()).unwrap();
    point.payload.insert("revision".to_owned(), revision.into());
}

#[tokio::test]
async fn what_is_removed_leaves_no_vector_and_no_name() {
    let server = serving().await;
    let index = index(&server);
    index.apply(&[one("secret", "refund of the golden fleece")], Revision(1)).await.unwrap();
    index.apply(&[gone("secret")], Revision(2)).await.unwrap();
    let mut world = server.double.world();
    for point in world.collection("whimbrel").unwrap().points.values() {
        assert!(point.dense.is_empty() && point.sparse.is_empty() && !point.payload.contains_key("passage"));
    }
}

#[tokio::test]
async fn a_search_that_meets_half_a_page_says_so_and_a_dead_feeder_is_taken_over() {
    let server = serving().await;
    let index = index(&server);
    index.apply(&[one("a", "refund")], Revision(1)).await.unwrap();
    // Somebody began to feed up to revision 2 and died.
    set_fact(&server, "feeding", 2);
    let error = index.search(&search("refund", &[1.0, 0.0], 5)).await.unwrap_err();
    assert!(error.is_transient && error.problem.contains("being changed"), "{error}");
    index.apply(&[one("b", "refund")], Revision(2)).await.unwrap();
    assert_eq!(found(&index).await, ["a", "b"]);
}

#[tokio::test]
async fn the_collection_of_another_store_or_embedder_is_left_alone_with_a_hint() {
    let server = serving().await;
    index(&server).apply(&[one("a", "refund")], Revision(7)).await.unwrap();
    let other_store = QdrantSettings { store: "other".to_owned(), ..settings(&server.url, "whimbrel") };
    let other_length = QdrantSettings { dimensions: 3, ..settings(&server.url, "whimbrel") };
    for settings in [other_store, other_length] {
        let index = QdrantVectorIndex::new(settings).unwrap();
        for error in [index.revision().await.unwrap_err(), index.apply(&[gone("a")], Revision(8)).await.unwrap_err()] {
            assert!(!error.is_transient && error.problem.contains("whimbrel setup qdrant --rebuild"), "{error}");
        }
    }
    let error = index(&server).apply(&[], Revision(0)).await.unwrap_err();
    assert!(error.problem.contains("a copy or a backup?"), "{error}");
    assert_eq!(found(&index(&server)).await, ["a"], "it was not emptied");
}

#[tokio::test]
async fn a_rebuild_swaps_the_alias_in_one_request_and_drops_what_the_store_does_not_know() {
    let server = serving().await;
    let store = adapters::knowledge_store::memory::MemoryKnowledgeStore::new();
    let handbook = knowledge::source::SourceId("handbook".to_owned());
    store.put_source(&source("handbook"), second(1)).await.unwrap();
    store.apply(&handbook, &brings(vec![version("a.md", "v1", 5, &["refund in 30 days"])]), "e", second(10)).await.unwrap();
    let settings = QdrantSettings { dimensions: 3, ..settings(&server.url, "whimbrel") };
    let index = QdrantVectorIndex::new(settings).unwrap();
    index.apply(&[one("unknown", "refund")], Revision(40)).await.unwrap();
    assert_eq!(index.collection().await.unwrap().as_deref(), Some("whimbrel-1"));
    let before = server.double.world().calls.get("update_aliases").copied();
    let (name, revision) = index.rebuild(&store, &|_| {}).await.unwrap();
    assert_eq!((name.as_str(), revision), ("whimbrel-2", store.revision().await.unwrap()));
    assert_eq!(index.collection().await.unwrap().as_deref(), Some("whimbrel-2"));
    assert_eq!(index.revision().await.unwrap(), revision);
    {
        let world = server.double.world();
        assert_eq!(world.calls.get("update_aliases").copied(), before.map(|count| count + 1), "one request, so no moment without an alias");
        assert_eq!(world.collections.keys().collect::<Vec<_>>(), ["whimbrel-2"]);
    }
    let hits = index.search(&search("refund", &[0.0, 0.0, 0.0], 5)).await.unwrap();
    assert_eq!(ids(&hits), ["a.md-v1-0"]);
}

#[tokio::test]
async fn a_lost_collection_is_made_and_fed_anew() {
    let server = serving().await;
    let index = index(&server);
    index.apply(&[one("a", "refund")], Revision(3)).await.unwrap();
    {
        let mut world = server.double.world();
        (world.collections, world.aliases) = Default::default();
    }
    assert_eq!(index.revision().await.unwrap(), Revision(0));
    assert!(found(&index).await.is_empty());
    index.apply(&[one("a", "refund")], Revision(3)).await.unwrap();
    assert_eq!(found(&index).await, ["a"]);
}

#[tokio::test]
async fn the_key_is_sent_with_every_call_and_never_shown() {
    let server = QdrantWireDouble::with_key("k-12345").serve().await.unwrap();
    let with = |key: &str| QdrantVectorIndex::new(QdrantSettings { api_key: Secret::new(key), ..settings(&server.url, "whimbrel") });
    let index = with("k-12345").unwrap();
    index.apply(&[one("a", "refund")], Revision(1)).await.unwrap();
    assert_eq!(found(&index).await, ["a"]);
    let error = with("k-54321").unwrap().revision().await.unwrap_err();
    assert!(!error.is_transient && error.problem.contains("index.qdrant.key_env") && !error.problem.contains("54321"), "{error}");
    let damaged = with("k-\n98765").err().unwrap();
    assert!(!damaged.problem.contains("98765"), "{damaged}");
}

#[tokio::test]
async fn a_call_is_tried_again_a_few_times_and_then_says_what_was_wrong() {
    let server = serving().await;
    let index = index(&server);
    index.apply(&[one("a", "refund")], Revision(1)).await.unwrap();
    let before = server.double.world().calls["get"];
    server.double.be(Mood::Unavailable);
    let error = index.revision().await.unwrap_err();
    assert!(error.is_transient && error.problem.contains("shutting down"), "{error}");
    let tries = server.double.world().calls["get"] - before;
    assert!((3..=6).contains(&tries), "three attempts, each of which the client crate may repeat on a new connection: {tries}");
    server.double.be(Mood::Well);
    assert_eq!(found(&index).await, ["a"]);
}

#[tokio::test]
async fn a_server_that_is_down_keeps_nobody_waiting_and_is_found_again_when_it_is_back() {
    let server = serving().await;
    let breaking = |breaker_open_ms| {
        let limits = QdrantLimits { attempts_max: 1, breaker_failures: 3, breaker_open_ms, ..QdrantLimits::default() };
        QdrantVectorIndex::new(QdrantSettings { limits, ..settings(&server.url, "whimbrel") }).unwrap()
    };
    // The one leaves a server alone for an hour, the other tries it again with the next call.
    let (patient, eager) = (breaking(3_600_000), breaking(0));
    patient.apply(&[one("a", "refund")], Revision(1)).await.unwrap();
    server.double.be(Mood::Unavailable);
    for index in [&patient, &eager] {
        for _ in 0..3 {
            let error = index.revision().await.unwrap_err();
            assert!(error.problem.contains("shutting down"), "{error}");
        }
    }
    server.double.be(Mood::Well);
    let asked = server.double.world().calls["get"];
    let error = patient.revision().await.unwrap_err();
    assert!(error.is_transient && error.problem.contains("left alone"), "{error}");
    assert_eq!(server.double.world().calls["get"], asked, "no call went out");
    assert_eq!(found(&eager).await, ["a"]);
}
