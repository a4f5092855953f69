//! The in-memory ledger: the same promises over plain structs, for tests, and as the model that the embedded ledger is
//! compared with. Nothing of it is durable, and its claims look through everything: it is for thousands of messages.

pub(crate) mod deliveries;
pub(crate) mod effects;
pub(crate) mod person;
pub(crate) mod records;
pub(crate) mod state;
pub(crate) mod turns;

use crate::ledger::memory::state::State;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::delivery::{DeliveryReport, Noted};
use runtime::effect::{DecisionId, Effect, EffectClaim, EffectKey, EffectOutcome};
use runtime::inbound::InboundMessage;
use runtime::ports::ledger::{Claim, ClaimTerms, Ledger, LedgerError, Malformed, Received, WorkerId, Written};
use runtime::ports::sms_gateway::Bill;
use std::sync::{Mutex, MutexGuard, PoisonError};
use triage::decision::Decision;
use triage::phone::PhoneNumber;
use triage::ticket::MessageId;

/// The in-memory ledger.
#[derive(Default)]
pub struct MemoryLedger {
    state: Mutex<State>,
}

impl MemoryLedger {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn receive(&self, messages: &[InboundMessage], now: Timestamp) -> Result<Vec<Received>, LedgerError> {
        let mut state = self.state();
        Ok(messages.iter().map(|message| state.receive(message, now)).collect())
    }

    async fn receive_malformed(&self, malformed: &[Malformed], now: Timestamp) -> Result<(), LedgerError> {
        let mut state = self.state();
        malformed.iter().for_each(|malformed| state.receive_malformed(malformed, now));
        Ok(())
    }

    async fn claim_due(&self, worker: &WorkerId, now: Timestamp, terms: ClaimTerms) -> Result<Vec<Claim>, LedgerError> {
        Ok(self.state().claim_due(worker, now, terms))
    }

    async fn decided(
        &self,
        claim: &Claim,
        id: &DecisionId,
        decision: &Decision,
        effects: &[Effect],
        now: Timestamp,
    ) -> Result<Written, LedgerError> {
        Ok(self.state().decided(claim, id, decision, effects, now))
    }

    async fn postpone(&self, claim: &Claim, _problem: &str, at: Timestamp) -> Result<Written, LedgerError> {
        Ok(self.state().postpone(claim, at))
    }

    async fn bury(&self, claim: &Claim, problem: &str, escalation: &Effect, now: Timestamp) -> Result<Written, LedgerError> {
        Ok(self.state().bury(claim, problem, escalation, now))
    }

    async fn claim_effects(&self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<EffectClaim>, LedgerError> {
        Ok(self.state().claim_effects(worker, now, lease_ms, limit))
    }

    async fn claim_unknown(&self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<EffectClaim>, LedgerError> {
        Ok(self.state().claim_unknown(worker, now, lease_ms, limit))
    }

    async fn settle(&self, claim: &EffectClaim, outcome: &EffectOutcome, now: Timestamp) -> Result<Written, LedgerError> {
        Ok(self.state().settle(claim, outcome, now))
    }

    async fn note_consent(
        &self,
        cause: &MessageId,
        customer: &PhoneNumber,
        company: &PhoneNumber,
        opted_out: bool,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        self.state().note_consent(cause, customer, company, opted_out, now);
        Ok(())
    }

    async fn note_delivery(&self, report: &DeliveryReport, now: Timestamp) -> Result<Noted, LedgerError> {
        Ok(self.state().note_delivery(report, now))
    }

    async fn send_of(&self, vendor_id: &str) -> Result<Option<EffectKey>, LedgerError> {
        Ok(self.state().send_of(vendor_id))
    }

    async fn unbilled(&self, after: Timestamp, before: Timestamp, limit: usize) -> Result<Vec<String>, LedgerError> {
        Ok(self.state().unbilled(after, before, limit))
    }

    async fn note_bill(&self, _vendor_id: &str, bill: &Bill, now: Timestamp) -> Result<(), LedgerError> {
        self.state().note_bill(bill, now);
        Ok(())
    }

    async fn last_received(&self) -> Result<Option<Timestamp>, LedgerError> {
        Ok(self.state().last_received())
    }

    async fn recover(&self, now: Timestamp, settle_ms: i64, all_of: Option<&WorkerId>) -> Result<u64, LedgerError> {
        let mut state = self.state();
        Ok(state.recover_turns(now, all_of) + state.recover_effects(now, settle_ms, all_of))
    }

    async fn next_due(&self, terms: ClaimTerms) -> Result<Option<Timestamp>, LedgerError> {
        let state = self.state();
        let turn = if state.is_paused { None } else { state.next_turn(terms) };
        let next = [turn, state.next_effect()].into_iter().flatten().min();
        Ok(next.and_then(|at| Timestamp::from_millisecond(at).ok()))
    }
}
