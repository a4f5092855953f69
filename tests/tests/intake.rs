//! Intake when the ledger does not take what it is given: whose fault it is, and what becomes of the others.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

use adapters::clock::system::SystemClock;
use adapters::inbox::memory::MemoryInbox;
use adapters::ledger::memory::MemoryLedger;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::delivery::{DeliveryReport, Noted};
use runtime::effect::{DecisionId, Effect, EffectClaim, EffectKey, EffectOutcome};
use runtime::inbound::InboundMessage;
use runtime::intake::{Open, take_in};
use runtime::ports::inbox::Inbox;
use runtime::ports::ledger::{Claim, ClaimTerms, Ledger, LedgerError, Malformed, Received, WorkerId, Written};
use runtime::ports::records::Records;
use runtime::ports::sms_gateway::Bill;
use std::sync::atomic::{AtomicBool, Ordering};
use triage::decision::Decision;
use triage::phone::PhoneNumber;
use triage::ticket::MessageId;

/// A ledger that takes no message whose text is `bad`, as a database does that cannot hold one of its characters; or none at all.
#[derive(Default)]
struct PickyLedger {
    ledger: MemoryLedger,
    is_transient: bool,
    is_down: AtomicBool,
}

#[async_trait]
impl Ledger for PickyLedger {
    async fn receive(&self, messages: &[InboundMessage], now: Timestamp) -> Result<Vec<Received>, LedgerError> {
        if self.is_down.load(Ordering::SeqCst) || messages.iter().any(|message| message.text == "bad") {
            return Err(LedgerError { problem: "it does not fit".to_owned(), is_transient: self.is_transient });
        }
        self.ledger.receive(messages, now).await
    }
    async fn receive_malformed(&self, malformed: &[Malformed], now: Timestamp) -> Result<(), LedgerError> {
        self.ledger.receive_malformed(malformed, now).await
    }
    async fn claim_due(&self, worker: &WorkerId, now: Timestamp, terms: ClaimTerms) -> Result<Vec<Claim>, LedgerError> {
        self.ledger.claim_due(worker, now, terms).await
    }
    async fn decided(
        &self,
        claim: &Claim,
        id: &DecisionId,
        decision: &Decision,
        effects: &[Effect],
        now: Timestamp,
    ) -> Result<Written, LedgerError> {
        self.ledger.decided(claim, id, decision, effects, now).await
    }
    async fn postpone(&self, claim: &Claim, problem: &str, at: Timestamp) -> Result<Written, LedgerError> {
        self.ledger.postpone(claim, problem, at).await
    }
    async fn bury(&self, claim: &Claim, problem: &str, escalation: &Effect, now: Timestamp) -> Result<Written, LedgerError> {
        self.ledger.bury(claim, problem, escalation, now).await
    }
    async fn claim_effects(&self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<EffectClaim>, LedgerError> {
        self.ledger.claim_effects(worker, now, lease_ms, limit).await
    }
    async fn claim_unknown(&self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<EffectClaim>, LedgerError> {
        self.ledger.claim_unknown(worker, now, lease_ms, limit).await
    }
    async fn send_of(&self, vendor_id: &str) -> Result<Option<EffectKey>, LedgerError> {
        self.ledger.send_of(vendor_id).await
    }
    async fn settle(&self, claim: &EffectClaim, outcome: &EffectOutcome, now: Timestamp) -> Result<Written, LedgerError> {
        self.ledger.settle(claim, outcome, now).await
    }
    async fn note_consent(
        &self,
        cause: &MessageId,
        customer: &PhoneNumber,
        company: &PhoneNumber,
        opted_out: bool,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        self.ledger.note_consent(cause, customer, company, opted_out, now).await
    }
    async fn note_delivery(&self, report: &DeliveryReport, now: Timestamp) -> Result<Noted, LedgerError> {
        self.ledger.note_delivery(report, now).await
    }
    async fn unbilled(&self, after: Timestamp, before: Timestamp, limit: usize) -> Result<Vec<String>, LedgerError> {
        self.ledger.unbilled(after, before, limit).await
    }
    async fn note_bill(&self, vendor_id: &str, bill: &Bill, now: Timestamp) -> Result<(), LedgerError> {
        self.ledger.note_bill(vendor_id, bill, now).await
    }
    async fn recover(&self, now: Timestamp, settle_ms: i64, all_of: Option<&WorkerId>) -> Result<u64, LedgerError> {
        self.ledger.recover(now, settle_ms, all_of).await
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

fn put(inbox: &MemoryInbox, texts: &[&str]) {
    for (n, text) in texts.iter().enumerate() {
        let line = serde_json::json!({
            "v": 1, "message_id": format!("m{}-{n}", inbox.unsettled()), "from": "+12025550142", "to": "+12025550100", "text": text
        });
        inbox.put(line.to_string().into_bytes());
    }
}

async fn rounds(count: usize, inbox: &MemoryInbox, ledger: &PickyLedger, open: &mut Open) {
    for _ in 0..count {
        let _failed = take_in(inbox, ledger, &SystemClock, 100, open).await;
    }
}

#[tokio::test]
async fn a_message_that_the_ledger_cannot_take_holds_up_no_other() {
    let (inbox, ledger, mut open) = (MemoryInbox::default(), PickyLedger::default(), Open::default());
    put(&inbox, &["one", "bad", "two", "bad"]);
    rounds(1, &inbox, &ledger, &mut open).await;
    let status = ledger.ledger.status().await.unwrap();
    assert_eq!((status.received, status.dead_letters, inbox.unsettled()), (2, 2, 0));
    let letters = ledger.ledger.dead_letters(10).await.unwrap();
    assert!(letters.iter().all(|letter| letter.reason.contains("the ledger does not take it: it does not fit")), "{letters:?}");
}

#[tokio::test]
async fn a_lone_message_waits_for_another_to_tell_whose_fault_it_is() {
    let (inbox, ledger, mut open) = (MemoryInbox::default(), PickyLedger::default(), Open::default());
    put(&inbox, &["bad"]);
    rounds(3, &inbox, &ledger, &mut open).await;
    assert_eq!((ledger.ledger.status().await.unwrap().dead_letters, inbox.unsettled()), (0, 1), "it may be the ledger's fault");
    put(&inbox, &["good"]);
    rounds(1, &inbox, &ledger, &mut open).await;
    let status = ledger.ledger.status().await.unwrap();
    assert_eq!((status.received, status.dead_letters, inbox.unsettled()), (1, 1, 0), "it is not");
}

#[tokio::test]
async fn a_ledger_that_takes_nothing_for_a_while_loses_nothing() {
    for is_transient in [true, false] {
        let ledger = PickyLedger { is_transient, ..PickyLedger::default() };
        let (inbox, mut open) = (MemoryInbox::default(), Open::default());
        let texts: Vec<&str> = std::iter::repeat_n("good", 40).collect();
        put(&inbox, &texts);
        ledger.is_down.store(true, Ordering::SeqCst);
        rounds(20, &inbox, &ledger, &mut open).await;
        assert_eq!((ledger.ledger.status().await.unwrap().dead_letters, inbox.unsettled()), (0, 40));
        ledger.is_down.store(false, Ordering::SeqCst);
        rounds(1, &inbox, &ledger, &mut open).await;
        assert_eq!((ledger.ledger.status().await.unwrap().received, inbox.unsettled()), (40, 0));
    }
}

#[tokio::test]
async fn what_trying_again_was_to_mend_is_judged_after_five_failures() {
    let ledger = PickyLedger { is_transient: true, ..PickyLedger::default() };
    let (inbox, mut open) = (MemoryInbox::default(), Open::default());
    put(&inbox, &["good", "bad", "good"]);
    rounds(4, &inbox, &ledger, &mut open).await;
    assert_eq!(inbox.unsettled(), 3);
    rounds(1, &inbox, &ledger, &mut open).await;
    let status = ledger.ledger.status().await.unwrap();
    assert_eq!((status.received, status.dead_letters, inbox.unsettled()), (2, 1, 0));
    assert_eq!(inbox.waiting().await.unwrap(), 0);
}
