//! What came of everything: the ledger beside what customers and the helpdesk really have.

use crate::chaos::customers::Written;
use crate::chaos::house::COMPANY;
use crate::chaos::phone::Phone;
use crate::fakes::address::FakeAddress;
use runtime::effect::{Effect, EffectState};
use runtime::inbound::ticket_of;
use runtime::ports::records::{Records, Status};
use std::collections::{BTreeMap, BTreeSet};
use triage::decision::Action;
use triage::phone::PhoneNumber;

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What the ledger says.
    pub status: Status,
    /// SMS that customers received.
    pub received: u64,
    /// Messages that are nowhere: not in the ledger, or of customers who have neither an answer nor a person.
    pub lost: u64,
    /// Customers who received one send twice, or more replies than they wrote messages.
    pub doubled: u64,
    /// Sends that were begun more than once, all of them after a look-up or a certain refusal.
    pub begun_again: u64,
    /// Sends that were given up and are with a person.
    pub given_up: u64,
    /// Ledger and phone network do not agree on so many sends.
    pub disagreed: u64,
}

/// Looks at everything.
pub async fn look(ledger: &dyn Records, phone: &Phone, desk: &FakeAddress, written: &Written) -> anyhow::Result<Outcome> {
    let status = ledger.status().await?;
    let decisions = ledger.decisions(usize::try_from(status.received).unwrap_or(usize::MAX)).await?;
    let mut outcome = Outcome { received: phone.received().len() as u64, ..Outcome::default() };
    let (mut by_key, mut by_customer): (BTreeMap<String, u64>, BTreeMap<String, u64>) = Default::default();
    for sms in phone.received() {
        *by_key.entry(sms.key).or_default() += 1;
        *by_customer.entry(sms.to).or_default() += 1;
    }
    let on_desk: BTreeSet<String> = desk.lines().values().filter_map(|line| line["ticket"].as_str().map(str::to_owned)).collect();
    let (mut left_alone, mut answered) = (BTreeSet::new(), BTreeSet::new());
    for stored in &decisions {
        for effect in &stored.effects {
            if !matches!(effect.effect, Effect::Send { .. }) {
                continue;
            }
            let is_received = by_key.contains_key(&effect.key.0);
            let agrees = match effect.state {
                EffectState::Done => is_received,
                EffectState::Failed => true,
                EffectState::Pending | EffectState::Sending | EffectState::Unknown | EffectState::Cancelled => !is_received,
            };
            outcome.disagreed += u64::from(!agrees);
            outcome.begun_again += u64::from(effect.attempts > 1);
            outcome.given_up += u64::from(effect.state == EffectState::Failed);
        }
        // Two decisions on one message may not both have spoken.
        if stored.effects.iter().any(|effect| by_key.contains_key(&effect.key.0)) {
            let twice = stored.decision.receipt.messages.iter().filter(|message| !answered.insert((*message).clone())).count();
            outcome.doubled += u64::from(twice > 0);
        }
        if matches!(stored.decision.action, Action::Ignore | Action::TagOnly) {
            left_alone.insert(stored.decision.receipt.ticket.0.clone());
        }
    }
    let mut nowhere = written.messages().saturating_sub(status.received);
    for (customer, messages) in &written.customers {
        let ticket = ticket(customer)?;
        let has_answer = by_customer.contains_key(customer) || on_desk.contains(&ticket) || left_alone.contains(&ticket);
        nowhere += if has_answer { 0 } else { *messages };
        let received = by_customer.get(customer).copied().unwrap_or(0);
        outcome.doubled += u64::from(received > *messages);
    }
    outcome.doubled += by_key.values().filter(|times| **times > 1).count() as u64;
    outcome.lost = nowhere;
    outcome.status = status;
    Ok(outcome)
}

fn ticket(customer: &str) -> anyhow::Result<String> {
    let number = |text: &str| PhoneNumber::parse(text).map_err(|error| anyhow::anyhow!("{error}"));
    Ok(ticket_of(&number(customer)?, &number(COMPANY)?).0)
}
