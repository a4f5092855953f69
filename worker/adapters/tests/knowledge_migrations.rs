//! Knowledge that an older program has written: what stood in its tables is found after the step to today's.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use adapters::knowledge_store::sqlite::codes::vector_bytes;
use adapters::knowledge_store::sqlite::schema::{SCHEMA_VERSION, STEP_TO_2, STEP_TO_3, STEP_TO_4, TABLES};
use adapters::knowledge_store::sqlite::store::SqliteKnowledgeStore;
use jiff::Timestamp;
use knowledge::curation::standing::Log;
use knowledge::ports::embedder::Embedding;
use knowledge::ports::store::{IndexChange, KnowledgeStore, Revision};
use knowledge::source::{Source, SourceId, SourceKind};
use rusqlite::{Connection, params};
use std::path::Path;
use tempfile::TempDir;
use triage::evidence::{PassageId, PassageKind};

const MARCH: &str = "2024-03-01T00:00:00Z";

/// A file of this version: a source with a page that answers, one that is hidden and pinned, and a past ticket.
fn write(path: &Path, version: i64) {
    let file = Connection::open(path).unwrap();
    file.execute_batch(TABLES).unwrap();
    if version >= 2 {
        file.execute_batch(STEP_TO_2).unwrap();
    }
    if version >= 3 {
        file.execute_batch(STEP_TO_3).unwrap();
    }
    if version >= 4 {
        file.execute_batch(STEP_TO_4).unwrap();
    }
    let source = Source {
        id: SourceId("handbook".to_owned()),
        kind: SourceKind::Folder,
        location: "docs".to_owned(),
        language: None,
        valid_from: None,
    };
    let description = serde_json::to_string(&source).unwrap();
    file.execute("INSERT INTO source (id, name, description, synced_at) VALUES (1, 'handbook', ?1, ?2)", params![description, MARCH])
        .unwrap();
    let rows = [
        (1, "returns.md", "document", "Unworn shoes can be returned.", None, None, false),
        (2, "old.md", "document", "Returns cost nothing.", None, None, true),
        (3, "T-1", "past_ticket", "On its way.", Some("Where is it?"), Some("order_status"), false),
    ];
    for (id, document, kind, text, question, intent, is_marked) in rows {
        let passage = format!("passage-{id}");
        file.execute(
            "INSERT INTO document (id, source_id, name, hidden, pinned) VALUES (?1, 1, ?2, ?3, ?3)",
            params![id, document, is_marked],
        )
        .unwrap();
        file.execute(
            "INSERT INTO version (id, document_id, hash, title, valid_from) VALUES (?1, ?1, 'v1', 'Title', ?2)",
            params![id, MARCH],
        )
        .unwrap();
        file.execute(
            "INSERT INTO chunk (id, version_id, passage, base, title, kind, question, text, intent, changed_rev)
             VALUES (?1, ?1, ?2, ?2, 'Title', ?3, ?4, ?5, ?6, ?1)",
            params![id, passage, kind, question, text, intent],
        )
        .unwrap();
        let vector = vector_bytes(&Embedding(vec![0.25, -0.5, 1.0]));
        file.execute("INSERT INTO key (chunk_id, kind, text, vector) VALUES (?1, 'text', ?2, ?3)", params![id, text, vector]).unwrap();
    }
    file.execute("UPDATE state SET revision = 3, embedder = 'hashed-3'", []).unwrap();
    if version >= 2 {
        // What this version's own verb for hiding leaves behind.
        file.execute("UPDATE document SET hidden_at = ?1 WHERE hidden", [MARCH]).unwrap();
        let target = r#"{"target":"document","source":"handbook","document":"old.md"}"#;
        for act in ["\"hide\"", "\"pin\""] {
            file.execute("INSERT INTO curation (at, act, target, source) VALUES (?1, ?2, ?3, 'handbook')", params![MARCH, act, target])
                .unwrap();
        }
    }
    file.pragma_update(None, "user_version", version).unwrap();
}

#[tokio::test]
async fn what_an_older_program_wrote_is_found_after_the_step() {
    for version in 1..=SCHEMA_VERSION {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("knowledge.db");
        write(&path, version);
        // Twice: the step is taken once.
        let identity = SqliteKnowledgeStore::open(&path).unwrap().identity().unwrap();
        let store = SqliteKnowledgeStore::open(&path).unwrap();
        assert_eq!((store.identity().unwrap(), identity.len()), (identity, 32), "the file has a name and keeps it");

        let (changes, revision) = store.changes_since(Revision(0), 100).await.unwrap();
        assert_eq!(revision, Revision(3), "version {version}");
        let now: Timestamp = "2024-06-01T00:00:00Z".parse().unwrap();
        let log = Log::new(store.curations().await.unwrap());
        let mut found = Vec::new();
        for change in changes {
            let IndexChange::Upsert { chunk, keys, pinned, .. } = change else { continue };
            assert_eq!(keys.len(), 1);
            assert_eq!(keys[0].2, Embedding(vec![0.25, -0.5, 1.0]), "a vector is kept bit for bit");
            let standing = log.standing(&chunk, now);
            assert_eq!(standing.pinned, pinned);
            found.push((chunk.document.0.clone(), chunk.kind, chunk.text.clone(), standing.hidden));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let row = |document: &str, kind, text: &str, is_hidden| (document.to_owned(), kind, text.to_owned(), is_hidden);
        assert_eq!(
            found,
            [
                row("T-1", PassageKind::PastTicket, "On its way.", false),
                row("old.md", PassageKind::Document, "Returns cost nothing.", true),
                row("returns.md", PassageKind::Document, "Unworn shoes can be returned.", false),
            ],
            "version {version}"
        );
        let ticket = &store.passages(&[PassageId("passage-3".to_owned())]).await.unwrap()[0];
        assert_eq!(
            (ticket.question.as_deref(), ticket.intent.as_ref().map(|intent| intent.0.as_str())),
            (Some("Where is it?"), Some("order_status"))
        );
        let sources = store.sources().await.unwrap();
        assert_eq!((sources[0].documents, sources[0].passages, sources[0].hidden), (3, 3, 1), "version {version}");
        assert_eq!(store.embedder().await.unwrap().as_deref(), Some("hashed-3"));
    }
}

#[test]
fn a_file_of_a_newer_program_is_refused_untouched() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("knowledge.db");
    write(&path, SCHEMA_VERSION);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", SCHEMA_VERSION + 1).unwrap();
    let refused = SqliteKnowledgeStore::open(&path).err().unwrap().to_string();
    assert!(refused.contains("update the program"), "{refused}");
    let passages: i64 = Connection::open(&path).unwrap().query_row("SELECT COUNT(*) FROM chunk", [], |row| row.get(0)).unwrap();
    assert_eq!(passages, 3);
}
