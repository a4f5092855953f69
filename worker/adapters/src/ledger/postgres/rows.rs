//! Rows to nouns and back.

use crate::ledger::postgres::problem::Problem;
use crate::ledger::words;
use jiff::Timestamp;
use runtime::effect::{DecisionId, EffectClaim, EffectKey, EffectState};
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};
use std::borrow::Cow;
use triage::phone::PhoneNumber;
use triage::ticket::TicketId;

/// What PostgreSQL can keep of a text: all but NUL, which becomes U+FFFD as everything does that is no text.
pub(crate) fn kept(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// A moment as the ledger gave it.
pub(crate) fn timestamp(ms: i64) -> Result<Timestamp, Problem> {
    Timestamp::from_millisecond(ms).map_err(|_| Problem::Row("time"))
}

/// A state as the ledger gave it.
pub(crate) fn state(word: &str) -> Result<EffectState, Problem> {
    words::state(word).ok_or(Problem::Row("state of an effect"))
}

/// A phone number as the ledger gave it.
pub(crate) fn number(digits: &str) -> Result<PhoneNumber, Problem> {
    PhoneNumber::parse(digits).map_err(|_| Problem::Row("phone number"))
}

/// A fence as SQL takes it.
pub(crate) fn fence(fence: u64) -> i64 {
    i64::try_from(fence).unwrap_or(i64::MAX)
}

/// What the statements need of a conversation.
#[derive(Clone)]
pub(crate) struct Conversation {
    pub(crate) id: i64,
    pub(crate) ticket: TicketId,
    pub(crate) customer: String,
    pub(crate) company: String,
    pub(crate) consent_seen: i64,
}

impl Conversation {
    /// Reads `id, ticket, customer, company, consent_seen`.
    pub(crate) fn of(row: &PgRow) -> Result<Self, Problem> {
        Ok(Conversation {
            id: row.try_get("id")?,
            ticket: TicketId(row.try_get("ticket")?),
            customer: row.try_get("customer")?,
            company: row.try_get("company")?,
            consent_seen: row.try_get("consent_seen")?,
        })
    }
}

/// The conversation of this number, locked: what becomes of its effects is written by one at a time.
pub(crate) async fn lock(connection: &mut PgConnection, id: i64) -> Result<Conversation, Problem> {
    let sql = "SELECT id, ticket, customer, company, consent_seen FROM conversations WHERE id = $1 FOR UPDATE";
    Conversation::of(&sqlx::query(sql).bind(id).fetch_one(connection).await?)
}

/// Reads `key, decision, ticket, customer, company, effect, attempts, begun_at, fence`.
pub(crate) fn effect_claim(row: &PgRow) -> Result<EffectClaim, Problem> {
    let text = |name: &str| row.try_get::<String, _>(name);
    Ok(EffectClaim {
        key: EffectKey(text("key")?),
        decision: DecisionId(text("decision")?),
        ticket: TicketId(text("ticket")?),
        customer: number(&text("customer")?)?,
        company: number(&text("company")?)?,
        effect: serde_json::from_str(&text("effect")?)?,
        attempts: u32::try_from(row.try_get::<i64, _>("attempts")?).unwrap_or(0),
        begun_at: timestamp(row.try_get::<Option<i64>, _>("begun_at")?.unwrap_or(0))?,
        fence: words::count(row.try_get("fence")?),
    })
}
