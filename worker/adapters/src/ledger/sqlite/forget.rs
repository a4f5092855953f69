//! Forgetting a source of the knowledge, down to the bytes.
//!
//! Receipts are written over in short transactions, so that a running worker goes on in between. Then the file is written
//! anew (`VACUUM`) and the log is cut, for SQLite leaves old bytes in both. A note in `settings` says that this last step is
//! due until it is done.

use crate::ledger::sqlite::problem::Problem;
use crate::ledger::sqlite::rows::state;
use runtime::effect::{Effect, EffectState};
use runtime::forget::forget;
use rusqlite::{Connection, OptionalExtension, Row, params};
use triage::decision::Decision;

/// Decisions that are looked at in one transaction.
pub const DECISIONS_PER_STEP: i64 = 200;

const PURGE: &str = "purge_pending";

/// Where a step ended, and how many decisions it changed; no place when it was the last.
pub(crate) struct Step {
    pub(crate) next: Option<i64>,
    pub(crate) changed: u64,
}

/// Looks at the next decisions after a place.
pub(crate) fn step(connection: &Connection, source: &str, after: i64) -> Result<Step, Problem> {
    // As it stands in the JSON of a receipt.
    let mark = format!("\"source\":{}", serde_json::to_string(source)?);
    let mut found = connection.prepare_cached(
        "SELECT seq, id, CASE WHEN instr(decision, ?3) > 0 THEN decision END FROM decisions WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let rows = found.query_map(params![after, DECISIONS_PER_STEP, mark], read)?;
    let rows = rows.collect::<Result<Vec<(i64, String, Option<String>)>, _>>()?;
    let mut step = Step { next: rows.last().map(|(seq, ..)| *seq), changed: 0 };
    for (seq, id, json) in rows {
        let Some(json) = json else { continue };
        let mut decision: Decision = serde_json::from_str(&json)?;
        let (keys, mut effects): (Vec<i64>, Vec<(Effect, EffectState)>) = effects(connection, &id)?.into_iter().unzip();
        if !forget(&mut decision, &mut effects, source) {
            continue;
        }
        step.changed += 1;
        connection
            .prepare_cached("UPDATE decisions SET decision = ?2 WHERE seq = ?1")?
            .execute(params![seq, serde_json::to_string(&decision)?])?;
        for (key, (effect, _)) in keys.into_iter().zip(effects) {
            connection
                .prepare_cached("UPDATE effects SET effect = ?2 WHERE seq = ?1")?
                .execute(params![key, serde_json::to_string(&effect)?])?;
        }
    }
    if step.changed > 0 {
        note(connection, true)?;
    }
    Ok(step)
}

/// An effect with the number of its row, and where it stands.
type Numbered = (i64, (Effect, EffectState));

fn effects(connection: &Connection, decision: &str) -> Result<Vec<Numbered>, Problem> {
    let mut statement = connection.prepare_cached("SELECT seq, effect, state FROM effects WHERE decision = ?1 ORDER BY ordinal")?;
    let mut rows = statement.query([decision])?;
    let mut effects = Vec::new();
    while let Some(row) = rows.next()? {
        let (effect, word): (String, String) = (row.get(1)?, row.get(2)?);
        effects.push((row.get(0)?, (serde_json::from_str(&effect)?, state(&word)?)));
    }
    Ok(effects)
}

fn note(connection: &Connection, is_pending: bool) -> Result<(), Problem> {
    let sql = "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    connection.prepare_cached(sql)?.execute(params![PURGE, i64::from(is_pending)])?;
    Ok(())
}

/// Writes the file anew and cuts the log, when that is due. False when a reader kept the log in use.
pub(crate) fn purge(connection: &Connection) -> Result<bool, Problem> {
    let due: Option<i64> = connection.query_row("SELECT value FROM settings WHERE name = ?1", [PURGE], |row| row.get(0)).optional()?;
    if due.unwrap_or(0) == 0 {
        return Ok(true);
    }
    connection.flush_prepared_statement_cache();
    connection.execute_batch("VACUUM")?;
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 {
        note(connection, false)?;
    }
    Ok(busy == 0)
}
