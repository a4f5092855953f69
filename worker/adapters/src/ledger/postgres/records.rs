//! The operator's view.

use crate::ledger::postgres::forget::{self, Step};
use crate::ledger::postgres::outcomes::After;
use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::{Conversation, state, timestamp};
use crate::ledger::postgres::store::Verb;
use crate::ledger::postgres::tickets::tickets;
use crate::ledger::postgres::{PostgresLedger, dead_letters, presence, status};
use crate::ledger::sqlite::rows::SHOWN_MESSAGES_MAX;
use crate::ledger::words::{limit, ms};
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::delivery::DeliveryState;
use runtime::effect::{DecisionId, EffectKey};
use runtime::ports::ledger::LedgerError;
use runtime::ports::records::{DeadLetter, DeadLetterId, Outcome, Records, SeenWorker, Status, StoredDecision, StoredEffect};
use sqlx::postgres::PgConnection;
use triage::ticket::{MessageId, Ticket, TicketId};

#[async_trait]
impl Records for PostgresLedger {
    async fn status(&self) -> Result<Status, LedgerError> {
        self.store.run(&status::Counts).await
    }

    async fn decision(&self, id: &str) -> Result<Option<StoredDecision>, LedgerError> {
        self.store.run(&Find(id)).await
    }

    async fn decisions(&self, max: usize) -> Result<Vec<StoredDecision>, LedgerError> {
        self.store.run(&Newest(max)).await
    }

    async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, LedgerError> {
        self.store.run(&Shown(id)).await
    }

    async fn dead_letters(&self, max: usize) -> Result<Vec<DeadLetter>, LedgerError> {
        self.store.run(&dead_letters::OpenLetters(max)).await
    }

    async fn retry_dead(&self, id: DeadLetterId, now: Timestamp) -> Result<bool, LedgerError> {
        let is_done = self.store.run(&dead_letters::Retry { id, now: ms(now) }).await?;
        self.tell_others().await?;
        Ok(is_done)
    }

    async fn discard_dead(&self, id: DeadLetterId, now: Timestamp) -> Result<bool, LedgerError> {
        self.store.run(&dead_letters::Discard { id, now: ms(now) }).await
    }

    async fn forget_source(&self, source: &str) -> Result<u64, LedgerError> {
        let (mut after, mut changed) = (0, 0);
        loop {
            let step = self.store.run(&Step { source, after }).await?;
            changed += step.changed;
            match step.next {
                Some(next) => after = next,
                None => break,
            }
        }
        forget::purge(&self.store).await.map_err(Problem::told)?;
        Ok(changed)
    }

    async fn outcomes(&self, seq: i64, max: usize) -> Result<Vec<Outcome>, LedgerError> {
        self.store.run(&After { seq, max }).await
    }

    async fn set_paused(&self, paused: bool, _now: Timestamp) -> Result<(), LedgerError> {
        self.store.run(&SetPaused(paused)).await?;
        self.tell_others().await
    }

    async fn workers(&self) -> Result<Vec<SeenWorker>, LedgerError> {
        self.store.run(&presence::Seen).await
    }
}

struct SetPaused(bool);

#[async_trait]
impl Verb for SetPaused {
    type Answer = ();

    async fn run(&self, connection: &mut PgConnection) -> Result<(), Problem> {
        let sql = "INSERT INTO settings (name, value) VALUES ('paused', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        sqlx::query(sql).bind(i64::from(self.0)).execute(connection).await?;
        Ok(())
    }
}

struct Shown<'a>(&'a TicketId);

#[async_trait]
impl Verb for Shown<'_> {
    type Answer = Option<Ticket>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Option<Ticket>, Problem> {
        let sql = "SELECT id, ticket, customer, company, consent_seen FROM conversations WHERE ticket = $1";
        let Some(found) = sqlx::query(sql).bind(&self.0.0).fetch_optional(&mut *connection).await? else { return Ok(None) };
        Ok(tickets(connection, &[Conversation::of(&found)?], SHOWN_MESSAGES_MAX).await?.pop())
    }
}

/// `id, message_id, at, decision` of decisions.
macro_rules! decisions {
    ($place:literal) => {
        concat!("SELECT d.id, m.message_id, d.at, d.decision FROM decisions d JOIN messages m ON m.seq = d.message ", $place)
    };
}

/// Key, effect, state, vendor's id, attempts and delivery, as they are stored.
type EffectColumns = (String, String, String, Option<String>, i64, Option<String>);

/// What `decisions!` selects.
type Columns = (String, String, i64, String);

struct Find<'a>(&'a str);

#[async_trait]
impl Verb for Find<'_> {
    type Answer = Option<StoredDecision>;

    /// By its own id, then by a message of its turn, then the newest of a ticket.
    async fn run(&self, connection: &mut PgConnection) -> Result<Option<StoredDecision>, Problem> {
        for sql in [
            decisions!("WHERE d.id = $1"),
            decisions!("WHERE d.id = (SELECT decision FROM messages WHERE message_id = $1)"),
            decisions!("WHERE d.conversation = (SELECT id FROM conversations WHERE ticket = $1) ORDER BY d.seq DESC LIMIT 1"),
        ] {
            let found: Option<Columns> = sqlx::query_as(sql).bind(self.0).fetch_optional(&mut *connection).await?;
            if let Some(found) = found {
                return stored(connection, found).await.map(Some);
            }
        }
        Ok(None)
    }
}

struct Newest(usize);

#[async_trait]
impl Verb for Newest {
    type Answer = Vec<StoredDecision>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<StoredDecision>, Problem> {
        let found = sqlx::query_as(decisions!("ORDER BY d.seq DESC LIMIT $1")).bind(limit(self.0));
        let found: Vec<Columns> = found.fetch_all(&mut *connection).await?;
        let mut newest = Vec::with_capacity(found.len());
        for columns in found {
            newest.push(stored(connection, columns).await?);
        }
        Ok(newest)
    }
}

async fn stored(connection: &mut PgConnection, (id, message, at, decision): Columns) -> Result<StoredDecision, Problem> {
    Ok(StoredDecision {
        message: MessageId(message),
        at: timestamp(at)?,
        decision: serde_json::from_str(&decision)?,
        effects: effects(connection, &id).await?,
        id: DecisionId(id),
    })
}

async fn effects(connection: &mut PgConnection, decision: &str) -> Result<Vec<StoredEffect>, Problem> {
    let rows = sqlx::query_as(
        "SELECT e.key, e.effect, e.state, e.vendor_id, e.attempts, d.state FROM effects e LEFT JOIN deliveries d ON d.effect = e.key
         WHERE e.decision = $1 ORDER BY e.ordinal",
    );
    let rows: Vec<EffectColumns> = rows.bind(decision).fetch_all(connection).await?;
    let effect = |(key, effect, word, vendor_id, attempts, delivery): EffectColumns| {
        Ok(StoredEffect {
            key: EffectKey(key),
            effect: serde_json::from_str(&effect)?,
            state: state(&word)?,
            vendor_id,
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
            delivery: delivery.and_then(|word| DeliveryState::parse(&word)),
        })
    };
    rows.into_iter().map(effect).collect()
}
