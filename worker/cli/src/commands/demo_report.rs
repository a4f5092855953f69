//! What the demo shows: every turn with what was decided and why, then the totals.

use crate::commands::learn::Learned;
use crate::screen::Screen;
use runtime::effect::{Effect, EffectState};
use runtime::ports::records::{Records, StoredDecision};
use serde_json::json;
use triage::decision::Action;
use triage::policy::Policy;
use triage::sms::price::MicroUsd;
use triage::sms::segments::segments;
use triage::ticket::{Author, Ticket};

/// Decisions that are read back; the demo has far fewer.
const DECISIONS_MAX: usize = 1_000;
/// Characters of a customer's turn in the table.
const TURN_CHARS_MAX: usize = 90;

/// Money and segments of the day.
#[derive(Debug, Default, serde::Serialize)]
struct Totals {
    segments_in: u32,
    segments_out: u32,
    price_micros: u64,
    sends: usize,
}

/// Prints the table and the totals.
pub async fn print(screen: &Screen, policy: &Policy, records: &dyn Records, learned: &Learned, delivered: usize) -> anyhow::Result<()> {
    let mut decisions = records.decisions(DECISIONS_MAX).await?;
    decisions.reverse();
    let status = records.status().await?;
    let mut totals = Totals::default();
    let mut rows = Vec::new();
    for stored in &decisions {
        let Some(ticket) = records.ticket(&stored.decision.receipt.ticket).await? else { continue };
        let said = turn_text(stored, &ticket);
        count(&mut totals, policy, stored, &ticket);
        rows.push(vec![clock_time(stored), cut(&said), stored.decision.action.name().to_owned(), outcome(stored)]);
    }
    screen.line("");
    screen.table(&["time", "the customer wrote", "decision", "what was done and why"], rows);
    let answered = decisions.iter().filter(|stored| matches!(stored.decision.action, Action::Reply { .. })).count();
    screen.line(format!(
        "{delivered} deliveries, {} messages ({} delivered twice), {} turns: {}.",
        status.received + status.agent_messages,
        delivered as u64 - status.received - status.agent_messages,
        decisions.len(),
        status.decisions.iter().map(|(action, count)| format!("{action} {count}")).collect::<Vec<_>>().join(", ")
    ));
    screen.line(format!(
        "{answered} turns answered with {} SMS of {} segments; {} segments came in; {} at list prices.",
        totals.sends,
        totals.segments_out,
        totals.segments_in,
        MicroUsd(totals.price_micros)
    ));
    screen.line(format!(
        "The dial is {} wrong per 100. On the shop's past an estimated {:.0} to {:.0} % of turns can be answered at that dial.",
        policy.max_wrong_per_100,
        learned.answered.low * 100.0,
        learned.answered.high * 100.0
    ));
    screen.line(format!("{} customers have opted out; {} dead letters.", status.opted_out, status.dead_letters));
    screen.json(&json!({ "learned": learned, "decisions": decisions, "status": status, "totals": totals }))?;
    Ok(())
}

fn turn_text(stored: &StoredDecision, ticket: &Ticket) -> String {
    let turn = &stored.decision.receipt.messages;
    let texts = ticket.messages.iter().filter(|message| turn.contains(&message.id)).map(|message| match message.text.trim() {
        "" => "[picture]".to_owned(),
        text => text.replace('\n', " "),
    });
    texts.collect::<Vec<_>>().join(" | ")
}

fn count(totals: &mut Totals, policy: &Policy, stored: &StoredDecision, ticket: &Ticket) {
    let number = ticket.customer.reveal();
    // A turn may hold messages that an earlier turn held too: only the newest is this turn's own.
    let newest = ticket.messages.iter().find(|message| message.id == stored.message && message.author == Author::Customer);
    let incoming = newest.map_or(0, |message| segments(&message.text).count);
    totals.segments_in += incoming;
    totals.price_micros += policy.sms.prices.inbound(number, incoming).0;
    for effect in stored.effects.iter().filter(|effect| effect.state == EffectState::Done) {
        if let Effect::Send { text, .. } = &effect.effect {
            let outgoing = segments(text).count;
            totals.sends += 1;
            totals.segments_out += outgoing;
            totals.price_micros += policy.sms.prices.outbound(number, outgoing).0;
        }
    }
}

fn outcome(stored: &StoredDecision) -> String {
    let decision = &stored.decision;
    let why = decision.reason.sentence();
    let judged =
        decision.receipt.judgement.as_ref().map_or(String::new(), |judgement| format!(" ({:.1} per 100)", judgement.wrong_per_100));
    match &decision.action {
        Action::Reply { texts } => format!("\"{}\"{judged}", texts.join(" / ")),
        Action::Draft { text } => format!("{why}{judged}: \"{text}\""),
        Action::Escalate { .. } => format!("{why}; to {}", decision.team.as_ref().map_or("a person", |team| team.0.as_str())),
        Action::TagOnly | Action::Ignore => why.to_owned(),
    }
}

fn clock_time(stored: &StoredDecision) -> String {
    stored.decision.receipt.as_of.strftime("%H:%M:%S").to_string()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(TURN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
