//! The stores of the knowledge keep the contract, and the file keeps its own promises.
#![allow(clippy::unwrap_used)]

use adapters::knowledge_store::memory::MemoryKnowledgeStore;
use adapters::knowledge_store::sqlite::store::SqliteKnowledgeStore;
use knowledge::ports::store::{KnowledgeStore, Revision};
use knowledge::source::SourceId;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tests::contracts::keys::{brings, second, source, version};
use tests::contracts::knowledge_store;

fn open(folder: &Path) -> SqliteKnowledgeStore {
    SqliteKnowledgeStore::open(&folder.join("knowledge.db")).unwrap()
}

fn handbook() -> SourceId {
    SourceId("handbook".to_owned())
}

/// How often a text stands in the files of the folder.
fn occurrences(folder: &Path, text: &str) -> usize {
    let files = fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    files.map(|bytes| bytes.windows(text.len()).filter(|window| *window == text.as_bytes()).count()).sum()
}

#[tokio::test]
async fn the_memory_keeps_the_contract() {
    knowledge_store::holds(&|| Arc::new(MemoryKnowledgeStore::new())).await.unwrap();
}

#[tokio::test]
async fn the_file_keeps_the_contract() {
    let folder = TempDir::new().unwrap();
    let number = std::cell::Cell::new(0);
    let make = || -> Arc<dyn KnowledgeStore> {
        number.set(number.get() + 1);
        Arc::new(SqliteKnowledgeStore::open(&folder.path().join(format!("{}.db", number.get()))).unwrap())
    };
    knowledge_store::holds(&make).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_byte_of_a_removed_source_is_gone() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let reader = open(folder.path());
    let secret = "the launch code is swordfish";
    let texts: Vec<String> = (0..400).map(|number| format!("{number} {secret} {}", "filler ".repeat(number % 40))).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for name in ["handbook", "faq"] {
        store.put_source(&source(name), second(1)).await.unwrap();
    }
    store.apply(&handbook(), &brings(vec![version("swordfish-secret.md", "v1", 5, &texts)]), "hashed-3", second(10)).await.unwrap();
    store.apply(&handbook(), &brings(vec![version("swordfish-secret.md", "v2", 20, &texts[..300])]), "hashed-3", second(20)).await.unwrap();
    let mut kept = version("faq.csv", "v1", 5, &["a kept answer"]);
    kept.chunks[0].chunk.source = SourceId("faq".to_owned());
    store.apply(&SourceId("faq".to_owned()), &brings(vec![kept]), "hashed-3", second(10)).await.unwrap();
    assert_eq!(reader.changes_since(Revision(0), 1_000).await.unwrap().0.len(), 701);
    assert!(occurrences(folder.path(), secret) > 0, "the search for bytes finds what is there");

    assert!(store.remove_source(&handbook(), second(30)).await.unwrap());

    assert_eq!(occurrences(folder.path(), secret), 0);
    assert_eq!(occurrences(folder.path(), "Title of swordfish"), 0);
    assert!(occurrences(folder.path(), "a kept answer") > 0, "the other source is whole");
    assert_eq!(reader.sources().await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_process_s_changes_are_seen() {
    let folder = TempDir::new().unwrap();
    let (one, other) = (open(folder.path()), open(folder.path()));
    assert_eq!(other.revision().await.unwrap(), Revision(0));
    one.put_source(&source("handbook"), second(1)).await.unwrap();
    one.apply(&handbook(), &brings(vec![version("a.md", "v1", 5, &["x"])]), "hashed-3", second(10)).await.unwrap();
    assert_eq!(other.revision().await.unwrap(), one.revision().await.unwrap());
    assert_eq!(other.changes_since(Revision(0), 10).await.unwrap().0.len(), 1);
}

#[tokio::test]
async fn the_knowledge_is_there_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    store.put_source(&source("handbook"), second(1)).await.unwrap();
    store.apply(&handbook(), &brings(vec![version("a.md", "v1", 5, &["x"])]), "hashed-3", second(10)).await.unwrap();
    let before = store.changes_since(Revision(0), 10).await.unwrap();
    drop(store);
    assert_eq!(open(folder.path()).changes_since(Revision(0), 10).await.unwrap(), before);
}

#[tokio::test]
async fn a_sync_that_fails_in_the_middle_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    store.put_source(&source("handbook"), second(1)).await.unwrap();
    let before = store.revision().await.unwrap();
    let mut broken = version("b.md", "v1", 5, &["y", "z"]);
    // The same passage of another document under the name that a second period would get: the row is refused.
    let id = broken.chunks[0].chunk.id.clone();
    broken.chunks[1].chunk.id = id;
    let mut taken = version("a.md", "v1", 5, &["x"]);
    taken.chunks[0].chunk.id.0 = "b.md-v1-0~2".to_owned();
    broken.document.0 = "c.md".to_owned();
    let mut second_period = version("d.md", "v1", 5, &["w"]);
    second_period.chunks[0].chunk.id.0 = "b.md-v1-0".to_owned();
    let change = brings(vec![taken, broken, second_period]);
    let error = store.apply(&handbook(), &change, "hashed-3", second(10)).await.unwrap_err();
    assert!(!error.is_transient, "{error}");
    assert_eq!(store.revision().await.unwrap(), before);
    assert!(store.versions(&handbook()).await.unwrap().is_empty());
    assert_eq!(store.changes_since(Revision(0), 10).await.unwrap().0, []);
}

#[test]
fn a_file_that_cannot_be_used_is_an_error_with_a_hint() {
    let folder = TempDir::new().unwrap();
    let error = |path: &Path| SqliteKnowledgeStore::open(path).err().unwrap().to_string();
    assert!(error(&folder.path().join("missing/knowledge.db")).contains("check that its folder exists"));
    let text = folder.path().join("text.db");
    fs::write(&text, "this is a letter to my aunt, and it is quite long. ".repeat(50)).unwrap();
    assert!(error(&text).contains("no SQLite database"));
    let newer = folder.path().join("newer.db");
    drop(SqliteKnowledgeStore::open(&newer).unwrap());
    let mut bytes = fs::read(&newer).unwrap();
    // `user_version` stands at offset 60 of the header, big-endian (https://www.sqlite.org/fileformat.html).
    bytes[60..64].copy_from_slice(&7_u32.to_be_bytes());
    fs::write(&newer, bytes).unwrap();
    assert!(error(&newer).contains("schema 7"), "{}", error(&newer));
}
