//! Dead letters: shown, tried again, closed.

use crate::ledger::postgres::outcomes;
use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::{lock, timestamp};
use crate::ledger::postgres::store::Verb;
use crate::ledger::words::limit;
use async_trait::async_trait;
use runtime::effect::EffectKey;
use runtime::ports::records::{DeadLetter, DeadLetterId};
use serde_json::json;
use sqlx::postgres::PgConnection;
use triage::ticket::{MessageId, TicketId};

/// Open dead letters, oldest first.
pub(crate) struct OpenLetters(pub(crate) usize);

/// Number, kind, ticket, message, effect, reason, time.
type Columns = (i64, String, Option<String>, Option<String>, Option<String>, String, i64);

#[async_trait]
impl Verb for OpenLetters {
    type Answer = Vec<DeadLetter>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<DeadLetter>, Problem> {
        let rows = sqlx::query_as(
            "SELECT d.id, d.kind, c.ticket, d.message, d.effect, d.reason, d.at FROM dead_letters d
             LEFT JOIN conversations c ON c.id = d.conversation WHERE d.closed_at IS NULL ORDER BY d.id LIMIT $1",
        );
        let rows: Vec<Columns> = rows.bind(limit(self.0)).fetch_all(connection).await?;
        let letter = |(id, kind, ticket, message, effect, reason, at): Columns| {
            Ok(DeadLetter {
                id: DeadLetterId(id),
                kind,
                ticket: ticket.map(TicketId),
                message: message.map(MessageId),
                effect: effect.map(EffectKey),
                reason,
                at: timestamp(at)?,
            })
        };
        rows.into_iter().map(letter).collect()
    }
}

struct Letter {
    kind: String,
    conversation: Option<i64>,
    effect: Option<String>,
}

async fn find(connection: &mut PgConnection, id: DeadLetterId) -> Result<Option<Letter>, Problem> {
    let sql = "SELECT kind, conversation, effect FROM dead_letters WHERE id = $1 AND closed_at IS NULL FOR UPDATE";
    let found: Option<(String, Option<i64>, Option<String>)> = sqlx::query_as(sql).bind(id.0).fetch_optional(connection).await?;
    Ok(found.map(|(kind, conversation, effect)| Letter { kind, conversation, effect }))
}

/// Tries one again.
pub(crate) struct Retry {
    pub(crate) id: DeadLetterId,
    pub(crate) now: i64,
}

#[async_trait]
impl Verb for Retry {
    type Answer = bool;

    async fn run(&self, connection: &mut PgConnection) -> Result<bool, Problem> {
        let Some(letter) = find(connection, self.id).await? else { return Ok(false) };
        let Some(conversation) = letter.conversation else { return Ok(false) };
        lock(connection, conversation).await?;
        match &letter.effect {
            None => revive_turn(connection, conversation, self.id).await?,
            Some(key) => revive_effect(connection, key, self.now).await?,
        }
        close(connection, self.id, &letter, "retried", self.now).await?;
        Ok(true)
    }
}

/// Closes one for good.
pub(crate) struct Discard {
    pub(crate) id: DeadLetterId,
    pub(crate) now: i64,
}

#[async_trait]
impl Verb for Discard {
    type Answer = bool;

    async fn run(&self, connection: &mut PgConnection) -> Result<bool, Problem> {
        let Some(letter) = find(connection, self.id).await? else { return Ok(false) };
        close(connection, self.id, &letter, "discarded", self.now).await?;
        Ok(true)
    }
}

async fn close(connection: &mut PgConnection, id: DeadLetterId, letter: &Letter, closed_as: &str, now: i64) -> Result<(), Problem> {
    let close = sqlx::query("UPDATE dead_letters SET closed_at = $2, closed_as = $3 WHERE id = $1");
    close.bind(id.0).bind(now).bind(closed_as).execute(&mut *connection).await?;
    let Some(conversation) = letter.conversation else { return Ok(()) };
    let detail = json!({ "kind": letter.kind, "effect": letter.effect });
    outcomes::append(connection, conversation, None, closed_as, &detail, now).await
}

/// The messages wait again, with whatever has come since. A claim of that no longer holds: the turn has grown.
async fn revive_turn(connection: &mut PgConnection, conversation: i64, id: DeadLetterId) -> Result<(), Problem> {
    let messages =
        "UPDATE messages SET state = 'waiting', dead_letter = NULL WHERE conversation = $1 AND state = 'dead' AND dead_letter = $2";
    sqlx::query(messages).bind(conversation).bind(id.0).execute(&mut *connection).await?;
    let turn = sqlx::query(
        "UPDATE conversations SET attempts = 0, postponed_until = NULL, lease_worker = NULL, leased_at = NULL, lease_until = NULL,
         oldest_at = (SELECT received_at FROM messages WHERE state = 'waiting' AND conversation = $1 ORDER BY seq LIMIT 1),
         newest_at = (SELECT received_at FROM messages WHERE state = 'waiting' AND conversation = $1 ORDER BY seq DESC LIMIT 1)
         WHERE id = $1",
    );
    turn.bind(conversation).execute(connection).await?;
    Ok(())
}

/// The effect may begin again, with the later parts of its reply; when it may have happened it is looked up first.
async fn revive_effect(connection: &mut PgConnection, key: &str, now: i64) -> Result<(), Problem> {
    let later = sqlx::query(
        "UPDATE effects SET state = 'pending' WHERE state = 'cancelled' AND kind = 'send'
         AND decision = (SELECT decision FROM effects WHERE key = $1 AND kind = 'send')
         AND ordinal > (SELECT ordinal FROM effects WHERE key = $1)",
    );
    later.bind(key).execute(&mut *connection).await?;
    let effect = sqlx::query(
        "UPDATE effects SET state = CASE WHEN doubtful <> 0 THEN 'unknown' ELSE 'pending' END, due_at = $2 WHERE key = $1 AND state = 'failed'",
    );
    effect.bind(key).bind(now).execute(connection).await?;
    Ok(())
}
