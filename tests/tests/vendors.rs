//! The `file` and `memory` twins of inbox, helpdesk and gateway under their contracts, and what only a file promises.

#![allow(clippy::unwrap_used)] // helpers of tests

use adapters::clock::manual::ManualClock;
use adapters::helpdesk::file::FileHelpdesk;
use adapters::helpdesk::memory::MemoryHelpdesk;
use adapters::inbox::memory::MemoryInbox;
use adapters::inbox::spool::{LINE_BYTES_MAX, Spool};
use adapters::outbox::Outbox;
use adapters::sms_gateway::file::FileSmsGateway;
use adapters::sms_gateway::memory::MemorySmsGateway;
use jiff::Timestamp;
use runtime::effect::EffectKey;
use runtime::ports::helpdesk::Helpdesk;
use runtime::ports::inbox::Inbox;
use runtime::ports::sms_gateway::{OutboundSms, SmsGateway};
use std::path::Path;
use std::sync::Arc;
use tests::contracts::helpdesk::conversation;
use tests::contracts::inbox::{payloads, tags};
use triage::phone::PhoneNumber;
use triage::ticket::TicketId;

fn outbox(path: &Path) -> Arc<Outbox> {
    let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_700_000_000).unwrap()));
    Arc::new(Outbox::open(path, clock).unwrap())
}

fn lines(path: &Path) -> Vec<serde_json::Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn put(spool: &Spool, lines: &[&[u8]]) -> u64 {
    spool.put(lines.iter().map(|line| line.to_vec())).unwrap()
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".jsonl")).count()
}

#[tokio::test]
async fn helpdesks_keep_their_promises() {
    let memory = MemoryHelpdesk::default();
    tests::contracts::helpdesk::all(&memory, &conversation("a"), || memory.calls().len()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.jsonl");
    tests::contracts::helpdesk::all(&FileHelpdesk::new(outbox(&path)), &conversation("a"), || lines(&path).len()).await;
    assert_eq!(lines(&path)[0]["text"], "on its way");
    assert_eq!(lines(&path)[2]["priority"], "high");
    assert_eq!(lines(&path)[0]["at"], "2023-11-14T22:13:20Z");
}

#[tokio::test]
async fn gateways_keep_their_promises() {
    let memory = MemorySmsGateway::default();
    tests::contracts::sms_gateway::all(&memory, || memory.sent().len()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.jsonl");
    tests::contracts::sms_gateway::all(&FileSmsGateway::new(outbox(&path)), || lines(&path).len()).await;
    assert_eq!(lines(&path)[0]["to"], "+12025550123");
}

fn sms(key: &str) -> OutboundSms {
    let (key, ticket) = (EffectKey(key.to_owned()), TicketId("a".to_owned()));
    let (from, to) = (PhoneNumber::parse("+12025550100").unwrap(), PhoneNumber::parse("+12025550123").unwrap());
    OutboundSms { key, ticket, attempts: 0, from, to, text: "on its way".to_owned() }
}

#[tokio::test]
async fn an_outbox_knows_its_keys_after_a_restart_and_cuts_off_a_torn_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.jsonl");
    {
        let outbox = outbox(&path);
        FileSmsGateway::new(outbox.clone()).send(&sms("D1-0")).await.unwrap();
        FileHelpdesk::new(outbox).tag(&EffectKey("D1-1".to_owned()), &conversation("a"), &[]).await.unwrap();
    }
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, [&whole[..], br#"{"key":"D2-0","at":"2023-"#].concat()).unwrap();
    let gateway = FileSmsGateway::new(outbox(&path));
    assert_eq!(std::fs::read(&path).unwrap(), whole);
    gateway.send(&sms("D1-0")).await.unwrap();
    assert_eq!(lines(&path).len(), 2);
    assert_eq!(gateway.find(&sms("D2-0"), Timestamp::UNIX_EPOCH).await.unwrap(), [""; 0]);
    gateway.send(&sms("D2-0")).await.unwrap();
    assert_eq!(lines(&path).len(), 3);
}

#[test]
fn an_outbox_with_a_strange_line_in_the_middle_or_a_second_writer_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.jsonl");
    std::fs::write(&path, "{\"key\":\"a\"}\nstrange\n{\"key\":\"b\"}\n").unwrap();
    let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
    let error = Outbox::open(&path, clock.clone()).err().unwrap().to_string();
    assert!(error.contains("line 2"), "{error}");
    let path = folder.path().join("other.jsonl");
    let _first = outbox(&path);
    assert!(Outbox::open(&path, clock).err().unwrap().to_string().contains("another worker"));
}

#[tokio::test]
async fn many_sends_at_once_are_a_line_each() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.jsonl");
    let gateway = Arc::new(FileSmsGateway::new(outbox(&path)));
    let sends: Vec<_> = (0..64)
        .map(|n| {
            let gateway = gateway.clone();
            tokio::spawn(async move { gateway.send(&sms(&format!("D{}-0", n % 32))).await })
        })
        .collect();
    for send in sends {
        send.await.unwrap().unwrap();
    }
    assert_eq!(lines(&path).len(), 32);
}

#[tokio::test]
async fn inboxes_keep_their_promises() {
    let words = ["one", "two", "three", "four", "five"];
    let memory = MemoryInbox::default();
    words.iter().for_each(|word| memory.put(word.as_bytes().to_vec()));
    tests::contracts::inbox::all(memory, async |inbox| {
        inbox.restart();
        inbox
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path()).unwrap();
    assert_eq!(put(&spool, &[b"one", b"two\n", b"three"]), 3);
    assert_eq!(put(&spool, &[b"four"]), 1);
    assert_eq!(put(&spool, &[b"five"]), 1);
    tests::contracts::inbox::all(spool, async |spool| {
        drop(spool);
        Spool::open(folder.path()).unwrap()
    })
    .await;
    assert_eq!(files(folder.path()), 0, "settled files are deleted");
}

#[tokio::test]
async fn what_a_spool_refuses_is_the_ledgers_to_keep() {
    let memory = MemoryInbox::default();
    ["good", "bad"].iter().for_each(|word| memory.put(word.as_bytes().to_vec()));
    tests::contracts::inbox::refusing(memory, async |inbox| {
        inbox.restart();
        inbox
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path()).unwrap();
    put(&spool, &[b"good"]);
    put(&spool, &[b"bad"]);
    tests::contracts::inbox::refusing(spool, async |spool| {
        drop(spool);
        Spool::open(folder.path()).unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_file_is_deleted_once_all_its_lines_are_settled() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path()).unwrap();
    put(&spool, &[b"one", b"", b"two"]);
    let first = spool.take(1).await.unwrap();
    spool.settle(&tags(&first)).await.unwrap();
    assert_eq!(files(folder.path()), 1, "the second line was not even read");
    let second = spool.take(10).await.unwrap();
    assert_eq!(payloads(&second), ["two"]);
    spool.settle(&tags(&second)).await.unwrap();
    assert_eq!(files(folder.path()), 0);
    assert_eq!(put(&spool, &[]), 0);
    put(&spool, &[b"", b"  "]);
    assert!(spool.take(10).await.unwrap().is_empty());
    assert_eq!(files(folder.path()), 0, "a file without messages is over at once");
}

#[tokio::test]
async fn bytes_pass_as_they_are_and_a_line_without_end_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path()).unwrap();
    let long = vec![b'x'; 10 * LINE_BYTES_MAX];
    put(&spool, &[b"\xff\x00\xc3(", &long, b"after"]);
    let deliveries = spool.take(10).await.unwrap();
    assert_eq!(deliveries[0].payload, b"\xff\x00\xc3(");
    assert_eq!(deliveries[1].payload.len(), LINE_BYTES_MAX);
    assert_eq!(deliveries[2].payload, b"after");
    assert!(runtime::inbound::InboundMessage::parse(&deliveries[1].payload).is_err());
}

#[tokio::test]
async fn one_take_hands_out_a_bounded_number_of_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path()).unwrap();
    let long = vec![b'x'; LINE_BYTES_MAX];
    put(&spool, &vec![&long[..]; 20]);
    let first = spool.take(1_000).await.unwrap().len();
    assert_eq!(first, 8);
    assert_eq!(first + spool.take(1_000).await.unwrap().len() + spool.take(1_000).await.unwrap().len(), 20);
}

#[tokio::test]
async fn one_worker_reads_a_spool_while_any_number_fill_it() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path()).unwrap();
    assert!(spool.take(1).await.unwrap().is_empty());
    let other = Spool::open(folder.path()).unwrap();
    assert_eq!(put(&other, &[b"one"]), 1);
    assert!(other.take(1).await.err().unwrap().problem.contains("another worker"));
    assert_eq!(payloads(&spool.take(1).await.unwrap()), ["one"]);
    std::fs::write(folder.path().join(".half.jsonl.tmp"), "half a mess").unwrap();
    assert!(spool.take(1).await.unwrap().is_empty(), "a file that is being written is not there yet");
}
