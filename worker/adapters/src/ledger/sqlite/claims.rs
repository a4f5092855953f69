//! Claims: which turns are due, and who may decide them.

use crate::ledger::sqlite::problem::Problem;
use crate::ledger::sqlite::rows::{Conversation, claimed_ticket, conversation, read_conversation, timestamp};
use crate::ledger::words::ms;
use jiff::Timestamp;
use runtime::ports::ledger::{CLOCK_BACK_MAX_MS, Claim, ClaimTerms, DUE_MS_MAX, WorkerId, Written};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use triage::ticket::MessageId;

/// No send of the conversation is begun or unknown.
const NO_OPEN_SEND: &str =
    "NOT EXISTS (SELECT 1 FROM effects WHERE conversation = c.id AND state IN ('sending', 'unknown') AND kind IN ('send', 'relay'))";

/// The lease no longer holds at `?1`; one from before the clock went back does not, or its turn would wait for the clock to catch
/// up. The fence keeps its holder from writing.
fn lapsed() -> String {
    format!("(lease_until <= ?1 OR leased_at > ?1 + {CLOCK_BACK_MAX_MS})")
}

/// Conversations that are due by the time in `column` at `?2` and free at `?1`, oldest first. Whoever reads stops when there are
/// enough: with a bound LIMIT, SQLite would compile the statement again for every call.
fn candidates(column: &str, is_postponed: bool) -> String {
    let (lapsed, postponed) = (lapsed(), if is_postponed { "IS NOT NULL" } else { "IS NULL" });
    format!(
        "SELECT id, {column} FROM conversations c WHERE {column} <= ?2 AND postponed_until {postponed}
         AND (lease_until IS NULL OR {lapsed}) AND {NO_OPEN_SEND} ORDER BY {column}, id"
    )
}

/// The three ways to become due, each with its query: the newest message is old enough, the oldest is, or the postponement
/// is over.
static CANDIDATES: LazyLock<[String; 3]> =
    LazyLock::new(|| [candidates("newest_at", false), candidates("oldest_at", false), candidates("postponed_until", true)]);

/// Whether the operator has paused the worker.
pub(crate) fn is_paused(connection: &Connection) -> Result<bool, Problem> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM settings WHERE name = 'paused' AND value <> 0")?;
    Ok(statement.exists([])?)
}

/// Claims due turns, oldest first.
pub(crate) fn claim_due(connection: &Connection, worker: &WorkerId, now: Timestamp, terms: ClaimTerms) -> Result<Vec<Claim>, Problem> {
    if is_paused(connection)? {
        return Ok(Vec::new());
    }
    let due = due(connection, ms(now), terms)?;
    due.into_iter().map(|id| claim(connection, id, worker, ms(now), terms.lease_ms)).collect()
}

/// The conversations whose turns are due, oldest first. Each of the three ways to become due gives its own oldest ones, in
/// the order of an index; the oldest of all are among them.
fn due(connection: &Connection, now: i64, terms: ClaimTerms) -> Result<Vec<i64>, Problem> {
    let mut due_at: BTreeMap<i64, i64> = BTreeMap::new();
    for (sql, waits_ms) in CANDIDATES.iter().zip([terms.burst_window_ms, terms.burst_max_ms, 0]) {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([now, now.saturating_sub(waits_ms)])?;
        let mut left = terms.limit;
        while left > 0
            && let Some(row) = rows.next()?
        {
            left -= 1;
            let at = row.get::<_, i64>(1)?.saturating_add(waits_ms);
            due_at.entry(row.get(0)?).and_modify(|known| *known = at.min(*known)).or_insert(at);
        }
    }
    let mut ordered: Vec<(i64, i64)> = due_at.into_iter().map(|(id, at)| (at, id)).collect();
    ordered.sort_unstable();
    Ok(ordered.into_iter().take(terms.limit).map(|(_, id)| id).collect())
}

/// A claim whose lease ran out counts as a try: what kills its worker again and again must come to an end.
fn claim(connection: &Connection, id: i64, worker: &WorkerId, now: i64, lease_ms: i64) -> Result<Claim, Problem> {
    let mut take = connection.prepare_cached(
        "UPDATE conversations SET attempts = attempts + (lease_until IS NOT NULL), fence = fence + 1, lease_worker = ?2,
         leased_at = ?3, lease_until = ?4, consent_seen = (SELECT COALESCE(MAX(seq), 0) FROM consents)
         WHERE id = ?1 RETURNING id, ticket, customer, company, fence, 1, consent_seen, attempts, newest_at",
    )?;
    let leased = params![id, worker.0, now, now.saturating_add(lease_ms)];
    let read = |row: &Row<'_>| Ok((read_conversation(row)?, row.get(7)?, row.get(8)?));
    let (conversation, attempts, received_at): (Conversation, u32, i64) = take.query_row(leased, read)?;
    let mut newest = connection
        .prepare_cached("SELECT message_id FROM messages WHERE state = 'waiting' AND conversation = ?1 ORDER BY seq DESC LIMIT 1")?;
    let message = MessageId(newest.query_row([id], |row| row.get(0))?);
    Ok(Claim {
        ticket: claimed_ticket(connection, &conversation, &message)?,
        message,
        attempts,
        fence: u64::try_from(conversation.fence).unwrap_or(0),
        received_at: timestamp(received_at)?,
    })
}

/// The conversation of a claim, while the claim holds.
pub(crate) fn held(connection: &Connection, claim: &Claim) -> Result<Option<Conversation>, Problem> {
    let found = conversation(connection, &claim.ticket.id)?;
    let found = found.ok_or_else(|| Problem::Absent(format!("conversation {}", claim.ticket.id)))?;
    Ok(Some(found).filter(|found| found.is_claimed && i64::try_from(claim.fence) == Ok(found.fence)))
}

/// Gives a claim back.
pub(crate) fn postpone(connection: &Connection, claim: &Claim, at: i64) -> Result<Written, Problem> {
    let Some(conversation) = held(connection, claim)? else { return Ok(Written::Superseded) };
    let mut statement = connection.prepare_cached(
        "UPDATE conversations SET postponed_until = ?2, attempts = attempts + 1, lease_worker = NULL, leased_at = NULL, lease_until = NULL
         WHERE id = ?1",
    )?;
    statement.execute([conversation.id, at])?;
    Ok(Written::Yes)
}

/// Takes back the claims whose lease ran out, or all of one worker. Each counts as a try.
pub(crate) fn recover(connection: &Connection, now: i64, all_of: Option<&WorkerId>) -> Result<usize, Problem> {
    let lapsed = lapsed();
    let mut statement = connection.prepare_cached(&format!(
        "UPDATE conversations SET attempts = attempts + 1, lease_worker = NULL, leased_at = NULL, lease_until = NULL
         WHERE lease_until IS NOT NULL AND ({lapsed} OR lease_worker = ?2)"
    ))?;
    let count = statement.execute(params![now, all_of.map(|worker| &worker.0)])?;
    forget_the_future(connection, now)?;
    Ok(count)
}

/// What was received, or put off, before the clock went back is due as if it were so now.
fn forget_the_future(connection: &Connection, now: i64) -> Result<(), Problem> {
    // While a turn is put off nobody looks at when it was received.
    let (received, put_off) = ("postponed_until IS NULL", "postponed_until IS NOT NULL");
    let columns =
        [("newest_at", received, CLOCK_BACK_MAX_MS), ("oldest_at", received, CLOCK_BACK_MAX_MS), ("postponed_until", put_off, DUE_MS_MAX)];
    for (column, stands, from) in columns {
        let sql = format!("UPDATE conversations SET {column} = ?1 WHERE {column} > ?2 AND {stands}");
        let mut statement = connection.prepare_cached(&sql)?;
        statement.execute([now, now.saturating_add(from)])?;
    }
    Ok(())
}

/// When a turn will next be due: by its burst, by its postponement, or by the end of a lease.
pub(crate) fn next_due(connection: &Connection, terms: ClaimTerms) -> Result<Option<i64>, Problem> {
    let mut soonest: Option<i64> = None;
    for (column, waits_ms) in [("newest_at", terms.burst_window_ms), ("oldest_at", terms.burst_max_ms), ("postponed_until", 0)] {
        let postponed = if column == "postponed_until" { "IS NOT NULL" } else { "IS NULL" };
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {column} FROM conversations c WHERE {column} IS NOT NULL AND postponed_until {postponed}
             AND lease_until IS NULL AND {NO_OPEN_SEND} ORDER BY {column} LIMIT 1"
        ))?;
        let first: Option<i64> = statement.query_row([], |row| row.get(0)).optional()?;
        soonest = [soonest, first.map(|at| at.saturating_add(waits_ms))].into_iter().flatten().min();
    }
    let mut lease = connection.prepare_cached("SELECT MIN(lease_until) FROM conversations WHERE lease_until IS NOT NULL")?;
    let lease: Option<i64> = lease.query_row([], |row| row.get(0))?;
    Ok([soonest, lease].into_iter().flatten().min())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::sqlite::schema::migrate;

    fn plan(connection: &Connection, sql: &str) -> String {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let lines = statement.query_map(params![0, 0], |row| row.get::<_, String>(3)).unwrap();
        lines.collect::<Result<Vec<_>, _>>().unwrap().join("; ")
    }

    #[test]
    fn due_turns_are_found_in_the_order_of_an_index_however_many_wait() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let indexes = ["conversations_by_newest", "conversations_by_oldest", "conversations_by_postponement"];
        for (sql, index) in CANDIDATES.iter().zip(indexes) {
            let plan = plan(&connection, sql);
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{plan}");
            assert!(plan.contains("effects_of_conversation"), "{plan}");
        }
    }
}
