//! Forgetting a source of the knowledge.
//!
//! Receipts are written over in short transactions, so that running workers go on in between. Then the two tables are written
//! anew (`VACUUM FULL`), for PostgreSQL leaves old rows in their files; workers wait meanwhile. A note in `settings` says that this is
//! due until it is done. What the server has in its
//! write-ahead log, on standbys and in back-ups lives as long as they keep it: that is the server's to say.

use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::state;
use crate::ledger::postgres::store::{Store, Verb};
use crate::ledger::sqlite::forget::DECISIONS_PER_STEP;
use async_trait::async_trait;
use runtime::effect::{Effect, EffectState};
use runtime::forget::forget;
use sqlx::postgres::PgConnection;
use triage::decision::Decision;

/// Where a step ended, and how many decisions it changed; no place when it was the last.
pub(crate) struct Ended {
    pub(crate) next: Option<i64>,
    pub(crate) changed: u64,
}

/// Looks at the next decisions after a place.
pub(crate) struct Step<'a> {
    pub(crate) source: &'a str,
    pub(crate) after: i64,
}

#[async_trait]
impl Verb for Step<'_> {
    type Answer = Ended;

    async fn run(&self, connection: &mut PgConnection) -> Result<Ended, Problem> {
        // As it stands in the JSON of a receipt.
        let mark = format!("\"source\":{}", serde_json::to_string(self.source)?);
        let rows = sqlx::query_as(
            "SELECT seq, id, CASE WHEN strpos(decision, $3) > 0 THEN decision END FROM decisions WHERE seq > $1 ORDER BY seq LIMIT $2",
        );
        let rows: Vec<(i64, String, Option<String>)> =
            rows.bind(self.after).bind(DECISIONS_PER_STEP).bind(mark).fetch_all(&mut *connection).await?;
        let mut ended = Ended { next: rows.last().map(|(seq, ..)| *seq), changed: 0 };
        for (seq, id, json) in rows {
            let Some(json) = json else { continue };
            let mut decision: Decision = serde_json::from_str(&json)?;
            let (keys, mut effects): (Vec<i64>, Vec<(Effect, EffectState)>) = effects(connection, &id).await?.into_iter().unzip();
            if !forget(&mut decision, &mut effects, self.source) {
                continue;
            }
            ended.changed += 1;
            let update = sqlx::query("UPDATE decisions SET decision = $2 WHERE seq = $1").bind(seq);
            update.bind(serde_json::to_string(&decision)?).execute(&mut *connection).await?;
            for (key, (effect, _)) in keys.into_iter().zip(effects) {
                let update = sqlx::query("UPDATE effects SET effect = $2 WHERE seq = $1").bind(key);
                update.bind(serde_json::to_string(&effect)?).execute(&mut *connection).await?;
            }
        }
        if ended.changed > 0 {
            note(connection, true).await?;
        }
        Ok(ended)
    }
}

async fn note(connection: &mut PgConnection, is_pending: bool) -> Result<(), Problem> {
    let sql = "INSERT INTO settings (name, value) VALUES ('purge_pending', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    sqlx::query(sql).bind(i64::from(is_pending)).execute(connection).await?;
    Ok(())
}

/// An effect with the number of its row, and where it stands; locked, for what is forgotten must not be sent meanwhile.
type Numbered = (i64, (Effect, EffectState));

async fn effects(connection: &mut PgConnection, decision: &str) -> Result<Vec<Numbered>, Problem> {
    let rows = sqlx::query_as("SELECT seq, effect, state FROM effects WHERE decision = $1 ORDER BY ordinal FOR UPDATE");
    let rows: Vec<(i64, String, String)> = rows.bind(decision).fetch_all(connection).await?;
    rows.into_iter().map(|(seq, effect, word)| Ok((seq, (serde_json::from_str(&effect)?, state(&word)?)))).collect()
}

/// Writes the tables anew, when that is due, on a connection without limits of time: it cannot be done within a transaction.
pub(crate) async fn purge(store: &Store) -> Result<(), Problem> {
    let due = "SELECT EXISTS (SELECT 1 FROM settings WHERE name = 'purge_pending' AND value <> 0)";
    let is_due: bool = sqlx::query_scalar(due).fetch_one(&store.pool).await?;
    if !is_due {
        return Ok(());
    }
    let mut connection = store.pool.acquire().await?.detach();
    for statement in ["SET statement_timeout = 0", "SET lock_timeout = 0", "VACUUM FULL decisions", "VACUUM FULL effects"] {
        sqlx::query(statement).execute(&mut connection).await?;
    }
    note(&mut connection, false).await?;
    sqlx::Connection::close(connection).await?;
    Ok(())
}
