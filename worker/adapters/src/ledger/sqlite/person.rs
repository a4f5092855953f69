//! What people of the company do in a conversation: they take it, write in it, and give it back.

use crate::ledger::prepared::PreparedEffect;
use crate::ledger::sqlite::problem::Problem;
use crate::ledger::sqlite::rows::{conversation_of, message_seq};
use crate::ledger::sqlite::{effects, outcomes};
use crate::ledger::words::{ms, owner_word};
use runtime::effect::DecisionId;
use runtime::inbound::InboundMessage;
use runtime::ports::ledger::Received;
use runtime::relay;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use triage::ticket::{Author, MessageId, Owner};

/// A person owns the ticket from `at` on.
pub(crate) fn give_to_person(connection: &Connection, conversation: i64, at: i64) -> Result<(), Problem> {
    own(connection, conversation, at, Owner::Person)
}

fn own(connection: &Connection, conversation: i64, at: i64, owner: Owner) -> Result<(), Problem> {
    let mut statement = connection.prepare_cached("INSERT INTO owners (conversation, at, owner) VALUES (?1, ?2, ?3)")?;
    statement.execute(params![conversation, at, owner_word(owner)])?;
    Ok(())
}

/// Who has had the conversation last, and since when.
fn newest_owner(connection: &Connection, inbound: &InboundMessage) -> Result<Option<(i64, i64, bool)>, Problem> {
    let mut newest = connection.prepare_cached(
        "SELECT c.id, o.at, o.owner = 'person' FROM conversations c JOIN owners o ON o.conversation = c.id WHERE c.ticket = ?1
         ORDER BY o.at DESC, o.seq DESC LIMIT 1",
    )?;
    Ok(newest.query_row([&inbound.ticket_id().0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?)
}

/// A person gives the conversation back. It is new when a person has had it until then.
pub(crate) fn hand_back(connection: &Connection, inbound: &InboundMessage, now: jiff::Timestamp) -> Result<Received, Problem> {
    let at = ms(inbound.message(now).at);
    match newest_owner(connection, inbound)? {
        Some((conversation, since, true)) if since <= at => {
            own(connection, conversation, at, Owner::Nobody)?;
            // A claim in force knew a person in the ticket.
            let mut release = connection
                .prepare_cached("UPDATE conversations SET lease_worker = NULL, leased_at = NULL, lease_until = NULL WHERE id = ?1")?;
            release.execute([conversation])?;
            outcomes::append(connection, conversation, None, "handed_back", &json!({}), ms(now))?;
            Ok(Received::New)
        }
        Some(_) | None => Ok(Received::Duplicate),
    }
}

/// A helpdesk says by the same message, again and again, that a person has the conversation. When it says so of a moment after it was
/// given back, that is news: then the message gets an id of its own.
pub(crate) fn taken_again(
    connection: &Connection,
    inbound: &InboundMessage,
    now: jiff::Timestamp,
) -> Result<Option<InboundMessage>, Problem> {
    if inbound.author != Author::Agent || !inbound.text.is_empty() {
        return Ok(None);
    }
    let at = ms(inbound.message(now).at);
    let is_free = newest_owner(connection, inbound)?.is_some_and(|(_, since, is_person)| !is_person && since < at);
    let id = MessageId(format!("{}-{}", inbound.message_id, ms(now)));
    let is_free = is_free && message_seq(connection, &id)?.is_none();
    Ok(is_free.then(|| InboundMessage { message_id: id, at: None, ..inbound.clone() }))
}

/// What a person wrote where the customer does not hear it is sent on, behind what is on its way already. Only an answer to something
/// that came in here: what was said before belongs to another channel.
pub(crate) fn send_on(
    connection: &Connection,
    inbound: &InboundMessage,
    conversation: i64,
    seq: i64,
    now: jiff::Timestamp,
) -> Result<(), Problem> {
    let Some(effect) = relay::effect_of(inbound, now) else { return Ok(()) };
    let mut asked = connection.prepare_cached("SELECT 1 FROM messages WHERE conversation = ?1 AND author = 'customer' AND at <= ?2")?;
    if !asked.exists(params![conversation, ms(inbound.message(now).at)])? {
        return Ok(());
    }
    let thread = DecisionId::of_relays(&inbound.ticket_id());
    let mut next = connection.prepare_cached("SELECT COALESCE(MAX(ordinal) + 1, 0) FROM effects WHERE decision = ?1")?;
    let ordinal: i64 = next.query_row([&thread.0], |row| row.get(0))?;
    let of = conversation_of(connection, conversation)?;
    let ordinal = usize::try_from(ordinal).unwrap_or(usize::MAX);
    effects::add(connection, &of, seq, &thread, ordinal, &PreparedEffect::of(&effect)?, None)?;
    effects::release(connection, &thread.0, ms(now))
}
