//! What became of everything: appended to, never changed. Later learning reads it.

use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::{kept, timestamp};
use crate::ledger::postgres::store::Verb;
use crate::ledger::words::limit;
use async_trait::async_trait;
use runtime::ports::records::Outcome;
use serde_json::Value;
use sqlx::postgres::PgConnection;
use triage::ticket::TicketId;

/// Appends a line.
pub(crate) async fn append(
    connection: &mut PgConnection,
    conversation: i64,
    decision: Option<&str>,
    what: &str,
    detail: &Value,
    now: i64,
) -> Result<(), Problem> {
    let insert = sqlx::query("INSERT INTO outcomes (at, conversation, decision, what, detail) VALUES ($1, $2, $3, $4, $5)");
    insert.bind(now).bind(conversation).bind(decision).bind(kept(what)).bind(detail.to_string()).execute(connection).await?;
    Ok(())
}

/// Lines after a number, oldest first.
pub(crate) struct After {
    pub(crate) seq: i64,
    pub(crate) max: usize,
}

/// Number, time, ticket, decision, word and detail of a line.
type Columns = (i64, i64, String, Option<String>, String, String);

#[async_trait]
impl Verb for After {
    type Answer = Vec<Outcome>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<Outcome>, Problem> {
        let rows = sqlx::query_as(
            "SELECT o.seq, o.at, c.ticket, o.decision, o.what, o.detail FROM outcomes o JOIN conversations c ON c.id = o.conversation
             WHERE o.seq > $1 ORDER BY o.seq LIMIT $2",
        );
        let rows: Vec<Columns> = rows.bind(self.seq).bind(limit(self.max)).fetch_all(connection).await?;
        let outcome = |(seq, at, ticket, decision, what, detail): Columns| {
            let (at, detail) = (timestamp(at)?, serde_json::from_str(&detail)?);
            Ok(Outcome { seq, at, ticket: TicketId(ticket), decision, what, detail })
        };
        rows.into_iter().map(outcome).collect()
    }
}
