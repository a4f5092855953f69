//! Closing a claim: with a decision and its effects, or with a person and a dead letter.

use crate::ledger::effect_key::effect_key;
use crate::ledger::postgres::consents::{self, Change};
use crate::ledger::postgres::effects::{NewEffect, add, cancel_pending};
use crate::ledger::postgres::lane::Batch;
use crate::ledger::postgres::outcomes;
use crate::ledger::postgres::person::give_to_person;
use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::{fence, kept, timestamp};
use crate::ledger::postgres::store::{Durability, Verb};
use crate::ledger::prepared::{Prepared, PreparedEffect};
use crate::ledger::words::limit;
use async_trait::async_trait;
use runtime::effect::{DecisionId, Effect};
use runtime::ports::ledger::{Claim, Written};
use serde_json::json;
use sqlx::postgres::PgConnection;
use std::collections::BTreeMap;
use triage::decision::ConsentChange;
use triage::ticket::{MessageId, TicketId};

/// What a write under a claim must name.
pub(crate) struct Held {
    pub(crate) ticket: TicketId,
    pub(crate) message: MessageId,
    pub(crate) fence: u64,
}

impl From<&Claim> for Held {
    fn from(claim: &Claim) -> Self {
        Held { ticket: claim.ticket.id.clone(), message: claim.message.clone(), fence: claim.fence }
    }
}

/// One decision to be written.
pub(crate) struct Decided {
    pub(crate) claim: Held,
    pub(crate) prepared: Prepared,
    pub(crate) now: i64,
}

/// Writes decisions.
pub(crate) struct Decide;

/// A turn whose claim holds, locked until the transaction ends.
struct Turn {
    conversation: i64,
    customer: String,
    company: String,
    consent_seen: i64,
    answers: i64,
    asked_at: i64,
}

/// The turns of the claims that still hold, by their place among the claims.
async fn held(connection: &mut PgConnection, claims: &[&Held]) -> Result<BTreeMap<usize, Turn>, Problem> {
    let tickets: Vec<&str> = claims.iter().map(|claim| claim.ticket.0.as_str()).collect();
    let messages: Vec<&str> = claims.iter().map(|claim| claim.message.0.as_str()).collect();
    let fences: Vec<i64> = claims.iter().map(|claim| fence(claim.fence)).collect();
    let rows = sqlx::query_as(
        "SELECT a.n, c.id, c.customer, c.company, c.consent_seen, m.seq, m.at FROM conversations c
         JOIN unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS a(ticket, message, fence, n) ON a.ticket = c.ticket AND a.fence = c.fence
         JOIN messages m ON m.message_id = a.message WHERE c.lease_until IS NOT NULL ORDER BY c.ticket FOR UPDATE OF c",
    );
    let rows: Vec<(i64, i64, String, String, i64, i64, i64)> = rows.bind(tickets).bind(messages).bind(fences).fetch_all(connection).await?;
    let turn = |(n, conversation, customer, company, consent_seen, answers, asked_at): (i64, _, _, _, _, _, _)| {
        (usize::try_from(n - 1).unwrap_or(usize::MAX), Turn { conversation, customer, company, consent_seen, answers, asked_at })
    };
    Ok(rows.into_iter().map(turn).collect())
}

#[async_trait]
impl Batch for Decide {
    type Item = Decided;
    type Answer = Written;

    fn key(item: &Decided) -> Option<&str> {
        Some(&item.claim.ticket.0)
    }

    fn durability(items: &[Decided]) -> Durability {
        let changes_consent = items.iter().any(|item| item.prepared.consent.is_some());
        if changes_consent { Durability::Durable } else { Durability::Ordinary }
    }

    async fn run(connection: &mut PgConnection, items: &[Decided]) -> Result<Vec<Written>, Problem> {
        let claims: Vec<&Held> = items.iter().map(|item| &item.claim).collect();
        let turns = held(connection, &claims).await?;
        let decided: Vec<(&Decided, &Turn)> =
            items.iter().enumerate().filter_map(|(n, item)| turns.get(&n).map(|turn| (item, turn))).collect();
        if !decided.is_empty() {
            write(connection, &decided).await?;
            for (item, turn) in &decided {
                change_consent(connection, item, turn).await?;
            }
            let of: Vec<i64> = decided.iter().map(|(_, turn)| turn.conversation).collect();
            let but: Vec<&str> = decided.iter().map(|(item, _)| item.prepared.id.0.as_str()).collect();
            cancel_pending(connection, &of, &but, decided.iter().map(|(item, _)| item.now).max().unwrap_or(0)).await?;
        }
        Ok((0..items.len()).map(|n| if turns.contains_key(&n) { Written::Yes } else { Written::Superseded }).collect())
    }
}

/// The decision, its line in the outcome ledger, its messages, its person, its effects; and nothing of the conversation is undecided
/// any more.
const WRITE: &str = "WITH turn AS (
   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
     $10::bool[]) WITH ORDINALITY AS u(conversation, answers, consent_seen, now, id, action, reason, decision, outcome, person, n)
 ), kept AS (
   INSERT INTO decisions (id, conversation, message, at, action, reason, decision)
   SELECT id, conversation, answers, now, action, reason, decision FROM turn ORDER BY n
 ), told AS (
   INSERT INTO outcomes (at, conversation, decision, what, detail) SELECT now, conversation, id, 'decided', outcome FROM turn ORDER BY n
 ), answered AS (
   UPDATE messages m SET state = 'decided', decision = t.id FROM turn t WHERE m.conversation = t.conversation AND m.state = 'waiting'
 ), given AS (
   INSERT INTO owners (conversation, at, owner) SELECT conversation, now, 'person' FROM turn WHERE person ORDER BY n
 ), begun AS (
   INSERT INTO effects (key, decision, ordinal, conversation, answers, consent_seen, kind, effect, state, due_at)
   SELECT e.key, t.id, e.ordinal, t.conversation, t.answers, t.consent_seen, e.kind, e.effect, 'pending', CASE e.ordinal WHEN 0 THEN t.now END
   FROM turn t JOIN unnest($11::bigint[], $12::bigint[], $13::text[], $14::text[], $15::text[]) AS e(n, ordinal, key, kind, effect) ON e.n = t.n
   ORDER BY t.n, e.ordinal
 ) UPDATE conversations c SET oldest_at = NULL, newest_at = NULL, postponed_until = NULL, attempts = 0,
   lease_worker = NULL, leased_at = NULL, lease_until = NULL FROM turn t WHERE c.id = t.conversation";

async fn write(connection: &mut PgConnection, decided: &[(&Decided, &Turn)]) -> Result<(), Problem> {
    let numbers = |of: fn(&(&Decided, &Turn)) -> i64| decided.iter().map(of).collect::<Vec<i64>>();
    let texts = |of: fn(&Prepared) -> &str| decided.iter().map(|(item, _)| of(&item.prepared).to_owned()).collect::<Vec<String>>();
    let outcomes: Vec<String> = decided.iter().map(|(item, _)| item.prepared.outcome.to_string()).collect();
    let people: Vec<bool> = decided.iter().map(|(item, _)| item.prepared.for_a_person).collect();
    let (mut of, mut ordinals, mut keys, mut kinds, mut effects) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (n, (item, _)) in (1_i64..).zip(decided) {
        for (ordinal, effect) in item.prepared.effects.iter().enumerate() {
            of.push(n);
            ordinals.push(limit(ordinal));
            keys.push(effect_key(&item.prepared.id, ordinal).0);
            kinds.push(effect.kind);
            effects.push(effect.json.as_str());
        }
    }
    let write = sqlx::query(WRITE)
        .bind(numbers(|(_, turn)| turn.conversation))
        .bind(numbers(|(_, turn)| turn.answers))
        .bind(numbers(|(_, turn)| turn.consent_seen))
        .bind(numbers(|(item, _)| item.now))
        .bind(texts(|prepared| &prepared.id.0))
        .bind(texts(|prepared| prepared.action))
        .bind(texts(|prepared| &prepared.reason))
        .bind(texts(|prepared| &prepared.json));
    write.bind(outcomes).bind(people).bind(of).bind(ordinals).bind(keys).bind(kinds).bind(effects).execute(connection).await?;
    Ok(())
}

/// The change holds from the moment of the message that asked for it, for the customer and the company's number.
async fn change_consent(connection: &mut PgConnection, item: &Decided, turn: &Turn) -> Result<(), Problem> {
    let (opted_out, what) = match item.prepared.consent {
        None => return Ok(()),
        Some(ConsentChange::OptOut) => (true, "opted_out"),
        Some(ConsentChange::OptIn) => (false, "opted_in"),
    };
    let cause = item.prepared.id.0.as_str();
    let change = Change { customer: &turn.customer, company: &turn.company, at: turn.asked_at, opted_out, cause };
    consents::append(connection, &change, item.now).await?;
    let since = json!({ "since": timestamp(turn.asked_at)?.to_string() });
    outcomes::append(connection, turn.conversation, Some(cause), what, &since, item.now).await
}

/// Gives a turn up, as the port describes.
pub(crate) struct Bury<'a> {
    pub(crate) claim: &'a Claim,
    pub(crate) problem: &'a str,
    pub(crate) escalation: &'a Effect,
    pub(crate) now: i64,
}

#[async_trait]
impl Verb for Bury<'_> {
    type Answer = Written;

    async fn run(&self, connection: &mut PgConnection) -> Result<Written, Problem> {
        let (claim, now) = (Held::from(self.claim), self.now);
        let Some(turn) = held(connection, &[&claim]).await?.remove(&0) else { return Ok(Written::Superseded) };
        let of = turn.conversation;
        let letter = sqlx::query_scalar(
            "INSERT INTO dead_letters (kind, conversation, message, reason, at) VALUES ('message', $1, $2, $3, $4) RETURNING id",
        );
        let letter: i64 = letter.bind(of).bind(&claim.message.0).bind(kept(self.problem)).bind(now).fetch_one(&mut *connection).await?;
        let dead = "UPDATE messages SET state = 'dead', dead_letter = $2 WHERE conversation = $1 AND state = 'waiting'";
        sqlx::query(dead).bind(of).bind(letter).execute(&mut *connection).await?;
        let close = "UPDATE conversations SET oldest_at = NULL, newest_at = NULL, postponed_until = NULL, attempts = 0,
         lease_worker = NULL, leased_at = NULL, lease_until = NULL WHERE id = $1";
        sqlx::query(close).bind(of).execute(&mut *connection).await?;
        give_to_person(connection, of, now).await?;
        let id = DecisionId::of(&claim.ticket, &claim.message, claim.fence);
        let effect = PreparedEffect::of(self.escalation)?;
        let new = NewEffect {
            conversation: of,
            consent_seen: turn.consent_seen,
            answers: turn.answers,
            decision: &id,
            ordinal: 0,
            effect: &effect,
            due_at: Some(now),
        };
        add(connection, &new).await?;
        let detail = json!({ "problem": self.problem, "effect": effect_key(&id, 0).0 });
        outcomes::append(connection, of, None, "buried", &detail, now).await?;
        Ok(Written::Yes)
    }
}
