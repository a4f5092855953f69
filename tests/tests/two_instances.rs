//! Two instances that are wired to each other come to an end.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use adapters::sms_gateway::memory::MemorySmsGateway;
use runtime::ports::clock::Clock;
use runtime::settings::WorkerSettings;
use std::sync::Arc;
use tests::test_worker::TestWorker;

/// Rounds in which each hears what the other said; a loop would fill them all.
const ROUNDS: usize = 20;
/// Automatic replies of one instance at most.
const REPLIES_MAX: usize = 3;

struct Side {
    house: TestWorker,
    phone: Arc<MemorySmsGateway>,
    heard: usize,
}

impl Side {
    async fn new() -> Self {
        let phone = Arc::new(MemorySmsGateway::default());
        let house = TestWorker::over(phone.clone(), WorkerSettings::default()).await.unwrap();
        Side { house, phone, heard: 0 }
    }

    /// Hears what the other has said since it last listened.
    fn hear(&mut self, other: &Side) {
        let said = other.phone.sent();
        for (number, sms) in said.iter().enumerate().skip(self.heard) {
            self.house.writes(&format!("m{number}"), &sms.text);
        }
        self.heard = said.len();
    }
}

#[tokio::test]
async fn each_stops_after_three_automatic_replies() {
    let (mut one, mut other) = (Side::new().await, Side::new().await);
    one.house.writes("first", "do gift cards expire?");
    for _ in 0..ROUNDS {
        one.house.settle().await.unwrap();
        other.hear(&one);
        other.house.settle().await.unwrap();
        one.hear(&other);
        let now = one.house.clock.now().max(other.house.clock.now());
        one.house.clock.set(now);
        other.house.clock.set(now);
    }
    let said = (one.phone.sent().len(), other.phone.sent().len());
    assert!((1..=REPLIES_MAX).contains(&said.0) && said.1 <= REPLIES_MAX, "{said:?}");
    let told = one.house.helpdesk.calls().len() + other.house.helpdesk.calls().len();
    assert!(told > 0, "a person is told");
}
