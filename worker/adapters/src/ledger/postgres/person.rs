//! What people of the company do in a conversation: they take it, write in it, and give it back.

use crate::ledger::postgres::effects::{NewEffect, add, release};
use crate::ledger::postgres::outcomes;
use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::{Conversation, kept, lock};
use crate::ledger::prepared::PreparedEffect;
use crate::ledger::words::{ms, owner_word};
use jiff::Timestamp;
use runtime::effect::DecisionId;
use runtime::inbound::InboundMessage;
use runtime::ports::ledger::Received;
use runtime::relay;
use serde_json::json;
use sqlx::postgres::PgConnection;
use triage::ticket::{Author, MessageId, Owner};

/// A person owns the ticket from `at` on.
pub(crate) async fn give_to_person(connection: &mut PgConnection, conversation: i64, at: i64) -> Result<(), Problem> {
    own(connection, conversation, at, Owner::Person).await
}

async fn own(connection: &mut PgConnection, conversation: i64, at: i64, owner: Owner) -> Result<(), Problem> {
    let sql = "INSERT INTO owners (conversation, at, owner) VALUES ($1, $2, $3)";
    sqlx::query(sql).bind(conversation).bind(at).bind(owner_word(owner)).execute(connection).await?;
    Ok(())
}

/// Who has had the conversation last, and since when: its number, the time, whether a person. The conversation is locked first.
async fn newest_owner(connection: &mut PgConnection, inbound: &InboundMessage) -> Result<Option<(i64, i64, bool)>, Problem> {
    let ticket = inbound.ticket_id();
    let id = sqlx::query_scalar("SELECT id FROM conversations WHERE ticket = $1 FOR UPDATE").bind(kept(&ticket.0));
    let id: Option<i64> = id.fetch_optional(&mut *connection).await?;
    let Some(id) = id else { return Ok(None) };
    let newest = "SELECT conversation, at, owner = 'person' FROM owners WHERE conversation = $1 ORDER BY at DESC, seq DESC LIMIT 1";
    Ok(sqlx::query_as(newest).bind(id).fetch_optional(connection).await?)
}

/// A person gives the conversation back. It is new when a person has had it until then.
pub(crate) async fn hand_back(connection: &mut PgConnection, inbound: &InboundMessage, now: Timestamp) -> Result<Received, Problem> {
    let at = ms(inbound.message(now).at);
    match newest_owner(connection, inbound).await? {
        Some((conversation, since, true)) if since <= at => {
            own(connection, conversation, at, Owner::Nobody).await?;
            // A claim in force knew a person in the ticket.
            let release = "UPDATE conversations SET lease_worker = NULL, leased_at = NULL, lease_until = NULL WHERE id = $1";
            sqlx::query(release).bind(conversation).execute(&mut *connection).await?;
            outcomes::append(connection, conversation, None, "handed_back", &json!({}), ms(now)).await?;
            Ok(Received::New)
        }
        Some(_) | None => Ok(Received::Duplicate),
    }
}

/// A helpdesk says by the same message, again and again, that a person has the conversation. When it says so of a moment after it was
/// given back, that is news: then the message gets an id of its own.
pub(crate) async fn taken_again(
    connection: &mut PgConnection,
    inbound: &InboundMessage,
    now: Timestamp,
) -> Result<Option<InboundMessage>, Problem> {
    if inbound.author != Author::Agent || !inbound.text.is_empty() {
        return Ok(None);
    }
    let at = ms(inbound.message(now).at);
    let is_free = newest_owner(connection, inbound).await?.is_some_and(|(_, since, is_person)| !is_person && since < at);
    let id = MessageId(format!("{}-{}", inbound.message_id, ms(now)));
    Ok(is_free.then(|| InboundMessage { message_id: id, at: None, ..inbound.clone() }))
}

/// What a person wrote where the customer does not hear it is sent on, behind what is on its way already. Only an answer to something
/// that came in here: what was said before belongs to another channel.
pub(crate) async fn send_on(
    connection: &mut PgConnection,
    inbound: &InboundMessage,
    conversation: i64,
    seq: i64,
    now: Timestamp,
) -> Result<(), Problem> {
    let Some(effect) = relay::effect_of(inbound, now) else { return Ok(()) };
    let asked = "SELECT EXISTS (SELECT 1 FROM messages WHERE conversation = $1 AND author = 'customer' AND at <= $2)";
    let asked = sqlx::query_scalar(asked).bind(conversation).bind(ms(inbound.message(now).at));
    if !asked.fetch_one(&mut *connection).await? {
        return Ok(());
    }
    let Conversation { consent_seen, .. } = lock(connection, conversation).await?;
    let thread = DecisionId::of_relays(&inbound.ticket_id());
    let next = sqlx::query_scalar("SELECT COALESCE(MAX(ordinal) + 1, 0) FROM effects WHERE decision = $1").bind(&thread.0);
    let ordinal: i64 = next.fetch_one(&mut *connection).await?;
    let new = NewEffect {
        conversation,
        consent_seen,
        answers: seq,
        decision: &thread,
        ordinal: usize::try_from(ordinal).unwrap_or(usize::MAX),
        effect: &PreparedEffect::of(&effect)?,
        due_at: None,
    };
    add(connection, &new).await?;
    release(connection, &[&thread.0], ms(now)).await
}
