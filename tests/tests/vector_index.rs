//! The indexes keep the contract, and the embedded one agrees with the brute-force twin.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use adapters::knowledge_store::memory::MemoryKnowledgeStore;
use adapters::vector_index::embedded::index::EmbeddedVectorIndex;
use adapters::vector_index::memory::MemoryVectorIndex;
use knowledge::ports::embedder::Embedding;
use knowledge::ports::store::{IndexChange, KnowledgeStore, Revision};
use knowledge::ports::vector_index::{Hit, VectorIndex};
use knowledge::source::SourceId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tests::contracts::keys::{Random, brings, chunk, keyed, second, source, upsert, version};
use tests::contracts::vector_index::{self, ids, search};

const SEED: u64 = 20_260_302;
const DIMENSIONS: usize = 384;

fn embedded() -> Arc<dyn VectorIndex> {
    Arc::new(EmbeddedVectorIndex::new().unwrap())
}

/// A vector between a topic and noise, as embeddings of texts about a topic lie: some close to it, some far.
fn about(random: &mut Random, topic: &Embedding) -> Embedding {
    let (noise, share) = (random.vector(DIMENSIONS), 0.3 + 0.7 * random.uniform());
    Embedding::unit(topic.0.iter().zip(&noise.0).map(|(topic, noise)| share * topic + (1.0 - share) * noise).collect())
}

/// Passages about a hundred topics, with words from the seed; some vectors have a few large components, as learned ones do.
fn passages(random: &mut Random, topics: &[Embedding], count: usize) -> Vec<IndexChange> {
    (0..count)
        .zip(topics.iter().cycle())
        .map(|(number, topic)| {
            let mut vector = about(random, topic).0;
            if number % 3 == 0 {
                vector.iter_mut().step_by(97).for_each(|value| *value *= 6.0);
            }
            let words: Vec<String> = (0..12).map(|_| format!("w{}", (random.uniform() * random.uniform() * 400.0) as u32)).collect();
            upsert(&keyed(chunk(&format!("p{number:04}"), &words.join(" ")), &vector))
        })
        .collect()
}

fn topics(random: &mut Random) -> Vec<Embedding> {
    (0..100).map(|_| random.vector(DIMENSIONS)).collect()
}

/// The five nearest, whichever of them comes first.
fn five_nearest(hits: &[Hit]) -> BTreeSet<&str> {
    hits.iter().take(5).map(|hit| hit.passage.0.as_str()).collect()
}

#[tokio::test]
async fn the_twin_keeps_the_contract() {
    vector_index::holds(&|| Arc::new(MemoryVectorIndex::new())).await.unwrap();
}

#[tokio::test]
async fn the_embedded_index_keeps_the_contract() {
    vector_index::holds(&embedded).await.unwrap();
}

#[tokio::test]
async fn an_index_of_this_process_is_emptied_by_revision_zero() {
    for index in [embedded(), Arc::new(MemoryVectorIndex::new())] {
        index.apply(&[upsert(&keyed(chunk("a", "refund"), &[1.0, 0.0]))], Revision(4)).await.unwrap();
        index.apply(&[], Revision(0)).await.unwrap();
        assert_eq!(index.revision().await.unwrap(), Revision(0));
        assert!(index.search(&search("refund", &[1.0, 0.0], 5)).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_embedded_index_agrees_with_the_twin() {
    println!("seed {SEED}");
    let mut random = Random::seeded(SEED);
    let topics = topics(&mut random);
    let changes = passages(&mut random, &topics, 2_000);
    let (embedded, twin) = (embedded(), MemoryVectorIndex::new());
    for (step, part) in (1..).zip(changes.chunks(150)) {
        embedded.apply(part, Revision(step)).await.unwrap();
        twin.apply(part, Revision(step)).await.unwrap();
    }
    let (mut same_nearest, mut same_by_words, mut worst) = (0, 0, 0.0_f32);
    for topic in &topics {
        let vector = about(&mut random, topic);
        let near = search("", &vector.0, 20);
        let (ours, theirs) = (embedded.search(&near).await.unwrap(), twin.search(&near).await.unwrap());
        same_nearest += usize::from(five_nearest(&ours) == five_nearest(&theirs));
        let by_words = search(&format!("w{} w{}", (random.uniform() * 200.0) as u32, (random.uniform() * 50.0) as u32), &[0.0], 5);
        let (words_ours, words_theirs) = (embedded.search(&by_words).await.unwrap(), twin.search(&by_words).await.unwrap());
        same_by_words += usize::from(ids(&words_ours) == ids(&words_theirs));
        for hit in &ours {
            let exact = theirs.iter().find(|other| other.passage == hit.passage).map(|other| other.cosine);
            worst = exact.map_or(worst, |exact| worst.max((exact - hit.cosine).abs()));
        }
    }
    println!("same five nearest: {same_nearest} of 100; same five by words: {same_by_words} of 100; worst error of a cosine: {worst}");
    assert!(same_nearest >= 95);
    assert!(same_by_words >= 95);
    assert!(worst <= 0.01);
}

#[tokio::test]
async fn rounding_moves_a_cosine_by_at_most_a_hundredth() {
    println!("seed {SEED}");
    let mut random = Random::seeded(SEED);
    let (embedded, twin) = (embedded(), MemoryVectorIndex::new());
    let vectors: Vec<Embedding> = (0..300).map(|_| random.vector(DIMENSIONS)).collect();
    let changes: Vec<_> = (0..).zip(&vectors).map(|(id, vector)| upsert(&keyed(chunk(&format!("p{id}"), ""), &vector.0))).collect();
    embedded.apply(&changes, Revision(1)).await.unwrap();
    twin.apply(&changes, Revision(1)).await.unwrap();
    let mut worst = 0.0_f32;
    for query in vectors.iter().step_by(10).chain(&[random.vector(DIMENSIONS)]) {
        let search = search("", &query.0, 300);
        let exact: BTreeMap<_, _> = twin.search(&search).await.unwrap().into_iter().map(|hit| (hit.passage, hit.cosine)).collect();
        let hits = embedded.search(&search).await.unwrap();
        assert_eq!(hits.len(), 300);
        worst = hits.iter().fold(worst, |worst, hit| worst.max((hit.cosine - exact[&hit.passage]).abs()));
    }
    println!("worst error of a cosine: {worst}");
    assert!(worst <= 0.01);
}

#[tokio::test]
async fn an_index_built_in_steps_answers_as_one_built_at_once() {
    println!("seed {SEED}");
    let mut random = Random::seeded(SEED);
    let topics = topics(&mut random);
    let changes = passages(&mut random, &topics, 300);
    let (in_steps, at_once) = (embedded(), embedded());
    in_steps.apply(&passages(&mut random, &topics, 300), Revision(1)).await.unwrap();
    for (step, part) in (2..).zip(changes.chunks(7)) {
        in_steps.apply(part, Revision(step)).await.unwrap();
    }
    at_once.apply(&changes, Revision(50)).await.unwrap();
    for word in 0..20 {
        let search = search(&format!("w{word}"), &random.vector(DIMENSIONS).0, 10);
        let (ours, theirs) = (in_steps.search(&search).await.unwrap(), at_once.search(&search).await.unwrap());
        assert_eq!(ids(&ours), ids(&theirs));
    }
}

#[tokio::test]
async fn the_index_follows_the_store() {
    let (store, index) = (MemoryKnowledgeStore::new(), embedded());
    let handbook = SourceId("handbook".to_owned());
    store.put_source(&source("handbook"), second(1)).await.unwrap();
    store.apply(&handbook, &brings(vec![version("a.md", "v1", 5, &["refund in 30 days", "in its box"])]), "e", second(10)).await.unwrap();
    let catch_up = async || {
        while index.revision().await.unwrap() < store.revision().await.unwrap() {
            let (changes, revision) = store.changes_since(index.revision().await.unwrap(), 1).await.unwrap();
            index.apply(&changes, revision).await.unwrap();
        }
    };
    catch_up().await;
    assert_eq!(ids(&index.search(&search("refund", &[0.0], 5)).await.unwrap()), ["a.md-v1-0"]);
    store.apply(&handbook, &brings(vec![version("a.md", "v2", 20, &["refund in 14 days"])]), "e", second(20)).await.unwrap();
    catch_up().await;
    assert_eq!(ids(&index.search(&search("refund", &[0.0], 5)).await.unwrap()), ["a.md-v2-0"]);
    assert!(store.remove_source(&handbook, second(30)).await.unwrap());
    catch_up().await;
    assert!(index.search(&search("refund", &[0.0], 5)).await.unwrap().is_empty());
}
