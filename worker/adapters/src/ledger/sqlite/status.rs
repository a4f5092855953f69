//! Where everything stands, counted over indexes.

use crate::ledger::sqlite::claims::is_paused;
use crate::ledger::sqlite::problem::Problem;
use crate::ledger::sqlite::rows::timestamp;
use crate::ledger::words::count;
use runtime::ports::records::Status;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Counts, all of one moment.
pub(crate) fn status(connection: &Connection) -> Result<Status, Problem> {
    let messages = counts(connection, "SELECT state, COUNT(*) FROM messages GROUP BY state")?;
    let of = |state: &str| messages.get(state).copied().unwrap_or(0);
    let oldest: Option<i64> = number(connection, "SELECT MIN(oldest_at) FROM conversations WHERE oldest_at IS NOT NULL")?;
    let open = "SELECT COUNT(*) FROM dead_letters WHERE closed_at IS NULL";
    Ok(Status {
        paused: is_paused(connection)?,
        received: of("waiting") + of("decided") + of("dead"),
        waiting: of("waiting"),
        decided: of("decided"),
        dead: of("dead"),
        agent_messages: of("agent"),
        oldest_waiting_at: oldest.map(timestamp).transpose()?,
        decisions: counts(connection, "SELECT action, COUNT(*) FROM decisions GROUP BY action")?,
        reasons: counts(connection, "SELECT reason, COUNT(*) FROM decisions GROUP BY reason")?,
        effects: counts(connection, "SELECT state, COUNT(*) FROM effects GROUP BY state")?,
        dead_letters: number(connection, open)?.map_or(0, count),
        opted_out: opted_out(connection)?,
    })
}

/// Customers whose newest change of consent, for any number of the company, is an opt-out.
fn opted_out(connection: &Connection) -> Result<u64, Problem> {
    let sql = "SELECT COUNT(DISTINCT customer) FROM consents o WHERE opted_out <> 0 AND NOT EXISTS (SELECT 1 FROM consents n
        WHERE n.customer = o.customer AND n.company = o.company AND (n.at > o.at OR (n.at = o.at AND n.seq > o.seq)))";
    Ok(number(connection, sql)?.map_or(0, count))
}

fn number(connection: &Connection, sql: &str) -> Result<Option<i64>, Problem> {
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

fn counts(connection: &Connection, sql: &str) -> Result<BTreeMap<String, u64>, Problem> {
    let mut statement = connection.prepare_cached(sql)?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, count(row.get(1)?)));
    Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
}
