//! Forgetting a source, down to the bytes.
//!
//! Deleting rows is not enough: SQLite leaves old bytes in pages, and the write-ahead log repeats them. So the rows are
//! deleted in one transaction (with a note that a purge is due), then the file is written anew from what is left
//! (`VACUUM`), then the log is copied into the file and cut to nothing. When the last step is kept from finishing by a
//! reader in another process, the note stays and the next call goes on from there.

use super::curate::write_audit;
use super::passages;
use super::revision::Revisions;
use super::sources;
use crate::knowledge_store::audit;
use jiff::Timestamp;
use knowledge::source::SourceId;
use rusqlite::{Connection, params};

/// Deletes the rows of a source within the caller's transaction. False when there was none.
///
/// What stays are the ids of its passages (hashes, for the indexes) and the audit, which holds no text.
pub fn delete_rows(connection: &Connection, source: &SourceId, at: Timestamp) -> rusqlite::Result<bool> {
    let Some(source_id) = sources::id(connection, source)? else { return Ok(false) };
    let mut revisions = Revisions::begin(connection)?;
    revisions.advance();
    let versions = "SELECT version.id FROM version JOIN document ON document.id = version.document_id WHERE document.source_id = ?1";
    let chunks: Vec<i64> = connection
        .prepare_cached(&format!("SELECT id FROM chunk WHERE version_id IN ({versions}) ORDER BY id"))?
        .query_map([source_id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for chunk_id in chunks {
        passages::forget(connection, chunk_id, &mut revisions)?;
    }
    connection.prepare_cached(&format!("DELETE FROM version WHERE id IN ({versions})"))?.execute([source_id])?;
    connection.prepare_cached("DELETE FROM document WHERE source_id = ?1")?.execute([source_id])?;
    connection.prepare_cached("DELETE FROM curation WHERE source = ?1")?.execute([&source.0])?;
    connection.prepare_cached("DELETE FROM source WHERE id = ?1")?.execute([source_id])?;
    connection.prepare_cached("UPDATE state SET purge_pending = 1 WHERE id = 1")?.execute([])?;
    revisions.finish(connection)?;
    write_audit(connection, &audit::of_removal(source, at), &source.0, None)?;
    Ok(true)
}

/// A purge is due: rows were deleted, and their bytes may still be in the files.
pub fn is_purge_pending(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT purge_pending FROM state WHERE id = 1")?.query_row([], |row| row.get(0))
}

/// Writes the file anew and empties the log. False when another process kept the log in use.
pub fn purge(connection: &Connection) -> rusqlite::Result<bool> {
    // VACUUM refuses to run while a cached statement is half read; none is, but a clean slate costs nothing.
    connection.flush_prepared_statement_cache();
    connection.execute_batch("VACUUM")?;
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy != 0 {
        return Ok(false);
    }
    connection.execute("UPDATE state SET purge_pending = ?1 WHERE id = 1", params![false])?;
    Ok(true)
}
