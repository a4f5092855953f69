//! What became of everything: appended to, never changed. Later learning reads it.

use crate::ledger::sqlite::problem::Problem;
use crate::ledger::sqlite::rows::timestamp;
use runtime::ports::records::Outcome;
use rusqlite::{Connection, params};
use serde_json::Value;

/// Appends a line.
pub(crate) fn append(
    connection: &Connection,
    conversation: i64,
    decision: Option<&str>,
    what: &str,
    detail: &Value,
    now: i64,
) -> Result<(), Problem> {
    let mut statement =
        connection.prepare_cached("INSERT INTO outcomes (at, conversation, decision, what, detail) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    statement.execute(params![now, conversation, decision, what, detail.to_string()])?;
    Ok(())
}

/// Lines after `seq`, oldest first.
pub(crate) fn after(connection: &Connection, seq: i64, limit: i64) -> Result<Vec<Outcome>, Problem> {
    let mut statement = connection.prepare_cached(
        "SELECT o.seq, o.at, c.ticket, o.decision, o.what, o.detail FROM outcomes o JOIN conversations c ON c.id = o.conversation
         WHERE o.seq > ?1 ORDER BY o.seq LIMIT ?2",
    )?;
    let mut rows = statement.query([seq, limit])?;
    let mut outcomes = Vec::new();
    while let Some(row) = rows.next()? {
        let detail: String = row.get(5)?;
        outcomes.push(Outcome {
            seq: row.get(0)?,
            at: timestamp(row.get(1)?)?,
            ticket: triage::ticket::TicketId(row.get(2)?),
            decision: row.get(3)?,
            what: row.get(4)?,
            detail: serde_json::from_str(&detail)?,
        });
    }
    Ok(outcomes)
}
