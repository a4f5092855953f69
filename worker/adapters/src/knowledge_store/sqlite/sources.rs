//! Sources as rows.

use super::codes;
use super::revision::Revisions;
use jiff::Timestamp;
use knowledge::document::DocumentKey;
use knowledge::ports::store::SourceSummary;
use knowledge::source::{Source, SourceId};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeMap;

/// Counts only what is current. A passage is hidden by itself or with its document or source.
const SUMMARIES: &str = "
    SELECT source.description, source.synced_at,
        (SELECT count(*) FROM document JOIN version ON version.document_id = document.id
         WHERE document.source_id = source.id AND version.valid_to IS NULL),
        count(chunk.id),
        coalesce(sum(chunk.id IS NOT NULL AND (chunk.hidden OR document.hidden OR source.hidden)), 0)
    FROM source
    LEFT JOIN document ON document.source_id = source.id
    LEFT JOIN version ON version.document_id = document.id AND version.valid_to IS NULL
    LEFT JOIN chunk ON chunk.version_id = version.id
    GROUP BY source.id ORDER BY source.name";

/// The row of a source.
pub fn id(connection: &Connection, source: &SourceId) -> rusqlite::Result<Option<i64>> {
    connection.prepare_cached("SELECT id FROM source WHERE name = ?1")?.query_row([&source.0], |row| row.get(0)).optional()
}

/// Adds a source or changes its description; what an admin said of it stays.
pub fn put(connection: &Connection, source: &Source) -> rusqlite::Result<()> {
    let description = serde_json::to_string(source).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let changed = connection
        .prepare_cached(
            "INSERT INTO source (name, description) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET description = excluded.description WHERE description <> excluded.description",
        )?
        .execute(params![source.id.0, description])?;
    if changed > 0 {
        let mut revisions = Revisions::begin(connection)?;
        revisions.advance();
        revisions.finish(connection)?;
    }
    Ok(())
}

/// Notes when a source was last synced.
pub fn note_synced(connection: &Connection, source_id: i64, at: Timestamp) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE source SET synced_at = ?1 WHERE id = ?2")?.execute(params![at.to_string(), source_id])?;
    Ok(())
}

/// All sources, by name.
pub fn summaries(connection: &Connection) -> rusqlite::Result<Vec<SourceSummary>> {
    connection.prepare_cached(SUMMARIES)?.query_map([], summary)?.collect()
}

fn summary(row: &Row) -> rusqlite::Result<SourceSummary> {
    let source = serde_json::from_str(&row.get::<_, String>(0)?)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))?;
    Ok(SourceSummary {
        source,
        synced_at: codes::timestamp_or_none(row.get(1)?)?,
        documents: count(row, 2)?,
        passages: count(row, 3)?,
        hidden: count(row, 4)?,
    })
}

fn count(row: &Row, column: usize) -> rusqlite::Result<u64> {
    let count: i64 = row.get(column)?;
    Ok(count.unsigned_abs())
}

/// The current version of every current document of a source.
pub fn versions(connection: &Connection, source: &SourceId) -> rusqlite::Result<BTreeMap<DocumentKey, String>> {
    connection
        .prepare_cached(
            "SELECT document.name, version.hash FROM source
             JOIN document ON document.source_id = source.id
             JOIN version ON version.document_id = document.id AND version.valid_to IS NULL
             WHERE source.name = ?1",
        )?
        .query_map([&source.0], |row| Ok((DocumentKey(row.get(0)?), row.get(1)?)))?
        .collect()
}

/// The embedder that made the vectors; absent while there are none.
pub fn embedder(connection: &Connection) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT embedder FROM state WHERE id = 1 AND EXISTS (SELECT 1 FROM key)")?
        .query_row([], |row| row.get(0))
        .optional()
        .map(Option::flatten)
}
