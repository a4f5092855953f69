//! What became of effects, and what follows from it.

use crate::ledger::failure::escalation;
use crate::ledger::postgres::consents::{self, Change};
use crate::ledger::postgres::effects::{NewEffect, add, release};
use crate::ledger::postgres::lane::Batch;
use crate::ledger::postgres::outcomes;
use crate::ledger::postgres::person::give_to_person;
use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::{Conversation, fence, kept, lock};
use crate::ledger::postgres::said::{Done, done};
use crate::ledger::postgres::store::Durability;
use crate::ledger::prepared::PreparedEffect;
use crate::ledger::words::ms;
use async_trait::async_trait;
use runtime::effect::{Effect, EffectClaim, EffectOutcome};
use runtime::ports::ledger::Written;
use serde_json::json;
use sqlx::postgres::PgConnection;
use std::collections::BTreeMap;

/// One outcome to be noted.
pub(crate) struct Settled {
    pub(crate) claim: EffectClaim,
    pub(crate) outcome: EffectOutcome,
    pub(crate) now: i64,
}

/// Notes outcomes.
pub(crate) struct Settle;

/// What settling needs of an effect that is begun or unknown.
pub(crate) struct Open {
    pub(crate) seq: i64,
    pub(crate) conversation: i64,
    pub(crate) ordinal: i64,
    pub(crate) answers: i64,
    pub(crate) is_unknown: bool,
}

#[async_trait]
impl Batch for Settle {
    type Item = Settled;
    type Answer = Written;

    fn key(item: &Settled) -> Option<&str> {
        Some(&item.claim.key.0)
    }

    fn durability(_: &[Settled]) -> Durability {
        Durability::Ordinary
    }

    async fn run(connection: &mut PgConnection, items: &[Settled]) -> Result<Vec<Written>, Problem> {
        let open = open(connection, items).await?;
        let mut happened = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let Some(open) = open.get(&n) else { continue };
            match &item.outcome {
                EffectOutcome::Done { vendor_id } => happened.push(Done { claim: &item.claim, open, vendor_id, now: item.now }),
                EffectOutcome::Again { at, .. } => stand(connection, open.seq, "pending", ms(*at)).await?,
                EffectOutcome::Unknown { look_at, .. } => stand(connection, open.seq, "unknown", ms(*look_at)).await?,
                EffectOutcome::Failed { problem } => failed(connection, &item.claim, open, problem, item.now).await?,
                EffectOutcome::OptedOut { problem } => {
                    opted_out(connection, &item.claim, item.now).await?;
                    failed(connection, &item.claim, open, problem, item.now).await?;
                }
            }
        }
        done(connection, &happened).await?;
        Ok((0..items.len()).map(|n| if open.contains_key(&n) { Written::Yes } else { Written::Superseded }).collect())
    }
}

/// The effects whose claims still hold, by their place among the items; locked, their conversations first.
async fn open(connection: &mut PgConnection, items: &[Settled]) -> Result<BTreeMap<usize, Open>, Problem> {
    let keys: Vec<&str> = items.iter().map(|item| item.claim.key.0.as_str()).collect();
    let fences: Vec<i64> = items.iter().map(|item| fence(item.claim.fence)).collect();
    let rows = sqlx::query_as(
        "SELECT a.n, e.seq, e.conversation, e.ordinal, e.answers, e.state = 'unknown' FROM conversations c JOIN effects e ON e.conversation = c.id
         JOIN unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS a(key, fence, n) ON e.key = a.key AND e.fence = a.fence
         WHERE e.state IN ('sending', 'unknown') ORDER BY c.ticket, e.seq FOR UPDATE OF c, e",
    );
    let rows: Vec<(i64, i64, i64, i64, i64, bool)> = rows.bind(keys).bind(fences).fetch_all(connection).await?;
    let open = |(n, seq, conversation, ordinal, answers, is_unknown): (i64, _, _, _, _, _)| {
        (usize::try_from(n - 1).unwrap_or(usize::MAX), Open { seq, conversation, ordinal, answers, is_unknown })
    };
    Ok(rows.into_iter().map(open).collect())
}

async fn stand(connection: &mut PgConnection, seq: i64, state: &str, due_at: i64) -> Result<(), Problem> {
    let update = "UPDATE effects SET state = $2, due_at = $3, worker = NULL WHERE seq = $1";
    sqlx::query(update).bind(seq).bind(state).bind(due_at).execute(connection).await?;
    Ok(())
}

/// A failed effect is a dead letter. Of a failed send or draft a person is told, and the later parts of a reply stay unsent:
/// half a reply is worse than none.
async fn failed(connection: &mut PgConnection, claim: &EffectClaim, open: &Open, problem: &str, now: i64) -> Result<(), Problem> {
    let update = "UPDATE effects SET state = 'failed', due_at = NULL, worker = NULL, doubtful = $2 WHERE seq = $1";
    sqlx::query(update).bind(open.seq).bind(i64::from(open.is_unknown)).execute(&mut *connection).await?;
    lost(connection, claim, open, problem, now).await
}

/// The customer has opted out with the carrier: it counts as if they had told us.
pub(crate) async fn opted_out(connection: &mut PgConnection, claim: &EffectClaim, now: i64) -> Result<(), Problem> {
    let (customer, company) = (claim.customer.reveal(), claim.company.reveal());
    consents::append(connection, &Change { customer, company, at: now, opted_out: true, cause: &claim.decision.0 }, now).await
}

/// The effect came to nothing: a dead letter, and for what was meant for a customer or an agent a person.
pub(crate) async fn lost(connection: &mut PgConnection, claim: &EffectClaim, open: &Open, problem: &str, now: i64) -> Result<(), Problem> {
    let letter = sqlx::query("INSERT INTO dead_letters (kind, conversation, effect, reason, at) VALUES ('effect', $1, $2, $3, $4)");
    letter.bind(open.conversation).bind(&claim.key.0).bind(kept(problem)).bind(now).execute(&mut *connection).await?;
    let kind = claim.effect.name();
    let detail = json!({ "effect": claim.key.0, "kind": kind, "problem": problem });
    outcomes::append(connection, open.conversation, Some(&claim.decision.0), "failed", &detail, now).await?;
    match &claim.effect {
        Effect::Send { .. } | Effect::Relay { .. } | Effect::Draft(_) => tell_a_person(connection, claim, open, problem, now).await?,
        Effect::Tag { .. } | Effect::Escalate { .. } | Effect::Record { .. } => {}
    }
    release(connection, &[&claim.decision.0], now).await
}

async fn tell_a_person(connection: &mut PgConnection, claim: &EffectClaim, open: &Open, problem: &str, now: i64) -> Result<(), Problem> {
    let later = sqlx::query(
        "UPDATE effects SET state = 'cancelled', due_at = NULL WHERE decision = $1 AND ordinal > $2 AND kind IN ('send', 'record') AND state = 'pending'",
    );
    later.bind(&claim.decision.0).bind(open.ordinal).execute(&mut *connection).await?;
    let decision = sqlx::query_scalar("SELECT decision FROM decisions WHERE id = $1").bind(&claim.decision.0);
    let decision: Option<String> = decision.fetch_optional(&mut *connection).await?;
    let decision = decision.map(|json| serde_json::from_str(&json)).transpose()?;
    let effect = PreparedEffect::of(&escalation(claim.effect.name(), problem, decision.as_ref()))?;
    let ordinal = sqlx::query_scalar("SELECT MAX(ordinal) + 1 FROM effects WHERE decision = $1").bind(&claim.decision.0);
    let ordinal: i64 = ordinal.fetch_one(&mut *connection).await?;
    let Conversation { consent_seen, .. } = lock(connection, open.conversation).await?;
    let new = NewEffect {
        conversation: open.conversation,
        consent_seen,
        answers: open.answers,
        decision: &claim.decision,
        ordinal: usize::try_from(ordinal).unwrap_or(usize::MAX),
        effect: &effect,
        due_at: None,
    };
    add(connection, &new).await?;
    give_to_person(connection, open.conversation, now).await
}
