//! The ledger as a process sees it: every call is a point at which the process may die, before it and after it.

use crate::lives::event::Event;
use crate::lives::mind::asks_for_silence;
use crate::lives::process::{LEDGER_FAILS_SIDES, Plant, Process};
use adapters::ledger::memory::MemoryLedger;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::delivery::{DeliveryReport, Noted};
use runtime::effect::{DecisionId, Effect, EffectClaim, EffectKey, EffectOutcome};
use runtime::inbound::InboundMessage;
use runtime::ports::ledger::{Claim, ClaimTerms, Ledger, LedgerError, Malformed, Received, WorkerId, Written};
use runtime::ports::sms_gateway::Bill;
use std::sync::Arc;
use triage::decision::Decision;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, MessageId};

/// What one process sees of it.
pub struct LedgerOf {
    /// The ledger of the world.
    pub ledger: Arc<MemoryLedger>,
    /// The process.
    pub process: Arc<Process>,
}

impl LedgerOf {
    async fn before(&self) -> Result<(), LedgerError> {
        self.process.point().await;
        let problem = "placed fault".to_owned();
        if self.process.shared.strikes(LEDGER_FAILS_SIDES) { Err(LedgerError { problem, is_transient: true }) } else { Ok(()) }
    }

    async fn after<T>(&self, answer: T) -> T {
        self.process.point().await;
        answer
    }

    fn note(&self, event: Event) {
        self.process.shared.log.note(event);
    }

    fn committed(&self, messages: &[InboundMessage], received: &[Received]) {
        let new = messages.iter().zip(received).filter(|(_, received)| **received == Received::New);
        for (message, _) in new {
            let (id, ticket, author) = (message.message_id.clone(), message.ticket_id(), message.author);
            let stops = author == Author::Customer && asks_for_silence(&message.text);
            self.note(Event::Committed { message: id, ticket, author, stops });
        }
    }
}

#[async_trait]
impl Ledger for LedgerOf {
    async fn receive(&self, messages: &[InboundMessage], now: Timestamp) -> Result<Vec<Received>, LedgerError> {
        self.before().await?;
        let received = match self.process.shared.plant {
            Plant::ForgetsPersons if messages.iter().all(|message| message.author == Author::Agent) => vec![Received::New; messages.len()],
            _ => self.ledger.receive(messages, now).await?,
        };
        self.committed(messages, &received);
        Ok(self.after(received).await)
    }

    async fn receive_malformed(&self, malformed: &[Malformed], now: Timestamp) -> Result<(), LedgerError> {
        self.before().await?;
        self.ledger.receive_malformed(malformed, now).await
    }

    async fn claim_due(&self, worker: &WorkerId, now: Timestamp, terms: ClaimTerms) -> Result<Vec<Claim>, LedgerError> {
        self.before().await?;
        let claims = self.ledger.claim_due(worker, now, terms).await?;
        Ok(self.after(claims).await)
    }

    async fn decided(
        &self,
        claim: &Claim,
        id: &DecisionId,
        decision: &Decision,
        effects: &[Effect],
        now: Timestamp,
    ) -> Result<Written, LedgerError> {
        self.before().await?;
        let effects = if self.process.shared.plant == Plant::LosesTurns { &[] } else { effects };
        let written = self.ledger.decided(claim, id, decision, effects, now).await?;
        if written == Written::Yes {
            let (ticket, newest, action) = (claim.ticket.id.clone(), claim.message.clone(), decision.action.name());
            self.note(Event::Decided { decision: id.clone(), ticket, newest, action });
        }
        Ok(self.after(written).await)
    }

    async fn postpone(&self, claim: &Claim, problem: &str, at: Timestamp) -> Result<Written, LedgerError> {
        self.before().await?;
        let written = self.ledger.postpone(claim, problem, at).await?;
        Ok(self.after(written).await)
    }

    async fn bury(&self, claim: &Claim, problem: &str, escalation: &Effect, now: Timestamp) -> Result<Written, LedgerError> {
        self.before().await?;
        let written = self.ledger.bury(claim, problem, escalation, now).await?;
        if written == Written::Yes {
            self.note(Event::Buried { ticket: claim.ticket.id.clone(), newest: claim.message.clone() });
        }
        Ok(self.after(written).await)
    }

    async fn claim_effects(&self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<EffectClaim>, LedgerError> {
        self.before().await?;
        let claims = self.ledger.claim_effects(worker, now, lease_ms, limit).await?;
        for claim in &claims {
            self.note(Event::Begun { key: claim.key.clone(), ticket: claim.ticket.clone(), kind: claim.effect.name() });
        }
        Ok(self.after(claims).await)
    }

    async fn claim_unknown(&self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<EffectClaim>, LedgerError> {
        self.before().await?;
        let claims = self.ledger.claim_unknown(worker, now, lease_ms, limit).await?;
        Ok(self.after(claims).await)
    }

    async fn settle(&self, claim: &EffectClaim, outcome: &EffectOutcome, now: Timestamp) -> Result<Written, LedgerError> {
        self.before().await?;
        let outcome = match outcome {
            EffectOutcome::Unknown { problem, .. } if self.process.shared.plant == Plant::ForgetsDoubt => {
                EffectOutcome::Again { at: now, problem: problem.clone() }
            }
            outcome => outcome.clone(),
        };
        let written = self.ledger.settle(claim, &outcome, now).await?;
        Ok(self.after(written).await)
    }

    async fn note_consent(
        &self,
        cause: &MessageId,
        customer: &PhoneNumber,
        company: &PhoneNumber,
        opted_out: bool,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        self.before().await?;
        self.ledger.note_consent(cause, customer, company, opted_out, now).await
    }

    async fn note_delivery(&self, report: &DeliveryReport, now: Timestamp) -> Result<Noted, LedgerError> {
        self.before().await?;
        let noted = self.ledger.note_delivery(report, now).await?;
        Ok(self.after(noted).await)
    }

    async fn send_of(&self, vendor_id: &str) -> Result<Option<EffectKey>, LedgerError> {
        self.before().await?;
        self.ledger.send_of(vendor_id).await
    }

    async fn unbilled(&self, after: Timestamp, before: Timestamp, limit: usize) -> Result<Vec<String>, LedgerError> {
        self.ledger.unbilled(after, before, limit).await
    }

    async fn note_bill(&self, vendor_id: &str, bill: &Bill, now: Timestamp) -> Result<(), LedgerError> {
        self.ledger.note_bill(vendor_id, bill, now).await
    }

    async fn recover(&self, now: Timestamp, settle_ms: i64, all_of: Option<&WorkerId>) -> Result<u64, LedgerError> {
        self.before().await?;
        let count = self.ledger.recover(now, settle_ms, all_of).await?;
        Ok(self.after(count).await)
    }

    async fn last_received(&self) -> Result<Option<Timestamp>, LedgerError> {
        self.ledger.last_received().await
    }

    async fn next_due(&self, terms: ClaimTerms) -> Result<Option<Timestamp>, LedgerError> {
        self.ledger.next_due(terms).await
    }

    async fn work_elsewhere(&self) {
        self.ledger.work_elsewhere().await;
    }
}
