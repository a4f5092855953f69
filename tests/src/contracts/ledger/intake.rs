//! Intake.

use crate::contracts::ledger::twin::{Twin, agent, asks, at, ids};
use runtime::inbound::InboundMessage;
use runtime::ports::ledger::{Malformed, Received};
use triage::ticket::{Change, Media, Owner, TicketId};

/// A message is counted and waits.
pub async fn a_new_message_waits(twin: Twin) {
    assert_eq!(twin.receive(asks("m1", "a"), 0).await, Received::New);
    let status = twin.status().await;
    assert_eq!((status.received, status.waiting, status.oldest_waiting_at), (1, 1, Some(at(0))));
}

/// Not even the burst window starts again.
pub async fn a_duplicate_changes_nothing(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    assert_eq!(twin.receive(asks("m1", "a"), 9).await, Received::Duplicate);
    assert_eq!(twin.receive(asks("m1", "b"), 9).await, Received::Duplicate);
    let claim = twin.claim_one(10).await;
    assert_eq!(twin.receive(asks("m1", "a"), 11).await, Received::Duplicate);
    assert_eq!(claim.ticket.messages.len(), 1);
    assert!(twin.records.ticket(&TicketId("b".to_owned())).await.unwrap().is_none());
    assert_eq!(twin.status().await.received, 1);
}

/// The answers stand in the order of the messages.
pub async fn a_duplicate_inside_one_call_is_seen(twin: Twin) {
    let answers = twin.ledger.receive(&[asks("m1", "a"), asks("m1", "a"), asks("m2", "a")], at(0)).await.unwrap();
    assert_eq!(answers, [Received::New, Received::Duplicate, Received::New]);
    assert!(twin.ledger.receive(&[], at(1)).await.unwrap().is_empty());
}

/// The two numbers name the conversation.
pub async fn a_message_without_a_conversation_finds_its_own(twin: Twin) {
    for id in ["m1", "m2"] {
        twin.receive(InboundMessage { conversation_id: None, ..asks(id, "") }, 0).await;
    }
    assert_eq!(ids(&twin.claim_one(10).await.ticket), ["m1", "m2"]);
}

/// From the moment when the person wrote.
pub async fn an_agents_message_gives_the_ticket_to_a_person(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    twin.receive(InboundMessage { at: Some(at(3)), ..agent("m2", "a") }, 5).await;
    let ticket = twin.ticket("a").await;
    assert_eq!(ticket.owners, [Change { at: at(3), to: Owner::Person }]);
    let status = twin.status().await;
    assert_eq!((status.received, status.waiting, status.agent_messages), (1, 1, 1));
}

/// Everything that came is there again.
pub async fn media_and_the_carriers_answer_are_kept(twin: Twin) {
    let media = vec![Media { url: "https://media.example/1".to_owned(), content_type: "image/jpeg".to_owned() }];
    let message = InboundMessage { media: media.clone(), carrier_answered: true, at: Some(at(-5)), ..asks("m1", "a") };
    twin.receive(message.clone(), 0).await;
    let ticket = twin.ticket("a").await;
    assert_eq!(ticket.messages, [message.message(at(0))]);
    assert_eq!(ticket.messages[0].media, media);
}

/// Equal bytes are the same dead letter, however often they come.
pub async fn malformed_bytes_are_a_dead_letter_once(twin: Twin) {
    let malformed = |bytes: &[u8]| Malformed { payload: bytes.to_vec(), problem: "not JSON".to_owned() };
    twin.ledger.receive_malformed(&[malformed(b"\xff{"), malformed(b"\xff{"), malformed(b"[")], at(0)).await.unwrap();
    twin.ledger.receive_malformed(&[malformed(b"[")], at(1)).await.unwrap();
    let letters = twin.records.dead_letters(10).await.unwrap();
    assert_eq!(
        letters.iter().map(|letter| (letter.kind.as_str(), letter.at)).collect::<Vec<_>>(),
        [("malformed", at(0)), ("malformed", at(0))]
    );
    let status = twin.status().await;
    assert_eq!((status.received, status.dead_letters), (0, 2));
}
