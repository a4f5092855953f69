//! Effects that happened, many at once: what was sent becomes a message of its conversation, tags stand on the ticket.

use crate::ledger::postgres::effects::release;
use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::kept;
use crate::ledger::postgres::settlement::Open;
use runtime::effect::{Effect, EffectClaim};
use serde_json::json;
use sqlx::postgres::PgConnection;
use std::collections::BTreeSet;

/// An effect that happened.
pub(crate) struct Done<'a> {
    pub(crate) claim: &'a EffectClaim,
    pub(crate) open: &'a Open,
    pub(crate) vendor_id: &'a str,
    pub(crate) now: i64,
}

impl Done<'_> {
    fn word(&self) -> &'static str {
        match self.claim.effect {
            Effect::Send { .. } => "sent",
            // It stands in the conversation since the person wrote it.
            Effect::Relay { .. } => "relayed",
            Effect::Draft(_) => "drafted",
            Effect::Tag { .. } => "tagged",
            Effect::Escalate { .. } => "escalated",
            Effect::Record { .. } => "recorded",
        }
    }
}

const DONE: &str = "WITH happened AS (
   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[]) WITH ORDINALITY
     AS u(seq, conversation, vendor_id, decision, what, detail, now, n)
 ), told AS (
   INSERT INTO outcomes (at, conversation, decision, what, detail) SELECT now, conversation, decision, what, detail FROM happened ORDER BY n
 ), replied AS (
   UPDATE conversations c SET replied_by = h.decision FROM (SELECT DISTINCT ON (conversation) * FROM happened WHERE what = 'sent'
     ORDER BY conversation, n DESC) h WHERE c.id = h.conversation
 ) UPDATE effects e SET state = 'done', due_at = NULL, worker = NULL, vendor_id = h.vendor_id FROM happened h WHERE e.seq = h.seq";

/// Notes them, and lets what waited for them begin.
pub(crate) async fn done(connection: &mut PgConnection, happened: &[Done<'_>]) -> Result<(), Problem> {
    if happened.is_empty() {
        return Ok(());
    }
    let numbers = |of: fn(&Done<'_>) -> i64| happened.iter().map(of).collect::<Vec<i64>>();
    let decisions: Vec<&str> = happened.iter().map(|done| done.claim.decision.0.as_str()).collect();
    let detail = |done: &Done<'_>| json!({ "effect": done.claim.key.0, "vendor_id": done.vendor_id }).to_string();
    let note = sqlx::query(DONE)
        .bind(numbers(|done| done.open.seq))
        .bind(numbers(|done| done.open.conversation))
        .bind(happened.iter().map(|done| kept(done.vendor_id).into_owned()).collect::<Vec<_>>())
        .bind(&decisions)
        .bind(happened.iter().map(Done::word).collect::<Vec<_>>())
        .bind(happened.iter().map(detail).collect::<Vec<_>>())
        .bind(numbers(|done| done.now));
    note.execute(&mut *connection).await?;
    let said: Vec<&Done<'_>> = happened.iter().filter(|done| matches!(done.claim.effect, Effect::Send { .. })).collect();
    say(connection, &said).await?;
    put_on(connection, happened).await?;
    let now = happened.iter().map(|done| done.now).max().unwrap_or(0);
    release(connection, &decisions, now).await
}

/// A reply stands right behind the newest message that it answers, its parts in their order.
const SAY: &str = "INSERT INTO messages (seq, message_id, conversation, position, part, author, state, at, received_at, text, decision)
 SELECT nextval('messages_seq_seq'), a.id, a.conversation, a.answers * 2 + 1, a.part, 'bot', 'bot', a.now, a.now, a.text, a.decision
 FROM (SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[]) WITH ORDINALITY
   AS u(id, conversation, answers, part, now, text, decision, n) ORDER BY n) a ON CONFLICT (message_id) DO NOTHING RETURNING message_id";

/// What was sent takes the vendor's id, so that the vendor's echo of it is a duplicate; when that id is taken, the key.
async fn say(connection: &mut PgConnection, said: &[&Done<'_>]) -> Result<(), Problem> {
    let (named, mut nameless): (Vec<&Done<'_>>, Vec<&Done<'_>>) = said.iter().partition(|done| !done.vendor_id.is_empty());
    let mut free = BTreeSet::new();
    let (first, again): (Vec<&Done<'_>>, Vec<&Done<'_>>) = named.into_iter().partition(|done| free.insert(done.vendor_id));
    nameless.extend(again);
    if !first.is_empty() {
        let ids = first.iter().map(|done| kept(done.vendor_id).into_owned()).collect();
        let taken: BTreeSet<String> = insert(connection, &first, ids).await?.into_iter().collect();
        nameless.extend(first.iter().filter(|done| !taken.contains(kept(done.vendor_id).as_ref())));
    }
    if !nameless.is_empty() {
        let ids = nameless.iter().map(|done| done.claim.key.0.clone()).collect();
        insert(connection, &nameless, ids).await?;
    }
    Ok(())
}

async fn insert(connection: &mut PgConnection, said: &[&Done<'_>], ids: Vec<String>) -> Result<Vec<String>, Problem> {
    let numbers = |of: fn(&Done<'_>) -> i64| said.iter().map(|done| of(done)).collect::<Vec<i64>>();
    let text = |done: &&Done<'_>| match &done.claim.effect {
        Effect::Send { text, .. } => kept(text).into_owned(),
        Effect::Relay { .. } | Effect::Draft(_) | Effect::Tag { .. } | Effect::Escalate { .. } | Effect::Record { .. } => String::new(),
    };
    let insert = sqlx::query_scalar(SAY)
        .bind(ids)
        .bind(numbers(|done| done.open.conversation))
        .bind(numbers(|done| done.open.answers))
        .bind(numbers(|done| done.open.ordinal))
        .bind(numbers(|done| done.now))
        .bind(said.iter().map(text).collect::<Vec<_>>())
        .bind(said.iter().map(|done| done.claim.decision.0.as_str()).collect::<Vec<_>>());
    Ok(insert.fetch_all(connection).await?)
}

async fn put_on(connection: &mut PgConnection, happened: &[Done<'_>]) -> Result<(), Problem> {
    let (mut conversations, mut tags, mut ats) = (Vec::new(), Vec::new(), Vec::new());
    for done in happened {
        let Effect::Tag { tags: put } = &done.claim.effect else { continue };
        for tag in put {
            conversations.push(done.open.conversation);
            tags.push(kept(&tag.0).into_owned());
            ats.push(done.now);
        }
    }
    if tags.is_empty() {
        return Ok(());
    }
    let insert = sqlx::query(
        "INSERT INTO tags (conversation, tag, at) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])
         ON CONFLICT (conversation, tag) DO NOTHING",
    );
    insert.bind(conversations).bind(tags).bind(ats).execute(connection).await?;
    Ok(())
}
