//! Taking in: messages once by their id, and bytes that are no message once by their hash.

use crate::ledger::sqlite::person::{self, give_to_person};
use crate::ledger::sqlite::problem::Problem;
use crate::ledger::sqlite::rows::timestamp;
use crate::ledger::sqlite::{drafts, outcomes};
use crate::ledger::words::{author_word, ms};
use runtime::inbound::{Act, InboundMessage};
use runtime::ports::ledger::{MALFORMED_BYTES_MAX, Malformed, Received};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use sha2::{Digest, Sha256};
use triage::ticket::{Author, Message};

/// Takes one message in.
pub(crate) fn receive(connection: &Connection, inbound: &InboundMessage, now: jiff::Timestamp) -> Result<Received, Problem> {
    if inbound.act == Act::HandBack {
        return person::hand_back(connection, inbound, now);
    }
    let mut known = connection.prepare_cached("SELECT 1 FROM messages WHERE message_id = ?1")?;
    if known.exists([&inbound.message_id.0])? {
        return match person::taken_again(connection, inbound, now)? {
            Some(again) => take_in(connection, &again, now),
            None => Ok(Received::Duplicate),
        };
    }
    take_in(connection, inbound, now)
}

fn take_in(connection: &Connection, inbound: &InboundMessage, now: jiff::Timestamp) -> Result<Received, Problem> {
    let message = inbound.message(now);
    let seq = next_seq(connection)?;
    let conversation = match message.author {
        Author::Customer => customer_wrote(connection, inbound, seq, ms(now))?,
        Author::Agent => agent_wrote(connection, inbound, seq, ms(message.at), ms(now))?,
        Author::Bot => conversation_for(connection, inbound)?,
    };
    insert(connection, conversation, seq, &message, ms(now))?;
    person::send_on(connection, inbound, conversation, seq, now)?;
    Ok(Received::New)
}

/// The next arrival number.
pub(crate) fn next_seq(connection: &Connection) -> Result<i64, Problem> {
    let mut statement = connection.prepare_cached("SELECT COALESCE(MAX(seq), 0) + 1 FROM messages")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// When the newest message that somebody else wrote was taken in.
pub(crate) fn last_received(connection: &Connection) -> Result<Option<jiff::Timestamp>, Problem> {
    let mut statement = connection.prepare_cached("SELECT received_at FROM messages WHERE author <> 'bot' ORDER BY seq DESC LIMIT 1")?;
    let at: Option<i64> = statement.query_row([], |row| row.get(0)).optional()?;
    at.map(timestamp).transpose()
}

fn conversation_for(connection: &Connection, inbound: &InboundMessage) -> Result<i64, Problem> {
    match known(connection, inbound)? {
        Some((id, _)) => Ok(id),
        None => begin(connection, inbound, None),
    }
}

/// The conversation's number, and the decision whose reply was the last thing said in it.
fn known(connection: &Connection, inbound: &InboundMessage) -> Result<Option<(i64, Option<String>)>, Problem> {
    let mut find = connection.prepare_cached("SELECT id, replied_by FROM conversations WHERE ticket = ?1")?;
    Ok(find.query_row([&inbound.ticket_id().0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// A new conversation, with its first message of the customer (its number and the time of intake) when that begins it.
fn begin(connection: &Connection, inbound: &InboundMessage, first: Option<(i64, i64)>) -> Result<i64, Problem> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO conversations (ticket, customer, company, oldest_at, newest_at, last_customer) VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
    )?;
    let (last_customer, at) = first.map_or((0, None), |(seq, at)| (seq, Some(at)));
    Ok(insert.insert(params![inbound.ticket_id().0, inbound.from.reveal(), inbound.to.reveal(), at, last_customer])?)
}

fn insert(connection: &Connection, conversation: i64, seq: i64, message: &Message, received_at: i64) -> Result<(), Problem> {
    let media = if message.media.is_empty() { None } else { Some(serde_json::to_string(&message.media)?) };
    let state = if message.author == Author::Customer { "waiting" } else { author_word(message.author) };
    let mut statement = connection.prepare_cached(
        "INSERT INTO messages (seq, message_id, conversation, position, author, state, at, received_at, text, media, carrier_answered)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    statement.execute(params![
        seq,
        message.id.0,
        conversation,
        seq.saturating_mul(2),
        author_word(message.author),
        state,
        ms(message.at),
        received_at,
        message.text,
        media,
        message.carrier_answered,
    ])?;
    Ok(())
}

/// The turn grows: a claim in force no longer holds, and the burst window starts again, postponed or not.
fn customer_wrote(connection: &Connection, inbound: &InboundMessage, seq: i64, now: i64) -> Result<i64, Problem> {
    let Some((conversation, replied_by)) = known(connection, inbound)? else {
        return begin(connection, inbound, Some((seq, now)));
    };
    let mut statement = connection.prepare_cached(
        "UPDATE conversations SET last_customer = ?2, newest_at = ?3, oldest_at = COALESCE(oldest_at, ?3),
         postponed_until = NULL, lease_worker = NULL, leased_at = NULL, lease_until = NULL, replied_by = NULL WHERE id = ?1",
    )?;
    statement.execute([conversation, seq, now])?;
    if let Some(decision) = replied_by {
        outcomes::append(connection, conversation, Some(&decision), "customer_wrote_again", &json!({}), now)?;
    }
    Ok(conversation)
}

/// A person has it now: a claim in force no longer holds.
fn agent_wrote(connection: &Connection, inbound: &InboundMessage, seq: i64, at: i64, now: i64) -> Result<i64, Problem> {
    let conversation = conversation_for(connection, inbound)?;
    let mut statement = connection.prepare_cached(
        "UPDATE conversations SET last_agent = ?2, lease_worker = NULL, leased_at = NULL, lease_until = NULL WHERE id = ?1",
    )?;
    statement.execute([conversation, seq])?;
    give_to_person(connection, conversation, at)?;
    let mut newest = connection.prepare_cached("SELECT id FROM decisions WHERE conversation = ?1 ORDER BY seq DESC LIMIT 1")?;
    let decision: Option<String> = newest.query_row([conversation], |row| row.get(0)).optional()?;
    outcomes::append(connection, conversation, decision.as_deref(), "agent_replied", &json!({}), now)?;
    drafts::measure(connection, conversation, &inbound.text, now)?;
    Ok(conversation)
}

/// Puts bytes that are no message among the dead letters, unless the same bytes are there already, open or closed.
pub(crate) fn receive_malformed(connection: &Connection, malformed: &Malformed, now: i64) -> Result<(), Problem> {
    let hash = Sha256::digest(&malformed.payload);
    let kept = malformed.payload.get(..MALFORMED_BYTES_MAX).unwrap_or(&malformed.payload);
    let mut statement = connection.prepare_cached(
        "INSERT INTO dead_letters (kind, reason, at, payload, payload_hash) VALUES ('malformed', ?1, ?2, ?3, ?4)
         ON CONFLICT (payload_hash) DO NOTHING",
    )?;
    statement.execute(params![malformed.problem, now, kept, hash.as_slice()])?;
    Ok(())
}
