//! Rows to nouns and back.

use crate::ledger::sqlite::problem::Problem;
use crate::ledger::words;
use jiff::Timestamp;
use runtime::effect::EffectState;
use runtime::ports::ledger::TICKET_MESSAGES_MAX;
use rusqlite::{Connection, OptionalExtension, Row, params};
use triage::phone::PhoneNumber;
use triage::ticket::{Change, Media, Message, MessageId, Owner, Tag, Ticket, TicketId};

/// Changes of owner and consent that a ticket brings along at most, newest kept.
pub const CHANGES_MAX: usize = 200;
/// Tags of a ticket at most, newest kept.
pub const TAGS_MAX: usize = 200;
/// Messages of a ticket that is shown to people at most, newest kept.
pub const SHOWN_MESSAGES_MAX: usize = 1_000;

/// A moment as the ledger gave it.
pub(crate) fn timestamp(ms: i64) -> Result<Timestamp, Problem> {
    Timestamp::from_millisecond(ms).map_err(|_| Problem::Row("time"))
}

pub(crate) fn state(word: &str) -> Result<EffectState, Problem> {
    words::state(word).ok_or(Problem::Row("state of an effect"))
}

/// What the statements need of a conversation.
pub(crate) struct Conversation {
    pub(crate) id: i64,
    pub(crate) ticket: TicketId,
    pub(crate) customer: String,
    pub(crate) company: String,
    pub(crate) fence: i64,
    pub(crate) is_claimed: bool,
    pub(crate) consent_seen: i64,
}

const CONVERSATION: &str = "SELECT id, ticket, customer, company, fence, lease_until IS NOT NULL, consent_seen FROM conversations";

/// The conversation of a ticket.
pub(crate) fn conversation(connection: &Connection, ticket: &TicketId) -> Result<Option<Conversation>, Problem> {
    let mut statement = connection.prepare_cached(&format!("{CONVERSATION} WHERE ticket = ?1"))?;
    Ok(statement.query_row([&ticket.0], read_conversation).optional()?)
}

/// The conversation of this number.
pub(crate) fn conversation_of(connection: &Connection, id: i64) -> Result<Conversation, Problem> {
    let mut statement = connection.prepare_cached(&format!("{CONVERSATION} WHERE id = ?1"))?;
    Ok(statement.query_row([id], read_conversation)?)
}

/// Reads the columns of [`CONVERSATION`].
pub(crate) fn read_conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: row.get(0)?,
        ticket: TicketId(row.get(1)?),
        customer: row.get(2)?,
        company: row.get(3)?,
        fence: row.get(4)?,
        is_claimed: row.get(5)?,
        consent_seen: row.get(6)?,
    })
}

/// The arrival number of a message.
pub(crate) fn message_seq(connection: &Connection, id: &MessageId) -> Result<Option<i64>, Problem> {
    let mut statement = connection.prepare_cached("SELECT seq FROM messages WHERE message_id = ?1")?;
    Ok(statement.query_row([&id.0], |row| row.get(0)).optional()?)
}

/// The ticket of a conversation with its newest messages: `messages_max` of them, and none behind `until` when the newest
/// ones would leave that message out.
pub(crate) fn ticket(
    connection: &Connection,
    of: &Conversation,
    until: Option<&MessageId>,
    messages_max: usize,
) -> Result<Ticket, Problem> {
    let mut messages = messages_up_to(connection, of.id, i64::MAX, messages_max)?;
    if let Some(until) = until.filter(|until| !messages.iter().any(|message| message.id == **until)) {
        let position = message_seq(connection, until)?.ok_or(Problem::Row("message"))?.saturating_mul(2);
        messages = messages_up_to(connection, of.id, position, messages_max)?;
    }
    Ok(Ticket {
        id: of.ticket.clone(),
        customer: PhoneNumber::parse(&of.customer).map_err(|_| Problem::Row("phone number"))?,
        messages,
        tags: tags(connection, of.id)?,
        owners: owners(connection, of.id)?,
        opted_out: consents(connection, of)?,
    })
}

/// The ticket as a claim brings it along.
pub(crate) fn claimed_ticket(connection: &Connection, of: &Conversation, message: &MessageId) -> Result<Ticket, Problem> {
    ticket(connection, of, Some(message), TICKET_MESSAGES_MAX)
}

fn messages_up_to(connection: &Connection, conversation: i64, position: i64, messages_max: usize) -> Result<Vec<Message>, Problem> {
    let mut statement = connection.prepare_cached(
        "SELECT message_id, author, at, text, media, carrier_answered FROM messages WHERE conversation = ?1 AND position <= ?2
         ORDER BY position DESC, part DESC, seq DESC",
    )?;
    let mut rows = statement.query(params![conversation, position])?;
    let mut messages = Vec::new();
    // No bound LIMIT: with one, SQLite compiles the statement again for every call. The same below.
    while messages.len() < messages_max
        && let Some(row) = rows.next()?
    {
        let media: Option<String> = row.get(4)?;
        messages.push(Message {
            id: MessageId(row.get(0)?),
            author: row.get_ref(1)?.as_str().ok().and_then(words::author).ok_or(Problem::Row("author"))?,
            at: timestamp(row.get(2)?)?,
            text: row.get(3)?,
            media: media.map(|media| serde_json::from_str::<Vec<Media>>(&media)).transpose()?.unwrap_or_default(),
            carrier_answered: row.get(5)?,
        });
    }
    messages.reverse();
    Ok(messages)
}

fn tags(connection: &Connection, conversation: i64) -> Result<Vec<Change<Tag>>, Problem> {
    let mut statement = connection.prepare_cached("SELECT at, tag FROM tags WHERE conversation = ?1 ORDER BY at DESC, tag DESC")?;
    let mut rows = statement.query([conversation])?;
    let mut changes = Vec::new();
    while changes.len() < TAGS_MAX
        && let Some(row) = rows.next()?
    {
        changes.push(Change { at: timestamp(row.get(0)?)?, to: Tag(row.get(1)?) });
    }
    changes.reverse();
    Ok(changes)
}

fn owners(connection: &Connection, conversation: i64) -> Result<Vec<Change<Owner>>, Problem> {
    let mut statement = connection.prepare_cached("SELECT at, owner FROM owners WHERE conversation = ?1 ORDER BY at DESC, seq DESC")?;
    let mut rows = statement.query([conversation])?;
    let mut changes = Vec::new();
    while changes.len() < CHANGES_MAX
        && let Some(row) = rows.next()?
    {
        let word: String = row.get(1)?;
        changes.push(Change { at: timestamp(row.get(0)?)?, to: words::owner(&word).ok_or(Problem::Row("owner"))? });
    }
    changes.reverse();
    Ok(changes)
}

fn consents(connection: &Connection, of: &Conversation) -> Result<Vec<Change<bool>>, Problem> {
    let mut statement =
        connection.prepare_cached("SELECT at, opted_out FROM consents WHERE customer = ?1 AND company = ?2 ORDER BY at DESC, seq DESC")?;
    let mut rows = statement.query(params![of.customer, of.company])?;
    let mut changes = Vec::new();
    while changes.len() < CHANGES_MAX
        && let Some(row) = rows.next()?
    {
        changes.push(Change { at: timestamp(row.get(0)?)?, to: row.get(1)? });
    }
    changes.reverse();
    Ok(changes)
}
