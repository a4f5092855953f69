//! RabbitMQ as inbox: what one message costs the client, beside aio-pika and Celery on the same broker in one run. `make peers` prints
//! it. A broker of our own is started (`.ci/rabbitmq`), or the one that `WHIMBREL_TEST_AMQP_URL` names is used; the peers are installed
//! below the target folder. What is missing is left out by name.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

mod measure;

use adapters::clock::system::SystemClock;
use adapters::inbox::amqp::check;
use adapters::inbox::amqp::inbox::AmqpInbox;
use adapters::inbox::amqp::producer::AmqpProducer;
use adapters::inbox::amqp::settings::AmqpSettings;
use adapters::ledger::sqlite::SqliteLedger;
use adapters::secret::Secret;
use measure::{Timer, peers};
use runtime::intake::{Open, take_in};
use runtime::ports::inbox::Inbox;
use runtime::ports::records::Records;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Messages of each measurement; `MESSAGES` sets another number.
const MESSAGES: usize = 20_000;
/// How often everything is measured, in turns.
const ROUNDS: usize = 3;
/// Messages of one commit and one acknowledgement: the default of `worker.intake_batch`.
const BATCH: usize = 256;
/// Characters of a text, so that a message has about 1 KiB.
const TEXT_CHARS: usize = 880;
const PACKAGES: &[&str] = &["aio-pika==10.2.1", "celery==5.7.0"];

fn main() {
    let Some(broker) = Broker::start() else {
        println!("left out: broker (no RabbitMQ: `.ci/rabbitmq start` failed and WHIMBREL_TEST_AMQP_URL names none)");
        return;
    };
    let messages = std::env::var("MESSAGES").ok().and_then(|count| count.parse().ok()).unwrap_or(MESSAGES);
    let python = peers::python("broker", PACKAGES);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    println!("{messages} messages of 1 KiB, quorum queues; us of the client's CPU a message");
    for round in 1..=ROUNDS {
        println!("round {round}");
        let settings = AmqpSettings { url: Secret::new(&broker.url), queue: format!("bench.{round}"), ..AmqpSettings::default() };
        let lines: Vec<Vec<u8>> = (0..messages).map(line).collect();
        let published = runtime.block_on(publish(&settings, &lines));
        let alone = runtime.block_on(read(&settings, messages));
        runtime.block_on(publish(&settings, &lines));
        let with_ledger = runtime.block_on(take_in_all(&settings, messages));
        row("Whimbrel: publish, confirmed", published, None);
        row("Whimbrel: take and acknowledge in groups", alone, None);
        row("Whimbrel: the same with parsing and the durable ledger", with_ledger, None);
        let Some(python) = &python else { continue };
        let script = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers").join(name);
        let count = messages.to_string();
        let aio_pika =
            peers::all_figures(Command::new(python).arg(script("broker_aio_pika.py")).args([&broker.url, &count])).unwrap_or_default();
        let celery =
            peers::all_figures(Command::new(python).arg(script("broker_celery.py")).args([&broker.url, &count])).unwrap_or_default();
        for peer in aio_pika.iter().chain(&celery) {
            let (name, us) = (peer["peer"].as_str().unwrap_or_default(), peer["us_cpu"].as_f64().unwrap_or(f64::NAN));
            row(name, us, name.contains("take").then_some((alone, with_ledger)));
        }
    }
}

fn row(name: &str, us: f64, ours: Option<(f64, f64)>) {
    let times = ours
        .map_or(String::new(), |(alone, with)| format!("{:6.1} times taking, {:5.1} times intake with the ledger", us / alone, us / with));
    println!("{name:56} {us:8.1} {times}");
}

fn line(n: usize) -> Vec<u8> {
    let (text, from) = ("x".repeat(TEXT_CHARS), n % 10_000_000);
    format!("{{\"v\":1,\"message_id\":\"SM{n:032x}\",\"from\":\"+1555{from:07}\",\"to\":\"+12025550100\",\"text\":\"{text}\"}}")
        .into_bytes()
}

fn us(timer: &Timer, messages: usize) -> f64 {
    timer.cpu_s() / messages as f64 * 1e6
}

async fn publish(settings: &AmqpSettings, lines: &[Vec<u8>]) -> f64 {
    check::set_up(settings).await.unwrap();
    let mut producer = AmqpProducer::connect(settings).await.unwrap();
    let timer = Timer::start();
    for line in lines {
        producer.put(line).await.unwrap();
    }
    producer.finish().await.unwrap();
    let us = us(&timer, lines.len());
    producer.close().await;
    us
}

/// The broker's client alone: nothing is done with the messages.
async fn read(settings: &AmqpSettings, messages: usize) -> f64 {
    let inbox = AmqpInbox::new(settings.clone());
    let (timer, mut seen) = (Timer::start(), 0);
    while seen < messages {
        let taken = inbox.take(BATCH).await.unwrap();
        let tags: Vec<String> = taken.iter().map(|delivery| delivery.tag.clone()).collect();
        inbox.settle(&tags).await.unwrap();
        seen += tags.len();
    }
    let us = us(&timer, messages);
    inbox.close().await;
    us
}

/// The whole intake: parsed, committed to a ledger on the disk, and only then acknowledged.
async fn take_in_all(settings: &AmqpSettings, messages: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::open_worker(&folder.path().join("ledger.db")).unwrap();
    let (inbox, mut open) = (AmqpInbox::new(settings.clone()), Open::default());
    let (timer, mut seen) = (Timer::start(), 0);
    while seen < messages {
        seen += take_in(&inbox, &ledger, &SystemClock, BATCH, &mut open).await.unwrap();
    }
    let us = us(&timer, messages);
    assert_eq!(ledger.status().await.unwrap().received, messages as u64);
    inbox.close().await;
    us
}

/// The broker of this run.
struct Broker {
    url: String,
    folder: Option<PathBuf>,
}

impl Broker {
    fn start() -> Option<Self> {
        if let Ok(url) = std::env::var("WHIMBREL_TEST_AMQP_URL") {
            return Some(Broker { url, folder: None });
        }
        let folder = measure::target().join("bench-broker");
        script(&folder, "start")?;
        Some(Broker { url: script(&folder, "url")?, folder: Some(folder) })
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            script(folder, "stop");
        }
    }
}

fn script(folder: &Path, verb: &str) -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.ci/rabbitmq");
    let output = Command::new(script).arg(verb).env("WHIMBREL_RABBITMQ", folder).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
