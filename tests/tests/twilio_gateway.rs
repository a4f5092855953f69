//! Twilio as the phone network: what is sent, how errors are told apart, how a lost send is found.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use adapters::clock::manual::ManualClock;
use adapters::sms_gateway::pace::MESSAGES_MAX;
use adapters::sms_gateway::twilio::{TwilioSettings, TwilioSmsGateway};
use adapters::sms_gateway::twilio_codes::{ACCOUNT, CONTENT, EXPIRED, LATER, OPTED_OUT, RECIPIENT};
use jiff::Timestamp;
use runtime::effect::EffectKey;
use runtime::ports::clock::Clock;
use runtime::ports::sms_gateway::{OutboundSms, SendError, SmsGateway};
use std::collections::BTreeSet;
use std::sync::Arc;
use tests::fakes::twilio::{FakeTwilio, Fault};
use tests::prism::{self, Description, Prism};
use tests::shared;
use tests::vendor_house::{COMPANY, CUSTOMER, twilio_settings};
use triage::phone::PhoneNumber;
use triage::ticket::TicketId;

struct Phone {
    fake: FakeTwilio,
    gateway: TwilioSmsGateway,
    clock: Arc<ManualClock>,
    _prism: Option<Prism>,
}

async fn phone_with(test: &str, change: impl FnOnce(TwilioSettings) -> TwilioSettings) -> Phone {
    let clock = Arc::new(ManualClock::at("2026-11-02T15:00:00Z".parse().unwrap()));
    let fake = FakeTwilio::new(clock.clone());
    let address = fake.serve().await.unwrap();
    let prism = prism::before(test, Description::Twilio, &address);
    let url = prism.as_ref().map_or(address, |prism| prism.url.clone());
    let gateway = TwilioSmsGateway::new(change(twilio_settings(&url)), "https://sms.example.com/", clock.clone()).unwrap();
    Phone { fake, gateway, clock, _prism: prism }
}

async fn phone(test: &str) -> Phone {
    phone_with(test, |settings| settings).await
}

fn sms(key: &str, to: &str) -> OutboundSms {
    OutboundSms {
        key: EffectKey(key.to_owned()),
        ticket: TicketId("a".to_owned()),
        attempts: 2,
        from: PhoneNumber::parse(COMPANY).unwrap(),
        to: PhoneNumber::parse(to).unwrap(),
        text: "It is on its way.".to_owned(),
    }
}

#[tokio::test]
async fn a_send_has_the_vendors_field_names_and_a_token_of_its_attempt() {
    let service = |settings| TwilioSettings { messaging_service_sid: format!("MG{}", "0".repeat(32)), ..settings };
    let phone = phone_with("the form of a send", service).await;
    let sid = phone.gateway.send(&sms("D1-0", CUSTOMER)).await.unwrap();
    let form = phone.fake.forms().remove(0);
    assert!(sid.starts_with("SM") && form["StatusCallback"] == "https://sms.example.com/webhooks/twilio/status?send=D1-0.2");
    assert_eq!((form["From"].as_str(), form["ValidityPeriod"].as_str()), (COMPANY, "600"));
    let Some(description) = shared::json("the names of a send", "specs/twilio-messages.strict-subset.json") else { return };
    let request = "/paths/~12010-04-01~1Accounts~1{AccountSid}~1Messages.json/post/requestBody/content";
    let names = &description.pointer(request).unwrap()["application/x-www-form-urlencoded"]["schema"]["properties"];
    let known: BTreeSet<&String> = names.as_object().unwrap().keys().collect();
    assert!(form.keys().all(|name| known.contains(name)), "{form:?}");
}

#[tokio::test]
async fn error_codes_are_told_apart() {
    let phone = phone("error codes").await;
    let tables = [
        ("opted out", OPTED_OUT),
        ("refused", RECIPIENT),
        ("refused", ACCOUNT),
        ("refused", CONTENT),
        ("again", LATER),
        ("refused", EXPIRED),
    ];
    let mut number = 0;
    for (expected, codes) in tables.into_iter().chain([("refused", &[99_999][..])]) {
        for code in codes {
            phone.fake.fail(&[Fault::Refused(*code)]);
            number += 1;
            let error = phone.gateway.send(&sms("D1-0", &format!("+1202555{number:04}"))).await.unwrap_err();
            let kind = match &error {
                SendError::Again { .. } => "again",
                SendError::Unknown { .. } => "unknown",
                SendError::OptedOut { .. } => "opted out",
                SendError::Refused { .. } => "refused",
            };
            assert_eq!(kind, expected, "{code}: {error}");
            assert!(error.to_string().contains(&code.to_string()) && !error.to_string().contains("+1202"), "{error}");
        }
    }
    assert!(phone.fake.received().is_empty());
}

#[tokio::test]
async fn too_many_is_again_and_a_lost_answer_is_unknown_and_found() {
    let phone = phone("a lost answer").await;
    phone.fake.write(CUSTOMER, COMPANY, "It is on its way.");
    phone.clock.advance(600_000);
    let begun_at = phone.clock.now();
    phone.fake.fail(&[Fault::TooMany, Fault::Lost, Fault::AnswerLost]);
    assert!(matches!(phone.gateway.send(&sms("D1-0", CUSTOMER)).await, Err(SendError::Again { .. })));
    assert!(matches!(phone.gateway.send(&sms("D1-0", CUSTOMER)).await, Err(SendError::Unknown { .. })));
    assert_eq!(phone.gateway.find(&sms("D1-0", CUSTOMER), begun_at).await.unwrap(), [""; 0], "the customer's own words are not ours");
    assert!(matches!(phone.gateway.send(&sms("D1-0", CUSTOMER)).await, Err(SendError::Unknown { .. })));
    let sid = phone.fake.newest();
    for _ in 0..3 {
        // Others to the same number push it to the second page.
        phone.gateway.send(&OutboundSms { text: "Anything else?".to_owned(), ..sms("D2-0", CUSTOMER) }).await.unwrap();
    }
    assert_eq!(phone.gateway.find(&sms("D1-0", CUSTOMER), begun_at).await.unwrap(), [sid]);
    let later = Timestamp::from_second(begun_at.as_second() + 3 * 3_600).unwrap();
    assert_eq!(phone.gateway.find(&sms("D1-0", CUSTOMER), later).await.unwrap(), [""; 0], "not one from long before");
}

#[tokio::test]
async fn two_machines_that_answer_each_other_are_slowed_down() {
    let phone = phone("the pace of one number").await;
    for _ in 0..MESSAGES_MAX {
        phone.gateway.send(&sms("D1-0", CUSTOMER)).await.unwrap();
    }
    let error = phone.gateway.send(&sms("D1-0", CUSTOMER)).await.unwrap_err();
    assert!(matches!(error, SendError::Again { retry_after_ms: Some(30_000), .. }), "{error:?}");
    assert_eq!(phone.fake.received().len(), MESSAGES_MAX);
}

#[tokio::test]
async fn what_customers_wrote_is_listed_oldest_first_and_ours_is_not() {
    let phone = phone("the list of inbound messages").await;
    phone.fake.write(CUSTOMER, COMPANY, "long ago");
    phone.clock.advance(3_600_000);
    let since = phone.clock.now();
    for text in ["one", "two", "three"] {
        phone.fake.write(CUSTOMER, COMPANY, text);
        phone.gateway.send(&sms("D1-0", CUSTOMER)).await.unwrap();
        phone.clock.advance(10_000);
    }
    phone.fake.write("whatsapp:+12025550142", COMPANY, "another channel");
    let missed = phone.gateway.inbound_since(since).await.unwrap();
    assert_eq!(missed.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(), ["one", "two", "three"]);
    assert_eq!(missed[1].at, Some(Timestamp::from_second(since.as_second() + 10).unwrap()));
}

#[tokio::test]
async fn segments_and_price_are_read_back() {
    let phone = phone("the bill of a message").await;
    let sid = phone.gateway.send(&sms("D1-0", CUSTOMER)).await.unwrap();
    let bill = phone.gateway.bill(&sid).await.unwrap().unwrap();
    assert_eq!((bill.segments, bill.price_micros, bill.currency.as_deref()), (1, Some(7_900), Some("USD")));
}
