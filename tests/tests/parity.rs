//! Live and replay decide alike: the whole decision, receipt and all.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use adapters::sms_gateway::memory::MemorySmsGateway;
use runtime::ports::records::Records;
use runtime::settings::WorkerSettings;
use std::sync::Arc;
use tests::test_worker::TestWorker;
use triage::case::Case;

#[tokio::test]
async fn a_message_decided_live_and_in_replay_gives_the_same_decision_whole() {
    let settings = WorkerSettings { burst_window_ms: 0, burst_max_ms: 0, ..WorkerSettings::default() };
    for text in ["do gift cards expire?", "can i return it", "hello", "please stop texting me", "what is the meaning of life", ""] {
        let house = TestWorker::over(Arc::new(MemorySmsGateway::default()), settings.clone()).await.unwrap();
        house.writes("m1", text);
        house.settle().await.unwrap();
        let live = house.ledger.decision("m1").await.unwrap().unwrap();
        let ticket = house.ledger.ticket(&live.decision.receipt.ticket).await.unwrap().unwrap();
        let replayed = house.triage.decide(&Case::at(&ticket, &live.message).unwrap()).await.unwrap();
        assert_eq!(serde_json::to_string(&replayed).unwrap(), serde_json::to_string(&live.decision).unwrap(), "`{text}`");
    }
}
