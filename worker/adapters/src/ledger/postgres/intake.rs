//! Taking in: messages once by their id, many at once, and bytes that are no message once by their hash.

use crate::ledger::postgres::drafts;
use crate::ledger::postgres::lane::Batch;
use crate::ledger::postgres::outcomes;
use crate::ledger::postgres::person::{self, give_to_person};
use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::{kept, timestamp};
use crate::ledger::postgres::store::{Durability, Verb};
use crate::ledger::words::{author_word, ms};
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::inbound::{Act, InboundMessage};
use runtime::ports::ledger::{MALFORMED_BYTES_MAX, Malformed, Received};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use triage::ticket::Author;

/// One call of `receive`.
pub(crate) struct Arrivals {
    pub(crate) messages: Vec<InboundMessage>,
    pub(crate) now: Timestamp,
}

/// Takes messages in.
pub(crate) struct Receive;

/// A message that may be new.
struct New<'a> {
    inbound: &'a InboundMessage,
    id: String,
    ticket: String,
    now: Timestamp,
}

#[async_trait]
impl Batch for Receive {
    type Item = Arrivals;
    type Answer = Vec<Received>;

    fn key(_: &Arrivals) -> Option<&str> {
        None
    }

    fn durability(_: &[Arrivals]) -> Durability {
        Durability::Durable
    }

    async fn run(connection: &mut PgConnection, calls: &[Arrivals]) -> Result<Vec<Vec<Received>>, Problem> {
        let arrived = calls.iter().flat_map(|call| call.messages.iter().map(|inbound| Arrived { inbound, now: call.now }));
        let arrived: Vec<Arrived<'_>> = arrived.collect();
        let mut told = Vec::with_capacity(arrived.len());
        for run in arrived.chunk_by(|one, next| !one.stands_alone() && !next.stands_alone()) {
            match run {
                [alone] if alone.stands_alone() => told.push(by_itself(connection, alone).await?),
                run => told.extend(together(connection, run).await?),
            }
        }
        let mut told = told.into_iter();
        Ok(calls.iter().map(|call| told.by_ref().take(call.messages.len()).collect()).collect())
    }
}

/// A message and when it came.
struct Arrived<'a> {
    inbound: &'a InboundMessage,
    now: Timestamp,
}

impl Arrived<'_> {
    /// What becomes of it hangs on what stands in the conversation at its turn.
    fn stands_alone(&self) -> bool {
        self.inbound.author == Author::Agent && (self.inbound.act != Act::Said || self.inbound.text.is_empty())
    }
}

/// A message of a person that does something beside standing in the conversation.
async fn by_itself(connection: &mut PgConnection, arrived: &Arrived<'_>) -> Result<Received, Problem> {
    let &Arrived { inbound, now } = arrived;
    if inbound.act == Act::HandBack {
        return person::hand_back(connection, inbound, now).await;
    }
    let mut told = together(connection, std::slice::from_ref(arrived)).await?;
    if told.contains(&Received::Duplicate)
        && let Some(again) = person::taken_again(connection, inbound, now).await?
    {
        told = together(connection, &[Arrived { inbound: &again, now }]).await?;
    }
    Ok(told.pop().unwrap_or(Received::Duplicate))
}

/// Messages whose order is that of their arrival numbers and nothing more.
async fn together(connection: &mut PgConnection, run: &[Arrived<'_>]) -> Result<Vec<Received>, Problem> {
    let new = unknown(connection, run).await?;
    let taken = if new.is_empty() { BTreeMap::new() } else { take_in(connection, &new).await? };
    for message in new.iter().filter(|message| message.inbound.author == Author::Agent) {
        if let Some((seq, conversation)) = taken.get(&message.id) {
            agent_wrote(connection, message, *seq, *conversation).await?;
            person::send_on(connection, message.inbound, *conversation, *seq, message.now).await?;
        }
    }
    // The first of its id is new, each later one is not.
    let mut left: BTreeSet<String> = taken.into_keys().collect();
    let told = |arrived: &Arrived<'_>| {
        if left.remove(kept(&arrived.inbound.message_id.0).as_ref()) { Received::New } else { Received::Duplicate }
    };
    Ok(run.iter().map(told).collect())
}

/// The messages that are not in the ledger, the first of each id.
async fn unknown<'a>(connection: &mut PgConnection, run: &[Arrived<'a>]) -> Result<Vec<New<'a>>, Problem> {
    let mut new: Vec<New<'a>> = Vec::new();
    let mut seen = BTreeSet::new();
    for &Arrived { inbound, now } in run {
        let id = kept(&inbound.message_id.0).into_owned();
        if seen.insert(id.clone()) {
            let ticket = kept(&inbound.ticket_id().0).into_owned();
            new.push(New { inbound, id, ticket, now });
        }
    }
    let ids: Vec<&str> = new.iter().map(|message| message.id.as_str()).collect();
    let known = sqlx::query_scalar("SELECT message_id FROM messages WHERE message_id = ANY($1)");
    let known: BTreeSet<String> = known.bind(&ids).fetch_all(connection).await?.into_iter().collect();
    new.retain(|message| !known.contains(&message.id));
    Ok(new)
}

/// The conversations are there and locked: arrival numbers are drawn behind the lock, so that their order is that of the commits.
async fn conversations(connection: &mut PgConnection, new: &[New<'_>]) -> Result<BTreeMap<String, i64>, Problem> {
    let mut first: BTreeMap<&str, &InboundMessage> = BTreeMap::new();
    for message in new {
        first.entry(&message.ticket).or_insert(message.inbound);
    }
    let tickets: Vec<&str> = first.keys().copied().collect();
    let customers: Vec<&str> = first.values().map(|inbound| inbound.from.reveal()).collect();
    let companies: Vec<&str> = first.values().map(|inbound| inbound.to.reveal()).collect();
    let rows = sqlx::query_as(
        "INSERT INTO conversations (ticket, customer, company)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS a(ticket, customer, company) ORDER BY ticket
         ON CONFLICT (ticket) DO UPDATE SET ticket = excluded.ticket RETURNING ticket, id",
    );
    let rows: Vec<(String, i64)> = rows.bind(tickets).bind(customers).bind(companies).fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

/// Writes messages. The turns of customers who wrote grow: a claim in force no longer holds, and the burst window starts again,
/// postponed or not.
const TAKE_IN: &str = "WITH taken AS (
   INSERT INTO messages (seq, message_id, conversation, position, author, state, at, received_at, text, media, carrier_answered)
   SELECT seq, message_id, conversation, seq * 2, author, CASE author WHEN 'customer' THEN 'waiting' ELSE author END, at, received_at,
     text, media, carrier_answered
   FROM (SELECT nextval('messages_seq_seq') AS seq, a.* FROM (
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::bigint[])
       WITH ORDINALITY AS u(message_id, conversation, author, at, received_at, text, media, carrier_answered, n) ORDER BY n) a) s
   ON CONFLICT (message_id) DO NOTHING RETURNING message_id, seq, conversation, author, received_at
 ), wrote AS (
   SELECT conversation, MAX(seq) AS seq, MIN(received_at) AS first_at, MAX(received_at) AS last_at FROM taken WHERE author = 'customer'
   GROUP BY conversation
 ), again AS (
   INSERT INTO outcomes (at, conversation, decision, what, detail)
   SELECT w.first_at, c.id, c.replied_by, 'customer_wrote_again', '{}' FROM wrote w JOIN conversations c ON c.id = w.conversation
   WHERE c.replied_by IS NOT NULL
 ), grown AS (
   UPDATE conversations c SET last_customer = w.seq, newest_at = w.last_at, oldest_at = COALESCE(c.oldest_at, w.first_at),
     postponed_until = NULL, lease_worker = NULL, leased_at = NULL, lease_until = NULL, replied_by = NULL
   FROM wrote w WHERE c.id = w.conversation
 ) SELECT message_id, seq, conversation FROM taken";

/// Arrival number and conversation of each message that was new in the end.
async fn take_in(connection: &mut PgConnection, new: &[New<'_>]) -> Result<BTreeMap<String, (i64, i64)>, Problem> {
    let of = conversations(connection, new).await?;
    let (mut ids, mut conversations, mut authors, mut ats, mut received) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut texts, mut media, mut answered) = (Vec::new(), Vec::new(), Vec::new());
    for new in new {
        let message = new.inbound.message(new.now);
        ids.push(new.id.as_str());
        conversations.push(*of.get(&new.ticket).ok_or(Problem::Row("conversation"))?);
        authors.push(author_word(message.author));
        ats.push(ms(message.at));
        received.push(ms(new.now));
        texts.push(kept(&message.text).into_owned());
        media.push(if message.media.is_empty() { None } else { Some(serde_json::to_string(&message.media)?) });
        answered.push(i64::from(message.carrier_answered));
    }
    let take = sqlx::query_as(TAKE_IN).bind(ids).bind(conversations).bind(authors).bind(ats).bind(received);
    let rows: Vec<(String, i64, i64)> = take.bind(texts).bind(media).bind(answered).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(id, seq, conversation)| (id, (seq, conversation))).collect())
}

/// A person has it now: a claim in force no longer holds.
async fn agent_wrote(connection: &mut PgConnection, message: &New<'_>, seq: i64, conversation: i64) -> Result<(), Problem> {
    let now = ms(message.now);
    let taken = "UPDATE conversations SET last_agent = $2, lease_worker = NULL, leased_at = NULL, lease_until = NULL WHERE id = $1";
    sqlx::query(taken).bind(conversation).bind(seq).execute(&mut *connection).await?;
    give_to_person(connection, conversation, ms(message.inbound.message(message.now).at)).await?;
    let newest = sqlx::query_scalar("SELECT id FROM decisions WHERE conversation = $1 ORDER BY seq DESC LIMIT 1");
    let decision: Option<String> = newest.bind(conversation).fetch_optional(&mut *connection).await?;
    outcomes::append(connection, conversation, decision.as_deref(), "agent_replied", &json!({}), now).await?;
    drafts::measure(connection, conversation, &message.inbound.text, now).await
}

/// Puts bytes that are no message among the dead letters, unless the same bytes are there already, open or closed.
pub(crate) struct ReceiveMalformed<'a> {
    pub(crate) malformed: &'a [Malformed],
    pub(crate) now: Timestamp,
}

#[async_trait]
impl Verb for ReceiveMalformed<'_> {
    type Answer = ();

    async fn run(&self, connection: &mut PgConnection) -> Result<(), Problem> {
        for malformed in self.malformed {
            let hash = Sha256::digest(&malformed.payload);
            let shown = malformed.payload.get(..MALFORMED_BYTES_MAX).unwrap_or(&malformed.payload);
            let insert = sqlx::query(
                "INSERT INTO dead_letters (kind, reason, at, payload, payload_hash) SELECT 'malformed', $1, $2, $3, $4
                 WHERE NOT EXISTS (SELECT 1 FROM dead_letters WHERE payload_hash = $4) ON CONFLICT (payload_hash) DO NOTHING",
            );
            insert.bind(kept(&malformed.problem)).bind(ms(self.now)).bind(shown).bind(hash.as_slice()).execute(&mut *connection).await?;
        }
        Ok(())
    }
}

/// When the newest message that somebody else wrote was taken in.
pub(crate) struct LastReceived;

#[async_trait]
impl Verb for LastReceived {
    type Answer = Option<Timestamp>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Option<Timestamp>, Problem> {
        let sql = "SELECT received_at FROM messages WHERE author <> 'bot' ORDER BY seq DESC LIMIT 1";
        let at: Option<i64> = sqlx::query_scalar(sql).fetch_optional(connection).await?;
        at.map(timestamp).transpose()
    }
}
