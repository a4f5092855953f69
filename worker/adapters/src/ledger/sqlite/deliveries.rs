//! What the phone network says of a message that was sent.

use crate::ledger::sqlite::consents::{self, Consent};
use crate::ledger::sqlite::outcomes;
use crate::ledger::sqlite::problem::Problem;
use crate::ledger::sqlite::rows::timestamp;
use crate::ledger::sqlite::settlement::{self, Open};
use runtime::delivery::{DeliveryReport, DeliveryState, Noted};
use runtime::effect::{DecisionId, EffectClaim, EffectKey};
use runtime::ports::sms_gateway::Bill;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;
use triage::phone::PhoneNumber;
use triage::ticket::{MessageId, TicketId};

/// A send, as it stands.
struct Sent {
    claim: EffectClaim,
    open: Open,
    state: String,
    is_begun: bool,
}

/// Notes a piece of news, as the port describes.
pub(crate) fn note(connection: &Connection, report: &DeliveryReport, now: i64) -> Result<Noted, Problem> {
    let Some(sent) = find(connection, report)? else { return Ok(Noted::NoSuchSend) };
    let key = &sent.claim.key.0;
    let mut known = connection.prepare_cached("SELECT state FROM deliveries WHERE effect = ?1")?;
    let known: Option<String> = known.query_row([key], |row| row.get(0)).optional()?;
    if known.and_then(|word| DeliveryState::parse(&word)).is_some_and(|known| !report.state.follows(known)) {
        return Ok(Noted::Known);
    }
    // Whoever has news of it has it: it was accepted, whatever the answer to the send was.
    if sent.is_begun && ["pending", "sending", "unknown"].contains(&sent.state.as_str()) {
        settlement::done(connection, &sent.claim, &sent.open, &report.vendor_id, now)?;
    }
    let mut upsert = connection.prepare_cached(
        "INSERT INTO deliveries (effect, vendor_id, state, code, at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (effect) DO UPDATE SET vendor_id = excluded.vendor_id, state = excluded.state, code = excluded.code, at = excluded.at",
    )?;
    upsert.execute(params![key, report.vendor_id, report.state.name(), report.code, now])?;
    let detail = json!({ "effect": key, "vendor_id": report.vendor_id, "code": report.code });
    outcomes::append(connection, sent.open.conversation, Some(&sent.claim.decision.0), report.state.name(), &detail, now)?;
    if report.state.is_lost() {
        let problem = report.problem.clone().unwrap_or_else(|| format!("the phone network says {}", report.state.name()));
        settlement::lost(connection, &sent.claim, &sent.open, &problem, now)?;
    }
    if report.opted_out {
        settlement::opted_out(connection, &sent.claim, now)?;
    }
    Ok(Noted::News)
}

/// The carrier has taken an opt-out or opt-in; the message that asked for it stands where a decision would.
pub(crate) fn note_consent(
    connection: &Connection,
    cause: &MessageId,
    customer: &PhoneNumber,
    company: &PhoneNumber,
    opted_out: bool,
    now: i64,
) -> Result<(), Problem> {
    let mut known = connection.prepare_cached("SELECT 1 FROM consents WHERE customer = ?1 AND company = ?2 AND decision = ?3")?;
    let who = [customer.reveal(), company.reveal(), cause.0.as_str()];
    if known.exists(who)? {
        return Ok(());
    }
    let [customer, company, cause] = who;
    consents::append(connection, &Consent { customer, company, at: now, opted_out, cause }, now)
}

/// The send that the phone network knows by this id.
pub(crate) fn send_of(connection: &Connection, vendor_id: &str) -> Result<Option<EffectKey>, Problem> {
    let mut statement = connection.prepare_cached("SELECT key FROM effects WHERE vendor_id = ?1 AND kind IN ('send', 'relay')")?;
    Ok(statement.query_row([vendor_id], |row| row.get(0)).optional()?.map(EffectKey))
}

/// Messages without a price that were sent between these moments.
pub(crate) fn unbilled(connection: &Connection, after: i64, before: i64, max: usize) -> Result<Vec<String>, Problem> {
    let mut statement = connection.prepare_cached(
        "SELECT e.vendor_id FROM effects e LEFT JOIN deliveries d ON d.effect = e.key WHERE e.kind IN ('send', 'relay') AND e.state = 'done'
         AND e.vendor_id IS NOT NULL AND e.begun_at > ?1 AND e.begun_at <= ?2 AND d.price_micros IS NULL ORDER BY e.seq",
    )?;
    Ok(statement.query_map([after, before], |row| row.get(0))?.take(max).collect::<Result<_, _>>()?)
}

/// Keeps what a message came to.
pub(crate) fn note_bill(connection: &Connection, vendor_id: &str, bill: &Bill, now: i64) -> Result<(), Problem> {
    let Some(sent) = find(connection, &bill.report)? else { return Ok(()) };
    note(connection, &bill.report, now)?;
    let Some(price) = bill.price_micros else { return Ok(()) };
    let mut update = connection.prepare_cached(
        "UPDATE deliveries SET segments = ?2, price_micros = ?3, currency = ?4 WHERE effect = ?1 AND price_micros IS NULL",
    )?;
    if update.execute(params![sent.claim.key.0, bill.segments, price, bill.currency])? > 0 {
        let detail = json!({ "vendor_id": vendor_id, "segments": bill.segments, "price_micros": price, "currency": bill.currency });
        outcomes::append(connection, sent.open.conversation, Some(&sent.claim.decision.0), "billed", &detail, now)?;
    }
    Ok(())
}

/// By the token that went along, else by the vendor's id.
fn find(connection: &Connection, report: &DeliveryReport) -> Result<Option<Sent>, Problem> {
    let by_key = report.key.as_ref().map(|key| ("key", key.0.as_str()));
    for (column, value) in by_key.into_iter().chain([("vendor_id", report.vendor_id.as_str())]) {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT e.seq, e.conversation, e.ordinal, e.answers, e.state, e.begun_at, e.key, e.decision, e.effect, e.attempts, e.fence,
             c.ticket, c.customer, c.company FROM effects e JOIN conversations c ON c.id = e.conversation
             WHERE e.{column} = ?1 AND e.kind IN ('send', 'relay')"
        ))?;
        let mut rows = statement.query([value])?;
        if let Some(row) = rows.next()? {
            return sent(row).map(Some);
        }
    }
    Ok(None)
}

fn sent(row: &Row<'_>) -> Result<Sent, Problem> {
    let (state, effect): (String, String) = (row.get(4)?, row.get(8)?);
    let begun_at: Option<i64> = row.get(5)?;
    let number = |place: usize| -> Result<PhoneNumber, Problem> {
        PhoneNumber::parse(&row.get::<_, String>(place)?).map_err(|_| Problem::Row("phone number"))
    };
    let open =
        Open { seq: row.get(0)?, conversation: row.get(1)?, ordinal: row.get(2)?, answers: row.get(3)?, is_unknown: state == "unknown" };
    let claim = EffectClaim {
        key: EffectKey(row.get(6)?),
        decision: DecisionId(row.get(7)?),
        ticket: TicketId(row.get(11)?),
        customer: number(12)?,
        company: number(13)?,
        effect: serde_json::from_str(&effect)?,
        attempts: row.get(9)?,
        begun_at: timestamp(begun_at.unwrap_or(0))?,
        fence: u64::try_from(row.get::<_, i64>(10)?).unwrap_or(0),
    };
    Ok(Sent { claim, open, state, is_begun: begun_at.is_some() })
}
