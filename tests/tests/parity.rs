//! Live and replay decide alike: the whole decision, receipt and all.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use adapters::sms_gateway::memory::MemorySmsGateway;
use cli::commands::courtesy::COURTESY;
use runtime::ports::records::{Records, StoredDecision};
use runtime::settings::WorkerSettings;
use simulations::past::replayable;
use std::sync::Arc;
use tests::test_worker::TestWorker;
use triage::case::Case;
use triage::past::{PastTicket, Resolution};
use triage::ticket::Ticket;

async fn decided(text: &str) -> (TestWorker, StoredDecision, Ticket) {
    let settings = WorkerSettings { burst_window_ms: 0, burst_max_ms: 0, ..WorkerSettings::default() };
    let house = TestWorker::over(Arc::new(MemorySmsGateway::default()), settings).await.unwrap();
    house.writes("m1", text);
    house.settle().await.unwrap();
    let live = house.ledger.decision("m1").await.unwrap().unwrap();
    let ticket = house.ledger.ticket(&live.decision.receipt.ticket).await.unwrap().unwrap();
    (house, live, ticket)
}

#[tokio::test]
async fn a_message_decided_live_and_in_replay_gives_the_same_decision_whole() {
    for text in ["do gift cards expire?", "can i return it", "hello", "please stop texting me", "what is the meaning of life", ""] {
        let (house, live, ticket) = decided(text).await;
        let replayed = house.triage.decide(&Case::at(&ticket, &live.message).unwrap()).await.unwrap();
        assert_eq!(serde_json::to_string(&replayed).unwrap(), serde_json::to_string(&live.decision).unwrap(), "`{text}`");
    }
}

#[tokio::test]
async fn a_finished_conversation_that_a_simulation_takes_up_is_the_case_that_was_decided_live() {
    for text in ["do gift cards expire?", "can i return it", "hello", "please stop texting me", "what is the meaning of life"] {
        let (house, live, ticket) = decided(text).await;
        let past = PastTicket { ticket, intents: Vec::new(), language: None, resolution: Resolution::Unknown };
        let ready = replayable(&past, &COURTESY).unwrap();
        let replayed = house.triage.decide(&ready.case).await.unwrap();
        assert_eq!(serde_json::to_string(&replayed).unwrap(), serde_json::to_string(&live.decision).unwrap(), "`{text}`");
    }
}
