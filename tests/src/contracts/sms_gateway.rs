//! What every gateway promises that takes keys.

use jiff::Timestamp;
use runtime::effect::EffectKey;
use runtime::ports::sms_gateway::{OutboundSms, SmsGateway};
use triage::phone::PhoneNumber;
use triage::ticket::TicketId;

/// Runs every case. `count` says how many messages the gateway has sent so far.
pub async fn all(gateway: &dyn SmsGateway, count: impl Fn() -> usize) {
    sending_twice_sends_once(gateway, &count).await;
    what_was_sent_is_found(gateway).await;
    what_was_not_sent_is_not_found(gateway, &count).await;
}

async fn sending_twice_sends_once(gateway: &dyn SmsGateway, count: impl Fn() -> usize) {
    let first = gateway.send(&sms("D1-0")).await.unwrap();
    let second = gateway.send(&sms("D1-0")).await.unwrap();
    assert_eq!((first, count()), (second, 1));
    let other = gateway.send(&sms("D1-1")).await.unwrap();
    assert_ne!(other, gateway.send(&sms("D1-0")).await.unwrap());
    assert_eq!(count(), 2, "equal texts under two keys are two messages");
}

async fn what_was_sent_is_found(gateway: &dyn SmsGateway) {
    let sent = gateway.send(&sms("D2-0")).await.unwrap();
    assert!(!sent.is_empty());
    assert_eq!(gateway.find(&sms("D2-0"), Timestamp::UNIX_EPOCH).await.unwrap(), [sent]);
}

async fn what_was_not_sent_is_not_found(gateway: &dyn SmsGateway, count: impl Fn() -> usize) {
    let before = count();
    assert_eq!(gateway.find(&sms("D3-0"), Timestamp::UNIX_EPOCH).await.unwrap(), [""; 0]);
    assert_eq!(count(), before, "looking does not send");
}

fn sms(key: &str) -> OutboundSms {
    OutboundSms {
        key: EffectKey(key.to_owned()),
        ticket: TicketId("a".to_owned()),
        attempts: 0,
        from: PhoneNumber::parse("+12025550100").unwrap(),
        to: PhoneNumber::parse("+12025550123").unwrap(),
        text: "It is on its way.\nTomorrow.".to_owned(),
    }
}
