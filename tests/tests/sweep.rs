//! The sweep: what came in while nobody listened is back, once.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use runtime::delivery::DeliveryState;
use runtime::ports::clock::Clock;
use runtime::ports::records::Records;
use runtime::steadiness::Moment;
use tests::vendor_house::{COMPANY, CUSTOMER, VendorHouse, Way};

#[tokio::test]
async fn everything_that_came_in_during_ten_minutes_down_is_back_at_the_start() {
    let house = VendorHouse::bare(Way::Twilio).await.unwrap();
    house.customer_writes("do gift cards expire?").await.unwrap();
    house.settle().await.unwrap();
    house.clock.advance(60_000);
    // Nobody hears these.
    for number in 0..60 {
        house.twilio.write(&format!("+1202555{number:04}"), COMPANY, "can i return it");
        house.clock.advance(10_000);
    }
    let since = house.sweep.beginning().await.unwrap();
    assert_eq!(house.sweep.since(since).await.unwrap(), 60, "all of them, and the known one not again");
    assert_eq!(house.sweep.since(since).await.unwrap(), 0);
    assert_eq!(house.ledger.status().await.unwrap().received, 61);
    house.settle().await.unwrap();
    assert_eq!(house.twilio.received().len(), 61);
}

#[tokio::test]
async fn conversations_of_the_helpdesk_are_swept_too() {
    let house = VendorHouse::bare(Way::Intercom).await.unwrap();
    let mut conversations = Vec::new();
    for number in 0..5 {
        conversations.push(house.intercom.begins(&format!("+1202555{number:04}"), "do gift cards expire?"));
        house.clock.advance(1_000);
    }
    house.intercom.person_answers(&conversations[4], "Priya here");
    let since = "2026-11-02T15:00:00Z".parse().unwrap();
    assert_eq!(house.sweep.since(since).await.unwrap(), 5);
    house.settle().await.unwrap();
    let answered = |id: &String| house.intercom.parts(id).iter().any(|(_, text)| text.contains("never expire"));
    assert_eq!(conversations.iter().filter(|id| answered(id)).count(), 4, "the fifth has a person");
}

#[tokio::test]
async fn the_price_of_what_was_sent_is_read_back_once() {
    let house = VendorHouse::bare(Way::Twilio).await.unwrap();
    house.customer_writes("do gift cards expire?").await.unwrap();
    house.settle().await.unwrap();
    assert_eq!(house.sweep.bills_round().await.unwrap(), 0, "not yet");
    house.clock.advance(600_000);
    assert_eq!(house.sweep.bills_round().await.unwrap(), 1);
    assert_eq!(house.sweep.bills_round().await.unwrap(), 0);
    let decision = house.ledger.decisions(1).await.unwrap().remove(0);
    let delivered = decision.effects.iter().find_map(|effect| effect.delivery);
    assert_eq!(delivered, Some(DeliveryState::Delivered), "nobody had told of it");
}

#[tokio::test]
async fn who_starts_today_does_not_answer_yesterday() {
    let house = VendorHouse::bare(Way::Twilio).await.unwrap();
    house.twilio.write(CUSTOMER, COMPANY, "do gift cards expire?");
    house.clock.advance(60_000);
    assert_eq!(house.sweep.beginning().await.unwrap(), house.clock.now());
    let since = house.sweep.beginning().await.unwrap();
    assert_eq!(house.sweep.since(since).await.unwrap(), 0);
}

const HOUR_MS: i64 = 3_600_000;

#[tokio::test]
async fn what_a_clock_that_was_ahead_did_not_see_is_fetched_once_it_is_set_right() {
    let house = VendorHouse::bare(Way::Twilio).await.unwrap();
    house.customer_writes("do gift cards expire?").await.unwrap();
    let mut last: Option<Moment> = Some(house.sweep.round(None).await.unwrap());
    house.clock.jump(HOUR_MS);
    for minute in 0..20 {
        let vendors_time = house.clock.now();
        // The vendor's clock is right.
        house.clock.jump(-HOUR_MS);
        house.twilio.write(&format!("+1202555{minute:04}"), COMPANY, "can i return it");
        house.clock.jump(HOUR_MS);
        assert_eq!(house.clock.now(), vendors_time);
        last = Some(house.sweep.round(last).await.unwrap());
        house.clock.advance(60_000);
    }
    let received = async || house.ledger.status().await.unwrap().received;
    assert!(received().await < 21, "asked for what is newer than the future, it sees nothing");
    house.clock.jump(-HOUR_MS);
    house.sweep.round(last).await.unwrap();
    assert_eq!(received().await, 21, "all of them");
}

#[tokio::test]
async fn a_last_message_of_the_future_makes_the_first_sweep_look_as_far_back_as_it_may() {
    let house = VendorHouse::bare(Way::Twilio).await.unwrap();
    house.twilio.write("+12025550001", COMPANY, "can i return it");
    house.clock.advance(HOUR_MS);
    house.clock.jump(HOUR_MS);
    house.customer_writes("do gift cards expire?").await.unwrap();
    house.clock.jump(-HOUR_MS);
    house.sweep.round(None).await.unwrap();
    assert_eq!(house.ledger.status().await.unwrap().received, 2);
}

#[tokio::test]
async fn a_message_that_was_deleted_at_the_vendor_holds_up_no_bill_and_no_sweep() {
    let house = VendorHouse::bare(Way::Twilio).await.unwrap();
    house.customer_writes("do gift cards expire?").await.unwrap();
    house.settle().await.unwrap();
    house.twilio.delete(&house.twilio.newest());
    house.clock.advance(60_000);
    house.customer_writes("do gift cards expire?").await.unwrap();
    house.settle().await.unwrap();
    house.clock.advance(600_000);
    assert_eq!(house.sweep.bills_round().await.unwrap(), 2);
    assert_eq!(house.sweep.bills_round().await.unwrap(), 1, "the one that is not there is asked for again, for three days");
    house.sweep.round(None).await.unwrap();
}
