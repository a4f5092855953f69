//! Effects: written with their decision, begun in their order, settled once.
//!
//! Whoever changes an effect holds the lock of its conversation, so that a send cannot begin while a message comes in.

use crate::ledger::effect_key::effect_key;
use crate::ledger::postgres::lane::Batch;
use crate::ledger::postgres::outcomes;
use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::effect_claim;
use crate::ledger::postgres::settlement::{Settle, Settled};
use crate::ledger::postgres::store::{Durability, Verb};
use crate::ledger::prepared::PreparedEffect;
use crate::ledger::sqlite::effects::{LOOKED_AT_PER_EFFECT, OPTED_OUT};
use crate::ledger::words::limit;
use async_trait::async_trait;
use runtime::effect::{DecisionId, EffectClaim, EffectOutcome};
use runtime::ports::ledger::{DUE_MS_MAX, WorkerId};
use serde_json::json;
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};
use std::collections::BTreeMap;

/// A pending effect that may begin at `due_at`, or waits for [`release`].
pub(crate) struct NewEffect<'a> {
    pub(crate) conversation: i64,
    pub(crate) consent_seen: i64,
    pub(crate) answers: i64,
    pub(crate) decision: &'a DecisionId,
    pub(crate) ordinal: usize,
    pub(crate) effect: &'a PreparedEffect,
    pub(crate) due_at: Option<i64>,
}

/// Adds one.
pub(crate) async fn add(connection: &mut PgConnection, new: &NewEffect<'_>) -> Result<(), Problem> {
    let insert = sqlx::query(
        "INSERT INTO effects (key, decision, ordinal, conversation, answers, consent_seen, kind, effect, state, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9)",
    );
    let key = effect_key(new.decision, new.ordinal);
    let insert = insert.bind(key.0).bind(&new.decision.0).bind(limit(new.ordinal)).bind(new.conversation).bind(new.answers);
    insert.bind(new.consent_seen).bind(new.effect.kind).bind(&new.effect.json).bind(new.due_at).execute(connection).await?;
    Ok(())
}

/// Lets the first effect of each decision that is not over begin, if it has been waiting for the one before it.
pub(crate) async fn release(connection: &mut PgConnection, decisions: &[&str], now: i64) -> Result<(), Problem> {
    let update = sqlx::query(
        "UPDATE effects e SET due_at = $2 FROM (SELECT DISTINCT ON (decision) seq FROM effects WHERE decision = ANY($1)
         AND state IN ('pending', 'sending', 'unknown') ORDER BY decision, ordinal) first
         WHERE e.seq = first.seq AND e.state = 'pending' AND e.due_at IS NULL",
    );
    update.bind(decisions).bind(now).execute(connection).await?;
    Ok(())
}

/// Cancels what the decisions so far, `but` these, would still have said: a newer decision speaks instead.
pub(crate) async fn cancel_pending(connection: &mut PgConnection, of: &[i64], but: &[&str], now: i64) -> Result<(), Problem> {
    let pending = sqlx::query_as(
        "SELECT seq, key, decision, conversation FROM effects WHERE conversation = ANY($1) AND state = 'pending' AND kind IN ('send', 'draft')
         AND decision <> ALL($2) ORDER BY seq",
    );
    let pending: Vec<(i64, String, String, i64)> = pending.bind(of).bind(but).fetch_all(&mut *connection).await?;
    for (seq, key, decision, conversation) in pending {
        cancel(connection, seq, conversation, &key, &decision, "a newer decision", now).await?;
    }
    Ok(())
}

async fn cancel(
    connection: &mut PgConnection,
    seq: i64,
    conversation: i64,
    key: &str,
    decision: &str,
    because: &str,
    now: i64,
) -> Result<(), Problem> {
    let cancel = "UPDATE effects SET state = 'cancelled', due_at = NULL, worker = NULL WHERE seq = $1";
    sqlx::query(cancel).bind(seq).execute(&mut *connection).await?;
    // What was not sent is not put into the ticket as said.
    let record = sqlx::query(
        "UPDATE effects SET state = 'cancelled', due_at = NULL WHERE state = 'pending' AND kind = 'record' AND decision = $1
         AND ordinal = (SELECT ordinal + 1 FROM effects WHERE seq = $2 AND kind = 'send')",
    );
    record.bind(decision).bind(seq).execute(&mut *connection).await?;
    let detail = json!({ "effect": key, "because": because });
    outcomes::append(connection, conversation, Some(decision), "cancelled", &detail, now).await?;
    release(connection, &[decision], now).await
}

/// A pending effect whose time has come, locked with its conversation.
struct Candidate {
    seq: i64,
    key: String,
    decision: String,
    conversation: i64,
    kind: String,
    customer_wrote: bool,
    agent_wrote: bool,
    opted_out_since: bool,
    is_out: bool,
}

impl Candidate {
    fn of(row: &PgRow) -> Result<Self, Problem> {
        Ok(Candidate {
            seq: row.try_get("seq")?,
            key: row.try_get("key")?,
            decision: row.try_get("decision")?,
            conversation: row.try_get("conversation")?,
            kind: row.try_get("kind")?,
            customer_wrote: row.try_get("customer_wrote")?,
            agent_wrote: row.try_get("agent_wrote")?,
            opted_out_since: row.try_get("opted_out_since")?,
            is_out: row.try_get("is_out")?,
        })
    }

    /// Why a send or a draft is no longer true, if it is not. Only what came after the decision counts, and an opt-out does not
    /// stop the answer of the decision that obeyed it.
    fn untrue(&self) -> Option<&'static str> {
        match self.kind.as_str() {
            "send" | "draft" if self.customer_wrote => Some("a newer message"),
            "send" | "draft" if self.agent_wrote => Some("a person wrote"),
            "send" | "draft" if self.opted_out_since => Some(OPTED_OUT),
            _ => None,
        }
    }

    /// A person wrote it, and nothing may be sent to the customer.
    fn is_unwanted(&self) -> bool {
        self.kind == "relay" && self.is_out
    }
}

/// Those that another worker looks at this moment are passed over.
const CANDIDATES: &str = "SELECT e.seq, e.key, e.decision, e.conversation, e.kind, c.last_customer > e.answers AS customer_wrote,
   c.last_agent > e.answers AS agent_wrote,
   COALESCE((SELECT o.opted_out <> 0 AND o.seq > e.consent_seen AND o.decision <> e.decision FROM consents o
     WHERE o.customer = c.customer AND o.company = c.company ORDER BY o.at DESC, o.seq DESC LIMIT 1), FALSE) AS opted_out_since,
   COALESCE((SELECT o.opted_out <> 0 FROM consents o
     WHERE o.customer = c.customer AND o.company = c.company ORDER BY o.at DESC, o.seq DESC LIMIT 1), FALSE) AS is_out
 FROM effects e JOIN conversations c ON c.id = e.conversation
 WHERE e.state = 'pending' AND e.due_at <= $1 AND NOT EXISTS (SELECT 1 FROM settings WHERE name = 'paused' AND value <> 0)
 ORDER BY e.due_at, e.seq LIMIT $2 FOR UPDATE OF e, c SKIP LOCKED";

/// What is returned of attempts is how often it was tried before this time.
const BEGIN: &str = "UPDATE effects e SET state = 'sending', worker = $2, due_at = $4, attempts = e.attempts + 1,
   begun_at = COALESCE(e.begun_at, $3), fence = e.fence + 1 FROM conversations c WHERE e.seq = ANY($1) AND c.id = e.conversation
 RETURNING e.seq, e.key, e.decision, c.ticket, c.customer, c.company, e.effect, e.attempts - 1 AS attempts, e.begun_at, e.fence";

/// Begins effects, or cancels sends and drafts that are no longer true.
pub(crate) struct ClaimEffects<'a> {
    pub(crate) worker: &'a WorkerId,
    pub(crate) now: i64,
    pub(crate) lease_ms: i64,
    pub(crate) max: usize,
}

#[async_trait]
impl Verb for ClaimEffects<'_> {
    type Answer = Vec<EffectClaim>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<EffectClaim>, Problem> {
        let mut claims = Vec::new();
        let mut looked_at = 0;
        while claims.len() < self.max && looked_at < self.max.saturating_mul(LOOKED_AT_PER_EFFECT) {
            let wanted = self.max.saturating_sub(claims.len());
            let candidates = sqlx::query(CANDIDATES).bind(self.now).bind(limit(wanted)).fetch_all(&mut *connection).await?;
            let candidates: Vec<Candidate> = candidates.iter().map(Candidate::of).collect::<Result<_, _>>()?;
            looked_at += candidates.len();
            let mut true_ones = Vec::new();
            for candidate in &candidates {
                let Candidate { seq, key, decision, conversation, .. } = candidate;
                match candidate.untrue() {
                    Some(because) => cancel(connection, *seq, *conversation, key, decision, because, self.now).await?,
                    None if candidate.is_unwanted() => self.refuse(connection, *seq).await?,
                    None => true_ones.push(*seq),
                }
            }
            claims.extend(self.begin(connection, &true_ones).await?);
            // What came to nothing may have let others begin; else there is no more.
            if candidates.is_empty() || (true_ones.len() == candidates.len() && candidates.len() < wanted) {
                break;
            }
        }
        Ok(claims)
    }
}

impl ClaimEffects<'_> {
    async fn begin(&self, connection: &mut PgConnection, seqs: &[i64]) -> Result<Vec<EffectClaim>, Problem> {
        if seqs.is_empty() {
            return Ok(Vec::new());
        }
        let begin = sqlx::query(BEGIN).bind(seqs).bind(&self.worker.0).bind(self.now).bind(self.now.saturating_add(self.lease_ms));
        in_order(seqs, &begin.fetch_all(connection).await?)
    }

    /// Whoever wrote it must know that it did not go out.
    async fn refuse(&self, connection: &mut PgConnection, seq: i64) -> Result<(), Problem> {
        let begun = self.begin(connection, &[seq]).await?;
        let failed = |claim| Settled { claim, outcome: EffectOutcome::Failed { problem: OPTED_OUT.to_owned() }, now: self.now };
        let failed: Vec<Settled> = begun.into_iter().map(failed).collect();
        Settle::run(connection, &failed).await?;
        Ok(())
    }
}

/// As they were asked for.
fn in_order(seqs: &[i64], rows: &[PgRow]) -> Result<Vec<EffectClaim>, Problem> {
    let mut by_seq = BTreeMap::new();
    for row in rows {
        by_seq.insert(row.try_get::<i64, _>("seq")?, effect_claim(row)?);
    }
    Ok(seqs.iter().filter_map(|seq| by_seq.remove(seq)).collect())
}

/// Effects whose outcome nobody knows and whose time to look has come.
pub(crate) struct ClaimUnknown<'a> {
    pub(crate) worker: &'a WorkerId,
    pub(crate) now: i64,
    pub(crate) lease_ms: i64,
    pub(crate) max: usize,
}

#[async_trait]
impl Verb for ClaimUnknown<'_> {
    type Answer = Vec<EffectClaim>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<EffectClaim>, Problem> {
        let due = sqlx::query_scalar(
            "SELECT seq FROM effects WHERE state = 'unknown' AND due_at <= $1 ORDER BY due_at, seq LIMIT $2 FOR UPDATE SKIP LOCKED",
        );
        let due: Vec<i64> = due.bind(self.now).bind(limit(self.max)).fetch_all(&mut *connection).await?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let take = sqlx::query(
            "UPDATE effects e SET worker = $2, due_at = $3, fence = e.fence + 1 FROM conversations c WHERE e.seq = ANY($1) AND c.id = e.conversation
             RETURNING e.seq, e.key, e.decision, c.ticket, c.customer, c.company, e.effect, e.attempts, e.begun_at, e.fence",
        );
        let take = take.bind(&due).bind(&self.worker.0).bind(self.now.saturating_add(self.lease_ms));
        in_order(&due, &take.fetch_all(connection).await?)
    }
}

/// Takes back what dead workers held.
pub(crate) struct Recover<'a> {
    pub(crate) now: i64,
    pub(crate) settle_ms: i64,
    pub(crate) all_of: Option<&'a WorkerId>,
}

#[async_trait]
impl Verb for Recover<'_> {
    type Answer = u64;

    fn durability(&self) -> Durability {
        Durability::Ordinary
    }

    async fn run(&self, connection: &mut PgConnection) -> Result<u64, Problem> {
        let turns = crate::ledger::postgres::claims::recover(connection, self.now, self.all_of).await?;
        let worker = self.all_of.map(|worker| &worker.0);
        let (settled, far) = (self.now.saturating_add(self.settle_ms), self.now.saturating_add(DUE_MS_MAX));
        // What is due far off was put off before the clock went back.
        let unknown = sqlx::query(
            "UPDATE effects SET due_at = $1, worker = NULL WHERE state = 'unknown' AND due_at > $2
             AND ($3::text IS NULL OR worker IS DISTINCT FROM $3::text)",
        );
        unknown.bind(settled).bind(far).bind(worker).execute(&mut *connection).await?;
        let pending = sqlx::query("UPDATE effects SET due_at = $1, worker = NULL WHERE state = 'pending' AND due_at > $2");
        pending.bind(self.now).bind(far).execute(&mut *connection).await?;
        let looked_up =
            sqlx::query("UPDATE effects SET due_at = $1, worker = NULL WHERE state = 'unknown' AND due_at > $1 AND worker = $2");
        let looked_up = looked_up.bind(self.now).bind(worker).execute(&mut *connection).await?.rows_affected();
        // What was begun becomes unknown, to be looked up after a while.
        let begun = sqlx::query(
            "UPDATE effects SET state = 'unknown', due_at = $2, worker = NULL
             WHERE state = 'sending' AND (due_at <= $1 OR due_at > $4 OR worker = $3)",
        );
        let begun = begun.bind(self.now).bind(settled).bind(worker).bind(far);
        Ok(turns + looked_up + begun.execute(connection).await?.rows_affected())
    }
}
