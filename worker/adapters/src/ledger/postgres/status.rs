//! Where everything stands, counted over indexes.

use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::timestamp;
use crate::ledger::postgres::store::Verb;
use crate::ledger::words::count;
use async_trait::async_trait;
use runtime::ports::records::Status;
use sqlx::postgres::PgConnection;
use std::collections::BTreeMap;

/// Counts, all of one moment.
pub(crate) struct Counts;

#[async_trait]
impl Verb for Counts {
    type Answer = Status;

    async fn run(&self, connection: &mut PgConnection) -> Result<Status, Problem> {
        sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut *connection).await?;
        let messages = counts(connection, "SELECT state, COUNT(*) FROM messages GROUP BY state").await?;
        let of = |state: &str| messages.get(state).copied().unwrap_or(0);
        let oldest = number(connection, "SELECT MIN(oldest_at) FROM conversations WHERE oldest_at IS NOT NULL").await?;
        let paused = number(connection, "SELECT value FROM settings WHERE name = 'paused' UNION ALL SELECT 0 LIMIT 1").await?;
        Ok(Status {
            paused: paused.unwrap_or(0) != 0,
            received: of("waiting") + of("decided") + of("dead"),
            waiting: of("waiting"),
            decided: of("decided"),
            dead: of("dead"),
            agent_messages: of("agent"),
            oldest_waiting_at: oldest.map(timestamp).transpose()?,
            decisions: counts(connection, "SELECT action, COUNT(*) FROM decisions GROUP BY action").await?,
            reasons: counts(connection, "SELECT reason, COUNT(*) FROM decisions GROUP BY reason").await?,
            effects: counts(connection, "SELECT state, COUNT(*) FROM effects GROUP BY state").await?,
            dead_letters: number(connection, "SELECT COUNT(*) FROM dead_letters WHERE closed_at IS NULL").await?.map_or(0, count),
            opted_out: number(connection, OPTED_OUT).await?.map_or(0, count),
        })
    }
}

/// Customers whose newest change of consent, for any number of the company, is an opt-out.
const OPTED_OUT: &str = "SELECT COUNT(DISTINCT customer) FROM consents o WHERE opted_out <> 0 AND NOT EXISTS (SELECT 1 FROM consents n
    WHERE n.customer = o.customer AND n.company = o.company AND (n.at > o.at OR (n.at = o.at AND n.seq > o.seq)))";

async fn number(connection: &mut PgConnection, sql: &'static str) -> Result<Option<i64>, Problem> {
    Ok(sqlx::query_scalar(sql).fetch_one(connection).await?)
}

async fn counts(connection: &mut PgConnection, sql: &'static str) -> Result<BTreeMap<String, u64>, Problem> {
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(name, value)| (name, count(value))).collect())
}
