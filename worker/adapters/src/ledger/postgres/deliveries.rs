//! What the phone network says of a message that was sent.

use crate::ledger::postgres::consents::{self, Change};
use crate::ledger::postgres::outcomes;
use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::rows::{effect_claim, kept, lock};
use crate::ledger::postgres::said::{Done, done};
use crate::ledger::postgres::settlement::{self, Open};
use crate::ledger::postgres::store::{Durability, Verb};
use crate::ledger::words::limit;
use async_trait::async_trait;
use runtime::delivery::{DeliveryReport, DeliveryState, Noted};
use runtime::effect::{EffectClaim, EffectKey};
use runtime::ports::sms_gateway::Bill;
use serde_json::json;
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};
use triage::phone::PhoneNumber;
use triage::ticket::MessageId;

/// A send, as it stands.
struct Sent {
    claim: EffectClaim,
    open: Open,
    state: String,
    is_begun: bool,
}

/// Notes a piece of news, as the port describes.
pub(crate) struct NoteDelivery<'a> {
    pub(crate) report: &'a DeliveryReport,
    pub(crate) now: i64,
}

#[async_trait]
impl Verb for NoteDelivery<'_> {
    type Answer = Noted;

    async fn run(&self, connection: &mut PgConnection) -> Result<Noted, Problem> {
        match find(connection, self.report).await? {
            Some(sent) => note(connection, self.report, &sent, self.now).await,
            None => Ok(Noted::NoSuchSend),
        }
    }
}

async fn note(connection: &mut PgConnection, report: &DeliveryReport, sent: &Sent, now: i64) -> Result<Noted, Problem> {
    let key = &sent.claim.key.0;
    let known = sqlx::query_scalar("SELECT state FROM deliveries WHERE effect = $1").bind(key);
    let known: Option<String> = known.fetch_optional(&mut *connection).await?;
    if known.and_then(|word| DeliveryState::parse(&word)).is_some_and(|known| !report.state.follows(known)) {
        return Ok(Noted::Known);
    }
    // Whoever has news of it has it: it was accepted, whatever the answer to the send was.
    if sent.is_begun && ["pending", "sending", "unknown"].contains(&sent.state.as_str()) {
        done(connection, &[Done { claim: &sent.claim, open: &sent.open, vendor_id: &report.vendor_id, now }]).await?;
    }
    let upsert = sqlx::query(
        "INSERT INTO deliveries (effect, vendor_id, state, code, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (effect) DO UPDATE SET vendor_id = excluded.vendor_id, state = excluded.state, code = excluded.code, at = excluded.at",
    );
    let upsert = upsert.bind(key).bind(kept(&report.vendor_id)).bind(report.state.name()).bind(report.code.map(i64::from)).bind(now);
    upsert.execute(&mut *connection).await?;
    let detail = json!({ "effect": key, "vendor_id": report.vendor_id, "code": report.code });
    outcomes::append(connection, sent.open.conversation, Some(&sent.claim.decision.0), report.state.name(), &detail, now).await?;
    if report.state.is_lost() {
        let problem = report.problem.clone().unwrap_or_else(|| format!("the phone network says {}", report.state.name()));
        settlement::lost(connection, &sent.claim, &sent.open, &problem, now).await?;
    }
    if report.opted_out {
        settlement::opted_out(connection, &sent.claim, now).await?;
    }
    Ok(Noted::News)
}

/// The carrier has taken an opt-out or opt-in; the message that asked for it stands where a decision would.
pub(crate) struct NoteConsent<'a> {
    pub(crate) cause: &'a MessageId,
    pub(crate) customer: &'a PhoneNumber,
    pub(crate) company: &'a PhoneNumber,
    pub(crate) opted_out: bool,
    pub(crate) now: i64,
}

#[async_trait]
impl Verb for NoteConsent<'_> {
    type Answer = ();

    async fn run(&self, connection: &mut PgConnection) -> Result<(), Problem> {
        let cause = kept(&self.cause.0);
        let (customer, company) = (self.customer.reveal(), self.company.reveal());
        let change = Change { customer, company, at: self.now, opted_out: self.opted_out, cause: &cause };
        consents::one_at_a_time(connection, &change).await?;
        let known = "SELECT EXISTS (SELECT 1 FROM consents WHERE customer = $1 AND company = $2 AND decision = $3)";
        let known = sqlx::query_scalar(known).bind(customer).bind(company).bind(cause.as_ref());
        if known.fetch_one(&mut *connection).await? {
            return Ok(());
        }
        consents::append(connection, &change, self.now).await
    }
}

/// The send that the phone network knows by this id.
pub(crate) struct SendOf<'a>(pub(crate) &'a str);

#[async_trait]
impl Verb for SendOf<'_> {
    type Answer = Option<EffectKey>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Option<EffectKey>, Problem> {
        let key = sqlx::query_scalar("SELECT key FROM effects WHERE vendor_id = $1 AND kind IN ('send', 'relay') ORDER BY seq LIMIT 1");
        let key: Option<String> = key.bind(kept(self.0)).fetch_optional(connection).await?;
        Ok(key.map(EffectKey))
    }
}

/// Messages without a price that were sent between these moments.
pub(crate) struct Unbilled {
    pub(crate) after: i64,
    pub(crate) before: i64,
    pub(crate) max: usize,
}

#[async_trait]
impl Verb for Unbilled {
    type Answer = Vec<String>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<String>, Problem> {
        let rows = sqlx::query_scalar(
            "SELECT e.vendor_id FROM effects e LEFT JOIN deliveries d ON d.effect = e.key WHERE e.kind IN ('send', 'relay') AND e.state = 'done'
             AND e.vendor_id IS NOT NULL AND e.begun_at > $1 AND e.begun_at <= $2 AND d.price_micros IS NULL ORDER BY e.seq LIMIT $3",
        );
        Ok(rows.bind(self.after).bind(self.before).bind(limit(self.max)).fetch_all(connection).await?)
    }
}

/// Keeps what a message came to.
pub(crate) struct NoteBill<'a> {
    pub(crate) vendor_id: &'a str,
    pub(crate) bill: &'a Bill,
    pub(crate) now: i64,
}

#[async_trait]
impl Verb for NoteBill<'_> {
    type Answer = ();

    fn durability(&self) -> Durability {
        Durability::Ordinary
    }

    async fn run(&self, connection: &mut PgConnection) -> Result<(), Problem> {
        let (bill, vendor_id) = (self.bill, self.vendor_id);
        let Some(sent) = find(connection, &bill.report).await? else { return Ok(()) };
        note(connection, &bill.report, &sent, self.now).await?;
        let Some(price) = bill.price_micros else { return Ok(()) };
        let update =
            sqlx::query("UPDATE deliveries SET segments = $2, price_micros = $3, currency = $4 WHERE effect = $1 AND price_micros IS NULL");
        let update = update.bind(&sent.claim.key.0).bind(i64::from(bill.segments)).bind(price).bind(&bill.currency);
        if update.execute(&mut *connection).await?.rows_affected() > 0 {
            let detail = json!({ "vendor_id": vendor_id, "segments": bill.segments, "price_micros": price, "currency": bill.currency });
            let decision = Some(sent.claim.decision.0.as_str());
            outcomes::append(connection, sent.open.conversation, decision, "billed", &detail, self.now).await?;
        }
        Ok(())
    }
}

/// The columns of a send with its conversation.
macro_rules! sent {
    ($by:literal) => {
        concat!(
            "SELECT e.seq, e.conversation, e.ordinal, e.answers, e.state, e.key, e.decision, c.ticket, c.customer, c.company, e.effect,
             e.attempts, e.begun_at, e.fence FROM effects e JOIN conversations c ON c.id = e.conversation WHERE ",
            $by,
            " = $1 AND e.kind IN ('send', 'relay') ORDER BY e.seq LIMIT 1"
        )
    };
}

/// By the token that went along, else by the vendor's id; locked, its conversation first.
async fn find(connection: &mut PgConnection, report: &DeliveryReport) -> Result<Option<Sent>, Problem> {
    let by_key = report.key.as_ref().map(|key| (sent!("e.key"), kept(&key.0)));
    for (sql, value) in by_key.into_iter().chain([(sent!("e.vendor_id"), kept(&report.vendor_id))]) {
        let Some(found) = sqlx::query(sql).bind(value).fetch_optional(&mut *connection).await? else { continue };
        lock(connection, found.try_get("conversation")?).await?;
        let key: String = found.try_get("key")?;
        return sqlx::query(sent!("e.key")).bind(key).fetch_optional(connection).await?.as_ref().map(sent).transpose();
    }
    Ok(None)
}

fn sent(row: &PgRow) -> Result<Sent, Problem> {
    let state: String = row.try_get("state")?;
    let open = Open {
        seq: row.try_get("seq")?,
        conversation: row.try_get("conversation")?,
        ordinal: row.try_get("ordinal")?,
        answers: row.try_get("answers")?,
        is_unknown: state == "unknown",
    };
    let is_begun = row.try_get::<Option<i64>, _>("begun_at")?.is_some();
    Ok(Sent { claim: effect_claim(row)?, open, state, is_begun })
}
