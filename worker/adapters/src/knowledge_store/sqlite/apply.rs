//! A sync, written as a whole.

use super::codes;
use super::curate;
use super::passages;
use super::revision::Revisions;
use super::sources;
use crate::knowledge_store::carry::{Former, former};
use crate::knowledge_store::comeback::passage_name;
use crate::knowledge_store::marks::Marks;
use crate::knowledge_store::validity::{self, Period};
use jiff::Timestamp;
use knowledge::chunk::KeyedChunk;
use knowledge::document::DocumentKey;
use knowledge::ports::store::{NewVersion, SourceChange};
use knowledge::source::SourceId;
use rusqlite::{Connection, OptionalExtension, params};

/// The last version of a document.
struct Last {
    id: i64,
    hash: String,
    period: Period,
}

/// Where a chunk goes: into the row of the same period, or into a new one under a name that is free.
struct Place {
    same_period: Option<i64>,
    passage: String,
    marks: Marks,
}

/// Writes a sync within the caller's transaction. False when the source is not known.
///
/// A version that is the current one already is written over: its passages and keys are replaced and its dates stay, so
/// that a new embedder or chunker needs no new version and applying a change twice is applying it once.
pub fn apply(connection: &Connection, source: &SourceId, change: &SourceChange, embedder: &str, at: Timestamp) -> rusqlite::Result<bool> {
    let Some(source_id) = sources::id(connection, source)? else { return Ok(false) };
    sources::note_synced(connection, source_id, at)?;
    if change.versions.is_empty() && change.gone.is_empty() {
        return Ok(true);
    }
    let mut revisions = Revisions::begin(connection)?;
    revisions.advance();
    for document in &change.gone {
        close_gone(connection, source_id, document, at, &mut revisions)?;
    }
    for version in &change.versions {
        write_version(connection, source_id, version, at, &mut revisions)?;
    }
    if !change.versions.is_empty() {
        connection.prepare_cached("UPDATE state SET embedder = ?1 WHERE id = 1")?.execute([embedder])?;
    }
    revisions.finish(connection)?;
    Ok(true)
}

fn close_gone(
    connection: &Connection,
    source_id: i64,
    document: &DocumentKey,
    at: Timestamp,
    revisions: &mut Revisions,
) -> rusqlite::Result<()> {
    let Some(document_id) = document_id(connection, source_id, document)? else { return Ok(()) };
    match last_version(connection, document_id)? {
        Some(Last { id, period: Period { valid_from, valid_to: None }, .. }) => {
            close(connection, id, validity::end(valid_from, at), revisions)
        }
        Some(_) | None => Ok(()),
    }
}

fn write_version(
    connection: &Connection,
    source_id: i64,
    version: &NewVersion,
    at: Timestamp,
    revisions: &mut Revisions,
) -> rusqlite::Result<()> {
    let document_id = match document_id(connection, source_id, &version.document)? {
        Some(id) => id,
        None => {
            connection
                .prepare_cached("INSERT INTO document (source_id, name) VALUES (?1, ?2)")?
                .execute(params![source_id, version.document.0])?;
            connection.last_insert_rowid()
        }
    };
    let last = last_version(connection, document_id)?;
    let mut formers = Vec::new();
    let version_id = match &last {
        Some(last) if last.period.valid_to.is_none() && last.hash == version.version => {
            connection.prepare_cached("UPDATE version SET title = ?1 WHERE id = ?2")?.execute(params![version.title, last.id])?;
            last.id
        }
        Some(_) | None => {
            let start = validity::start(version.valid_from, last.as_ref().map(|last| last.period), at);
            if let Some(last) = last.filter(|last| last.period.valid_to.is_none()) {
                formers = passages::formers(connection, last.id)?;
                close(connection, last.id, start, revisions)?;
            }
            insert_version(connection, document_id, version, start)?
        }
    };
    write_chunks(connection, version_id, &version.chunks, &formers, revisions)
}

fn insert_version(connection: &Connection, document_id: i64, version: &NewVersion, start: Timestamp) -> rusqlite::Result<i64> {
    connection.prepare_cached("INSERT INTO version (document_id, hash, title, valid_from) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        document_id,
        version.version,
        version.title,
        start.to_string()
    ])?;
    Ok(connection.last_insert_rowid())
}

fn close(connection: &Connection, version_id: i64, end: Timestamp, revisions: &mut Revisions) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE version SET valid_to = ?1 WHERE id = ?2")?.execute(params![end.to_string(), version_id])?;
    for chunk_id in passages::of_version(connection, version_id)? {
        passages::note_changed(connection, chunk_id, revisions)?;
    }
    Ok(())
}

/// Writes the chunks of a version and forgets those that it had before and has no longer.
fn write_chunks(
    connection: &Connection,
    version_id: i64,
    chunks: &[KeyedChunk],
    formers: &[Former],
    revisions: &mut Revisions,
) -> rusqlite::Result<()> {
    let mut before = passages::of_version(connection, version_id)?;
    for keyed in chunks {
        let mut place = place(connection, version_id, &keyed.chunk.id.0)?;
        let is_new = place.same_period.is_none() && place.passage == keyed.chunk.id.0;
        if let Some(former) = former(formers, &keyed.chunk).filter(|_| is_new) {
            place.marks = former.marks;
            curate::retell(connection, &former.base, &keyed.chunk.id)?;
        }
        if let Some(id) = place.same_period {
            before.retain(|other| *other != id);
        }
        write_chunk(connection, version_id, keyed, &place, revisions)?;
    }
    for chunk_id in before {
        passages::forget(connection, chunk_id, revisions)?;
    }
    Ok(())
}

/// A passage that comes back in a new period keeps what an admin said of it.
fn place(connection: &Connection, version_id: i64, base: &str) -> rusqlite::Result<Place> {
    let mut statement =
        connection.prepare_cached("SELECT id, version_id, passage, hidden_at, pinned FROM chunk WHERE base = ?1 ORDER BY id")?;
    let mut rows = statement.query([base])?;
    let mut place = Place { same_period: None, passage: base.to_owned(), marks: Marks::default() };
    let mut periods = 0_u64;
    while let Some(row) = rows.next()? {
        periods += 1;
        place.marks = Marks { hidden_at: codes::timestamp_or_none(row.get(3)?)?, pinned: row.get(4)? };
        if row.get::<_, i64>(1)? == version_id {
            place.same_period = Some(row.get(0)?);
            place.passage = row.get(2)?;
            return Ok(place);
        }
    }
    place.passage = passage_name(base, periods + 1);
    Ok(place)
}

fn write_chunk(
    connection: &Connection,
    version_id: i64,
    keyed: &KeyedChunk,
    place: &Place,
    revisions: &mut Revisions,
) -> rusqlite::Result<()> {
    let chunk = &keyed.chunk;
    connection.prepare_cached("DELETE FROM tombstone WHERE passage = ?1")?.execute([&place.passage])?;
    if let Some(id) = place.same_period {
        connection.prepare_cached("DELETE FROM key WHERE chunk_id = ?1")?.execute([id])?;
    }
    connection
        .prepare_cached(
            "INSERT INTO chunk (id, version_id, passage, base, title, kind, question, text, language, ticket, intent,
                hidden, hidden_at, pinned, changed_rev, link)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
             ON CONFLICT (id) DO UPDATE SET title = excluded.title, kind = excluded.kind, question = excluded.question,
                text = excluded.text, language = excluded.language, ticket = excluded.ticket, intent = excluded.intent,
                link = excluded.link, changed_rev = excluded.changed_rev",
        )?
        .execute(params![
            place.same_period,
            version_id,
            place.passage,
            chunk.id.0,
            chunk.title,
            codes::passage_kind_word(chunk.kind),
            chunk.question,
            chunk.text,
            chunk.language.map(|language| language.code().to_owned()),
            chunk.ticket.as_ref().map(|ticket| &ticket.0),
            chunk.intent.as_ref().map(|intent| &intent.0),
            place.marks.hidden_at.is_some(),
            place.marks.hidden_at.map(|at| at.to_string()),
            place.marks.pinned,
            revisions.advance(),
            chunk.link,
        ])?;
    let chunk_id = place.same_period.unwrap_or_else(|| connection.last_insert_rowid());
    for key in &keyed.keys {
        connection.prepare_cached("INSERT INTO key (chunk_id, kind, text, vector) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
            chunk_id,
            codes::key_kind_word(key.kind),
            key.text,
            codes::vector_bytes(&key.embedding)
        ])?;
    }
    Ok(())
}

fn document_id(connection: &Connection, source_id: i64, document: &DocumentKey) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM document WHERE source_id = ?1 AND name = ?2")?
        .query_row(params![source_id, document.0], |row| row.get(0))
        .optional()
}

fn last_version(connection: &Connection, document_id: i64) -> rusqlite::Result<Option<Last>> {
    connection
        .prepare_cached("SELECT id, hash, valid_from, valid_to FROM version WHERE document_id = ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([document_id], |row| {
            let period =
                Period { valid_from: codes::timestamp(&row.get::<_, String>(2)?)?, valid_to: codes::timestamp_or_none(row.get(3)?)? };
            Ok(Last { id: row.get(0)?, hash: row.get(1)?, period })
        })
        .optional()
}
