//! The console as vendors meet it: what it answers to what is replayed, too large, broken, foreign or unsigned.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use runtime::ports::records::Records;
use tests::calls::{FORM, Held, from_intercom, from_twilio};
use tests::fakes::twilio::{ACCOUNT, TOKEN};
use tests::vendor_house::{CLIENT_SECRET, COMPANY, CUSTOMER, VendorHouse, Way};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn house() -> VendorHouse {
    VendorHouse::bare(Way::Twilio).await.unwrap()
}

fn sms(house: &VendorHouse, sid: &str, text: &str) -> Held {
    let fields = [("MessageSid", sid), ("AccountSid", ACCOUNT), ("From", CUSTOMER), ("To", COMPANY), ("Body", text)];
    from_twilio(TOKEN, &house.console, "/webhooks/twilio", &fields)
}

#[tokio::test]
async fn one_signed_call_many_times_is_one_message() {
    let house = house().await;
    let call = sms(&house, "SM1", "do gift cards expire?");
    for _ in 0..200 {
        assert_eq!(house.call(&call).await.unwrap(), (200, "<Response></Response>".to_owned()));
    }
    assert_eq!(house.ledger.status().await.unwrap().received, 1);
    house.settle().await.unwrap();
    assert_eq!(house.twilio.received().len(), 1);
}

#[tokio::test]
async fn what_is_not_as_it_should_be_is_never_a_fault_of_ours() {
    let house = house().await;
    let good = sms(&house, "SM1", "hello");
    let changed = |change: &dyn Fn(&mut Held)| {
        let mut call = good.clone();
        change(&mut call);
        call
    };
    let rows = [
        ("unsigned", changed(&|call| call.headers.retain(|(name, _)| name != "x-twilio-signature")), 403),
        ("two signatures", changed(&|call| call.headers.push(call.headers[1].clone())), 403),
        ("another body", changed(&|call| call.body.push(b'x')), 403),
        ("an empty body", changed(&|call| call.body.clear()), 403),
        ("not a form", changed(&|call| call.headers[0].1 = "application/json".to_owned()), 403),
        ("another vendor", changed(&|call| call.path_and_query = "/webhooks/nobody".to_owned()), 404),
        ("a vendor that is not connected", changed(&|call| call.path_and_query = "/webhooks/zendesk".to_owned()), 404),
        ("too large", changed(&|call| call.body = vec![b'a'; 2 * 1024 * 1024]), 413),
        ("bytes", changed(&|call| call.body = (0..=255).collect()), 403),
    ];
    for (what, call, expected) in rows {
        assert_eq!(house.call(&call).await.unwrap().0, expected, "{what}");
    }
    let status = house.ledger.status().await.unwrap();
    assert_eq!((status.received, status.dead_letters), (0, 0), "nothing was taken in");
    let (code, _) = house.call(&from_twilio(TOKEN, &house.console, "/webhooks/twilio", &[("AccountSid", "ACother")])).await.unwrap();
    assert_eq!((code, house.ledger.status().await.unwrap().dead_letters), (200, 1), "signed, but no message: a person finds it");
}

#[tokio::test]
async fn a_body_that_breaks_off_takes_nothing_with_it() {
    let house = house().await;
    let address = house.console.trim_start_matches("http://").to_owned();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let head = format!("POST /webhooks/twilio HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 500\r\n\r\nBody=hal");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // Whatever is answered, if anything.
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!String::from_utf8_lossy(&answer).contains(" 500 "), "no fault of ours");
    }
    assert_eq!(house.call(&sms(&house, "SM1", "hello")).await.unwrap().0, 200);
    assert_eq!(house.ledger.status().await.unwrap().received, 1);
}

#[tokio::test]
async fn what_the_carrier_has_answered_is_recorded_and_nothing_is_sent() {
    let house = house().await;
    // The operator may have given the carrier words of their own.
    for (sid, text, kind) in [("SM1", "basta", "STOP"), ("SM1", "basta", "STOP"), ("SM2", "HELP", "HELP")] {
        let fields =
            [("MessageSid", sid), ("AccountSid", ACCOUNT), ("From", CUSTOMER), ("To", COMPANY), ("Body", text), ("OptOutType", kind)];
        house.call(&from_twilio(TOKEN, &house.console, "/webhooks/twilio", &fields)).await.unwrap();
        house.settle().await.unwrap();
    }
    assert_eq!(house.ledger.status().await.unwrap().opted_out, 1);
    house.customer_writes("do gift cards expire?").await.unwrap();
    house.settle().await.unwrap();
    assert!(house.twilio.received().is_empty(), "after STOP nothing is sent");
    house.clock.advance(90_000_000);
    house.customer_writes("START").await.unwrap();
    house.settle().await.unwrap();
    assert_eq!(house.ledger.status().await.unwrap().opted_out, 0);
    house.clock.advance(90_000_000);
    house.customer_writes("do gift cards expire?").await.unwrap();
    house.settle().await.unwrap();
    assert_eq!(house.twilio.received().len(), 1, "and START lifts it");
}

#[tokio::test]
async fn through_intercoms_own_number_the_answer_is_a_comment_in_the_conversation() {
    let house = VendorHouse::bare(Way::Intercom).await.unwrap();
    let conversation = house.intercom.begins(CUSTOMER, "<p>do gift cards expire?</p>");
    house.intercom_tells("conversation.user.created", &conversation).await.unwrap();
    house.intercom_tells("conversation.user.created", &conversation).await.unwrap();
    house.settle().await.unwrap();
    let comments: Vec<String> =
        house.intercom.parts(&conversation).into_iter().filter(|(kind, _)| kind == "comment").map(|(_, text)| text).collect();
    assert_eq!(comments, ["<p>Gift cards never expire.</p>"]);
    assert_eq!(house.intercom.tags(&conversation), ["gift_cards"]);
    // The echo of our own answer, and news of another topic, change nothing.
    house.intercom_tells("conversation.admin.replied", &conversation).await.unwrap();
    house.call(&from_intercom(CLIENT_SECRET, "contact.created", "7")).await.unwrap();
    house.settle().await.unwrap();
    assert_eq!(house.ledger.status().await.unwrap().received, 1);
    house.clock.advance(60_000);
    house.intercom.customer_writes(&conversation, "can i return it");
    house.intercom_tells("conversation.user.replied", &conversation).await.unwrap();
    house.decide().await.unwrap();
    house.intercom.person_takes(&conversation);
    house.settle().await.unwrap();
    let comments = house.intercom.parts(&conversation).into_iter().filter(|(kind, _)| kind == "comment").count();
    assert_eq!(comments, 2, "the customer's second message, and no second answer");
}

#[tokio::test]
async fn a_message_that_cannot_be_delivered_is_a_persons() {
    let house = house().await;
    house.customer_writes("do gift cards expire?").await.unwrap();
    house.settle().await.unwrap();
    assert_eq!(house.fares("undelivered", Some("30007")).await.unwrap().0, 200);
    house.settle().await.unwrap();
    let conversation = house.intercom.desk().conversations[0]["id"].as_str().unwrap().to_owned();
    let parts = house.intercom.parts(&conversation);
    assert!(parts.iter().any(|(kind, text)| kind == "note" && text.contains("30007")), "{parts:?}");
    assert_eq!(house.twilio.received().len(), 1, "the same text is not sent again");
}
