//! Curation as rows: a mark on the passage, the document or the source. A passage is hidden when any of the three is, so
//! what is said of a document or source holds for versions that come later too.

use super::codes;
use super::passages;
use super::revision::Revisions;
use crate::knowledge_store::audit;
use jiff::Timestamp;
use knowledge::curation::standing::first_period;
use knowledge::curation::{Act, AuditLine, Curation, Entry, Target};
use rusqlite::{Connection, OptionalExtension, params};
use triage::evidence::PassageId;

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
    let table = marked.table;
    let since = at.to_string();
    let changed = match curation.act {
        Act::Hide | Act::Replace => connection
            .prepare_cached(&format!("UPDATE {table} SET hidden = 1, hidden_at = ?2 WHERE id = ?1 AND NOT hidden"))?
            .execute(params![marked.id, since])?,
        Act::Unhide => connection
            .prepare_cached(&format!("UPDATE {table} SET hidden = 0, hidden_at = NULL WHERE id = ?1 AND hidden"))?
            .execute([marked.id])?,
        Act::Pin => {
            connection.prepare_cached(&format!("UPDATE {table} SET pinned = 1 WHERE id = ?1 AND NOT pinned"))?.execute([marked.id])?
        }
        Act::Unpin => {
            connection.prepare_cached(&format!("UPDATE {table} SET pinned = 0 WHERE id = ?1 AND pinned"))?.execute([marked.id])?
        }
        // An index need not know of these.
        Act::Boost { .. } | Act::Verify { .. } | Act::Own { .. } | Act::Approve { .. } | Act::Unapprove => 0,
    };
    log(connection, curation, &marked.source, at)?;
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

/// Keeps what was said as data; a passage goes by the name of its first period.
fn log(connection: &Connection, curation: &Curation, source: &str, at: Timestamp) -> rusqlite::Result<()> {
    let target = match &curation.target {
        Target::Passage { passage } => codes::json(&Target::Passage { passage: first_period(passage) })?,
        Target::Document { .. } | Target::Source { .. } => codes::json(&curation.target)?,
    };
    connection.prepare_cached("INSERT INTO curation (at, act, target, source) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        at.to_string(),
        codes::json(&curation.act)?,
        target,
        source
    ])?;
    Ok(())
}

/// What was said of a passage was said of another too, which says the same in the next version.
pub fn retell(connection: &Connection, former: &PassageId, passage: &PassageId) -> rusqlite::Result<()> {
    let target = |passage: &PassageId| codes::json(&Target::Passage { passage: passage.clone() });
    connection
        .prepare_cached(
            "INSERT INTO curation (at, act, target, source) SELECT at, act, ?2, source FROM curation WHERE target = ?1 ORDER BY id",
        )?
        .execute(params![target(former)?, target(passage)?])?;
    Ok(())
}

/// Everything that was said, in its order.
pub fn entries(connection: &Connection) -> rusqlite::Result<Vec<Entry>> {
    let read = |row: &rusqlite::Row| {
        let (at, act, target): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Entry { at: codes::timestamp(&at)?, act: codes::of_json(&act)?, target: codes::of_json(&target)? })
    };
    connection.prepare_cached("SELECT at, act, target FROM curation ORDER BY id")?.query_map([], read)?.collect()
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
