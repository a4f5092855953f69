//! A slow turn or a slow send holds back no other: the slow one is let go only when all others are answered.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests

use adapters::sms_gateway::memory::MemorySmsGateway;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::ports::sms_gateway::{OutboundSms, SendError, SmsGateway};
use runtime::settings::WorkerSettings;
use runtime::worker::Worker;
use std::sync::Arc;
use std::time::Duration;
use tests::test_worker::TestWorker;
use tokio::sync::{Notify, mpsc, watch};
use triage::case::Case;
use triage::classification::Classification;
use triage::ports::{Classifier, StageError};

/// Customers who write beside the slow one.
const OTHERS: usize = 6;
/// Turns and effects in flight: fewer than there are customers.
const PLACES: usize = 2;
/// A worker that lets the others wait for the slow one would wait for ever; then the test ends here.
const HANGS_AFTER: Duration = Duration::from_secs(120);

/// No deadline ends the slow one within the test.
fn settings() -> WorkerSettings {
    let hour_ms = 3_600_000;
    WorkerSettings {
        burst_window_ms: 0,
        turns_in_flight: PLACES,
        effects_in_flight: PLACES,
        decision_deadline_ms: hour_ms,
        effect_deadline_ms: hour_ms,
        lease_ms: 2 * hour_ms,
        ..WorkerSettings::default()
    }
}

/// Every other call goes through; the one of the slow customer waits until it is let go.
struct Slow<T> {
    inner: T,
    let_go: Arc<Notify>,
}

#[async_trait]
impl Classifier for Slow<Arc<dyn Classifier>> {
    async fn classify(&self, case: &Case, text: &str) -> Result<Classification, StageError> {
        if text.contains("slowly") {
            self.let_go.notified().await;
        }
        self.inner.classify(case, text).await
    }
}

/// Tells of every send that was accepted, by the last digits of the number.
struct Told {
    inner: MemorySmsGateway,
    sent: mpsc::UnboundedSender<String>,
    slow_number: Option<(String, Arc<Notify>)>,
}

#[async_trait]
impl SmsGateway for Told {
    async fn send(&self, sms: &OutboundSms) -> Result<String, SendError> {
        if let Some((number, let_go)) = &self.slow_number
            && sms.to.reveal() == number
        {
            let_go.notified().await;
        }
        let accepted = self.inner.send(sms).await;
        self.sent.send(sms.to.reveal().to_owned()).unwrap();
        accepted
    }

    async fn find(&self, sms: &OutboundSms, begun_at: Timestamp) -> Result<Vec<String>, SendError> {
        self.inner.find(sms, begun_at).await
    }
}

fn number(n: usize) -> String {
    format!("+1202555{n:04}")
}

fn write_all(test: &TestWorker, slow_text: &str) {
    for n in 0..=OTHERS {
        let text = if n == 0 { slow_text } else { "when do you open?" };
        let line = serde_json::json!({ "v": 1, "message_id": format!("m{n}"), "from": number(n), "to": "+12025550999", "text": text });
        test.inbox.put(line.to_string().into_bytes());
    }
}

/// Runs the worker until the others have their replies, lets the slow one go, and waits for its reply too. Returns who was
/// answered, in order.
async fn answered(worker: Worker, mut sent: mpsc::UnboundedReceiver<String>, let_go: &Notify) -> Vec<String> {
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(async move { worker.run(stopped).await });
    let mut answered = Vec::new();
    while answered.len() < OTHERS {
        let next = tokio::time::timeout(HANGS_AFTER, sent.recv()).await;
        answered.push(next.expect("the others wait for the slow one").unwrap());
    }
    let_go.notify_one();
    answered.push(sent.recv().await.unwrap());
    stop.send_replace(true);
    running.await.unwrap();
    answered
}

fn assert_the_slow_one_came_last(answered: &[String]) {
    let (last, others) = answered.split_last().unwrap();
    assert_eq!(*last, number(0));
    let mut others = others.to_vec();
    others.sort();
    assert_eq!(others, (1..=OTHERS).map(number).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_slow_turn_holds_back_no_other() {
    let (sender, sent) = mpsc::unbounded_channel();
    let gateway = Arc::new(Told { inner: MemorySmsGateway::default(), sent: sender, slow_number: None });
    let let_go = Arc::new(Notify::new());
    let hold = let_go.clone();
    let slow = |inner| Arc::new(Slow { inner, let_go: hold }) as Arc<dyn Classifier>;
    let test = TestWorker::with_classifier(gateway, settings(), slow).await.unwrap();
    write_all(&test, "slowly: when do you open?");
    let answered = answered(test.worker.clone(), sent, &let_go).await;
    assert_the_slow_one_came_last(&answered);
}

#[tokio::test]
async fn a_slow_send_holds_back_no_other() {
    let (sender, sent) = mpsc::unbounded_channel();
    let let_go = Arc::new(Notify::new());
    let gateway = Arc::new(Told { inner: MemorySmsGateway::default(), sent: sender, slow_number: Some((number(0), let_go.clone())) });
    let test = TestWorker::over(gateway, settings()).await.unwrap();
    write_all(&test, "when do you open?");
    let answered = answered(test.worker.clone(), sent, &let_go).await;
    assert_the_slow_one_came_last(&answered);
}
