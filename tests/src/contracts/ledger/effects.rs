//! Effects.

use crate::contracts::ledger::twin::{Twin, agent, asks, at, confirms_opt_out, decision, reply, reply_and_tag, texts};
use runtime::effect::{Effect, EffectOutcome, EffectState};
use runtime::ports::ledger::Written;
use triage::decision::{Action, ConsentChange, Decision};
use triage::ticket::{Author, Change, Owner, Tag};

/// The next one begins when the one before it is over.
pub async fn effects_begin_in_their_order(twin: Twin) {
    twin.decided("m1", "a", &reply_and_tag("on its way", "parcel")).await;
    let send = twin.begin_one(11).await;
    assert!(matches!(send.effect, Effect::Send { .. }));
    assert!(twin.begin(12).await.is_empty());
    twin.done(&send, "SM1", 13).await;
    let tag = twin.begin_one(13).await;
    assert!(matches!(tag.effect, Effect::Tag { .. }));
    assert_ne!(tag.key, send.key);
    assert_eq!((send.attempts, send.begun_at, send.ticket.0.as_str()), (0, at(11), "a"));
}

/// Although the customer has written again in between.
pub async fn a_send_that_is_done_stands_right_behind_what_it_answers(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    twin.receive(asks("m2", "a"), 12).await;
    assert_eq!(twin.done(&send, "SM1", 13).await, Written::Yes);
    let ticket = twin.ticket("a").await;
    assert_eq!(texts(&ticket), ["where is my parcel", "on its way", "where is my parcel"]);
    assert_eq!((ticket.messages[1].author, ticket.messages[1].id.0.as_str()), (Author::Bot, "SM1"));
    assert_eq!(twin.claim_one(22).await.message.0, "m2");
    assert_eq!(twin.status().await.received, 2);
}

/// Each part goes when the one before it has gone.
pub async fn the_parts_of_a_reply_keep_their_order(twin: Twin) {
    twin.decided("m1", "a", &reply(&["one", "two", "three"])).await;
    for (second, part) in [(11, "one"), (12, "two"), (13, "three")] {
        let send = twin.begin_one(second).await;
        assert!(matches!(&send.effect, Effect::Send { text, .. } if text == part));
        twin.done(&send, &format!("SM{second}"), second).await;
    }
    assert_eq!(texts(&twin.ticket("a").await), ["where is my parcel", "one", "two", "three"]);
    assert_eq!(twin.records.decision("m1").await.unwrap().unwrap().effects[2].state, EffectState::Done);
}

/// The answer would be late.
pub async fn a_send_is_cancelled_when_a_newer_message_came(twin: Twin) {
    twin.decided("m1", "a", &reply_and_tag("on its way", "parcel")).await;
    twin.receive(asks("m2", "a"), 11).await;
    let begun = twin.begin(12).await;
    assert!(begun.iter().all(|claim| matches!(claim.effect, Effect::Tag { .. })), "the tag is still true");
    assert_eq!((begun.len(), twin.effects("cancelled").await), (1, 1));
    assert_eq!(twin.claim_one(21).await.message.0, "m2");
}

/// Two answers would be one too many.
pub async fn a_send_is_cancelled_when_a_person_wrote(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way", "tomorrow"])).await;
    twin.receive(agent("m2", "a"), 11).await;
    assert!(twin.begin(12).await.is_empty());
    assert_eq!(twin.effects("cancelled").await, 2);
}

/// In whatever conversation the customer has said so.
pub async fn a_send_is_cancelled_when_the_customer_has_opted_out_since(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    twin.receive(asks("m2", "b"), 1).await;
    let claims = twin.claim(12).await;
    assert_eq!(twin.decide(&claims[1], &confirms_opt_out(), 13).await, Written::Yes);
    assert_eq!(twin.decide(&claims[0], &reply(&["buy more"]), 14).await, Written::Yes);
    let begun = twin.begin_one(15).await;
    assert_eq!(begun.ticket.0, "b", "the claim of the other was older than the opt-out");
    assert_eq!(twin.effects("cancelled").await, 1);
}

/// It is what the customer asked for.
pub async fn the_confirmation_of_an_opt_out_still_goes(twin: Twin) {
    twin.decided("m1", "a", &confirms_opt_out()).await;
    let send = twin.begin_one(11).await;
    assert_eq!(twin.done(&send, "SM1", 12).await, Written::Yes);
    assert_eq!(twin.status().await.opted_out, 1);
    twin.receive(asks("m2", "a"), 20).await;
    let claim = twin.claim_one(30).await;
    twin.decide(&claim, &Decision { consent: Some(ConsentChange::OptIn), ..decision(Action::TagOnly) }, 31).await;
    assert_eq!(twin.status().await.opted_out, 0);
}

/// Drafts too; tags stay.
pub async fn a_newer_decision_cancels_what_the_older_would_say(twin: Twin) {
    let draft = Decision { tags: vec![Tag("parcel".to_owned())], ..decision(Action::Draft { text: "on its way".to_owned() }) };
    twin.decided("m1", "a", &draft).await;
    twin.receive(asks("m2", "a"), 11).await;
    let claim = twin.claim_one(21).await;
    twin.decide(&claim, &reply(&["here it is"]), 22).await;
    let begun = twin.begin(23).await;
    assert_eq!(begun.iter().map(|claim| claim.effect.name()).collect::<Vec<_>>(), ["tag", "send"]);
    assert_eq!(twin.effects("cancelled").await, 1);
}

/// What was sent must be known before more is said.
pub async fn a_send_that_is_begun_keeps_the_conversation_closed(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    twin.receive(asks("m2", "a"), 12).await;
    assert!(twin.claim(40).await.is_empty());
    twin.settle(&send, EffectOutcome::Unknown { look_at: at(60), problem: "time-out".to_owned() }, 41).await;
    assert!(twin.claim(50).await.is_empty());
    let look = twin.look_up(60).await.remove(0);
    twin.done(&look, "SM1", 61).await;
    assert_eq!(twin.claim(61).await.len(), 1);
}

/// And what was tried is counted; the beginning stays the first one.
pub async fn an_effect_to_be_tried_again_waits_until_then(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let first = twin.begin_one(11).await;
    twin.settle(&first, EffectOutcome::Again { at: at(20), problem: "429".to_owned() }, 12).await;
    assert!(twin.begin(19).await.is_empty());
    let second = twin.begin_one(20).await;
    assert_eq!((second.key, second.attempts, second.begun_at), (first.key, 1, at(11)));
    assert!(second.fence > first.fence);
}

/// By whoever holds the newest claim.
pub async fn an_effect_is_settled_once(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let first = twin.begin_one(11).await;
    twin.settle(&first, EffectOutcome::Again { at: at(20), problem: "429".to_owned() }, 12).await;
    let second = twin.begin_one(20).await;
    assert_eq!(twin.done(&first, "SM1", 21).await, Written::Superseded);
    assert_eq!(twin.done(&second, "SM2", 21).await, Written::Yes);
    assert_eq!(twin.done(&second, "SM3", 22).await, Written::Superseded);
    assert_eq!(twin.ticket("a").await.messages.len(), 2);
}

/// Once each.
pub async fn tags_stand_on_the_ticket_once_done(twin: Twin) {
    for (id, second) in [("m1", 0), ("m2", 100)] {
        twin.receive(asks(id, "a"), second).await;
        let claim = twin.claim_one(second + 10).await;
        twin.decide(&claim, &Decision { tags: vec![Tag("parcel".to_owned())], ..decision(Action::TagOnly) }, second + 10).await;
        let tag = twin.begin_one(second + 11).await;
        assert_eq!(twin.ticket("a").await.tags.len(), usize::from(second == 100));
        twin.done(&tag, "T", second + 12).await;
    }
    assert_eq!(twin.ticket("a").await.tags, [Change { at: at(12), to: Tag("parcel".to_owned()) }]);
}

/// From the decision on.
pub async fn an_escalation_makes_a_person_the_owner(twin: Twin) {
    twin.decided("m1", "a", &decision(Action::Escalate { note: "please look".to_owned() })).await;
    assert_eq!(twin.ticket("a").await.owners, [Change { at: at(10), to: Owner::Person }]);
    assert_eq!(twin.begin_one(11).await.effect.name(), "escalate");
}
