//! Recovery of what dead workers held.

use crate::contracts::ledger::twin::{LEASE_MS, TERMS, Twin, asks, at, reply, worker};
use runtime::effect::EffectOutcome;
use runtime::ports::ledger::Written;

/// Milliseconds until a lost send is looked up.
const SETTLE_MS: i64 = 90_000;

/// Never sent again blindly.
pub async fn a_lost_send_becomes_unknown_and_is_looked_up_after_settling(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let lost = twin.begin_one(11).await;
    assert!(twin.look_up(1_000).await.is_empty(), "it is only begun");
    assert_eq!(twin.ledger.recover(at(71), SETTLE_MS, None).await.unwrap(), 1);
    assert_eq!(twin.effects("unknown").await, 1);
    assert!(twin.begin(1_000).await.is_empty());
    assert!(twin.look_up(160).await.is_empty());
    let look = twin.look_up(161).await.remove(0);
    assert_eq!((&look.key, look.begun_at, look.attempts), (&lost.key, at(11), 1));
    assert!(look.fence > lost.fence);
    assert_eq!(twin.done(&lost, "SM1", 162).await, Written::Superseded);
    assert_eq!(twin.done(&look, "SM1", 162).await, Written::Yes);
}

/// Neither turns nor effects.
pub async fn nothing_is_taken_back_while_its_lease_holds(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    twin.receive(asks("m2", "b"), 10).await;
    let claim = twin.claim_one(20).await;
    let send = twin.begin_one(20).await;
    assert_eq!(twin.ledger.recover(at(79), SETTLE_MS, None).await.unwrap(), 0);
    assert_eq!(twin.ledger.recover(at(79), SETTLE_MS, Some(&worker("two"))).await.unwrap(), 0);
    assert_eq!(twin.decide(&claim, &reply(&["yes"]), 79).await, Written::Yes);
    assert_eq!(twin.done(&send, "SM1", 79).await, Written::Yes);
}

/// At once, whatever the leases say.
pub async fn a_worker_that_starts_takes_back_its_own(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    twin.receive(asks("m2", "b"), 10).await;
    let claim = twin.claim_one(20).await;
    twin.begin_one(20).await;
    assert_eq!(twin.ledger.recover(at(21), SETTLE_MS, Some(&worker("one"))).await.unwrap(), 2);
    assert_eq!(twin.decide(&claim, &reply(&["late"]), 21).await, Written::Superseded);
    let again = twin.claim_one(21).await;
    assert_eq!((again.ticket.id.0.as_str(), again.attempts), ("b", 1));
    assert!(twin.look_up(110).await.is_empty());
    assert_eq!(twin.look_up(111).await.len(), 1);
    assert_eq!(twin.ledger.recover(at(112), SETTLE_MS, Some(&worker("one"))).await.unwrap(), 2, "the new claim, and the look-up");
    assert_eq!(twin.look_up(112).await.len(), 1);
}

/// It knows better than any look-up.
pub async fn the_late_answer_of_a_slow_worker_counts_until_the_look_up(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let slow = twin.begin_one(11).await;
    twin.ledger.recover(at(100), SETTLE_MS, None).await.unwrap();
    assert_eq!(twin.done(&slow, "SM1", 101).await, Written::Yes);
    assert!(twin.look_up(1_000).await.is_empty());
    assert_eq!(twin.effects("done").await, 1);
}

/// If it is still true.
pub async fn an_unknown_send_that_is_not_found_is_sent_again(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    twin.settle(&send, EffectOutcome::Unknown { look_at: at(50), problem: "reset".to_owned() }, 12).await;
    assert!(twin.look_up(49).await.is_empty());
    let look = twin.look_up(50).await.remove(0);
    twin.settle(&look, EffectOutcome::Again { at: at(51), problem: "not found".to_owned() }, 51).await;
    assert_eq!(twin.begin_one(51).await.key, send.key);
}

/// Until its lease ends.
pub async fn a_look_up_is_claimed_by_one_worker(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    twin.settle(&send, EffectOutcome::Unknown { look_at: at(50), problem: "reset".to_owned() }, 12).await;
    let first = twin.look_up(50).await.remove(0);
    assert!(twin.ledger.claim_unknown(&worker("two"), at(109), LEASE_MS, 10).await.unwrap().is_empty());
    let second = twin.ledger.claim_unknown(&worker("two"), at(110), LEASE_MS, 10).await.unwrap().remove(0);
    assert_eq!(twin.done(&first, "SM1", 111).await, Written::Superseded);
    assert_eq!(twin.done(&second, "SM1", 111).await, Written::Yes);
    assert_eq!(twin.ledger.next_due(TERMS).await.unwrap(), None);
}

/// Leases, look-ups, retries and bursts from before the clock went back by an hour.
pub async fn what_was_put_off_before_the_clock_went_back_is_due_now(twin: Twin) {
    const HOUR: i64 = 3_600;
    for (message, ticket) in [("m1", "a"), ("m2", "b"), ("m3", "c")] {
        twin.decided(message, ticket, &reply(&["on its way"])).await;
    }
    let sends = twin.begin(HOUR).await;
    twin.settle(&sends[0], EffectOutcome::Again { at: at(HOUR + 10), problem: "busy".to_owned() }, HOUR).await;
    twin.settle(&sends[1], EffectOutcome::Unknown { look_at: at(HOUR + 90), problem: "reset".to_owned() }, HOUR).await;
    twin.receive(asks("m4", "d"), HOUR).await;
    assert!(twin.claim(20).await.is_empty() && twin.begin(20).await.is_empty() && twin.look_up(20).await.is_empty());
    assert_eq!(twin.ledger.recover(at(20), SETTLE_MS, None).await.unwrap(), 1, "the send that was begun");
    assert_eq!(twin.begin(20).await.len(), 1, "what was to be tried again");
    assert_eq!(twin.look_up(109).await.len(), 0);
    assert_eq!(twin.look_up(110).await.len(), 2, "what is unknown, after settling");
    assert_eq!(twin.claim(30).await.len(), 1, "the burst counts from now");
}

/// By the vendor's id of what was sent.
pub async fn a_send_is_known_by_the_vendors_id(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    assert_eq!(twin.ledger.send_of("SM1").await.unwrap(), None);
    twin.done(&send, "SM1", 12).await;
    assert_eq!(twin.ledger.send_of("SM1").await.unwrap(), Some(send.key));
}
