//! Tickets: many conversations are read with one statement a table.

use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::{Conversation, number, timestamp};
use crate::ledger::sqlite::rows::{CHANGES_MAX, TAGS_MAX};
use crate::ledger::words::{self, limit};
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};
use std::collections::BTreeMap;
use triage::ticket::{Change, Media, Message, MessageId, Owner, Tag, Ticket};

/// The tickets of these conversations, each with its newest messages: `messages_max` of them.
pub(crate) async fn tickets(connection: &mut PgConnection, of: &[Conversation], messages_max: usize) -> Result<Vec<Ticket>, Problem> {
    let ids: Vec<i64> = of.iter().map(|conversation| conversation.id).collect();
    let mut messages = messages(connection, &ids, messages_max).await?;
    let mut tags = tags(connection, &ids).await?;
    let mut owners = owners(connection, &ids).await?;
    let mut opted_out = consents(connection, of).await?;
    let ticket = |conversation: &Conversation| -> Result<Ticket, Problem> {
        let id = conversation.id;
        Ok(Ticket {
            id: conversation.ticket.clone(),
            customer: number(&conversation.customer)?,
            messages: messages.remove(&id).unwrap_or_default(),
            tags: tags.remove(&id).unwrap_or_default(),
            owners: owners.remove(&id).unwrap_or_default(),
            opted_out: opted_out.remove(&id).unwrap_or_default(),
        })
    };
    of.iter().map(ticket).collect()
}

/// Rows by conversation, from the newest to the oldest as SQL gives them, turned round.
type Grouped<T> = BTreeMap<i64, Vec<T>>;

fn grouped<T>(rows: &[PgRow], read: impl Fn(&PgRow) -> Result<T, Problem>) -> Result<Grouped<T>, Problem> {
    let mut groups: Grouped<T> = BTreeMap::new();
    for row in rows {
        groups.entry(row.try_get("of")?).or_default().push(read(row)?);
    }
    groups.values_mut().for_each(|group| group.reverse());
    Ok(groups)
}

fn message(row: &PgRow) -> Result<Message, Problem> {
    let media: Option<String> = row.try_get("media")?;
    Ok(Message {
        id: MessageId(row.try_get("message_id")?),
        author: words::author(row.try_get("author")?).ok_or(Problem::Row("author"))?,
        at: timestamp(row.try_get("at")?)?,
        text: row.try_get("text")?,
        media: media.map(|media| serde_json::from_str::<Vec<Media>>(&media)).transpose()?.unwrap_or_default(),
        carrier_answered: row.try_get::<i64, _>("carrier_answered")? != 0,
    })
}

async fn messages(connection: &mut PgConnection, ids: &[i64], messages_max: usize) -> Result<Grouped<Message>, Problem> {
    let rows = sqlx::query(
        "SELECT a.id AS of, m.* FROM unnest($1::bigint[]) AS a(id) CROSS JOIN LATERAL (
           SELECT message_id, author, at, text, media, carrier_answered, position, part, seq FROM messages WHERE conversation = a.id
           ORDER BY position DESC, part DESC, seq DESC LIMIT $2) m
         ORDER BY a.id, position DESC, part DESC, seq DESC",
    );
    grouped(&rows.bind(ids).bind(limit(messages_max)).fetch_all(connection).await?, message)
}

/// The newest messages up to this one: for a conversation whose newest ones would leave it out.
pub(crate) async fn messages_until(
    connection: &mut PgConnection,
    conversation: i64,
    until: &MessageId,
    messages_max: usize,
) -> Result<Vec<Message>, Problem> {
    let rows = sqlx::query(
        "SELECT message_id, author, at, text, media, carrier_answered FROM messages WHERE conversation = $1
         AND position <= (SELECT seq * 2 FROM messages WHERE message_id = $2) ORDER BY position DESC, part DESC, seq DESC LIMIT $3",
    );
    let rows = rows.bind(conversation).bind(&until.0).bind(limit(messages_max)).fetch_all(connection).await?;
    rows.iter().rev().map(message).collect()
}

async fn tags(connection: &mut PgConnection, ids: &[i64]) -> Result<Grouped<Change<Tag>>, Problem> {
    let rows = sqlx::query(
        "SELECT a.id AS of, t.* FROM unnest($1::bigint[]) AS a(id) CROSS JOIN LATERAL (
           SELECT at, tag FROM tags WHERE conversation = a.id ORDER BY at DESC, tag COLLATE \"C\" DESC LIMIT $2) t
         ORDER BY a.id, at DESC, tag COLLATE \"C\" DESC",
    );
    let rows = rows.bind(ids).bind(limit(TAGS_MAX)).fetch_all(connection).await?;
    grouped(&rows, |row| Ok(Change { at: timestamp(row.try_get("at")?)?, to: Tag(row.try_get("tag")?) }))
}

async fn owners(connection: &mut PgConnection, ids: &[i64]) -> Result<Grouped<Change<Owner>>, Problem> {
    let rows = sqlx::query(
        "SELECT a.id AS of, o.* FROM unnest($1::bigint[]) AS a(id) CROSS JOIN LATERAL (
           SELECT at, owner, seq FROM owners WHERE conversation = a.id ORDER BY at DESC, seq DESC LIMIT $2) o
         ORDER BY a.id, at DESC, seq DESC",
    );
    let rows = rows.bind(ids).bind(limit(CHANGES_MAX)).fetch_all(connection).await?;
    grouped(&rows, |row| {
        let owner = words::owner(row.try_get("owner")?).ok_or(Problem::Row("owner"))?;
        Ok(Change { at: timestamp(row.try_get("at")?)?, to: owner })
    })
}

/// Consent belongs to a customer and a company number, whatever the conversation.
async fn consents(connection: &mut PgConnection, of: &[Conversation]) -> Result<Grouped<Change<bool>>, Problem> {
    let ids: Vec<i64> = of.iter().map(|conversation| conversation.id).collect();
    let customers: Vec<&str> = of.iter().map(|conversation| conversation.customer.as_str()).collect();
    let companies: Vec<&str> = of.iter().map(|conversation| conversation.company.as_str()).collect();
    let rows = sqlx::query(
        "SELECT a.id AS of, c.* FROM unnest($1::bigint[], $2::text[], $3::text[]) AS a(id, customer, company) CROSS JOIN LATERAL (
           SELECT at, opted_out, seq FROM consents WHERE customer = a.customer AND company = a.company ORDER BY at DESC, seq DESC LIMIT $4) c
         ORDER BY a.id, at DESC, seq DESC",
    );
    let rows = rows.bind(ids).bind(customers).bind(companies).bind(limit(CHANGES_MAX)).fetch_all(connection).await?;
    grouped(&rows, |row| Ok(Change { at: timestamp(row.try_get("at")?)?, to: row.try_get::<i64, _>("opted_out")? != 0 }))
}
