//! What people see.

use crate::contracts::ledger::twin::{Twin, asks, at, confirms_opt_out, decision, reply, ticket};
use runtime::effect::DecisionId;
use runtime::inbound::InboundMessage;
use triage::case::Case;
use triage::decision::{Action, ConsentChange, Decision, Reason};
use triage::phone::PhoneNumber;
use triage::ticket::Change;

/// But not for another number of the company, nor for another customer.
pub async fn an_opt_out_holds_for_all_conversations_with_the_number(twin: Twin) {
    twin.decided("m1", "a", &confirms_opt_out()).await;
    let other = |digits: &str| PhoneNumber::parse(digits).unwrap();
    twin.receive(asks("m2", "b"), 20).await;
    twin.receive(InboundMessage { to: other("+12025550199"), ..asks("m3", "c") }, 20).await;
    twin.receive(InboundMessage { from: other("+12025550124"), ..asks("m4", "d") }, 20).await;
    let claims = twin.claim(30).await;
    let opted_out: Vec<bool> = claims.iter().map(|claim| Case::at(&claim.ticket, &claim.message).unwrap().opted_out).collect();
    assert_eq!(opted_out, [true, false, false]);
}

/// So that words on consent are obeyed once.
pub async fn an_opt_out_counts_from_the_message_that_asked(twin: Twin) {
    twin.receive(InboundMessage { at: Some(at(-30)), ..asks("m1", "a") }, 0).await;
    let claim = twin.claim_one(10).await;
    twin.decide(&claim, &confirms_opt_out(), 10).await;
    assert_eq!(twin.ticket("a").await.opted_out, [Change { at: at(-30), to: true }]);
}

/// What was dated before the clock went back does not come after it.
pub async fn a_stop_holds_though_the_clock_went_back_after_a_start(twin: Twin) {
    let opts_in = Decision { consent: Some(ConsentChange::OptIn), ..reply(&["Welcome back."]) };
    twin.receive(asks("m1", "a"), 4_000).await;
    let claim = twin.claim_one(4_010).await;
    twin.decide(&claim, &opts_in, 4_010).await;
    twin.receive(asks("m2", "a"), 20).await;
    twin.ledger.recover(at(20), 0, None).await.unwrap();
    let claim = twin.claim_one(30).await;
    twin.decide(&claim, &confirms_opt_out(), 30).await;
    for now in [40, 4_020] {
        let name = format!("m{now}");
        twin.receive(asks(&name, "a"), now).await;
        let claim = twin.claim_one(now + 10).await;
        assert!(Case::at(&claim.ticket, &claim.message).unwrap().opted_out, "at {now}");
        twin.decide(&claim, &decision(Action::TagOnly), now + 10).await;
    }
}

/// With all its effects, as it was written.
pub async fn a_decision_is_found_by_its_id_its_messages_and_its_ticket(twin: Twin) {
    twin.receive(asks("m0", "a"), 0).await;
    let written = reply(&["one", "two"]);
    let claim = twin.decided("m1", "a", &written).await;
    let id = DecisionId::of(&claim.ticket.id, &claim.message, claim.fence);
    for name in [id.0.as_str(), "m0", "m1", "a"] {
        let found = twin.records.decision(name).await.unwrap().unwrap();
        assert_eq!((&found.id, found.message.0.as_str(), found.at, &found.decision), (&id, "m1", at(10), &written));
        assert_eq!(found.effects.len(), 2);
    }
    twin.receive(asks("m2", "a"), 20).await;
    let later = twin.claim_one(30).await;
    twin.decide(&later, &decision(Action::TagOnly), 31).await;
    assert_eq!(twin.records.decision("m1").await.unwrap().unwrap().id, id);
    assert_eq!(twin.records.decision("a").await.unwrap().unwrap().message, later.message);
    let newest: Vec<_> = twin.records.decisions(5).await.unwrap().into_iter().map(|stored| stored.message.0).collect();
    assert_eq!(newest, ["m2", "m1"]);
    assert_eq!(twin.records.decisions(1).await.unwrap().len(), 1);
}

/// In the words of the decision.
pub async fn decisions_are_counted_by_action_and_reason(twin: Twin) {
    twin.decided("m1", "a", &reply(&["yes"])).await;
    twin.receive(asks("m2", "b"), 20).await;
    let claim = twin.claim_one(30).await;
    twin.decide(&claim, &confirms_opt_out(), 31).await;
    let status = twin.status().await;
    assert_eq!(status.decisions.get("reply"), Some(&2));
    assert_eq!(status.reasons.get(&Reason::OptedOutByWording.name()), Some(&1));
    assert_eq!(status.effects.get("pending"), Some(&2));
}

/// And asking does not make it.
pub async fn what_is_not_there_is_not_found(twin: Twin) {
    assert!(twin.records.decision("m1").await.unwrap().is_none());
    assert!(twin.records.ticket(&ticket("a")).await.unwrap().is_none());
    assert!(twin.records.decisions(10).await.unwrap().is_empty());
    assert_eq!(twin.status().await, runtime::ports::records::Status::default());
}
