//! What became of an effect, and what follows from it.

use crate::ledger::failure::escalation;
use crate::ledger::prepared::PreparedEffect;
use crate::ledger::sqlite::consents::{self, Consent};
use crate::ledger::sqlite::effects::{add, release};
use crate::ledger::sqlite::intake::next_seq;
use crate::ledger::sqlite::outcomes;
use crate::ledger::sqlite::person::give_to_person;
use crate::ledger::sqlite::problem::Problem;
use crate::ledger::sqlite::rows::{conversation_of, message_seq};
use crate::ledger::words::ms;
use runtime::effect::{DecisionId, Effect, EffectClaim, EffectOutcome};
use runtime::ports::ledger::Written;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use triage::ticket::{MessageId, Tag};

/// What settling needs of an effect that is begun or unknown.
pub(crate) struct Open {
    pub(crate) seq: i64,
    pub(crate) conversation: i64,
    pub(crate) ordinal: i64,
    pub(crate) answers: i64,
    pub(crate) is_unknown: bool,
}

/// Settles an effect, as the port describes.
pub(crate) fn settle(connection: &Connection, claim: &EffectClaim, outcome: &EffectOutcome, now: i64) -> Result<Written, Problem> {
    let Some(open) = open(connection, claim)? else { return Ok(Written::Superseded) };
    match outcome {
        EffectOutcome::Done { vendor_id } => done(connection, claim, &open, vendor_id, now)?,
        EffectOutcome::Again { at, .. } => stand(connection, open.seq, "pending", Some(ms(*at)))?,
        EffectOutcome::Unknown { look_at, .. } => stand(connection, open.seq, "unknown", Some(ms(*look_at)))?,
        EffectOutcome::Failed { problem } => failed(connection, claim, &open, problem, now)?,
        EffectOutcome::OptedOut { problem } => {
            opted_out(connection, claim, now)?;
            failed(connection, claim, &open, problem, now)?;
        }
    }
    Ok(Written::Yes)
}

fn open(connection: &Connection, claim: &EffectClaim) -> Result<Option<Open>, Problem> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, conversation, ordinal, answers, state = 'unknown' FROM effects
         WHERE key = ?1 AND fence = ?2 AND state IN ('sending', 'unknown')",
    )?;
    let fence = i64::try_from(claim.fence).unwrap_or(i64::MAX);
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Open { seq: row.get(0)?, conversation: row.get(1)?, ordinal: row.get(2)?, answers: row.get(3)?, is_unknown: row.get(4)? })
    };
    Ok(statement.query_row(params![claim.key.0, fence], read).optional()?)
}

fn stand(connection: &Connection, seq: i64, state: &str, due_at: Option<i64>) -> Result<(), Problem> {
    let mut statement = connection.prepare_cached("UPDATE effects SET state = ?2, due_at = ?3, worker = NULL WHERE seq = ?1")?;
    statement.execute(params![seq, state, due_at])?;
    Ok(())
}

/// It happened.
pub(crate) fn done(connection: &Connection, claim: &EffectClaim, open: &Open, vendor_id: &str, now: i64) -> Result<(), Problem> {
    let mut statement =
        connection.prepare_cached("UPDATE effects SET state = 'done', due_at = NULL, worker = NULL, vendor_id = ?2 WHERE seq = ?1")?;
    statement.execute(params![open.seq, vendor_id])?;
    let what = match &claim.effect {
        Effect::Send { text, .. } => {
            say(connection, claim, open, vendor_id, text, now)?;
            "sent"
        }
        // It stands in the conversation since the person wrote it.
        Effect::Relay { .. } => "relayed",
        Effect::Draft(_) => "drafted",
        Effect::Tag { tags } => {
            put_on(connection, open.conversation, tags, now)?;
            "tagged"
        }
        Effect::Escalate { .. } => "escalated",
        Effect::Record { .. } => "recorded",
    };
    let detail = json!({ "effect": claim.key.0, "vendor_id": vendor_id });
    outcomes::append(connection, open.conversation, Some(&claim.decision.0), what, &detail, now)?;
    release(connection, &claim.decision.0, now)
}

/// What was sent becomes a message of the conversation. It takes the vendor's id, so that the vendor's echo of it is a
/// duplicate; when that id is taken, the key.
fn say(connection: &Connection, claim: &EffectClaim, open: &Open, vendor_id: &str, text: &str, now: i64) -> Result<(), Problem> {
    let is_taken = vendor_id.is_empty() || message_seq(connection, &MessageId(vendor_id.to_owned()))?.is_some();
    let id = if is_taken { &claim.key.0 } else { vendor_id };
    let mut statement = connection.prepare_cached(
        "INSERT INTO messages (seq, message_id, conversation, position, part, author, state, at, received_at, text, decision)
         VALUES (?1, ?2, ?3, ?4, ?5, 'bot', 'bot', ?6, ?6, ?7, ?8)",
    )?;
    let position = open.answers.saturating_mul(2).saturating_add(1);
    statement.execute(params![next_seq(connection)?, id, open.conversation, position, open.ordinal, now, text, claim.decision.0])?;
    let mut replied = connection.prepare_cached("UPDATE conversations SET replied_by = ?2 WHERE id = ?1")?;
    replied.execute(params![open.conversation, claim.decision.0])?;
    Ok(())
}

fn put_on(connection: &Connection, conversation: i64, tags: &[Tag], now: i64) -> Result<(), Problem> {
    let mut statement = connection
        .prepare_cached("INSERT INTO tags (conversation, tag, at) VALUES (?1, ?2, ?3) ON CONFLICT (conversation, tag) DO NOTHING")?;
    for tag in tags {
        statement.execute(params![conversation, tag.0, now])?;
    }
    Ok(())
}

/// A failed effect is a dead letter. Of a failed send or draft a person is told, and the later parts of a reply stay unsent:
/// half a reply is worse than none.
fn failed(connection: &Connection, claim: &EffectClaim, open: &Open, problem: &str, now: i64) -> Result<(), Problem> {
    let mut statement =
        connection.prepare_cached("UPDATE effects SET state = 'failed', due_at = NULL, worker = NULL, doubtful = ?2 WHERE seq = ?1")?;
    statement.execute(params![open.seq, open.is_unknown])?;
    lost(connection, claim, open, problem, now)
}

/// The customer has opted out with the carrier: it counts as if they had told us.
pub(crate) fn opted_out(connection: &Connection, claim: &EffectClaim, now: i64) -> Result<(), Problem> {
    let (customer, company) = (claim.customer.reveal(), claim.company.reveal());
    consents::append(connection, &Consent { customer, company, at: now, opted_out: true, cause: &claim.decision.0 }, now)
}

/// The effect came to nothing: a dead letter, and for what was meant for a customer or an agent a person.
pub(crate) fn lost(connection: &Connection, claim: &EffectClaim, open: &Open, problem: &str, now: i64) -> Result<(), Problem> {
    let mut letter =
        connection.prepare_cached("INSERT INTO dead_letters (kind, conversation, effect, reason, at) VALUES ('effect', ?1, ?2, ?3, ?4)")?;
    letter.execute(params![open.conversation, claim.key.0, problem, now])?;
    let kind = claim.effect.name();
    let detail = json!({ "effect": claim.key.0, "kind": kind, "problem": problem });
    outcomes::append(connection, open.conversation, Some(&claim.decision.0), "failed", &detail, now)?;
    match &claim.effect {
        Effect::Send { .. } | Effect::Relay { .. } | Effect::Draft(_) => tell_a_person(connection, claim, open, problem, now)?,
        Effect::Tag { .. } | Effect::Escalate { .. } | Effect::Record { .. } => {}
    }
    release(connection, &claim.decision.0, now)
}

fn tell_a_person(connection: &Connection, claim: &EffectClaim, open: &Open, problem: &str, now: i64) -> Result<(), Problem> {
    let mut later = connection.prepare_cached(
        "UPDATE effects SET state = 'cancelled', due_at = NULL WHERE decision = ?1 AND ordinal > ?2 AND kind IN ('send', 'record') AND state = 'pending'",
    )?;
    later.execute(params![claim.decision.0, open.ordinal])?;
    let mut decision = connection.prepare_cached("SELECT decision FROM decisions WHERE id = ?1")?;
    let decision: Option<String> = decision.query_row([&claim.decision.0], |row| row.get(0)).optional()?;
    let decision = decision.map(|json| serde_json::from_str(&json)).transpose()?;
    let effect = PreparedEffect::of(&escalation(claim.effect.name(), problem, decision.as_ref()))?;
    let mut ordinal = connection.prepare_cached("SELECT MAX(ordinal) + 1 FROM effects WHERE decision = ?1")?;
    let ordinal: i64 = ordinal.query_row([&claim.decision.0], |row| row.get(0))?;
    let conversation = conversation_of(connection, open.conversation)?;
    let decision = DecisionId(claim.decision.0.clone());
    add(connection, &conversation, open.answers, &decision, usize::try_from(ordinal).unwrap_or(usize::MAX), &effect, None)?;
    give_to_person(connection, open.conversation, now)
}
