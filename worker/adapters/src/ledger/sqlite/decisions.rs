//! Closing a claim: with a decision and its effects, or with a person and a dead letter.

use crate::ledger::effect_key::effect_key;
use crate::ledger::sqlite::claims::held;
use crate::ledger::sqlite::effects::{add, cancel_pending};
use crate::ledger::sqlite::outcomes;
use crate::ledger::sqlite::person::give_to_person;
use crate::ledger::sqlite::problem::Problem;
use crate::ledger::sqlite::rows::{Conversation, message_seq, timestamp};
use runtime::effect::{DecisionId, Effect};
use runtime::ports::ledger::{Claim, Written};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use triage::decision::{Action, ConsentChange, Decision};

/// A decision made ready for writing: its JSON is made before the writer's turn comes.
pub(crate) struct Prepared {
    id: DecisionId,
    action: &'static str,
    reason: String,
    consent: Option<ConsentChange>,
    for_a_person: bool,
    json: String,
    outcome: Value,
    effects: Vec<PreparedEffect>,
}

/// An effect made ready for writing.
pub(crate) struct PreparedEffect {
    pub(crate) kind: &'static str,
    pub(crate) json: String,
}

impl PreparedEffect {
    /// Turns an effect into its columns.
    pub(crate) fn of(effect: &Effect) -> Result<Self, Problem> {
        Ok(PreparedEffect { kind: effect.name(), json: serde_json::to_string(effect)? })
    }
}

impl Prepared {
    /// Turns a decision into its columns.
    pub(crate) fn of(id: &DecisionId, decision: &Decision, effects: &[Effect]) -> Result<Self, Problem> {
        let (action, reason) = (decision.action.name(), decision.reason.name());
        let wrong_per_100 = decision.receipt.judgement.as_ref().map(|judgement| judgement.wrong_per_100);
        let outcome = json!({ "action": action, "reason": &reason, "intent": decision.intent, "wrong_per_100": wrong_per_100 });
        Ok(Prepared {
            id: id.clone(),
            action,
            reason,
            outcome,
            consent: decision.consent,
            for_a_person: matches!(decision.action, Action::Escalate { .. }),
            json: serde_json::to_string(decision)?,
            effects: effects.iter().map(PreparedEffect::of).collect::<Result<_, _>>()?,
        })
    }
}

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
    let mut statement =
        connection.prepare_cached("INSERT INTO consents (customer, company, at, opted_out, decision) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    statement.execute(params![of.customer, of.company, at, opted_out, prepared.id.0])?;
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
