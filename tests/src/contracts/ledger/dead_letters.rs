//! Dead letters.

use crate::contracts::ledger::twin::{Twin, asks, at, decision, ids, reply, reply_and_tag};
use runtime::effect::{Effect, EffectOutcome};
use runtime::ports::ledger::{Claim, Malformed, Written};
use runtime::ports::records::DeadLetterId;
use triage::classification::Priority;
use triage::decision::{Action, Decision};
use triage::ticket::{Owner, Tag};

async fn buried(twin: &Twin) -> Claim {
    twin.receive(asks("m1", "a"), 0).await;
    twin.receive(asks("m2", "a"), 1).await;
    let claim = twin.claim_one(11).await;
    let escalation = Effect::Escalate { team: None, priority: Priority::High, note: "could not be decided".to_owned() };
    assert_eq!(twin.ledger.bury(&claim, "it panics", &escalation, at(12)).await.unwrap(), Written::Yes);
    claim
}

/// All its messages, in one letter.
pub async fn a_turn_given_up_is_a_dead_letter_and_a_persons(twin: Twin) {
    let claim = buried(&twin).await;
    let status = twin.status().await;
    assert_eq!((status.waiting, status.dead, status.dead_letters), (0, 2, 1));
    let letter = twin.records.dead_letters(10).await.unwrap().remove(0);
    assert_eq!((letter.kind.as_str(), letter.reason.as_str(), letter.at), ("message", "it panics", at(12)));
    assert_eq!((letter.ticket, letter.message), (Some(claim.ticket.id.clone()), Some(claim.message.clone())));
    let escalation = twin.begin_one(13).await;
    assert_eq!((escalation.effect.name(), &escalation.ticket), ("escalate", &claim.ticket.id));
    assert_eq!(twin.ticket("a").await.owners.last().unwrap().to, Owner::Person);
    assert_eq!(twin.done(&escalation, "E1", 14).await, Written::Yes);
    assert!(twin.claim(1_000).await.is_empty());
}

/// As if it had never been tried.
pub async fn a_turn_tried_again_is_due_at_once(twin: Twin) {
    buried(&twin).await;
    let id = twin.records.dead_letters(10).await.unwrap()[0].id;
    assert!(twin.records.retry_dead(id, at(20)).await.unwrap());
    let claim = twin.claim_one(20).await;
    assert_eq!((ids(&claim.ticket), claim.attempts), (vec!["m1", "m2"], 0));
    assert!(!twin.records.retry_dead(id, at(21)).await.unwrap());
    let status = twin.status().await;
    assert_eq!((status.waiting, status.dead, status.dead_letters), (2, 0, 0));
    assert_eq!(twin.decide(&claim, &reply(&["at last"]), 22).await, Written::Yes);
}

/// Its messages stay counted as dead.
pub async fn a_discarded_dead_letter_is_closed_for_good(twin: Twin) {
    buried(&twin).await;
    let id = twin.records.dead_letters(10).await.unwrap()[0].id;
    assert!(twin.records.discard_dead(id, at(20)).await.unwrap());
    assert!(!twin.records.discard_dead(id, at(21)).await.unwrap());
    assert!(!twin.records.retry_dead(id, at(21)).await.unwrap());
    assert!(!twin.records.retry_dead(DeadLetterId(4_711), at(21)).await.unwrap());
    let status = twin.status().await;
    assert_eq!((status.dead, status.dead_letters), (2, 0));
}

/// And tried again when the operator says so.
pub async fn a_failed_send_is_a_dead_letter_and_an_escalation(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    assert_eq!(twin.failed(&send, 12).await, Written::Yes);
    let letter = twin.records.dead_letters(10).await.unwrap().remove(0);
    assert_eq!((letter.kind.as_str(), letter.effect.as_ref()), ("effect", Some(&send.key)));
    assert_eq!(twin.status().await.decided, 1, "the message itself was decided");
    let escalation = twin.begin_one(12).await;
    let Effect::Escalate { team, priority, .. } = &escalation.effect else { panic!("an escalation") };
    assert_eq!((team.as_ref().map(|team| team.0.as_str()), *priority), (Some("support"), Priority::High));
    twin.done(&escalation, "E1", 13).await;
    assert!(twin.records.retry_dead(letter.id, at(14)).await.unwrap());
    let again = twin.begin_one(14).await;
    assert_eq!(again.key, send.key);
    assert_eq!(twin.done(&again, "SM1", 15).await, Written::Yes);
}

/// Half a reply is worse than none; the tag is still put on.
pub async fn a_failed_part_keeps_the_later_parts_unsent(twin: Twin) {
    let decision = Decision { tags: vec![Tag("parcel".to_owned())], ..reply(&["one", "two"]) };
    twin.decided("m1", "a", &decision).await;
    let first = twin.begin_one(11).await;
    twin.failed(&first, 12).await;
    for (second, kind) in [(13, "tag"), (14, "escalate")] {
        let next = twin.begin_one(second).await;
        assert_eq!(next.effect.name(), kind);
        twin.done(&next, kind, second).await;
    }
    let letter = twin.records.dead_letters(10).await.unwrap()[0].id;
    assert!(twin.records.retry_dead(letter, at(20)).await.unwrap());
    for (second, part) in [(20, "one"), (21, "two")] {
        let send = twin.begin_one(second).await;
        assert!(matches!(&send.effect, Effect::Send { text, .. } if text == part));
        twin.done(&send, part, second).await;
    }
}

/// Nobody waits for a tag.
pub async fn a_failed_tag_is_a_dead_letter_alone(twin: Twin) {
    twin.decided("m1", "a", &reply_and_tag("on its way", "parcel")).await;
    let send = twin.begin_one(11).await;
    twin.done(&send, "SM1", 11).await;
    let tag = twin.begin_one(12).await;
    twin.failed(&tag, 13).await;
    assert!(twin.begin(14).await.is_empty());
    assert_eq!(twin.status().await.dead_letters, 1);
}

/// Or the customer might get it twice.
pub async fn a_send_that_may_have_happened_is_looked_up_before_it_is_tried_again(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    twin.settle(&send, EffectOutcome::Unknown { look_at: at(20), problem: "time-out".to_owned() }, 12).await;
    let look = twin.look_up(20).await.remove(0);
    twin.failed(&look, 21).await;
    let letter = twin.records.dead_letters(10).await.unwrap()[0].id;
    assert!(twin.records.retry_dead(letter, at(30)).await.unwrap());
    assert!(twin.begin(31).await.iter().all(|claim| claim.effect.name() == "escalate"));
    assert_eq!(twin.look_up(31).await.remove(0).key, send.key);
}

/// There is nothing to decide in them.
pub async fn malformed_bytes_cannot_be_tried_again(twin: Twin) {
    let malformed = Malformed { payload: b"{".to_vec(), problem: "not JSON".to_owned() };
    twin.ledger.receive_malformed(&[malformed], at(0)).await.unwrap();
    twin.decided("m1", "a", &decision(Action::TagOnly)).await;
    let id = twin.records.dead_letters(10).await.unwrap()[0].id;
    assert!(!twin.records.retry_dead(id, at(1)).await.unwrap());
    assert_eq!(twin.records.dead_letters(10).await.unwrap().len(), 1);
    assert!(twin.records.discard_dead(id, at(2)).await.unwrap());
    assert!(twin.records.dead_letters(10).await.unwrap().is_empty());
}
