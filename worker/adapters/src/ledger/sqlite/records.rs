//! The operator's view: reads go over a connection of their own, the few writes through the one writer.

use crate::ledger::sqlite::problem::{Problem, transient};
use crate::ledger::sqlite::rows::{SHOWN_MESSAGES_MAX, conversation, state, ticket, timestamp};
use crate::ledger::sqlite::writer::Durability;
use crate::ledger::sqlite::{SqliteLedger, dead_letters, forget, status};
use crate::ledger::words::{limit, ms};
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::delivery::DeliveryState;
use runtime::effect::{DecisionId, EffectKey};
use runtime::ports::ledger::LedgerError;
use runtime::ports::records::{DeadLetter, DeadLetterId, Outcome, Records, Status, StoredDecision, StoredEffect};
use rusqlite::{Connection, OptionalExtension, Row, params};
use triage::ticket::{MessageId, Ticket, TicketId};

#[async_trait]
impl Records for SqliteLedger {
    async fn status(&self) -> Result<Status, LedgerError> {
        self.records.read(status::status).await
    }

    async fn decision(&self, id: &str) -> Result<Option<StoredDecision>, LedgerError> {
        let id = id.to_owned();
        self.records.read(move |connection| decision(connection, &id)).await
    }

    async fn decisions(&self, max: usize) -> Result<Vec<StoredDecision>, LedgerError> {
        self.records.read(move |connection| decisions(connection, max)).await
    }

    async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, LedgerError> {
        let id = id.clone();
        let read = move |connection: &Connection| {
            let found = conversation(connection, &id)?;
            found.map(|found| ticket(connection, &found, None, SHOWN_MESSAGES_MAX)).transpose()
        };
        self.records.read(read).await
    }

    async fn dead_letters(&self, max: usize) -> Result<Vec<DeadLetter>, LedgerError> {
        self.records.read(move |connection| dead_letters::open(connection, max)).await
    }

    async fn retry_dead(&self, id: DeadLetterId, now: Timestamp) -> Result<bool, LedgerError> {
        self.writer.write(Durability::Durable, move |connection| dead_letters::retry(connection, id, ms(now))).await
    }

    async fn discard_dead(&self, id: DeadLetterId, now: Timestamp) -> Result<bool, LedgerError> {
        self.writer.write(Durability::Durable, move |connection| dead_letters::discard(connection, id, ms(now))).await
    }

    async fn forget_source(&self, source: &str) -> Result<u64, LedgerError> {
        let (mut after, mut changed) = (0, 0);
        loop {
            let source = source.to_owned();
            let step = self.writer.write(Durability::Durable, move |connection| forget::step(connection, &source, after)).await?;
            changed += step.changed;
            match step.next {
                Some(next) => after = next,
                None => break,
            }
        }
        match self.purge()? {
            true => Ok(changed),
            false => Err(transient(
                "the receipts are cleared, but another process still reads the file: run this again to clear its bytes".to_owned(),
            )),
        }
    }

    async fn outcomes(&self, seq: i64, max: usize) -> Result<Vec<Outcome>, LedgerError> {
        SqliteLedger::outcomes(self, seq, max).await
    }

    async fn set_paused(&self, paused: bool, _now: Timestamp) -> Result<(), LedgerError> {
        let set = move |connection: &Connection| {
            let sql = "INSERT INTO settings (name, value) VALUES ('paused', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            connection.prepare_cached(sql)?.execute([i64::from(paused)])?;
            Ok(())
        };
        self.writer.write(Durability::Durable, set).await
    }
}

const DECISION: &str = "SELECT d.id, m.message_id, d.at, d.decision FROM decisions d JOIN messages m ON m.seq = d.message";

/// By its own id, then by a message of its turn, then the newest of a ticket.
fn decision(connection: &Connection, id: &str) -> Result<Option<StoredDecision>, Problem> {
    for place in [
        "WHERE d.id = ?1",
        "WHERE d.id = (SELECT decision FROM messages WHERE message_id = ?1)",
        "WHERE d.conversation = (SELECT id FROM conversations WHERE ticket = ?1) ORDER BY d.seq DESC LIMIT 1",
    ] {
        let mut statement = connection.prepare_cached(&format!("{DECISION} {place}"))?;
        if let Some(found) = statement.query_row([id], columns).optional()? {
            return stored(connection, found).map(Some);
        }
    }
    Ok(None)
}

fn decisions(connection: &Connection, max: usize) -> Result<Vec<StoredDecision>, Problem> {
    let mut statement = connection.prepare_cached(&format!("{DECISION} ORDER BY d.seq DESC LIMIT ?1"))?;
    let found = statement.query_map([limit(max)], columns)?.collect::<Result<Vec<_>, _>>()?;
    found.into_iter().map(|found| stored(connection, found)).collect()
}

/// The columns of [`DECISION`].
type Columns = (String, String, i64, String);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn stored(connection: &Connection, (id, message, at, decision): Columns) -> Result<StoredDecision, Problem> {
    Ok(StoredDecision {
        message: MessageId(message),
        at: timestamp(at)?,
        decision: serde_json::from_str(&decision)?,
        effects: effects(connection, &id)?,
        id: DecisionId(id),
    })
}

fn effects(connection: &Connection, decision: &str) -> Result<Vec<StoredEffect>, Problem> {
    let mut statement = connection.prepare_cached(
        "SELECT e.key, e.effect, e.state, e.vendor_id, e.attempts, d.state FROM effects e LEFT JOIN deliveries d ON d.effect = e.key
         WHERE e.decision = ?1 ORDER BY e.ordinal",
    )?;
    let mut rows = statement.query(params![decision])?;
    let mut effects = Vec::new();
    while let Some(row) = rows.next()? {
        let (effect, word): (String, String) = (row.get(1)?, row.get(2)?);
        effects.push(StoredEffect {
            key: EffectKey(row.get(0)?),
            effect: serde_json::from_str(&effect)?,
            state: state(&word)?,
            vendor_id: row.get(3)?,
            attempts: row.get(4)?,
            delivery: row.get::<_, Option<String>>(5)?.and_then(|word| DeliveryState::parse(&word)),
        });
    }
    Ok(effects)
}
