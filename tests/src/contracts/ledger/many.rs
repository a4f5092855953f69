//! What only many workers at once can break.

use crate::contracts::ledger::twin::{LEASE_MS, TERMS, Twin, asks, at, message, reply, worker};
use runtime::effect::{DecisionId, Effect, EffectOutcome, effects_of};
use runtime::ports::ledger::{Claim, ClaimTerms, Ledger, Received, Written};
use runtime::ports::records::Records;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::JoinSet;
use triage::classification::Priority;
use triage::ticket::Author;

/// Workers of the crowd.
const WORKERS: usize = 8;
/// Messages that the crowd decides.
const MESSAGES: usize = 2_000;
/// Conversations that they belong to.
const CONVERSATIONS: usize = 400;

/// Runs every case, each on a new ledger.
pub async fn all<F, Made>(make: F)
where
    F: Fn() -> Made,
    Made: Future<Output = (Arc<dyn Ledger>, Arc<dyn Records>)>,
{
    let new = async || Twin::of(make().await);
    workers_that_claim_at_once_share_no_conversation(new().await).await;
    a_worker_that_was_stopped_past_its_lease_can_write_nothing(new().await).await;
    what_a_dead_worker_held_is_picked_up_after_its_lease(new().await).await;
    the_same_message_from_many_is_new_once(new().await).await;
    a_send_is_begun_by_one(new().await).await;
    a_crowd_decides_every_turn_exactly_once(new().await).await;
}

/// Whoever comes second gets what is left.
async fn workers_that_claim_at_once_share_no_conversation(twin: Twin) {
    for n in 0..60 {
        twin.receive(asks(&format!("m{n}"), &format!("c{n}")), 0).await;
    }
    let mut claiming = JoinSet::new();
    for n in 0..WORKERS {
        let ledger = twin.ledger.clone();
        claiming
            .spawn(async move { ledger.claim_due(&worker(&format!("w{n}")), at(10), ClaimTerms { limit: 10, ..TERMS }).await.unwrap() });
    }
    let (mut seen, mut count) = (BTreeSet::new(), 0);
    while let Some(claims) = claiming.join_next().await {
        for claim in claims.unwrap() {
            count += 1;
            assert!(seen.insert(claim.ticket.id.clone()), "{} was claimed twice", claim.ticket.id);
        }
    }
    assert!(count >= 10, "somebody got work");
    // Who found everything held by others gets it the next time.
    loop {
        let claims = twin.claim(10).await;
        if claims.is_empty() {
            break;
        }
        count += claims.len();
        assert!(claims.into_iter().all(|claim| seen.insert(claim.ticket.id)));
    }
    assert_eq!(count, 60);
}

/// Neither its turn nor its effect.
async fn a_worker_that_was_stopped_past_its_lease_can_write_nothing(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    let stale = twin.claim_one(10).await;
    let fresh = twin.ledger.claim_due(&worker("two"), at(70), TERMS).await.unwrap().remove(0);
    let escalation = Effect::Escalate { team: None, priority: Priority::High, note: String::new() };
    assert_eq!(twin.decide(&stale, &reply(&["no"]), 71).await, Written::Superseded);
    assert_eq!(twin.ledger.postpone(&stale, "slow", at(80)).await.unwrap(), Written::Superseded);
    assert_eq!(twin.ledger.bury(&stale, "slow", &escalation, at(71)).await.unwrap(), Written::Superseded);
    assert_eq!(twin.decide(&fresh, &reply(&["yes"]), 72).await, Written::Yes);
    let begun = twin.begin_one(73).await;
    twin.ledger.recover(at(200), 0, None).await.unwrap();
    let looked_up = twin.ledger.claim_unknown(&worker("two"), at(200), LEASE_MS, 10).await.unwrap().remove(0);
    assert_eq!(twin.done(&begun, "SM1", 201).await, Written::Superseded);
    assert!(twin.begin(201).await.is_empty(), "nobody begins what is looked up");
    assert_eq!(twin.settle(&looked_up, EffectOutcome::Done { vendor_id: "SM1".to_owned() }, 202).await, Written::Yes);
    assert_eq!((twin.effects("done").await, twin.records.decisions(10).await.unwrap().len()), (1, 1));
}

/// Not before, and by whoever comes.
async fn what_a_dead_worker_held_is_picked_up_after_its_lease(twin: Twin) {
    for n in 0..5 {
        twin.receive(asks(&format!("m{n}"), &format!("c{n}")), 0).await;
    }
    assert_eq!(twin.ledger.claim_due(&worker("dead"), at(10), TERMS).await.unwrap().len(), 5);
    assert_eq!(twin.ledger.recover(at(69), 0, Some(&worker("other"))).await.unwrap(), 0, "another's start takes nothing back");
    assert!(twin.claim(69).await.is_empty());
    let claims = twin.claim(70).await;
    assert_eq!(claims.len(), 5);
    assert!(claims.iter().all(|claim| claim.attempts == 1), "the try that was lost counts");
}

/// A webhook that was called by two paths.
async fn the_same_message_from_many_is_new_once(twin: Twin) {
    let mut receiving = JoinSet::new();
    for n in 0..WORKERS {
        let ledger = twin.ledger.clone();
        let messages = [asks("m1", "a"), asks(&format!("own{n}"), "a"), asks("m2", "b")];
        receiving.spawn(async move { ledger.receive(&messages, at(0)).await.unwrap() });
    }
    let mut new = 0;
    while let Some(received) = receiving.join_next().await {
        new += received.unwrap().iter().filter(|received| **received == Received::New).count();
    }
    assert_eq!(new, WORKERS + 2);
    assert_eq!(twin.status().await.received, WORKERS as u64 + 2);
    assert_eq!(twin.claim(10).await.len(), 2);
}

/// However many look.
async fn a_send_is_begun_by_one(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let mut beginning = JoinSet::new();
    for n in 0..WORKERS {
        let ledger = twin.ledger.clone();
        beginning.spawn(async move { ledger.claim_effects(&worker(&format!("w{n}")), at(11), LEASE_MS, 10).await.unwrap().len() });
    }
    let mut begun = 0;
    while let Some(count) = beginning.join_next().await {
        begun += count.unwrap();
    }
    assert_eq!(begun, 1);
}

/// Eight workers take in, claim, decide, act and settle beside one another until nothing is left.
async fn a_crowd_decides_every_turn_exactly_once(twin: Twin) {
    let messages: Vec<_> = (0..MESSAGES)
        .map(|n| message(&format!("m{n}"), &format!("c{}", n % CONVERSATIONS), Author::Customer, "where is my parcel"))
        .collect();
    for chunk in messages.chunks(250) {
        twin.ledger.receive(chunk, at(0)).await.unwrap();
    }
    let mut crowd = JoinSet::new();
    for n in 0..WORKERS {
        crowd.spawn(one_of_the_crowd(twin.ledger.clone(), twin.records.clone(), format!("w{n}")));
    }
    let mut written = 0;
    while let Some(count) = crowd.join_next().await {
        written += count.unwrap();
    }
    let status = twin.status().await;
    assert_eq!((status.decided, status.waiting, status.dead), (MESSAGES as u64, 0, 0));
    assert_eq!(written, CONVERSATIONS, "one decision for every turn");
    assert_eq!(status.decisions.get("reply"), Some(&(CONVERSATIONS as u64)));
    assert_eq!(status.effects.get("done"), Some(&(CONVERSATIONS as u64)), "one send for every decision");
}

async fn one_of_the_crowd(ledger: Arc<dyn Ledger>, records: Arc<dyn Records>, name: String) -> usize {
    let (id, mut written) = (worker(&name), 0);
    loop {
        let claims: Vec<Claim> = ledger.claim_due(&id, at(60), TERMS).await.unwrap();
        for claim in &claims {
            let decision = reply(&["on its way"]);
            let key = DecisionId::of(&claim.ticket.id, &claim.message, claim.fence);
            let effects = effects_of(&decision, &claim.ticket.customer);
            written += usize::from(ledger.decided(claim, &key, &decision, &effects, at(60)).await.unwrap() == Written::Yes);
        }
        let begun = ledger.claim_effects(&id, at(60), LEASE_MS, 10).await.unwrap();
        for claim in &begun {
            let outcome = EffectOutcome::Done { vendor_id: format!("V{}", claim.key) };
            assert_eq!(ledger.settle(claim, &outcome, at(60)).await.unwrap(), Written::Yes);
        }
        if claims.is_empty() && begun.is_empty() {
            let status = records.status().await.unwrap();
            if status.waiting == 0 && status.open_effects() == 0 {
                return written;
            }
            tokio::task::yield_now().await;
        }
    }
}
