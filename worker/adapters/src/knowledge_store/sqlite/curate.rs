//! Curation as rows: a mark on the passage, the document or the source. A passage is hidden when any of the three is, so
//! what is said of a document or source holds for versions that come later too.

use super::passages;
use super::revision::Revisions;
use crate::knowledge_store::audit;
use jiff::Timestamp;
use knowledge::curation::{Act, AuditLine, Curation, Target};
use rusqlite::{Connection, OptionalExtension, params};

/// The row that a curation is about, and what its audit line belongs to.
struct Marked {
    table: &'static str,
    id: i64,
    source: String,
    document: Option<String>,
}

/// Applies a curation within the caller's transaction. False when its target does not exist.
pub fn curate(connection: &Connection, curation: &Curation, at: Timestamp) -> rusqlite::Result<bool> {
    let Some(marked) = find(connection, &curation.target)? else { return Ok(false) };
    let (column, value) = match curation.act {
        Act::Hide => ("hidden", true),
        Act::Unhide => ("hidden", false),
        Act::Pin => ("pinned", true),
        Act::Unpin => ("pinned", false),
    };
    let table = marked.table;
    let changed = connection
        .prepare_cached(&format!("UPDATE {table} SET {column} = ?1 WHERE id = ?2 AND {column} <> ?1"))?
        .execute(params![value, marked.id])?;
    let mut revisions = Revisions::begin(connection)?;
    revisions.advance();
    if changed > 0 {
        for chunk_id in affected(connection, &marked)? {
            passages::note_changed(connection, chunk_id, &mut revisions)?;
        }
    }
    revisions.finish(connection)?;
    write_audit(connection, &audit::of_curation(curation, at), &marked.source, marked.document.as_deref())?;
    Ok(true)
}

/// Writes a line of the audit.
pub fn write_audit(connection: &Connection, line: &AuditLine, source: &str, document: Option<&str>) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO audit (at, by, what, why, source, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![line.at.to_string(), line.by, line.what, line.why, source, document])?;
    Ok(())
}

fn find(connection: &Connection, target: &Target) -> rusqlite::Result<Option<Marked>> {
    match target {
        Target::Passage { passage } => connection
            .prepare_cached(
                "SELECT chunk.id, source.name, document.name FROM chunk
                 JOIN version ON version.id = chunk.version_id
                 JOIN document ON document.id = version.document_id
                 JOIN source ON source.id = document.source_id
                 WHERE chunk.passage = ?1",
            )?
            .query_row([&passage.0], |row| Ok(Marked { table: "chunk", id: row.get(0)?, source: row.get(1)?, document: Some(row.get(2)?) }))
            .optional(),
        Target::Document { source, document } => connection
            .prepare_cached(
                "SELECT document.id FROM document JOIN source ON source.id = document.source_id
                 WHERE source.name = ?1 AND document.name = ?2",
            )?
            .query_row(params![source.0, document.0], |row| {
                Ok(Marked { table: "document", id: row.get(0)?, source: source.0.clone(), document: Some(document.0.clone()) })
            })
            .optional(),
        Target::Source { source } => connection
            .prepare_cached("SELECT id FROM source WHERE name = ?1")?
            .query_row([&source.0], |row| Ok(Marked { table: "source", id: row.get(0)?, source: source.0.clone(), document: None }))
            .optional(),
    }
}

fn affected(connection: &Connection, marked: &Marked) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare_cached(&format!(
            "SELECT chunk.id FROM chunk
             JOIN version ON version.id = chunk.version_id
             JOIN document ON document.id = version.document_id
             JOIN source ON source.id = document.source_id
             WHERE {}.id = ?1 ORDER BY chunk.id",
            marked.table
        ))?
        .query_map([marked.id], |row| row.get(0))?
        .collect()
}
