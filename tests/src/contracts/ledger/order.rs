//! When things are due, and in what order messages stand.

use crate::contracts::ledger::twin::{TERMS, Twin, asks, at, reply, texts};
use runtime::effect::EffectOutcome;
use triage::case::Case;

/// Bursts, postponements, leases, effects and look-ups.
pub async fn the_ledger_says_when_something_is_due_next(twin: Twin) {
    let next = async || twin.ledger.next_due(TERMS).await.unwrap();
    assert_eq!(next().await, None);
    twin.receive(asks("m1", "a"), 0).await;
    assert_eq!(next().await, Some(at(10)));
    for second in [9, 18, 27] {
        twin.receive(asks(&format!("m{second}"), "a"), second).await;
    }
    assert_eq!(next().await, Some(at(30)), "the burst has a maximum");
    let claim = twin.claim_one(30).await;
    assert_eq!(next().await, Some(at(90)), "the lease");
    twin.ledger.postpone(&claim, "busy", at(45)).await.unwrap();
    assert_eq!(next().await, Some(at(45)));
    let claim = twin.claim_one(45).await;
    twin.decide(&claim, &reply(&["on its way"]), 46).await;
    assert_eq!(next().await, Some(at(46)), "the send");
    let send = twin.begin_one(46).await;
    assert_eq!(next().await, None, "nothing but what is being done");
    twin.settle(&send, EffectOutcome::Unknown { look_at: at(80), problem: "reset".to_owned() }, 47).await;
    assert_eq!(next().await, Some(at(80)), "the look-up");
    twin.receive(asks("m50", "a"), 50).await;
    assert_eq!(next().await, Some(at(80)), "an unknown send keeps the conversation closed");
}

/// The case of the later message sees the reply as history.
pub async fn a_later_message_stands_behind_an_earlier_reply(twin: Twin) {
    twin.decided("m1", "a", &reply(&["one", "two"])).await;
    for vendor_id in ["SM1", "SM2"] {
        let send = twin.begin_one(11).await;
        twin.done(&send, vendor_id, 11).await;
    }
    twin.receive(asks("m2", "a"), 12).await;
    twin.receive(asks("m3", "a"), 13).await;
    let claim = twin.claim_one(23).await;
    assert_eq!(texts(&claim.ticket), ["where is my parcel", "one", "two", "where is my parcel", "where is my parcel"]);
    let case = Case::at(&claim.ticket, &claim.message).unwrap();
    assert_eq!((case.history.len(), case.turn.len(), case.automatic_replies_in_a_row()), (3, 2, 2));
}
