//! Delivery news of the in-memory ledger.

use crate::ledger::memory::state::{Consent, EffectRow, State, cut};
use jiff::Timestamp;
use runtime::delivery::{DeliveryReport, Noted};
use runtime::effect::{DecisionId, EffectKey, EffectState};
use runtime::ports::sms_gateway::Bill;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, MessageId};

impl State {
    pub(crate) fn note_delivery(&mut self, report: &DeliveryReport, now: Timestamp) -> Noted {
        let is_send = |row: &&EffectRow| row.goes_out();
        let by_key = self.effects.iter().filter(is_send).find(|row| report.key.as_ref() == Some(&row.key));
        let by_id = || self.effects.iter().filter(is_send).find(|row| row.vendor_id.as_ref() == Some(&report.vendor_id));
        let Some(row) = by_key.or_else(by_id).cloned() else { return Noted::NoSuchSend };
        if row.delivery.is_some_and(|known| !report.state.follows(known)) {
            return Noted::Known;
        }
        let is_open = matches!(row.state, EffectState::Pending | EffectState::Sending | EffectState::Unknown);
        if row.begun_at.is_some() && is_open {
            self.accepted(&row, &report.vendor_id, now);
        }
        if let Some(row) = self.effects.iter_mut().find(|found| found.key == row.key) {
            row.delivery = Some(report.state);
        }
        if report.state.is_lost() {
            let problem = report.problem.clone().unwrap_or_else(|| format!("the phone network says {}", report.state.name()));
            self.failed(&row, &problem, now);
            self.release(&row.decision, now);
        }
        if report.opted_out {
            self.opted_out(&row, now);
        }
        Noted::News
    }

    /// The customer has opted out with the carrier.
    pub(crate) fn opted_out(&mut self, row: &EffectRow, now: Timestamp) {
        let Some(conversation) = self.conversations.get(&row.ticket) else { return };
        let (customer, company) = (conversation.customer.clone(), conversation.company.clone());
        self.change_consent(Consent { customer, company, at: cut(now), is_out: true, decision: row.decision.clone() }, now);
    }

    /// The carrier has taken an opt-out or opt-in; the message that asked for it stands where a decision would.
    pub(crate) fn note_consent(&mut self, cause: &MessageId, customer: &PhoneNumber, company: &PhoneNumber, is_out: bool, now: Timestamp) {
        let decision = DecisionId(cause.0.clone());
        let is_it = |consent: &Consent| &consent.customer == customer && &consent.company == company && consent.decision == decision;
        if !self.consents.iter().any(is_it) {
            let (customer, company) = (customer.clone(), company.clone());
            self.change_consent(Consent { customer, company, at: cut(now), is_out, decision }, now);
        }
    }

    /// The send that the phone network knows by this id.
    pub(crate) fn send_of(&self, vendor_id: &str) -> Option<EffectKey> {
        let is_it = |row: &&EffectRow| row.goes_out() && row.vendor_id.as_deref() == Some(vendor_id);
        self.effects.iter().find(is_it).map(|row| row.key.clone())
    }

    /// Messages without a price that were sent between these moments.
    pub(crate) fn unbilled(&self, after: Timestamp, before: Timestamp, max: usize) -> Vec<String> {
        let is_within = |at: i64| at > after.as_millisecond() && at <= before.as_millisecond();
        let is_sent = |row: &&EffectRow| row.goes_out() && row.state == EffectState::Done && !row.is_billed;
        let sent = self.effects.iter().filter(is_sent).filter(|row| row.begun_at.is_some_and(is_within));
        sent.filter_map(|row| row.vendor_id.clone()).take(max).collect()
    }

    /// Keeps what a message came to.
    pub(crate) fn note_bill(&mut self, bill: &Bill, now: Timestamp) {
        self.note_delivery(&bill.report, now);
        let is_it = |row: &&mut EffectRow| row.vendor_id.as_ref() == Some(&bill.report.vendor_id);
        if let Some(row) = self.effects.iter_mut().find(is_it).filter(|_| bill.price_micros.is_some()) {
            row.is_billed = true;
        }
    }

    /// When the newest message that somebody else wrote was taken in.
    pub(crate) fn last_received(&self) -> Option<Timestamp> {
        let messages = self.conversations.values().flat_map(|conversation| &conversation.messages);
        let newest = messages.filter(|row| row.message.author != Author::Bot).max_by_key(|row| row.seq)?;
        Timestamp::from_millisecond(newest.received_at).ok()
    }
}
