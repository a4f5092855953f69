//! The whole house: one turn, one reply, whatever the gateway says.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use adapters::sms_gateway::memory::MemorySmsGateway;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::ports::clock::Clock;
use runtime::ports::ledger::{Ledger, WorkerId};
use runtime::ports::records::Records;
use runtime::ports::sms_gateway::{OutboundSms, SendError, SmsGateway};
use runtime::settings::WorkerSettings;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use tests::test_worker::TestWorker;

/// How the first send goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    /// It is accepted, but the answer is lost.
    AnswerLost,
    /// It is lost on the way, and nobody says so.
    SendLost,
    /// The gateway asks to wait.
    AskedToWait,
    /// The gateway will never take it.
    Refused,
}

/// A gateway whose first send goes wrong. Like a phone network it knows no keys: what is sent twice is received twice.
struct FaultyGateway {
    listing: MemorySmsGateway,
    received: Mutex<Vec<String>>,
    fault: Fault,
    sends: AtomicU32,
}

impl FaultyGateway {
    async fn accept(&self, sms: &OutboundSms) -> Result<String, SendError> {
        self.received.lock().unwrap().push(sms.text.clone());
        self.listing.send(sms).await
    }
}

#[async_trait]
impl SmsGateway for FaultyGateway {
    async fn send(&self, sms: &OutboundSms) -> Result<String, SendError> {
        if self.sends.fetch_add(1, Ordering::SeqCst) > 0 {
            return self.accept(sms).await;
        }
        let problem = "placed fault".to_owned();
        match self.fault {
            Fault::AnswerLost => {
                self.accept(sms).await?;
                Err(SendError::Unknown { problem })
            }
            Fault::SendLost => Err(SendError::Unknown { problem }),
            Fault::AskedToWait => Err(SendError::Again { problem, retry_after_ms: Some(5_000) }),
            Fault::Refused => Err(SendError::Refused { problem }),
        }
    }

    async fn find(&self, sms: &OutboundSms, begun_at: Timestamp) -> Result<Vec<String>, SendError> {
        self.listing.find(sms, begun_at).await
    }
}

/// Puts one question through a house with this fault; what the customer received and what a person was given.
async fn received_with(fault: Fault) -> (Vec<String>, usize) {
    let gateway =
        Arc::new(FaultyGateway { listing: MemorySmsGateway::default(), received: Mutex::default(), fault, sends: AtomicU32::new(0) });
    let house = TestWorker::over(gateway.clone(), WorkerSettings::default()).await.unwrap();
    house.writes("m1", "do gift cards expire?");
    house.settle().await.unwrap();
    let status = house.ledger.status().await.unwrap();
    assert_eq!((status.received, status.decided, status.waiting), (1, 1, 0), "{fault:?}");
    let received = gateway.received.lock().unwrap().clone();
    (received, house.helpdesk.calls().len())
}

#[tokio::test]
async fn a_send_that_goes_wrong_ends_in_one_reply_or_a_person() {
    let answer = vec!["Gift cards never expire.".to_owned()];
    assert_eq!(received_with(Fault::AnswerLost).await, (answer.clone(), 0));
    assert_eq!(received_with(Fault::SendLost).await, (answer.clone(), 0));
    assert_eq!(received_with(Fault::AskedToWait).await, (answer, 0));
    assert_eq!(received_with(Fault::Refused).await, (vec![], 1), "a person is told");
}

#[tokio::test]
async fn fragments_are_one_turn_and_get_one_reply() {
    let phone = Arc::new(MemorySmsGateway::default());
    let house = TestWorker::over(phone.clone(), WorkerSettings::default()).await.unwrap();
    for (id, text) in [("m1", "hi"), ("m2", "do gift cards"), ("m3", "expire?")] {
        house.writes(id, text);
        house.worker.intake_round().await.unwrap();
        house.clock.advance(3_000);
    }
    house.settle().await.unwrap();
    assert_eq!(house.ledger.status().await.unwrap().decisions.values().sum::<u64>(), 1);
    assert_eq!(phone.sent().len(), 1);
}

#[tokio::test]
async fn a_person_who_writes_before_the_send_keeps_the_ticket() {
    let phone = Arc::new(MemorySmsGateway::default());
    let house = TestWorker::over(phone.clone(), WorkerSettings::default()).await.unwrap();
    house.writes("m1", "do gift cards expire?");
    house.worker.intake_round().await.unwrap();
    house.clock.advance(20_000);
    assert_eq!(house.worker.decision_round().await.unwrap(), 1);
    assert_eq!(house.ledger.decision("m1").await.unwrap().unwrap().decision.action.name(), "reply");
    let agent = serde_json::json!({ "v": 1, "message_id": "a1", "from": "+12025550142", "to": "+12025550100", "text": "Priya here", "author": "agent" });
    house.inbox.put(agent.to_string().into_bytes());
    house.settle().await.unwrap();
    assert!(phone.sent().is_empty(), "the bot does not talk over the agent");
}

#[tokio::test]
async fn a_person_is_told_however_late_and_nothing_is_said_so_late() {
    let gateway = Arc::new(MemorySmsGateway::default());
    for (text, told, said) in [("i want to talk to a person", 1, 0), ("do gift cards expire?", 1, 0)] {
        let house = TestWorker::over(gateway.clone(), WorkerSettings::default()).await.unwrap();
        house.writes("m1", text);
        house.worker.intake_round().await.unwrap();
        house.clock.advance(20_000);
        assert_eq!(house.worker.decision_round().await.unwrap(), 1);
        let dead = WorkerId("dead".to_owned());
        let begun = house.ledger.claim_effects(&dead, house.clock.now(), house.settings.lease_ms, 10).await.unwrap();
        assert!(!begun.is_empty(), "a worker dies right behind the beginning");
        house.clock.advance(2 * house.settings.unknown_max_ms);
        house.worker.recovery_round().await.unwrap();
        house.settle().await.unwrap();
        assert_eq!((house.helpdesk.calls().len(), gateway.sent().len()), (told, said), "{text}");
    }
}
