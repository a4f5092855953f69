//! The history of a document.

use super::codes;
use knowledge::curation::AuditLine;
use knowledge::document::DocumentKey;
use knowledge::ports::store::VersionLine;
use knowledge::source::SourceId;
use rusqlite::{Connection, params};

/// Versions of a document, newest first.
pub fn versions(connection: &Connection, source: &SourceId, document: &DocumentKey) -> rusqlite::Result<Vec<VersionLine>> {
    connection
        .prepare_cached(
            "SELECT version.hash, version.title, version.valid_from, version.valid_to,
                (SELECT count(*) FROM chunk WHERE chunk.version_id = version.id)
             FROM source JOIN document ON document.source_id = source.id JOIN version ON version.document_id = document.id
             WHERE source.name = ?1 AND document.name = ?2 ORDER BY version.id DESC",
        )?
        .query_map(params![source.0, document.0], |row| {
            Ok(VersionLine {
                version: row.get(0)?,
                title: row.get(1)?,
                valid_from: codes::timestamp(&row.get::<_, String>(2)?)?,
                valid_to: codes::timestamp_or_none(row.get(3)?)?,
                passages: row.get::<_, i64>(4)?.unsigned_abs(),
            })
        })?
        .collect()
}

/// Audit lines of a document, its passages and its source, newest first.
pub fn audit(connection: &Connection, source: &SourceId, document: &DocumentKey) -> rusqlite::Result<Vec<AuditLine>> {
    connection
        .prepare_cached(
            "SELECT at, by, what, why FROM audit
             WHERE source = ?1 AND (document IS NULL OR document = ?2) ORDER BY id DESC",
        )?
        .query_map(params![source.0, document.0], |row| {
            Ok(AuditLine { at: codes::timestamp(&row.get::<_, String>(0)?)?, by: row.get(1)?, what: row.get(2)?, why: row.get(3)? })
        })?
        .collect()
}

/// The newest audit lines, newest first.
pub fn newest_audit(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<AuditLine>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let read = |row: &rusqlite::Row| {
        Ok(AuditLine { at: codes::timestamp(&row.get::<_, String>(0)?)?, by: row.get(1)?, what: row.get(2)?, why: row.get(3)? })
    };
    connection.prepare_cached("SELECT at, by, what, why FROM audit ORDER BY id DESC LIMIT ?1")?.query_map([limit], read)?.collect()
}
