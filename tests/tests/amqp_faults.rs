//! RabbitMQ as inbox when things break: connections cut at the worst moment, workers that die of a message, a broker that is killed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

use adapters::clock::system::SystemClock;
use adapters::inbox::amqp::dead_queue::DeadQueue;
use adapters::inbox::amqp::depth::depth;
use adapters::inbox::amqp::inbox::AmqpInbox;
use adapters::ledger::memory::MemoryLedger;
use async_trait::async_trait;
use runtime::intake::{Open, take_in};
use runtime::ports::inbox::{Delivery, Inbox, InboxError, Refused};
use runtime::ports::records::Records;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tests::broker::{OwnBroker, Queues, take};
use tests::cable::Cable;
use tests::contracts::inbox::{payloads, tags};

fn line(n: usize) -> Vec<u8> {
    let line = serde_json::json!({
        "v": 1, "message_id": format!("m{n}"), "from": format!("+1202555{:04}", n % 10_000), "to": "+12025550100", "text": "hello"
    });
    line.to_string().into_bytes()
}

async fn publish(queues: &Queues, count: usize) {
    let lines: Vec<Vec<u8>> = (0..count).map(line).collect();
    queues.put(&lines.iter().map(Vec::as_slice).collect::<Vec<_>>()).await.unwrap();
}

/// A broker that was not back by then will not be.
const GIVEN_UP: Duration = Duration::from_secs(600);

/// The queues of a test, reached through a cable.
async fn through_a_cable(test: &str) -> Option<(Queues, Queues, Cable)> {
    let straight = Queues::of(test)?;
    let url = straight.settings.url.reveal().to_owned();
    let server = url.rsplit('@').next().unwrap().split('/').next().unwrap().to_owned();
    let server = tokio::net::lookup_host(&server).await.unwrap().next().unwrap();
    let cable = Cable::to(server).await.unwrap();
    let through = Queues::at(test, &url.replace(&server.to_string(), &cable.address.to_string()));
    Some((straight, through, cable))
}

/// An inbox whose connection is cut behind the first commit, before the acknowledgement.
struct CutBeforeAck {
    inbox: AmqpInbox,
    cable: Cable,
    is_cut: AtomicBool,
}

#[async_trait]
impl Inbox for CutBeforeAck {
    async fn take(&self, max: usize) -> Result<Vec<Delivery>, InboxError> {
        self.inbox.take(max).await
    }

    async fn settle(&self, tags: &[String]) -> Result<(), InboxError> {
        if !self.is_cut.swap(true, Ordering::SeqCst) {
            self.cable.cut();
            // The client sees it before it can send anything.
            while self.inbox.take(1).await.is_ok() {}
        }
        self.inbox.settle(tags).await
    }

    async fn refuse(&self, refused: &[Refused]) -> Result<bool, InboxError> {
        self.inbox.refuse(refused).await
    }

    async fn waiting(&self) -> Result<u64, InboxError> {
        self.inbox.waiting().await
    }
}

#[tokio::test]
async fn a_connection_cut_between_commit_and_acknowledgement_loses_and_doubles_nothing() {
    let test = "a_connection_cut_between_commit_and_acknowledgement";
    let Some((straight, through, cable)) = through_a_cable(test).await else { return };
    straight.declare().await.unwrap();
    publish(&straight, 300).await;
    let inbox = CutBeforeAck { inbox: through.inbox(), cable, is_cut: AtomicBool::new(false) };
    let (ledger, mut open, mut handed_out) = (MemoryLedger::default(), Open::default(), 0);
    while !inbox.waiting().await.is_ok_and(|waiting| waiting == 0) || ledger.status().await.unwrap().received < 300 {
        // A lost connection is an error of one round, and made anew in a later one.
        handed_out += take_in(&inbox, &ledger, &SystemClock, 64, &mut open).await.unwrap_or(0);
    }
    let status = ledger.status().await.unwrap();
    assert_eq!((status.received, status.dead_letters), (300, 0));
    assert!(handed_out > 300, "{handed_out}: the first batch came twice, and the ledger knew it");
    println!("300 messages, {handed_out} deliveries, each in the ledger once");
    inbox.inbox.close().await;
    let depth = depth(&straight.settings).await.unwrap();
    assert_eq!((depth.waiting, depth.suspects, depth.dead), (0, 0, 0));
    straight.remove().await.unwrap();
}

#[tokio::test]
async fn tags_of_a_lost_connection_settle_nothing_on_the_next() {
    let Some((straight, through, cable)) = through_a_cable("tags_of_a_lost_connection").await else { return };
    straight.declare().await.unwrap();
    straight.put(&[b"a", b"b", b"c"]).await.unwrap();
    let inbox = through.inbox();
    let old = take(&inbox, 3).await.unwrap();
    cable.cut();
    while inbox.take(3).await.is_ok() {}
    let mut new = Vec::new();
    while new.len() < 3 {
        new.extend(inbox.take(3).await.unwrap_or_default());
    }
    assert_eq!(payloads(&new), payloads(&old), "they come again");
    inbox.settle(&tags(&old)).await.unwrap();
    assert_eq!(inbox.waiting().await.unwrap(), 3, "the old tags are void");
    inbox.settle(&tags(&new[..1])).await.unwrap();
    inbox.close().await;
    let next = straight.inbox();
    // Both came back a second time: they are handed out alone.
    let (mut rest, mut alone) = (Vec::new(), 0);
    while rest.len() < 2 {
        let taken = next.take(10).await.unwrap();
        next.settle(&tags(&taken)).await.unwrap();
        alone = alone.max(taken.len());
        rest.extend(taken.into_iter().map(|delivery| String::from_utf8(delivery.payload).unwrap()));
    }
    rest.sort_unstable();
    assert_eq!((rest, alone), (vec!["b".to_owned(), "c".to_owned()], 1));
    next.close().await;
    straight.remove().await.unwrap();
}

/// What a worker with bad luck would do: it dies of these.
async fn dies_of(queues: &Queues, poison: &BTreeSet<String>) -> (BTreeMap<String, u32>, Vec<String>) {
    let (mut tries, mut settled) = (BTreeMap::new(), Vec::new());
    loop {
        let inbox = queues.inbox();
        loop {
            let taken = inbox.take(64).await.unwrap();
            let names: Vec<String> = payloads(&taken).into_iter().map(str::to_owned).collect();
            for name in names.iter().filter(|name| poison.contains(*name)) {
                *tries.entry(name.clone()).or_insert(0) += 1;
            }
            if names.iter().any(|name| poison.contains(name)) {
                break;
            }
            inbox.settle(&tags(&taken)).await.unwrap();
            settled.extend(names);
            if taken.is_empty() && inbox.waiting().await.unwrap() == 0 {
                let depth = depth(&queues.settings).await.unwrap();
                if depth.dead == poison.len() as u64 {
                    inbox.close().await;
                    return (tries, settled);
                }
            }
        }
        // The process is gone, and everything that it held goes back.
        drop(inbox);
    }
}

#[tokio::test]
async fn what_kills_the_worker_is_dead_after_five_tries_and_its_neighbours_are_untouched() {
    let Some(queues) = Queues::of("what_kills_the_worker") else { return };
    let queues = queues.with(|settings| settings.prefetch = 128);
    queues.declare().await.unwrap();
    let names: Vec<String> = (0..600).map(|n| format!("{}{n}", if n % 100 == 37 { "poison" } else { "good" })).collect();
    let poison: BTreeSet<String> = names.iter().filter(|name| name.starts_with("poison")).cloned().collect();
    queues.put(&names.iter().map(|name| name.as_bytes()).collect::<Vec<_>>()).await.unwrap();
    let (tries, mut settled) = dies_of(&queues, &poison).await;
    assert_eq!(tries.keys().cloned().collect::<BTreeSet<_>>(), poison);
    let most = tries.values().max().copied().unwrap();
    println!("{} deadly messages among {}: at most {most} tries each", poison.len(), names.len());
    assert!(most <= 5, "{tries:?}");
    settled.sort_unstable();
    let mut good: Vec<String> = names.into_iter().filter(|name| name.starts_with("good")).collect();
    good.sort_unstable();
    assert_eq!(settled, good, "every neighbour is taken in, once");
    let dead = DeadQueue::open(&queues.settings).await.unwrap();
    let letters = dead.list(100).await.unwrap();
    assert_eq!(letters.len(), poison.len(), "and nothing else is dead");
    assert!(letters.iter().all(|letter| letter.kind == "delivery_limit" && letter.copies == 1), "{letters:?}");
    queues.remove().await.unwrap();
}

#[tokio::test]
async fn a_hundred_bad_messages_in_ten_thousand_touch_no_other() {
    let Some(queues) = Queues::of("a_hundred_bad_messages") else { return };
    queues.declare().await.unwrap();
    let lines: Vec<Vec<u8>> = (0..10_000).map(|n| if n % 100 == 99 { format!("no message {n}").into_bytes() } else { line(n) }).collect();
    queues.put(&lines.iter().map(Vec::as_slice).collect::<Vec<_>>()).await.unwrap();
    let (inbox, ledger, mut open) = (queues.inbox(), MemoryLedger::default(), Open::default());
    let mut handed_out = 0;
    while inbox.waiting().await.unwrap() > 0 || handed_out < 10_000 {
        handed_out += take_in(&inbox, &ledger, &SystemClock, 256, &mut open).await.unwrap();
    }
    inbox.close().await;
    let depth = depth(&queues.settings).await.unwrap();
    assert_eq!((handed_out, ledger.status().await.unwrap().received, depth.dead), (10_000, 9_900, 100), "one try each");
    queues.remove().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_killed_and_comes_back_is_read_again_and_has_lost_nothing() {
    let test = "a_broker_that_is_killed_and_comes_back";
    let folder = tempfile::tempdir().unwrap();
    let Some(broker) = OwnBroker::start(test, folder.path().join("broker")) else { return };
    let queues = Queues::at(test, &broker.url()).with(|settings| settings.prefetch = 100);
    queues.declare().await.unwrap();
    let (inbox, ledger, mut open) = (queues.inbox(), MemoryLedger::default(), Open::default());
    assert!(broker.sync());
    publish(&queues, 500).await;
    while ledger.status().await.unwrap().received < 200 {
        take_in(&inbox, &ledger, &SystemClock, 50, &mut open).await.unwrap();
    }
    broker.kill();
    while take_in(&inbox, &ledger, &SystemClock, 50, &mut open).await.is_ok() {}
    let before = ledger.status().await.unwrap().received;
    let back = std::thread::spawn(move || {
        broker.restart();
        (broker, Instant::now())
    });
    let mut again = None;
    let given_up = Instant::now() + GIVEN_UP;
    while ledger.status().await.unwrap().received < 500 {
        assert!(Instant::now() < given_up, "the broker came back without what it had");
        // An attempt to connect that fails is an error of its round; the inbox waits before the next.
        let _failed = take_in(&inbox, &ledger, &SystemClock, 50, &mut open).await;
        if again.is_none() && ledger.status().await.unwrap().received > before {
            again = Some(Instant::now());
        }
    }
    let (broker, back) = back.join().unwrap();
    let waited = again.unwrap().saturating_duration_since(back);
    println!("taking in again {} ms after the broker said that it had started", waited.as_millis());
    let mut open = Open::default();
    while inbox.waiting().await.unwrap() > 0 {
        take_in(&inbox, &ledger, &SystemClock, 50, &mut open).await.unwrap();
    }
    let depth = depth(&queues.settings).await.unwrap();
    assert_eq!((ledger.status().await.unwrap().received, depth.waiting, depth.suspects, depth.dead), (500, 0, 0, 0));
    drop(broker);
}
