//! Closing a claim: with a decision and its effects, or with a person and a dead letter.

use crate::ledger::effect_key::effect_key;
use crate::ledger::prepared::{Prepared, PreparedEffect};
use crate::ledger::sqlite::claims::held;
use crate::ledger::sqlite::consents::{self, Consent};
use crate::ledger::sqlite::effects::{add, cancel_pending};
use crate::ledger::sqlite::outcomes;
use crate::ledger::sqlite::person::give_to_person;
use crate::ledger::sqlite::problem::Problem;
use crate::ledger::sqlite::rows::{Conversation, message_seq, timestamp};
use runtime::effect::{DecisionId, Effect};
use runtime::ports::ledger::{Claim, Written};
use rusqlite::{Connection, params};
use serde_json::json;
use triage::decision::ConsentChange;

/// Writes a decision, as the port describes.
pub(crate) fn decided(connection: &Connection, claim: &Claim, prepared: &Prepared, now: i64) -> Result<Written, Problem> {
    let Some(conversation) = held(connection, claim)? else { return Ok(Written::Superseded) };
    let answers = answered(connection, claim)?;
    insert(connection, conversation.id, answers, prepared, now)?;
    let mut messages =
        connection.prepare_cached("UPDATE messages SET state = 'decided', decision = ?2 WHERE conversation = ?1 AND state = 'waiting'")?;
    messages.execute(params![conversation.id, prepared.id.0])?;
    close_turn(connection, conversation.id)?;
    change_consent(connection, &conversation, claim, prepared, now)?;
    if prepared.for_a_person {
        give_to_person(connection, conversation.id, now)?;
    }
    cancel_pending(connection, conversation.id, now)?;
    for (ordinal, effect) in prepared.effects.iter().enumerate() {
        let due_at = (ordinal == 0).then_some(now); // the others wait for the one before them
        add(connection, &conversation, answers, &prepared.id, ordinal, effect, due_at)?;
    }
    Ok(Written::Yes)
}

fn insert(connection: &Connection, conversation: i64, answers: i64, prepared: &Prepared, now: i64) -> Result<(), Problem> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO decisions (id, conversation, message, at, action, reason, decision) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    statement.execute(params![prepared.id.0, conversation, answers, now, prepared.action, prepared.reason, prepared.json])?;
    outcomes::append(connection, conversation, Some(&prepared.id.0), "decided", &prepared.outcome, now)
}

/// The change holds from the moment of the message that asked for it, for the customer and the company's number.
fn change_consent(connection: &Connection, of: &Conversation, claim: &Claim, prepared: &Prepared, now: i64) -> Result<(), Problem> {
    let (opted_out, what) = match prepared.consent {
        None => return Ok(()),
        Some(ConsentChange::OptOut) => (true, "opted_out"),
        Some(ConsentChange::OptIn) => (false, "opted_in"),
    };
    let mut at = connection.prepare_cached("SELECT at FROM messages WHERE message_id = ?1")?;
    let at: i64 = at.query_row([&claim.message.0], |row| row.get(0))?;
    let change = Consent { customer: &of.customer, company: &of.company, at, opted_out, cause: &prepared.id.0 };
    consents::append(connection, &change, now)?;
    outcomes::append(connection, of.id, Some(&prepared.id.0), what, &json!({ "since": timestamp(at)?.to_string() }), now)
}

/// Gives a turn up, as the port describes.
pub(crate) fn bury(connection: &Connection, claim: &Claim, problem: &str, escalation: &Effect, now: i64) -> Result<Written, Problem> {
    let Some(conversation) = held(connection, claim)? else { return Ok(Written::Superseded) };
    let answers = answered(connection, claim)?;
    let mut letter = connection.prepare_cached(
        "INSERT INTO dead_letters (kind, conversation, message, reason, at) VALUES ('message', ?1, ?2, ?3, ?4) RETURNING id",
    )?;
    let letter: i64 = letter.query_row(params![conversation.id, claim.message.0, problem, now], |row| row.get(0))?;
    let mut messages =
        connection.prepare_cached("UPDATE messages SET state = 'dead', dead_letter = ?2 WHERE conversation = ?1 AND state = 'waiting'")?;
    messages.execute([conversation.id, letter])?;
    close_turn(connection, conversation.id)?;
    give_to_person(connection, conversation.id, now)?;
    let id = DecisionId::of(&claim.ticket.id, &claim.message, claim.fence);
    add(connection, &conversation, answers, &id, 0, &PreparedEffect::of(escalation)?, Some(now))?;
    outcomes::append(connection, conversation.id, None, "buried", &json!({ "problem": problem, "effect": effect_key(&id, 0).0 }), now)?;
    Ok(Written::Yes)
}

fn answered(connection: &Connection, claim: &Claim) -> Result<i64, Problem> {
    message_seq(connection, &claim.message)?.ok_or_else(|| Problem::Absent(format!("message {}", claim.message)))
}

/// Nothing of the conversation is undecided any more.
fn close_turn(connection: &Connection, conversation: i64) -> Result<(), Problem> {
    let mut statement = connection.prepare_cached(
        "UPDATE conversations SET oldest_at = NULL, newest_at = NULL, postponed_until = NULL, attempts = 0,
         lease_worker = NULL, leased_at = NULL, lease_until = NULL WHERE id = ?1",
    )?;
    statement.execute([conversation])?;
    Ok(())
}
