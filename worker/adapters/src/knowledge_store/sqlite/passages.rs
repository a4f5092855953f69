//! Chunks as rows.

use super::codes;
use super::revision::Revisions;
use crate::knowledge_store::carry::Former;
use crate::knowledge_store::marks::Marks;
use knowledge::chunk::{Chunk, KeyKind};
use knowledge::document::DocumentKey;
use knowledge::ports::embedder::Embedding;
use knowledge::source::SourceId;
use rusqlite::{Connection, OptionalExtension, Row, params};
use triage::evidence::{PassageId, PassageKind};
use triage::intent::IntentName;
use triage::ticket::TicketId;

/// All columns that `chunk` reads, then the id of the row, since when it, its document and its source are hidden, whether it
/// is pinned, by itself or with them, and where its document is read.
pub const CHUNK_COLUMNS: &str = "
    chunk.passage, source.name, document.name, version.hash, chunk.title, chunk.kind, chunk.question, chunk.text,
    chunk.language, chunk.ticket, chunk.intent, version.valid_from, version.valid_to,
    chunk.id, chunk.hidden_at, document.hidden_at, source.hidden_at, chunk.pinned OR document.pinned OR source.pinned, chunk.link
    FROM chunk
    JOIN version ON version.id = chunk.version_id
    JOIN document ON document.id = version.document_id
    JOIN source ON source.id = document.source_id";

/// A key as it is stored.
pub type StoredKey = (KeyKind, String, Embedding);

/// Reads a chunk from the columns of `CHUNK_COLUMNS`.
pub fn chunk(row: &Row) -> rusqlite::Result<Chunk> {
    Ok(Chunk {
        id: PassageId(row.get(0)?),
        source: SourceId(row.get(1)?),
        document: DocumentKey(row.get(2)?),
        version: row.get(3)?,
        title: row.get(4)?,
        kind: codes::passage_kind(&row.get::<_, String>(5)?)?,
        question: row.get(6)?,
        text: row.get(7)?,
        language: codes::language_or_none(row.get(8)?)?,
        ticket: row.get::<_, Option<String>>(9)?.map(TicketId),
        intent: row.get::<_, Option<String>>(10)?.map(IntentName),
        valid_from: codes::timestamp(&row.get::<_, String>(11)?)?,
        valid_to: codes::timestamp_or_none(row.get(12)?)?,
        link: row.get(18)?,
    })
}

/// Reads the marks from the columns of `CHUNK_COLUMNS`.
pub fn marks(row: &Row) -> rusqlite::Result<Marks> {
    let mut marks = Marks { hidden_at: None, pinned: row.get(17)? };
    for column in 14..=16 {
        marks = marks.within(Marks { hidden_at: codes::timestamp_or_none(row.get(column)?)?, pinned: false });
    }
    Ok(marks)
}

/// Passages by id, in the order of the ids; unknown ones are left out.
pub fn by_ids(connection: &Connection, ids: &[PassageId]) -> rusqlite::Result<Vec<Chunk>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {CHUNK_COLUMNS} WHERE chunk.passage = ?1"))?;
    let mut chunks = Vec::with_capacity(ids.len());
    for id in ids {
        chunks.extend(statement.query_row([&id.0], chunk).optional()?);
    }
    Ok(chunks)
}

/// Approved answers that name an intent, of every period.
pub fn answers_to_intents(connection: &Connection) -> rusqlite::Result<Vec<(IntentName, PassageId)>> {
    connection
        .prepare_cached("SELECT intent, passage FROM chunk WHERE intent IS NOT NULL AND kind = ?1 ORDER BY passage")?
        .query_map([codes::passage_kind_word(PassageKind::Approved)], |row| Ok((IntentName(row.get(0)?), PassageId(row.get(1)?))))?
        .collect()
}

/// The keys of a chunk, in the order in which they were given.
pub fn keys(connection: &Connection, chunk_id: i64) -> rusqlite::Result<Vec<StoredKey>> {
    connection
        .prepare_cached("SELECT kind, text, vector FROM key WHERE chunk_id = ?1 ORDER BY id")?
        .query_map([chunk_id], |row| {
            let vector = codes::vector(row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?)?;
            Ok((codes::key_kind(&row.get::<_, String>(0)?)?, row.get(1)?, vector))
        })?
        .collect()
}

/// The chunks of a version, oldest first.
pub fn of_version(connection: &Connection, version_id: i64) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare_cached("SELECT id FROM chunk WHERE version_id = ?1 ORDER BY id")?
        .query_map([version_id], |row| row.get(0))?
        .collect()
}

/// What the passages of a version say, with their marks.
pub fn formers(connection: &Connection, version_id: i64) -> rusqlite::Result<Vec<Former>> {
    let read = |row: &Row| {
        let marks = Marks { hidden_at: codes::timestamp_or_none(row.get(3)?)?, pinned: row.get(4)? };
        Ok(Former { base: PassageId(row.get(0)?), question: row.get(1)?, text: row.get(2)?, marks })
    };
    connection
        .prepare_cached("SELECT base, question, text, hidden_at, pinned FROM chunk WHERE version_id = ?1 ORDER BY id")?
        .query_map([version_id], read)?
        .collect()
}

/// Gives a chunk the next revision, so that indexes hear of it.
pub fn note_changed(connection: &Connection, chunk_id: i64, revisions: &mut Revisions) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE chunk SET changed_rev = ?1 WHERE id = ?2")?.execute(params![revisions.advance(), chunk_id])?;
    Ok(())
}

/// Deletes a chunk and its keys. What stays is its id, for the indexes.
pub fn forget(connection: &Connection, chunk_id: i64, revisions: &mut Revisions) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO tombstone (passage, changed_rev) SELECT passage, ?1 FROM chunk WHERE id = ?2")?
        .execute(params![revisions.advance(), chunk_id])?;
    connection.prepare_cached("DELETE FROM key WHERE chunk_id = ?1")?.execute([chunk_id])?;
    connection.prepare_cached("DELETE FROM chunk WHERE id = ?1")?.execute([chunk_id])?;
    Ok(())
}
