//! Signatures of webhooks: those that vendors' own programs made, those made here, and what is changed by one bit.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use adapters::clock::manual::ManualClock;
use adapters::secret::Secret;
use adapters::webhook::chatwoot::ChatwootWebhook;
use adapters::webhook::generic::GenericWebhook;
use adapters::webhook::intercom::IntercomWebhook;
use adapters::webhook::twilio::TwilioWebhook;
use adapters::webhook::twilio_signature::{Algorithm, is_valid};
use adapters::webhook::zendesk::ZendeskWebhook;
use jiff::Timestamp;
use runtime::delivery::DeliveryState;
use runtime::ports::webhook::{Heard, Refusal, Webhook};
use serde_json::Value;
use std::sync::Arc;
use tests::calls::{FORM, Held, from_anyone, from_intercom, from_twilio};
use tests::contracts::keys::Random;
use tests::shared;

const TOKEN: &str = "12345678901234567890123456789012";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const BASE: &str = "https://sms.example.com";

fn twilio() -> TwilioWebhook {
    TwilioWebhook {
        public_url: BASE.to_owned(),
        account_sid: ACCOUNT.to_owned(),
        auth_tokens: vec![Secret::new("the one before"), Secret::new(TOKEN)],
        shared_keys: Vec::new(),
    }
}

fn sms(fields: &[(&str, &str)]) -> Held {
    let known = [("AccountSid", ACCOUNT), ("MessageSid", "SM1"), ("From", "+12025550142"), ("To", "+12025550100")];
    from_twilio(TOKEN, BASE, "/webhooks/twilio", &known.iter().chain(fields).copied().collect::<Vec<_>>())
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap_or_default()
}

#[test]
fn signatures_that_twilios_own_package_made_hold_and_the_others_do_not() {
    let Some(file) = shared::json("twilio signatures", "specs/twilio-signature-vectors.json") else { return };
    let vectors = file["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 17);
    for vector in vectors {
        let algorithm = if text(vector, "algorithm") == "HMAC_SHA256" { Algorithm::Sha256 } else { Algorithm::Sha1 };
        let is_form = vector.get("form_body").is_some();
        let body = if is_form { text(vector, "form_body") } else { text(vector, "body") };
        let (token, url, signature) = (text(vector, "auth_token"), text(vector, "request_url"), text(vector, "signature"));
        let is_right = is_valid(token, algorithm, url, body.as_bytes(), is_form, signature);
        assert_eq!(is_right, vector["expected_valid"].as_bool().unwrap(), "{}", text(vector, "name"));
        assert!(!is_valid("", algorithm, url, body.as_bytes(), is_form, signature), "without a token nothing holds");
    }
}

#[test]
fn intercoms_signatures_hold_over_the_bytes_and_not_over_the_meaning() {
    let Some(file) = shared::json("intercom signatures", "specs/intercom-signature-vectors.json") else { return };
    for vector in file["vectors"].as_array().unwrap() {
        let webhook = IntercomWebhook { client_secret: Secret::new(text(vector, "client_secret")), app_id: String::new() };
        let call = Held::post("/webhooks/intercom", text(vector, "body").as_bytes(), &[("x-hub-signature", text(vector, "signature"))]);
        assert_eq!(call.heard_by(&webhook).is_ok(), vector["expected_valid"].as_bool().unwrap(), "{}", text(vector, "name"));
    }
}

#[test]
fn zendesks_and_chatwoots_signatures_hold() {
    let Some(file) = shared::json("zendesk and chatwoot signatures", "specs/other-signature-vectors.json") else { return };
    for vector in file["zendesk"]["vectors"].as_array().unwrap() {
        let webhook = ZendeskWebhook { signing_secret: Secret::new(text(vector, "signing_secret")) };
        let headers = [
            ("x-zendesk-webhook-signature", text(vector, "signature")),
            ("x-zendesk-webhook-signature-timestamp", text(vector, "timestamp")),
        ];
        let call = Held::post("/webhooks/zendesk", text(vector, "body").as_bytes(), &headers);
        assert_eq!(call.heard_by(&webhook).is_ok(), vector["expected_valid"].as_bool().unwrap(), "{}", text(vector, "name"));
    }
    for vector in file["chatwoot"]["vectors"].as_array().unwrap() {
        let webhook = ChatwootWebhook { secret: Secret::new(text(vector, "secret")), path_secret: Secret::default() };
        let headers = [("x-chatwoot-signature", text(vector, "signature")), ("x-chatwoot-timestamp", text(vector, "timestamp"))];
        let call = Held::post("/webhooks/chatwoot", text(vector, "body").as_bytes(), &headers);
        assert_eq!(call.heard_by(&webhook).is_ok(), vector["expected_valid"].as_bool().unwrap(), "{}", text(vector, "name"));
    }
}

#[test]
fn a_call_with_one_bit_changed_is_refused_whoever_made_it() {
    let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
    let message = br#"{"v":1,"message_id":"m1","from":"+12025550142","to":"+12025550100","text":"hello"}"#;
    let intercom = IntercomWebhook { client_secret: Secret::new("app secret"), app_id: String::new() };
    let generic = GenericWebhook { secret: Secret::new("key"), doubles: false, clock };
    let calls: [(&dyn Webhook, Held); 3] = [
        (&twilio(), sms(&[("Body", "where is my parcel")])),
        (&intercom, from_intercom("app secret", "conversation.user.replied", "215")),
        (&generic, from_anyone("key", "1795348800", message)),
    ];
    let mut random = Random::seeded(7);
    for (webhook, call) in &calls {
        assert!(call.heard_by(*webhook).is_ok());
        let mut below = |bound: usize| ((random.uniform() * bound as f32) as usize).min(bound - 1);
        for _ in 0..500 {
            let mut changed = call.clone();
            let at = below(changed.body.len());
            changed.body[at] ^= 1 << below(7);
            assert_eq!(changed.heard_by(*webhook), Err(Refusal::Unsigned));
            let mut changed = call.clone();
            let signature = changed.headers.iter_mut().find(|(name, _)| name.contains("signature")).unwrap();
            let mut bytes = signature.1.clone().into_bytes();
            let at = below(bytes.len());
            bytes[at] ^= 1 << below(6);
            signature.1 = String::from_utf8(bytes).unwrap();
            assert_eq!(changed.heard_by(*webhook), Err(Refusal::Unsigned));
        }
        let unsigned = Held { headers: Vec::new(), ..call.clone() };
        assert_eq!(unsigned.heard_by(*webhook), Err(Refusal::Unsigned));
    }
}

#[test]
fn the_configured_address_counts_and_not_the_one_of_the_inner_hop() {
    let call = from_twilio(TOKEN, "http://10.0.0.7:8088", "/webhooks/twilio", &[("AccountSid", ACCOUNT)]);
    assert_eq!(call.heard_by(&twilio()), Err(Refusal::Unsigned));
    let mut call = sms(&[]);
    call.path_and_query.push('/');
    assert_eq!(call.heard_by(&twilio()), Err(Refusal::Unsigned));
}

#[test]
fn an_sms_of_twilio_is_an_inbound_message() {
    let fields = [
        ("Body", "où est ma commande ? 😀"),
        ("NumMedia", "1"),
        ("MediaUrl0", "https://api.twilio.com/m"),
        ("MediaContentType0", "image/png"),
    ];
    let heard = sms(&fields).heard_by(&twilio()).unwrap();
    let [Heard::Message(message)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((message.message_id.0.as_str(), message.text.as_str()), ("SM1", "où est ma commande ? 😀"));
    assert_eq!((message.from.reveal(), message.to.reveal()), ("+12025550142", "+12025550100"));
    assert_eq!((message.media[0].content_type.as_str(), message.carrier_answered), ("image/png", false));
    let heard = sms(&[("Body", "STOP"), ("OptOutType", "STOP")]).heard_by(&twilio()).unwrap();
    assert!(matches!(heard.as_slice(), [Heard::Message(message), Heard::Consent { opted_out: true, .. }] if message.carrier_answered));
}

#[test]
fn a_status_of_twilio_is_delivery_news_of_the_effect_whose_token_it_carries() {
    let fields = [("AccountSid", ACCOUNT), ("MessageSid", "SM9"), ("MessageStatus", "undelivered"), ("ErrorCode", "30007")];
    let call = from_twilio(TOKEN, BASE, "/webhooks/twilio/status?send=D12ab-0.3", &fields);
    let heard = call.heard_by(&twilio()).unwrap();
    let [Heard::Delivery(report)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!(report.key.as_ref().unwrap().0, "D12ab-0");
    assert_eq!((report.state, report.code, report.opted_out), (DeliveryState::Undelivered, Some(30007), false));
    assert!(report.problem.as_ref().unwrap().contains("other words"));
}

#[test]
fn what_is_signed_but_is_no_sms_of_ours_is_malformed_and_repeats_no_number() {
    for (fields, says) in [
        (vec![("AccountSid", "ACother"), ("MessageSid", "SM1")], "another account"),
        (vec![("AccountSid", ACCOUNT), ("MessageSid", "SM1"), ("From", "whatsapp:+12025550142"), ("To", "+12025550100")], "From"),
        (vec![("AccountSid", ACCOUNT), ("From", "+12025550142"), ("To", "+12025550100")], "MessageSid"),
    ] {
        let refusal = from_twilio(TOKEN, BASE, "/webhooks/twilio", &fields).heard_by(&twilio()).unwrap_err();
        let Refusal::Malformed { problem } = refusal else { panic!("{refusal:?}") };
        assert!(problem.contains(says) && !problem.contains("2025550"), "{problem}");
    }
}

#[test]
fn what_no_signature_covers_is_not_read() {
    let mut call = sms(&[("Body", "hello")]);
    call.headers.retain(|(name, _)| name != "content-type");
    assert_eq!(call.heard_by(&twilio()), Err(Refusal::Unsigned), "a body that is no form needs its hash in the address");
    let mut call = sms(&[("Body", "hello")]);
    call.headers.push(("x-twilio-webhooks-signature-settings".to_owned(), "key=1,algorithm=NONE".to_owned()));
    assert_eq!(call.heard_by(&twilio()), Err(Refusal::Unsigned), "an unknown algorithm is none");
    assert!(sms(&[]).headers.iter().any(|(_, value)| value == FORM));
}

#[test]
fn a_gateway_that_doubles_is_heard_once_a_minute() {
    let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
    let generic = GenericWebhook { secret: Secret::new("key"), doubles: true, clock: clock.clone() };
    let said = |id: &str, text: &str| {
        let body = serde_json::json!({ "v": 1, "message_id": id, "from": "+12025550142", "to": "+12025550100", "text": text });
        let heard = from_anyone("key", "1", body.to_string().as_bytes()).heard_by(&generic).unwrap();
        let [Heard::Message(message)] = heard.as_slice() else { panic!("{heard:?}") };
        message.message_id.clone()
    };
    assert_eq!(said("m1", "hello"), said("m2", "hello"));
    assert_ne!(said("m1", "hello"), said("m1", "hello?"));
    let before = said("m1", "hello");
    clock.advance(60_000);
    assert_ne!(before, said("m1", "hello"));
}

#[test]
fn an_older_chatwoot_is_heard_by_the_secret_in_its_path_alone() {
    let webhook = ChatwootWebhook { secret: Secret::default(), path_secret: Secret::new("long-and-secret") };
    let body = br#"{"event":"message_created","conversation":{"id":42}}"#;
    let heard = Held::post("/webhooks/chatwoot/long-and-secret", body, &[]).heard_by(&webhook);
    assert_eq!(heard, Ok(vec![Heard::Conversation("42".to_owned())]));
    for path in ["/webhooks/chatwoot/long-and-secreT", "/webhooks/chatwoot", "/webhooks/chatwoot/"] {
        assert_eq!(Held::post(path, body, &[]).heard_by(&webhook), Err(Refusal::Unsigned), "{path}");
    }
}
