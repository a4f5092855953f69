//! News of what was sent, and effects beside sends.

use crate::contracts::ledger::twin::{Twin, agent, asks, at, decision, reply, reply_and_tag};
use runtime::delivery::{DeliveryReport, DeliveryState, Noted};
use runtime::effect::{DecisionId, Effect, EffectKey, EffectOutcome, EffectState, effects_of, with_records};
use runtime::ports::sms_gateway::Bill;
use triage::decision::Action;
use triage::ticket::Author;

fn news(key: Option<&EffectKey>, vendor_id: &str, state: DeliveryState) -> DeliveryReport {
    DeliveryReport { key: key.cloned(), vendor_id: vendor_id.to_owned(), state, code: None, problem: None, opted_out: false }
}

impl Twin {
    async fn hears(&self, report: &DeliveryReport, seconds: i64) -> Noted {
        self.ledger.note_delivery(report, at(seconds)).await.unwrap()
    }

    async fn delivery(&self, message: &str) -> (EffectState, Option<DeliveryState>) {
        let decision = self.records.decision(message).await.unwrap().unwrap();
        let send = decision.effects.iter().find(|effect| effect.effect.name() == "send").unwrap();
        (send.state, send.delivery)
    }
}

/// The token went along with it: whoever brings it back has the message.
pub async fn news_of_an_unknown_send_prove_that_it_happened(twin: Twin) {
    twin.decided("m1", "a", &reply_and_tag("on its way", "parcel")).await;
    let send = twin.begin_one(11).await;
    twin.settle(&send, EffectOutcome::Unknown { look_at: at(100), problem: "time-out".to_owned() }, 12).await;
    assert_eq!(twin.hears(&news(Some(&send.key), "SM1", DeliveryState::Sent), 13).await, Noted::News);
    assert_eq!(twin.delivery("m1").await, (EffectState::Done, Some(DeliveryState::Sent)));
    assert!(twin.look_up(200).await.is_empty(), "nothing is left to look up");
    assert_eq!(twin.ticket("a").await.messages.last().unwrap().id.0, "SM1");
    assert_eq!(twin.begin_one(14).await.effect.name(), "tag", "and what comes after it begins");
}

/// Also when it was to be tried again: it must not be sent a second time.
pub async fn news_of_a_send_that_waits_to_be_tried_again_keep_it_from_being_sent(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    twin.settle(&send, EffectOutcome::Again { at: at(20), problem: "not found".to_owned() }, 12).await;
    twin.hears(&news(Some(&send.key), "SM1", DeliveryState::Queued), 13).await;
    assert!(twin.begin(30).await.is_empty());
    assert_eq!(twin.delivery("m1").await.0, EffectState::Done);
}

/// By the vendor's id as well as by the token; and what is over stays over.
pub async fn news_in_any_order_end_where_the_way_ends(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    twin.done(&send, "SM1", 12).await;
    let states = [DeliveryState::Delivered, DeliveryState::Sent, DeliveryState::Queued, DeliveryState::Delivered];
    let noted = [Noted::News, Noted::Known, Noted::Known, Noted::Known];
    for (state, expected) in states.into_iter().zip(noted) {
        assert_eq!(twin.hears(&news(None, "SM1", state), 13).await, expected, "{state:?}");
    }
    assert_eq!(twin.delivery("m1").await, (EffectState::Done, Some(DeliveryState::Delivered)));
    assert_eq!(twin.ticket("a").await.messages.len(), 2, "said once");
}

/// A person is told, and there is a dead letter.
pub async fn a_message_lost_on_the_way_is_a_persons(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    twin.done(&send, "SM1", 12).await;
    let problem = Some("filtered".to_owned());
    twin.hears(&DeliveryReport { problem, code: Some(30007), ..news(Some(&send.key), "SM1", DeliveryState::Undelivered) }, 13).await;
    assert_eq!(twin.status().await.dead_letters, 1);
    let escalation = twin.begin_one(14).await;
    assert!(matches!(&escalation.effect, Effect::Escalate { note, .. } if note.contains("filtered")));
}

/// Whether the carrier says so at once or later.
pub async fn an_opt_out_with_the_carrier_is_kept(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    twin.settle(&send, EffectOutcome::OptedOut { problem: "21610".to_owned() }, 12).await;
    assert_eq!(twin.status().await.opted_out, 1);
    assert_eq!(twin.delivery("m1").await.0, EffectState::Failed);
    assert!(twin.ticket("a").await.opted_out.iter().any(|change| change.to));
}

/// Nobody has sent that.
pub async fn news_of_nothing_are_nothing(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    assert_eq!(twin.hears(&news(None, "SM9", DeliveryState::Delivered), 13).await, Noted::NoSuchSend);
    assert_eq!(twin.hears(&news(Some(&EffectKey("D0-0".to_owned())), "SM9", DeliveryState::Delivered), 13).await, Noted::NoSuchSend);
    assert_eq!(twin.delivery("m1").await, (EffectState::Pending, None));
}

/// The helpdesk and the gateway are told both numbers.
pub async fn an_effect_names_both_numbers(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    assert_eq!((send.customer.reveal(), send.company.reveal()), ("+12025550123", "+12025550100"));
}

/// The agent has seen more than it knew.
pub async fn a_draft_is_thrown_away_when_the_conversation_moved(twin: Twin) {
    twin.decided("m1", "a", &decision(Action::Draft { text: "on its way".to_owned() })).await;
    twin.receive(agent("m2", "a"), 11).await;
    assert!(twin.begin(12).await.is_empty());
    assert_eq!(twin.effects("cancelled").await, 1);
}

/// What was not said is not recorded as said; what the customer said is.
pub async fn the_record_of_a_send_goes_with_the_send(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    let claim = twin.claim_one(10).await;
    let decided = reply(&["one"]);
    let effects = with_records(effects_of(&decided, &claim.ticket.customer), &claim.ticket.messages);
    let names: Vec<&str> = effects.iter().map(Effect::name).collect();
    assert_eq!(names, ["record", "send", "record"]);
    let id = DecisionId::of(&claim.ticket.id, &claim.message, claim.fence);
    twin.ledger.decided(&claim, &id, &decided, &effects, at(10)).await.unwrap();
    let first = twin.begin_one(11).await;
    assert!(matches!(first.effect, Effect::Record { by: Author::Customer, .. }));
    twin.done(&first, "R1", 12).await;
    twin.receive(agent("m2", "a"), 13).await;
    assert!(twin.begin(14).await.is_empty());
    assert_eq!(twin.effects("cancelled").await, 2);
}

/// Once; and what the vendor says of its way is kept too.
pub async fn a_bill_is_asked_for_until_it_has_a_price(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    let send = twin.begin_one(11).await;
    twin.done(&send, "SM1", 12).await;
    let unbilled = async || twin.ledger.unbilled(at(0), at(20), 10).await.unwrap();
    assert_eq!(unbilled().await, ["SM1"]);
    assert!(twin.ledger.unbilled(at(0), at(10), 10).await.unwrap().is_empty(), "not so soon");
    let report = news(None, "SM1", DeliveryState::Sent);
    let bill = Bill { segments: 1, price_micros: None, currency: None, report: report.clone() };
    twin.ledger.note_bill("SM1", &bill, at(21)).await.unwrap();
    assert_eq!((unbilled().await.len(), twin.delivery("m1").await.1), (1, Some(DeliveryState::Sent)));
    let bill = Bill { price_micros: Some(7_900), currency: Some("USD".to_owned()), ..bill };
    twin.ledger.note_bill("SM1", &bill, at(22)).await.unwrap();
    assert!(unbilled().await.is_empty());
}

/// Where the next sweep begins.
pub async fn the_newest_message_of_others_is_known_by_its_time(twin: Twin) {
    assert_eq!(twin.ledger.last_received().await.unwrap(), None);
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    twin.receive(asks("m2", "b"), 5).await;
    let send = twin.begin_one(11).await;
    twin.done(&send, "SM1", 60).await;
    assert_eq!(twin.ledger.last_received().await.unwrap(), Some(at(5)));
}
