//! Effects: written with their decision, begun in their order, settled once.

use crate::ledger::effect_key::effect_key;
use crate::ledger::prepared::PreparedEffect;
use crate::ledger::sqlite::claims::is_paused;
use crate::ledger::sqlite::outcomes;
use crate::ledger::sqlite::problem::Problem;
use crate::ledger::sqlite::rows::{Conversation, timestamp};
use crate::ledger::sqlite::settlement;
use crate::ledger::words::limit;
use runtime::effect::{DecisionId, EffectClaim, EffectKey, EffectOutcome};
use runtime::ports::ledger::{DUE_MS_MAX, WorkerId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;
use triage::phone::PhoneNumber;
use triage::ticket::TicketId;

/// Sends that are looked at in one call and found untrue, for every effect that is asked for: the rest waits for the next
/// call, so that no transaction grows without end.
pub const LOOKED_AT_PER_EFFECT: usize = 8;

/// Why nothing may be said any more.
pub const OPTED_OUT: &str = "the customer has opted out";

/// Adds a pending effect that may begin at `due_at`, or waits for [`release`].
pub(crate) fn add(
    connection: &Connection,
    of: &Conversation,
    answers: i64,
    decision: &DecisionId,
    ordinal: usize,
    effect: &PreparedEffect,
    due_at: Option<i64>,
) -> Result<(), Problem> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO effects (key, decision, ordinal, conversation, answers, consent_seen, kind, effect, state, due_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'pending', ?9)",
    )?;
    let key = effect_key(decision, ordinal);
    statement.execute(params![key.0, decision.0, limit(ordinal), of.id, answers, of.consent_seen, effect.kind, effect.json, due_at])?;
    Ok(())
}

/// Lets the first effect of a decision that is not over begin, if it has been waiting for the one before it.
pub(crate) fn release(connection: &Connection, decision: &str, now: i64) -> Result<(), Problem> {
    let mut statement = connection.prepare_cached(
        "UPDATE effects SET due_at = ?2 WHERE state = 'pending' AND due_at IS NULL AND seq = (SELECT seq FROM effects
         WHERE decision = ?1 AND state IN ('pending', 'sending', 'unknown') ORDER BY ordinal LIMIT 1)",
    )?;
    statement.execute(params![decision, now])?;
    Ok(())
}

/// Cancels what the decisions so far would still have said: a newer decision speaks instead.
pub(crate) fn cancel_pending(connection: &Connection, conversation: i64, now: i64) -> Result<(), Problem> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, key, decision FROM effects WHERE conversation = ?1 AND state = 'pending' AND kind IN ('send', 'draft') ORDER BY seq",
    )?;
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let pending = statement.query_map([conversation], read)?.collect::<Result<Vec<(i64, String, String)>, _>>()?;
    for (seq, key, decision) in pending {
        cancel(connection, seq, conversation, &key, &decision, "a newer decision", now)?;
    }
    Ok(())
}

fn cancel(connection: &Connection, seq: i64, conversation: i64, key: &str, decision: &str, because: &str, now: i64) -> Result<(), Problem> {
    let mut statement = connection.prepare_cached("UPDATE effects SET state = 'cancelled', due_at = NULL, worker = NULL WHERE seq = ?1")?;
    statement.execute([seq])?;
    // What was not sent is not put into the ticket as said.
    let mut record = connection.prepare_cached(
        "UPDATE effects SET state = 'cancelled', due_at = NULL WHERE state = 'pending' AND kind = 'record' AND decision = ?1
         AND ordinal = (SELECT ordinal + 1 FROM effects WHERE seq = ?2 AND kind = 'send')",
    )?;
    record.execute(params![decision, seq])?;
    outcomes::append(connection, conversation, Some(decision), "cancelled", &json!({ "effect": key, "because": because }), now)?;
    release(connection, decision, now)
}

/// A pending effect whose time has come.
struct Candidate {
    seq: i64,
    key: String,
    decision: String,
    conversation: i64,
    kind: String,
    answers: i64,
    consent_seen: i64,
}

/// Begins effects, or cancels sends and drafts that are no longer true.
pub(crate) fn claim(connection: &Connection, worker: &WorkerId, now: i64, lease_ms: i64, max: usize) -> Result<Vec<EffectClaim>, Problem> {
    let mut claims = Vec::new();
    if is_paused(connection)? {
        return Ok(claims);
    }
    let mut looked_at = 0;
    while claims.len() < max && looked_at < max.saturating_mul(LOOKED_AT_PER_EFFECT) {
        let candidates = candidates(connection, now, max.saturating_sub(claims.len()))?;
        if candidates.is_empty() {
            break;
        }
        looked_at += candidates.len();
        for candidate in candidates {
            let speaks = candidate.kind == "send" || candidate.kind == "draft";
            let untrue = if speaks { untrue(connection, &candidate)? } else { None };
            let is_unwanted = candidate.kind == "relay" && has_opted_out(connection, &candidate)?;
            match untrue {
                Some(because) => {
                    let Candidate { seq, key, decision, conversation, .. } = candidate;
                    cancel(connection, seq, conversation, &key, &decision, because, now)?;
                }
                None if is_unwanted => {
                    let claim = begin(connection, candidate.seq, worker, now, lease_ms)?;
                    // Whoever wrote it must know that it did not go out.
                    let problem = OPTED_OUT.to_owned();
                    settlement::settle(connection, &claim, &EffectOutcome::Failed { problem }, now)?;
                }
                None => claims.push(begin(connection, candidate.seq, worker, now, lease_ms)?),
            }
        }
    }
    Ok(claims)
}

fn candidates(connection: &Connection, now: i64, max: usize) -> Result<Vec<Candidate>, Problem> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, key, decision, conversation, kind, answers, consent_seen FROM effects WHERE state = 'pending' AND due_at <= ?1
         ORDER BY due_at, seq",
    )?;
    let read = |row: &Row<'_>| {
        Ok(Candidate {
            seq: row.get(0)?,
            key: row.get(1)?,
            decision: row.get(2)?,
            conversation: row.get(3)?,
            kind: row.get(4)?,
            answers: row.get(5)?,
            consent_seen: row.get(6)?,
        })
    };
    // No bound LIMIT: with one, SQLite compiles the statement again for every call.
    Ok(statement.query_map([now], read)?.take(max).collect::<Result<_, _>>()?)
}

/// Why a send or a draft is no longer true, if it is not. Only what came after the decision counts, and an opt-out does not stop the
/// answer of the decision that obeyed it.
fn untrue(connection: &Connection, send: &Candidate) -> Result<Option<&'static str>, Problem> {
    let mut statement =
        connection.prepare_cached("SELECT last_customer > ?2, last_agent > ?2, customer, company FROM conversations WHERE id = ?1")?;
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let (customer_wrote, agent_wrote, customer, company): (bool, bool, String, String) =
        statement.query_row([send.conversation, send.answers], read)?;
    if customer_wrote {
        return Ok(Some("a newer message"));
    }
    if agent_wrote {
        return Ok(Some("a person wrote"));
    }
    let newest = newest_consent(connection, &customer, &company)?;
    let has_opted_out = newest.is_some_and(|(out, seq, decision)| out && seq > send.consent_seen && decision != send.decision);
    Ok(has_opted_out.then_some(OPTED_OUT))
}

/// The newest change of consent, its number, and the decision behind it.
fn newest_consent(connection: &Connection, customer: &str, company: &str) -> Result<Option<(bool, i64, String)>, Problem> {
    let mut newest = connection.prepare_cached(
        "SELECT opted_out, seq, decision FROM consents WHERE customer = ?1 AND company = ?2 ORDER BY at DESC, seq DESC LIMIT 1",
    )?;
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    Ok(newest.query_row([customer, company], read).optional()?)
}

/// Nothing may be sent to the customer, whoever wrote it.
fn has_opted_out(connection: &Connection, relay: &Candidate) -> Result<bool, Problem> {
    let mut of = connection.prepare_cached("SELECT customer, company FROM conversations WHERE id = ?1")?;
    let (customer, company): (String, String) = of.query_row([relay.conversation], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(newest_consent(connection, &customer, &company)?.is_some_and(|(is_out, _, _)| is_out))
}

const CLAIMED: &str = "key, decision, (SELECT ticket FROM conversations WHERE id = effects.conversation), effect, attempts, begun_at, fence,
     (SELECT customer FROM conversations WHERE id = effects.conversation), (SELECT company FROM conversations WHERE id = effects.conversation)";

/// What is returned of attempts is how often it was tried before this time.
fn begin(connection: &Connection, seq: i64, worker: &WorkerId, now: i64, lease_ms: i64) -> Result<EffectClaim, Problem> {
    let mut statement = connection.prepare_cached(&format!(
        "UPDATE effects SET state = 'sending', worker = ?2, due_at = ?4, attempts = attempts + 1, begun_at = COALESCE(begun_at, ?3),
         fence = fence + 1 WHERE seq = ?1 RETURNING {CLAIMED}"
    ))?;
    let mut rows = statement.query(params![seq, worker.0, now, now.saturating_add(lease_ms)])?;
    let claim = rows.next()?.map(claimed).transpose()?.ok_or(Problem::Row("effect"))?;
    Ok(EffectClaim { attempts: claim.attempts.saturating_sub(1), ..claim })
}

/// Effects whose outcome nobody knows and whose time to look has come.
pub(crate) fn claim_unknown(
    connection: &Connection,
    worker: &WorkerId,
    now: i64,
    lease_ms: i64,
    max: usize,
) -> Result<Vec<EffectClaim>, Problem> {
    let mut due = connection.prepare_cached("SELECT seq FROM effects WHERE state = 'unknown' AND due_at <= ?1 ORDER BY due_at, seq")?;
    let due = due.query_map([now], |row| row.get(0))?.take(max).collect::<Result<Vec<i64>, _>>()?;
    let mut take = connection
        .prepare_cached(&format!("UPDATE effects SET worker = ?2, due_at = ?3, fence = fence + 1 WHERE seq = ?1 RETURNING {CLAIMED}"))?;
    let mut claims = Vec::with_capacity(due.len());
    for seq in due {
        let mut rows = take.query(params![seq, worker.0, now.saturating_add(lease_ms)])?;
        claims.push(rows.next()?.map(claimed).transpose()?.ok_or(Problem::Row("effect"))?);
    }
    Ok(claims)
}

fn claimed(row: &Row<'_>) -> Result<EffectClaim, Problem> {
    let effect: String = row.get(3)?;
    let number = |place: usize| -> Result<PhoneNumber, Problem> {
        PhoneNumber::parse(&row.get::<_, String>(place)?).map_err(|_| Problem::Row("phone number"))
    };
    Ok(EffectClaim {
        key: EffectKey(row.get(0)?),
        decision: DecisionId(row.get(1)?),
        ticket: TicketId(row.get(2)?),
        customer: number(7)?,
        company: number(8)?,
        effect: serde_json::from_str(&effect)?,
        attempts: row.get(4)?,
        begun_at: timestamp(row.get::<_, Option<i64>>(5)?.unwrap_or(0))?,
        fence: u64::try_from(row.get::<_, i64>(6)?).unwrap_or(0),
    })
}

/// What dead workers had begun becomes unknown, to be looked up after `settle_ms`; look-ups of `all_of` are due at once.
/// What is due far off was put off before the clock went back.
pub(crate) fn recover(connection: &Connection, now: i64, settle_ms: i64, all_of: Option<&WorkerId>) -> Result<usize, Problem> {
    let worker = all_of.map(|worker| &worker.0);
    let (settled, far) = (now.saturating_add(settle_ms), now.saturating_add(DUE_MS_MAX));
    let mut far_off = connection.prepare_cached(
        "UPDATE effects SET due_at = ?2, worker = NULL WHERE state = ?1 AND due_at > ?3 AND (?4 IS NULL OR worker IS NOT ?4)",
    )?;
    far_off.execute(params!["unknown", settled, far, worker])?;
    far_off.execute(params!["pending", now, far, None::<String>])?;
    let mut begun = connection.prepare_cached(
        "UPDATE effects SET state = 'unknown', due_at = ?2, worker = NULL
         WHERE state = 'sending' AND (due_at <= ?1 OR due_at > ?4 OR worker = ?3)",
    )?;
    let mut looked_up = connection
        .prepare_cached("UPDATE effects SET due_at = ?1, worker = NULL WHERE state = 'unknown' AND due_at > ?1 AND worker = ?2")?;
    let count = looked_up.execute(params![now, worker])?;
    Ok(count + begun.execute(params![now, settled, worker, far])?)
}

/// When an effect will next be due, for beginning or for looking up.
pub(crate) fn next_due(connection: &Connection, is_paused: bool) -> Result<Option<i64>, Problem> {
    let mut statement = connection.prepare_cached("SELECT MIN(due_at) FROM effects WHERE state = ?1 AND due_at IS NOT NULL")?;
    let mut soonest = |state: &str| statement.query_row([state], |row| row.get::<_, Option<i64>>(0));
    let unknown = soonest("unknown")?;
    let pending = if is_paused { None } else { soonest("pending")? };
    Ok([unknown, pending].into_iter().flatten().min())
}
