//! Claims.

use crate::contracts::ledger::twin::{TERMS, Twin, agent, asks, at, ids, reply, worker};
use runtime::ports::ledger::{ClaimTerms, TICKET_MESSAGES_MAX, Written};
use triage::case::Case;

/// One millisecond is enough.
pub async fn a_turn_is_not_due_inside_the_burst_window(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    let early = at(10).checked_sub(jiff::SignedDuration::from_millis(1)).unwrap();
    assert!(twin.ledger.claim_due(&worker("one"), early, TERMS).await.unwrap().is_empty());
    assert_eq!(twin.claim(10).await.len(), 1);
}

/// The newest message is the one to be decided, the others come along.
pub async fn a_burst_is_one_turn(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    twin.receive(asks("m2", "a"), 8).await;
    assert!(twin.claim(17).await.is_empty());
    let claim = twin.claim_one(18).await;
    assert_eq!((claim.message.0.as_str(), claim.received_at, claim.attempts), ("m2", at(8), 0));
    assert_eq!(ids(&claim.ticket), ["m1", "m2"]);
    assert_eq!(twin.decide(&claim, &reply(&["It is on its way."]), 19).await, Written::Yes);
    assert_eq!(twin.status().await.decided, 2);
    assert!(twin.claim(100).await.is_empty());
}

/// Somebody who never stops writing is answered too.
pub async fn a_burst_without_end_is_claimed_at_its_maximum(twin: Twin) {
    for second in [0, 8, 16, 24] {
        twin.receive(asks(&format!("m{second}"), "a"), second).await;
        assert!(twin.claim(second).await.is_empty());
    }
    twin.receive(asks("m29", "a"), 29).await;
    assert!(twin.claim(29).await.is_empty());
    assert_eq!(twin.claim_one(30).await.message.0, "m29");
}

/// By the time when they became due, however they became due.
pub async fn the_oldest_turn_comes_first(twin: Twin) {
    twin.receive(asks("b1", "b"), 1).await;
    twin.receive(asks("c1", "c"), 2).await;
    for second in [0, 9, 18, 27, 29] {
        twin.receive(asks(&format!("a{second}"), "a"), second).await;
    }
    twin.receive(asks("d1", "d"), 25).await;
    let two = ClaimTerms { limit: 2, ..TERMS };
    let order = async |terms| {
        let claims = twin.ledger.claim_due(&worker("one"), at(60), terms).await.unwrap();
        claims.into_iter().map(|claim| claim.ticket.id.0).collect::<Vec<_>>()
    };
    assert_eq!(order(two).await, ["b", "c"]);
    assert_eq!(order(two).await, ["a", "d"]);
    assert!(order(two).await.is_empty());
}

/// Even for the same worker.
pub async fn a_claim_in_force_keeps_others_away(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    twin.claim_one(10).await;
    for name in ["one", "two"] {
        assert!(twin.ledger.claim_due(&worker(name), at(69), TERMS).await.unwrap().is_empty());
    }
}

/// And the lost try counts.
pub async fn after_the_lease_the_turn_is_claimed_with_a_higher_fence(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    let first = twin.claim_one(10).await;
    let second = twin.claim_one(70).await;
    assert!(second.fence > first.fence);
    assert_eq!((first.attempts, second.attempts), (0, 1));
    assert_eq!(twin.decide(&first, &reply(&["one"]), 71).await, Written::Superseded);
    assert_eq!(twin.decide(&second, &reply(&["two"]), 72).await, Written::Yes);
}

/// An hour is more than any correction of a running clock.
pub async fn a_lease_from_before_the_clock_went_back_does_not_hold(twin: Twin) {
    twin.receive(asks("m1", "a"), -7_200).await;
    let first = twin.claim_one(0).await;
    let second = twin.claim_one(-3_600).await;
    assert!(second.fence > first.fence);
    assert_eq!(twin.decide(&first, &reply(&["one"]), -3_599).await, Written::Superseded);
}

/// Whatever it wants to write.
pub async fn a_stale_fence_cannot_write(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    let stale = twin.claim_one(10).await;
    let fresh = twin.claim_one(70).await;
    let escalation =
        runtime::effect::Effect::Escalate { team: None, priority: triage::classification::Priority::High, note: String::new() };
    assert_eq!(twin.decide(&stale, &reply(&["no"]), 71).await, Written::Superseded);
    assert_eq!(twin.ledger.postpone(&stale, "slow", at(80)).await.unwrap(), Written::Superseded);
    assert_eq!(twin.ledger.bury(&stale, "slow", &escalation, at(71)).await.unwrap(), Written::Superseded);
    assert_eq!((twin.status().await.waiting, twin.status().await.dead_letters), (1, 0));
    assert_eq!(twin.decide(&fresh, &reply(&["yes"]), 71).await, Written::Yes);
    assert_eq!(twin.decide(&fresh, &reply(&["yes"]), 72).await, Written::Superseded);
    assert_eq!(twin.records.decisions(10).await.unwrap().len(), 1);
}

/// The turn has grown: it is decided as a whole, after its burst.
pub async fn a_newer_message_supersedes_the_decision(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    let claim = twin.claim_one(10).await;
    twin.receive(asks("m2", "a"), 11).await;
    assert_eq!(twin.decide(&claim, &reply(&["too early"]), 12).await, Written::Superseded);
    assert!(twin.claim(20).await.is_empty());
    let claim = twin.claim_one(21).await;
    assert_eq!((ids(&claim.ticket), claim.attempts), (vec!["m1", "m2"], 0));
    assert_eq!(Case::at(&claim.ticket, &claim.message).unwrap().turn.len(), 2);
}

/// A person has it now; the messages are still to be decided.
pub async fn an_agents_message_supersedes_the_decision(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    let claim = twin.claim_one(10).await;
    twin.receive(agent("m2", "a"), 11).await;
    assert_eq!(twin.decide(&claim, &reply(&["me too"]), 12).await, Written::Superseded);
    assert_eq!(twin.claim_one(12).await.message.0, "m1");
}

/// Not before its time.
pub async fn a_postponed_turn_comes_back_with_one_more_attempt(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    for attempt in 0..3 {
        let claim = twin.claim_one(100 * i64::from(attempt) + 10).await;
        assert_eq!(claim.attempts, attempt);
        let again = 100 * i64::from(attempt) + 110;
        assert_eq!(twin.ledger.postpone(&claim, "busy", at(again)).await.unwrap(), Written::Yes);
        assert!(twin.claim(again - 1).await.is_empty());
    }
}

/// The customer has said more, which may be easier; the attempts stay counted.
pub async fn a_new_message_ends_a_postponement(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    let claim = twin.claim_one(10).await;
    twin.ledger.postpone(&claim, "busy", at(500)).await.unwrap();
    twin.receive(asks("m2", "a"), 20).await;
    assert!(twin.claim(29).await.is_empty());
    assert_eq!(twin.claim_one(30).await.attempts, 1);
}

/// Intake goes on; nothing else begins.
pub async fn nothing_is_claimed_while_paused(twin: Twin) {
    twin.decided("m1", "a", &reply(&["soon"])).await;
    twin.records.set_paused(true, at(11)).await.unwrap();
    twin.receive(asks("m2", "b"), 12).await;
    assert!(twin.status().await.paused);
    assert!(twin.claim(100).await.is_empty());
    assert!(twin.begin(100).await.is_empty());
    assert_eq!(twin.ledger.next_due(TERMS).await.unwrap(), None);
    twin.records.set_paused(false, at(101)).await.unwrap();
    assert_eq!((twin.claim(102).await.len(), twin.begin(102).await.len()), (1, 1));
}

/// And always the message that is to be decided.
pub async fn a_long_conversation_brings_its_newest_messages(twin: Twin) {
    let count = TICKET_MESSAGES_MAX + 20;
    let messages: Vec<_> = (0..count).map(|n| asks(&format!("a{n}"), "a")).collect();
    twin.ledger.receive(&messages, at(0)).await.unwrap();
    let claim = twin.claim_one(10).await;
    assert_eq!(claim.ticket.messages.len(), TICKET_MESSAGES_MAX);
    assert_eq!(ids(&claim.ticket).last(), Some(&format!("a{}", count - 1).as_str()));
    twin.decide(&claim, &reply(&["ok"]), 11).await;
    twin.receive(asks("b", "b"), 20).await;
    let replies: Vec<_> = (0..count).map(|n| agent(&format!("b{n}"), "b")).collect();
    twin.ledger.receive(&replies, at(21)).await.unwrap();
    let claim = twin.claim_one(40).await;
    assert!(Case::at(&claim.ticket, &claim.message).is_ok());
}
