//! Claims: which turns are due, and who may decide them.

use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::{Conversation, fence, timestamp};
use crate::ledger::postgres::store::{Durability, Verb};
use crate::ledger::postgres::tickets::{messages_until, tickets};
use crate::ledger::words::{count, limit, ms};
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::ports::ledger::{CLOCK_BACK_MAX_MS, Claim, ClaimTerms, DUE_MS_MAX, TICKET_MESSAGES_MAX, WorkerId, Written};
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};
use std::collections::BTreeMap;
use triage::ticket::MessageId;

/// No send of the conversation is begun or unknown.
macro_rules! no_open_send {
    () => {
        "NOT EXISTS (SELECT 1 FROM effects WHERE conversation = c.id AND state IN ('sending', 'unknown') AND kind IN ('send', 'relay'))"
    };
}

/// The conversations that are due by the time in a column and free at `$1`, oldest first. Those that another worker holds at this
/// moment are passed over, not waited for.
macro_rules! candidates {
    ($column:literal, $postponed:literal, $waits:literal) => {
        concat!(
            "SELECT id, ",
            $column,
            " + ",
            $waits,
            " AS due FROM conversations c WHERE ",
            $column,
            " <= $1 - ",
            $waits,
            " AND postponed_until ",
            $postponed,
            " AND (lease_until IS NULL OR lease_until <= $1 OR leased_at > $1 + $5) AND ",
            no_open_send!(),
            " ORDER BY ",
            $column,
            ", id LIMIT $4 FOR UPDATE OF c SKIP LOCKED"
        )
    };
}

/// Three ways to become due, each with its index: the newest message is old enough, the oldest is, or the postponement is over.
const PICK: &str = concat!(
    "WITH by_newest AS MATERIALIZED (",
    candidates!("newest_at", "IS NULL", "$2"),
    "), by_oldest AS MATERIALIZED (",
    candidates!("oldest_at", "IS NULL", "$3"),
    "), by_postponement AS MATERIALIZED (",
    candidates!("postponed_until", "IS NOT NULL", "0"),
    ") SELECT id FROM (SELECT * FROM by_newest UNION ALL SELECT * FROM by_oldest UNION ALL SELECT * FROM by_postponement) a
     WHERE NOT EXISTS (SELECT 1 FROM settings WHERE name = 'paused' AND value <> 0) GROUP BY id ORDER BY MIN(due), id LIMIT $4"
);

/// Takes what was picked. A claim whose lease ran out counts as a try: what kills its worker again and again must come to an end.
/// Sends are looked at once more, now that nobody else can begin one.
const TAKE: &str =
    concat!(
    "UPDATE conversations c SET attempts = attempts + (lease_until IS NOT NULL)::int, fence = fence + 1, lease_worker = $2, leased_at = $3,
     lease_until = $4, consent_seen = (SELECT COALESCE(MAX(seq), 0) FROM consents o WHERE o.customer = c.customer AND o.company = c.company)
     WHERE id = ANY($1) AND ", no_open_send!(), " RETURNING id, ticket, customer, company, consent_seen, fence, attempts, newest_at,
     (SELECT message_id FROM messages m WHERE m.state = 'waiting' AND m.conversation = c.id ORDER BY m.seq DESC LIMIT 1) AS message"
);

/// Claims due turns, oldest first. The claim is durable: a fence that was given out must never be given out again.
pub(crate) struct ClaimDue<'a> {
    pub(crate) worker: &'a WorkerId,
    pub(crate) now: Timestamp,
    pub(crate) terms: ClaimTerms,
}

#[async_trait]
impl Verb for ClaimDue<'_> {
    type Answer = Vec<Claim>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<Claim>, Problem> {
        let (now, terms) = (ms(self.now), self.terms);
        let pick = sqlx::query_scalar(PICK).bind(now).bind(terms.burst_window_ms).bind(terms.burst_max_ms);
        let ids: Vec<i64> = pick.bind(limit(terms.limit)).bind(CLOCK_BACK_MAX_MS).fetch_all(&mut *connection).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let take = sqlx::query(TAKE).bind(&ids).bind(&self.worker.0).bind(now).bind(now.saturating_add(terms.lease_ms));
        let taken = take.fetch_all(&mut *connection).await?;
        let mut taken: Vec<(Conversation, PgRow)> =
            taken.into_iter().map(|row| Ok((Conversation::of(&row)?, row))).collect::<Result<_, Problem>>()?;
        let places: BTreeMap<i64, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        taken.sort_by_key(|(conversation, _)| places.get(&conversation.id).copied());
        let conversations: Vec<Conversation> = taken.iter().map(|(conversation, _)| conversation.clone()).collect();
        let tickets = tickets(connection, &conversations, TICKET_MESSAGES_MAX).await?;
        let mut claims = Vec::with_capacity(taken.len());
        for ((conversation, row), mut ticket) in taken.into_iter().zip(tickets) {
            let message = MessageId(row.try_get("message")?);
            if !ticket.messages.iter().any(|known| known.id == message) {
                ticket.messages = messages_until(connection, conversation.id, &message, TICKET_MESSAGES_MAX).await?;
            }
            claims.push(Claim {
                ticket,
                message,
                attempts: u32::try_from(row.try_get::<i64, _>("attempts")?).unwrap_or(u32::MAX),
                fence: count(row.try_get("fence")?),
                received_at: timestamp(row.try_get("newest_at")?)?,
            });
        }
        Ok(claims)
    }
}

/// Gives a claim back, while it holds.
pub(crate) struct Postpone<'a> {
    pub(crate) claim: &'a Claim,
    pub(crate) at: i64,
}

#[async_trait]
impl Verb for Postpone<'_> {
    type Answer = Written;

    fn durability(&self) -> Durability {
        Durability::Ordinary
    }

    async fn run(&self, connection: &mut PgConnection) -> Result<Written, Problem> {
        let given = sqlx::query(
            "UPDATE conversations SET postponed_until = $3, attempts = attempts + 1, lease_worker = NULL, leased_at = NULL, lease_until = NULL
             WHERE ticket = $1 AND fence = $2 AND lease_until IS NOT NULL",
        );
        let given = given.bind(&self.claim.ticket.id.0).bind(fence(self.claim.fence)).bind(self.at).execute(connection).await?;
        Ok(if given.rows_affected() == 0 { Written::Superseded } else { Written::Yes })
    }
}

/// Takes back the claims whose lease ran out, or all of one worker. Each counts as a try.
pub(crate) async fn recover(connection: &mut PgConnection, now: i64, all_of: Option<&WorkerId>) -> Result<u64, Problem> {
    let taken_back = sqlx::query(
        "UPDATE conversations SET attempts = attempts + 1, lease_worker = NULL, leased_at = NULL, lease_until = NULL WHERE id IN (
           SELECT id FROM conversations WHERE lease_until IS NOT NULL AND (lease_until <= $1 OR leased_at > $1 + $3 OR lease_worker = $2)
           ORDER BY ticket FOR UPDATE)",
    );
    let worker = all_of.map(|worker| &worker.0);
    let count = taken_back.bind(now).bind(worker).bind(CLOCK_BACK_MAX_MS).execute(&mut *connection).await?.rows_affected();
    forget_the_future(connection, now).await?;
    Ok(count)
}

/// Sets a column of the conversations to `$1` that is later than `$2`, while a turn is put off or is not.
macro_rules! due_now {
    ($column:literal, $postponed:literal) => {
        concat!(
            "UPDATE conversations SET ",
            $column,
            " = $1 WHERE id IN (SELECT id FROM conversations WHERE ",
            $column,
            " > $2 AND postponed_until ",
            $postponed,
            " ORDER BY ticket FOR UPDATE)"
        )
    };
}

/// What was received, or put off, before the clock went back is due as if it were so now. While a turn is put off nobody looks at when
/// it was received.
async fn forget_the_future(connection: &mut PgConnection, now: i64) -> Result<(), Problem> {
    for (sql, from) in [
        (due_now!("newest_at", "IS NULL"), CLOCK_BACK_MAX_MS),
        (due_now!("oldest_at", "IS NULL"), CLOCK_BACK_MAX_MS),
        (due_now!("postponed_until", "IS NOT NULL"), DUE_MS_MAX),
    ] {
        sqlx::query(sql).bind(now).bind(now.saturating_add(from)).execute(&mut *connection).await?;
    }
    Ok(())
}

/// When a turn or an effect will next be due: by a burst, a postponement, the end of a lease, a begin or a look-up.
pub(crate) struct NextDue {
    pub(crate) terms: ClaimTerms,
}

/// The soonest time in a column of the conversations that nobody holds.
macro_rules! soonest {
    ($column:literal, $postponed:literal) => {
        concat!(
            "(SELECT ",
            $column,
            " FROM conversations c WHERE ",
            $column,
            " IS NOT NULL AND postponed_until ",
            $postponed,
            " AND lease_until IS NULL AND ",
            no_open_send!(),
            " ORDER BY ",
            $column,
            " LIMIT 1)"
        )
    };
}

const NEXT_DUE: &str = concat!(
    "SELECT LEAST((SELECT MIN(due_at) FROM effects WHERE state = 'unknown' AND due_at IS NOT NULL),
     CASE WHEN EXISTS (SELECT 1 FROM settings WHERE name = 'paused' AND value <> 0) THEN NULL ELSE LEAST(
     (SELECT MIN(due_at) FROM effects WHERE state = 'pending' AND due_at IS NOT NULL),
     (SELECT MIN(lease_until) FROM conversations WHERE lease_until IS NOT NULL), ",
    soonest!("newest_at", "IS NULL"),
    " + $1, ",
    soonest!("oldest_at", "IS NULL"),
    " + $2, ",
    soonest!("postponed_until", "IS NOT NULL"),
    ") END)"
);

#[async_trait]
impl Verb for NextDue {
    type Answer = Option<Timestamp>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Option<Timestamp>, Problem> {
        let next = sqlx::query_scalar(NEXT_DUE).bind(self.terms.burst_window_ms).bind(self.terms.burst_max_ms);
        let next: Option<i64> = next.fetch_one(connection).await?;
        next.map(timestamp).transpose()
    }
}
