//! RabbitMQ as inbox, through a real broker: the contract, the shape of its queues, dead letters and their verbs.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

use adapters::clock::system::SystemClock;
use adapters::inbox::amqp::check;
use adapters::inbox::amqp::dead_queue::DeadQueue;
use adapters::inbox::amqp::depth::depth;
use adapters::inbox::amqp::error::Trouble;
use adapters::inbox::amqp::producer::AmqpProducer;
use adapters::ledger::memory::MemoryLedger;
use adapters::secret::Secret;
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable};
use runtime::inbound::InboundMessage;
use runtime::intake::{Open, take_in};
use runtime::ports::clock::Clock;
use runtime::ports::inbox::Inbox;
use runtime::ports::ledger::{ClaimTerms, Ledger, WorkerId};
use runtime::ports::records::Records;
use tests::broker::{Queues, take};
use tests::contracts::inbox::{all, payloads, refusing, tags};
use tests::shared;

fn line(id: &str, text: &str) -> Vec<u8> {
    let line = serde_json::json!({ "v": 1, "message_id": id, "from": "+12025550142", "to": "+12025550100", "text": text });
    line.to_string().into_bytes()
}

#[tokio::test]
async fn the_broker_keeps_an_inboxs_promises() {
    let Some(queues) = Queues::of("the_broker_keeps_an_inboxs_promises") else { return };
    queues.declare().await.unwrap();
    queues.put(&[b"one", b"two", b"three", b"four", b"five"]).await.unwrap();
    let again = async |inbox: adapters::inbox::amqp::inbox::AmqpInbox| {
        inbox.close().await;
        queues.inbox()
    };
    all(queues.inbox(), again).await;
    queues.put(&[b"good", b"bad"]).await.unwrap();
    refusing(queues.inbox(), again).await;
    assert_eq!(depth(&queues.settings).await.unwrap().dead, 1, "the broker keeps it itself");
    queues.remove().await.unwrap();
}

#[tokio::test]
async fn a_message_that_no_queue_takes_is_an_error() {
    let Some(queues) = Queues::of("a_message_that_no_queue_takes_is_an_error") else { return };
    let mut producer = AmqpProducer::connect(&queues.settings).await.unwrap();
    producer.put(b"into the void").await.unwrap();
    let error = producer.finish().await.unwrap_err();
    assert_eq!((error.trouble, producer.confirmed()), (Trouble::Unroutable, 0));
    assert!(error.to_string().contains("whimbrel setup amqp"), "{error}");
}

#[tokio::test]
async fn a_full_queue_refuses_and_loses_nothing_that_it_confirmed() {
    let Some(queues) = Queues::of("a_full_queue_refuses") else { return };
    let queues = queues.with(|settings| settings.length_max = 3);
    queues.declare().await.unwrap();
    let mut producer = AmqpProducer::connect(&queues.settings).await.unwrap();
    let refused = async {
        for n in 0..1_000 {
            producer.put(n.to_string().as_bytes()).await?;
        }
        producer.finish().await
    };
    let error = refused.await.unwrap_err();
    assert_eq!(error.trouble, Trouble::Refused, "{error}");
    let confirmed = producer.confirmed();
    producer.close().await;
    assert!(depth(&queues.settings).await.unwrap().waiting >= confirmed, "what was confirmed waits");
    queues.remove().await.unwrap();
}

#[tokio::test]
async fn what_is_no_message_lies_in_the_dead_queue_and_nowhere_else() {
    let Some(queues) = Queues::of("what_is_no_message_lies_in_the_dead_queue") else { return };
    queues.declare().await.unwrap();
    let large = vec![b'x'; 2 * 1024 * 1024];
    let good = line("m1", "when do you open?");
    queues.put(&[b"{", &good, b"not json", b"not json", &large]).await.unwrap();
    let (inbox, ledger) = (queues.inbox(), MemoryLedger::default());
    let mut open = Open::default();
    while inbox.waiting().await.unwrap() > 0 {
        take_in(&inbox, &ledger, &SystemClock, 10, &mut open).await.unwrap();
    }
    let status = ledger.status().await.unwrap();
    assert_eq!((status.received, status.dead_letters), (1, 0), "the ledger has the message, and no dead letter");
    let dead = DeadQueue::open(&queues.settings).await.unwrap();
    let letters = dead.list(10).await.unwrap();
    let copies: Vec<u32> = letters.iter().map(|letter| letter.copies).collect();
    assert_eq!((letters.len(), copies.iter().sum::<u32>()), (3, 4), "equal bytes are one letter: {letters:?}");
    assert!(letters.iter().all(|letter| letter.kind == "malformed" && letter.at.is_some()), "{letters:?}");
    assert!(letters.iter().any(|letter| letter.reason.contains("1048576 are allowed")), "{letters:?}");
    assert!(letters.iter().any(|letter| letter.reason.contains("EOF while parsing")), "{letters:?}");
    assert_eq!(dead.list(10).await.unwrap(), letters, "looking changes nothing");
    let twice = letters.iter().find(|letter| letter.copies == 2).unwrap();
    assert!(dead.retry(&twice.id).await.unwrap());
    assert_eq!(dead.list(10).await.unwrap().len(), 2);
    while inbox.waiting().await.unwrap() > 0 {
        take_in(&inbox, &ledger, &SystemClock, 10, &mut open).await.unwrap();
    }
    let again = dead.list(10).await.unwrap();
    assert_eq!(again.iter().map(|letter| letter.copies).sum::<u32>(), 3, "it is still no message, and there once");
    for letter in again {
        assert!(dead.discard(&letter.id).await.unwrap());
    }
    assert!(!dead.discard(&twice.id).await.unwrap() && !dead.retry("q000000000000").await.unwrap());
    assert!(dead.list(10).await.unwrap().is_empty());
    inbox.close().await;
    queues.remove().await.unwrap();
}

#[tokio::test]
async fn a_helpdesks_own_headers_stay_with_its_message() {
    let Some(queues) = Queues::of("a_helpdesks_own_headers_stay") else { return };
    queues.declare().await.unwrap();
    let mut headers = FieldTable::default();
    headers.insert("tenant".into(), AMQPValue::LongString("shop".into()));
    let properties = BasicProperties::default().with_headers(headers).with_message_id("SM7".into());
    queues.publish(b"no message", properties).await.unwrap();
    let (inbox, ledger) = (queues.inbox(), MemoryLedger::default());
    let mut open = Open::default();
    while depth(&queues.settings).await.unwrap().dead == 0 {
        take_in(&inbox, &ledger, &SystemClock, 10, &mut open).await.unwrap();
    }
    let client = queues.client().await.unwrap();
    let channel = client.create_channel().await.unwrap();
    let dead = format!("{}.dead", queues.settings.queue);
    let got = channel.basic_get(dead.as_str().into(), Default::default()).await.unwrap().unwrap();
    let headers = got.properties.headers().clone().unwrap();
    assert_eq!(headers.inner()["tenant"], AMQPValue::LongString("shop".into()));
    assert!(headers.contains_key("x-whimbrel-reason") && headers.contains_key("x-whimbrel-refused-at"));
    assert_eq!((got.properties.message_id().clone(), got.properties.delivery_mode()), (Some("SM7".into()), &Some(2)));
    inbox.close().await;
    queues.remove().await.unwrap();
}

#[tokio::test]
async fn a_worker_that_stops_sends_nothing_back() {
    let Some(queues) = Queues::of("a_worker_that_stops_sends_nothing_back") else { return };
    let queues = queues.with(|settings| settings.prefetch = 20);
    queues.declare().await.unwrap();
    let lines: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    queues.put(&lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>()).await.unwrap();
    let inbox = queues.inbox();
    let first = take(&inbox, 5).await.unwrap();
    inbox.settle(&tags(&first)).await.unwrap();
    let left = inbox.stop().await.unwrap();
    assert!(left > 0, "some were sent ahead");
    let rest = inbox.take(100).await.unwrap();
    assert_eq!(rest.len(), left, "they can still be taken");
    assert!(inbox.take(100).await.unwrap().is_empty(), "and no more are asked for");
    inbox.settle(&tags(&rest)).await.unwrap();
    inbox.close().await;
    let queues = queues.with(|settings| settings.prefetch = 100);
    let next = queues.inbox();
    let others = take(&next, 50 - 5 - left).await.unwrap();
    let all: Vec<&str> = [payloads(&first), payloads(&rest), payloads(&others)].concat();
    assert_eq!(all, lines, "every message once, in order");
    next.settle(&tags(&others)).await.unwrap();
    next.close().await;
    queues.remove().await.unwrap();
}

#[tokio::test]
async fn the_order_of_a_conversation_is_the_ledgers() {
    let Some(queues) = Queues::of("the_order_of_a_conversation_is_the_ledgers") else { return };
    queues.declare().await.unwrap();
    let at = |second: u32| format!("2026-11-03T14:02:{second:02}Z");
    let line = |id: u32| {
        let line = serde_json::json!({
            "v": 1, "message_id": format!("m{id}"), "from": "+12025550142", "to": "+12025550100", "at": at(id), "text": format!("{id}")
        });
        line.to_string().into_bytes()
    };
    // Two go through the hands of a worker that dies, so that others overtake them.
    let ledger = MemoryLedger::default();
    let dying = queues.inbox();
    queues.put(&[&line(1), &line(2)]).await.unwrap();
    assert_eq!(take(&dying, 2).await.unwrap().len(), 2);
    let inbox = queues.inbox();
    queues.put(&[&line(3), &line(4)]).await.unwrap();
    let mut open = Open::default();
    while ledger.status().await.unwrap().received < 4 {
        take_in(&inbox, &ledger, &SystemClock, 10, &mut open).await.unwrap();
        dying.close().await;
    }
    let terms = ClaimTerms { burst_window_ms: 0, burst_max_ms: 0, lease_ms: 60_000, limit: 10 };
    let claims = ledger.claim_due(&WorkerId("one".to_owned()), SystemClock.now(), terms).await.unwrap();
    assert_eq!(claims.len(), 1, "one conversation is one turn, in whatever order the broker hands its messages out");
    let mut texts: Vec<&str> = claims[0].ticket.messages.iter().map(|message| message.text.as_str()).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["1", "2", "3", "4"]);
    let others = ledger.claim_due(&WorkerId("two".to_owned()), SystemClock.now(), terms).await.unwrap();
    assert!(others.is_empty(), "and no second worker has a part of it");
    inbox.close().await;
    queues.remove().await.unwrap();
}

#[tokio::test]
async fn every_fault_of_the_set_up_is_named_with_what_to_do() {
    let Some(queues) = Queues::of("every_fault_of_the_set_up_is_named") else { return };
    let named = async |part: &str, trouble: Trouble| {
        let findings = check::check(&queues.settings).await;
        let error = findings.iter().find_map(|finding| finding.as_ref().err()).unwrap();
        assert!(error.trouble == trouble && error.to_string().contains(part), "{error}");
    };
    named("whimbrel setup amqp", Trouble::Missing).await;
    queues.declare().await.unwrap();
    queues.declare().await.unwrap();
    assert!(check::check(&queues.settings).await.iter().all(Result::is_ok), "it can be declared twice");
    assert_eq!(depth(&queues.settings).await.unwrap(), Default::default(), "looking leaves nothing behind");
    let dead = format!("{}.dead", queues.settings.queue);
    queues.delete(&dead).await.unwrap();
    named(".dead does not exist", Trouble::Missing).await;
    queues.declare_otherwise(&dead, 7).await.unwrap();
    named("name another queue", Trouble::OtherArguments).await;
    queues.remove().await.unwrap();
    for (url, part, trouble) in [
        (queues.settings.url.reveal().replace("guest:guest@", "guest:wrong@"), "check user, password", Trouble::Forbidden),
        (queues.settings.url.reveal().replace("%2f", "nowhere"), "virtual host", Trouble::Forbidden),
        ("amqp://127.0.0.1:1/%2f".to_owned(), "check that the broker runs", Trouble::Unreachable),
    ] {
        let wrong = Queues::at("wrong", &url);
        let findings = check::check(&wrong.settings).await;
        let error = findings[0].as_ref().unwrap_err();
        assert!(error.to_string().contains(part) && !error.to_string().contains("wrong"), "{error}");
        assert_eq!(error.trouble, trouble, "{error}");
    }
}

#[tokio::test]
async fn a_missing_right_is_named() {
    let test = "a_missing_right_is_named";
    let Some(queues) = Queues::of(test) else { return };
    queues.declare().await.unwrap();
    let mut settings = queues.settings.clone();
    settings.url = Secret::new(settings.url.reveal().replace("guest:guest@", "reader:reader@"));
    let findings = check::check(&settings).await;
    if findings[0].is_err() {
        return shared::left_out(test, "this broker is not ours: it has no user without rights");
    }
    let error = findings.iter().find_map(|finding| finding.as_ref().err()).unwrap();
    assert!(error.trouble == Trouble::Forbidden && error.to_string().contains("rights"), "{error}");
    queues.remove().await.unwrap();
}

#[test]
fn the_documented_example_is_what_the_broker_carries() {
    let text = std::fs::read_to_string(shared::root().join("docs/inbound-message.md")).unwrap();
    let examples: Vec<&str> = text.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() >= 2, "a message and a full one are shown");
    for example in examples {
        InboundMessage::parse(example.trim().as_bytes()).unwrap();
    }
}
