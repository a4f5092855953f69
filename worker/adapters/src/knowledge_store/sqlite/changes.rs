//! What an index must do to catch up: a range scan over two indexes, changed chunks and tombstones.

use super::passages;
use super::revision;
use knowledge::ports::store::{IndexChange, Revision};
use rusqlite::{Connection, OptionalExtension, params};
use triage::evidence::PassageId;

const CHANGED: &str = "
    SELECT changed_rev, id, NULL FROM chunk WHERE changed_rev > ?1
    UNION ALL
    SELECT changed_rev, NULL, passage FROM tombstone WHERE changed_rev > ?1
    ORDER BY 1 LIMIT ?2";

/// One line of the scan: a chunk's row, or the id of a passage that is gone.
type Changed = (i64, Option<i64>, Option<String>);

/// At most `limit` changes after a revision, oldest first, and the revision that they lead to. The caller holds one
/// transaction, so that all is read from one state.
pub fn since(connection: &Connection, after: Revision, limit: usize) -> rusqlite::Result<(Vec<IndexChange>, Revision)> {
    let newest = revision::newest(connection)?;
    let after = i64::try_from(after.0).unwrap_or(i64::MAX);
    let limit_rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let changed: Vec<Changed> = connection
        .prepare_cached(CHANGED)?
        .query_map(params![after, limit_rows], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let leads_to = match changed.last() {
        Some((last, ..)) if changed.len() == limit => *last,
        Some(_) => newest,
        None if limit == 0 => after.min(newest),
        None => newest,
    };
    let mut changes = Vec::with_capacity(changed.len());
    for (_, chunk_id, passage) in changed {
        match (chunk_id, passage) {
            (Some(chunk_id), _) => changes.extend(upsert(connection, chunk_id)?),
            (None, Some(passage)) => changes.push(IndexChange::Remove(PassageId(passage))),
            (None, None) => {}
        }
    }
    Ok((changes, Revision(leads_to.unsigned_abs())))
}

fn upsert(connection: &Connection, chunk_id: i64) -> rusqlite::Result<Option<IndexChange>> {
    let read = connection
        .prepare_cached(&format!("SELECT {} WHERE chunk.id = ?1", passages::CHUNK_COLUMNS))?
        .query_row([chunk_id], |row| Ok((passages::chunk(row)?, passages::marks(row)?)))
        .optional()?;
    let Some((chunk, marks)) = read else { return Ok(None) };
    let (chunk, hidden) = marks.seen_by_index(chunk);
    let keys = passages::keys(connection, chunk_id)?;
    Ok(Some(IndexChange::Upsert { chunk: Box::new(chunk), keys, hidden, pinned: marks.pinned }))
}
