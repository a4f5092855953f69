//! Dead letters: shown, tried again, closed.

use crate::ledger::sqlite::outcomes;
use crate::ledger::sqlite::problem::Problem;
use crate::ledger::sqlite::rows::timestamp;
use crate::ledger::words::limit;
use runtime::effect::EffectKey;
use runtime::ports::records::{DeadLetter, DeadLetterId};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use triage::ticket::{MessageId, TicketId};

/// Open dead letters, oldest first.
pub(crate) fn open(connection: &Connection, max: usize) -> Result<Vec<DeadLetter>, Problem> {
    let mut statement = connection.prepare_cached(
        "SELECT d.id, d.kind, c.ticket, d.message, d.effect, d.reason, d.at FROM dead_letters d
         LEFT JOIN conversations c ON c.id = d.conversation WHERE d.closed_at IS NULL ORDER BY d.id LIMIT ?1",
    )?;
    let mut rows = statement.query([limit(max)])?;
    let mut letters = Vec::new();
    while let Some(row) = rows.next()? {
        letters.push(DeadLetter {
            id: DeadLetterId(row.get(0)?),
            kind: row.get(1)?,
            ticket: row.get::<_, Option<String>>(2)?.map(TicketId),
            message: row.get::<_, Option<String>>(3)?.map(MessageId),
            effect: row.get::<_, Option<String>>(4)?.map(EffectKey),
            reason: row.get(5)?,
            at: timestamp(row.get(6)?)?,
        });
    }
    Ok(letters)
}

struct Letter {
    kind: String,
    conversation: Option<i64>,
    effect: Option<String>,
}

fn find(connection: &Connection, id: DeadLetterId) -> Result<Option<Letter>, Problem> {
    let mut statement =
        connection.prepare_cached("SELECT kind, conversation, effect FROM dead_letters WHERE id = ?1 AND closed_at IS NULL")?;
    let read = |row: &rusqlite::Row<'_>| Ok(Letter { kind: row.get(0)?, conversation: row.get(1)?, effect: row.get(2)? });
    Ok(statement.query_row([id.0], read).optional()?)
}

/// Tries one again.
pub(crate) fn retry(connection: &Connection, id: DeadLetterId, now: i64) -> Result<bool, Problem> {
    let Some(letter) = find(connection, id)? else { return Ok(false) };
    match (letter.conversation, &letter.effect) {
        (Some(conversation), None) => revive_turn(connection, conversation, id)?,
        (Some(_), Some(key)) => revive_effect(connection, key, now)?,
        (None, _) => return Ok(false),
    }
    close(connection, id, &letter, "retried", now)?;
    Ok(true)
}

/// Closes one for good.
pub(crate) fn discard(connection: &Connection, id: DeadLetterId, now: i64) -> Result<bool, Problem> {
    let Some(letter) = find(connection, id)? else { return Ok(false) };
    close(connection, id, &letter, "discarded", now)?;
    Ok(true)
}

fn close(connection: &Connection, id: DeadLetterId, letter: &Letter, closed_as: &str, now: i64) -> Result<(), Problem> {
    let mut statement = connection.prepare_cached("UPDATE dead_letters SET closed_at = ?2, closed_as = ?3 WHERE id = ?1")?;
    statement.execute(params![id.0, now, closed_as])?;
    let Some(conversation) = letter.conversation else { return Ok(()) };
    let detail = json!({ "kind": letter.kind, "effect": letter.effect });
    outcomes::append(connection, conversation, None, closed_as, &detail, now)
}

/// The messages wait again, with whatever has come since. A claim of that no longer holds: the turn has grown.
fn revive_turn(connection: &Connection, conversation: i64, id: DeadLetterId) -> Result<(), Problem> {
    let mut messages = connection.prepare_cached(
        "UPDATE messages SET state = 'waiting', dead_letter = NULL WHERE conversation = ?1 AND state = 'dead' AND dead_letter = ?2",
    )?;
    messages.execute([conversation, id.0])?;
    let mut turn = connection.prepare_cached(
        "UPDATE conversations SET attempts = 0, postponed_until = NULL, lease_worker = NULL, leased_at = NULL, lease_until = NULL,
         oldest_at = (SELECT received_at FROM messages WHERE state = 'waiting' AND conversation = ?1 ORDER BY seq LIMIT 1),
         newest_at = (SELECT received_at FROM messages WHERE state = 'waiting' AND conversation = ?1 ORDER BY seq DESC LIMIT 1)
         WHERE id = ?1",
    )?;
    turn.execute([conversation])?;
    Ok(())
}

/// The effect may begin again, with the later parts of its reply; when it may have happened it is looked up first.
fn revive_effect(connection: &Connection, key: &str, now: i64) -> Result<(), Problem> {
    let mut later = connection.prepare_cached(
        "UPDATE effects SET state = 'pending' WHERE state = 'cancelled' AND kind = 'send'
         AND decision = (SELECT decision FROM effects WHERE key = ?1 AND kind = 'send')
         AND ordinal > (SELECT ordinal FROM effects WHERE key = ?1)",
    )?;
    later.execute([key])?;
    let mut statement = connection.prepare_cached(
        "UPDATE effects SET state = CASE WHEN doubtful <> 0 THEN 'unknown' ELSE 'pending' END, due_at = ?2 WHERE key = ?1 AND state = 'failed'",
    )?;
    statement.execute(params![key, now])?;
    Ok(())
}
