//! Past tickets to questions and answers, without personal data.

#![allow(clippy::unwrap_used)] // helpers of tests may

mod support;

use knowledge::stages::parse_ticket::parse;
use knowledge::stages::redact::redact;
use support::{at, ticket, with_intent};
use triage::evidence::PassageKind;
use triage::intent::IntentName;

/// Questions and answers of a ticket.
fn pairs(lines: &[&str]) -> Vec<(String, Vec<String>)> {
    let document = parse(&ticket("T-1", "2024-03-01T09:00:00Z", lines));
    let sections = document.map(|document| document.sections).unwrap_or_default();
    sections.into_iter().map(|section| (section.question.unwrap(), section.blocks)).collect()
}

fn pair(question: &str, blocks: &[&str]) -> (String, Vec<String>) {
    (question.to_owned(), blocks.iter().map(|block| (*block).to_owned()).collect())
}

#[test]
fn the_question_is_all_that_was_written_before_the_answer() {
    let lines = [
        "c: Hi!",
        "a: Hello, how can I help?",
        "c: My parcel is late",
        "c: it should have come on Monday",
        "a: Sorry for that. It arrives tomorrow.",
        "a: You can follow it in the app.",
    ];
    let expected =
        pair("My parcel is late it should have come on Monday", &["Sorry for that. It arrives tomorrow.", "You can follow it in the app."]);
    assert_eq!(pairs(&lines), vec![expected]);
}

#[test]
fn greetings_go_where_there_is_more() {
    let lines = [
        "c: Hello, can I return shoes that I wore?",
        "a: Hi Marie, thanks for contacting us! No: worn shoes cannot be returned. Have a great day!",
    ];
    assert_eq!(pairs(&lines), vec![pair("can I return shoes that I wore?", &["No: worn shoes cannot be returned."])]);
}

#[test]
fn every_exchange_that_stands_alone_is_a_section() {
    let lines = [
        "c: How long is the warranty on headphones?",
        "a: Two years.",
        "c: ok thanks",
        "a: You're welcome!",
        "c: And can I extend the warranty for my old speakers?",
        "a: Yes, within thirty days.",
        "c: Sure",
        "a: Which model is it?",
    ];
    let questions: Vec<String> = pairs(&lines).into_iter().map(|(question, _)| question).collect();
    assert_eq!(questions, ["How long is the warranty on headphones?", "And can I extend the warranty for my old speakers?"]);
}

#[test]
fn a_ticket_that_no_person_answered_teaches_nothing() {
    for lines in [
        vec!["c: Where is my parcel?"],
        vec!["c: Where is my parcel?", "b: We got your message."],
        vec!["c: Where is my parcel?", "a: Thanks for contacting us! One moment please."],
        vec!["c: Hello", "a: Your parcel comes on Monday."],
        vec!["a: Your parcel comes on Monday."],
        vec![],
    ] {
        assert_eq!(pairs(&lines), vec![], "{lines:?}");
    }
}

#[test]
fn what_an_automaton_answered_is_not_learned_and_not_asked_again() {
    let lines = ["c: Where is my parcel?", "b: On its way.", "c: Can I change the delivery address?", "a: Yes, until the evening before."];
    assert_eq!(pairs(&lines), vec![pair("Can I change the delivery address?", &["Yes, until the evening before."])]);
    let acknowledged = ["c: Where is my parcel?", "b: We got your message.", "a: It is on its way."];
    assert_eq!(pairs(&acknowledged), vec![pair("Where is my parcel?", &["It is on its way."])]);
}

#[test]
fn a_past_answer_holds_from_the_moment_it_was_given() {
    let past = with_intent(ticket("T-7", "2024-03-01T09:00:00Z", &["c: Where is my parcel?", "a: On its way.", "c: thanks"]), "delivery");
    let document = parse(&past).unwrap();
    assert_eq!(document.valid_from, Some(at("2024-03-01T09:01:00Z")));
    assert_eq!(document.kind, PassageKind::PastTicket);
    assert_eq!(document.ticket, Some(past.ticket.id));
    assert_eq!(document.intent, Some(IntentName("delivery".into())));
}

#[test]
fn a_ticket_with_two_answers_holds_from_the_second() {
    let lines = ["c: Where is my parcel?", "a: On its way.", "c: Can I change the delivery address?", "a: Yes, until the evening before."];
    assert_eq!(parse(&ticket("T-8", "2024-03-01T09:00:00Z", &lines)).unwrap().valid_from, Some(at("2024-03-01T09:03:00Z")));
}

#[test]
fn names_of_people_are_not_kept() {
    let lines = [
        "c: Hi, this is Zoltan Example, I forgot the password of my profile",
        "a: Sure Zoltan, may I have your name please?",
        "c: Quentin Sample",
        "a: Thanks Quentin, I sent a link. — Petra",
        "c: The link shows an empty page on my old phone",
        "a: Quentin, please open it in the browser. ^PM",
        "c: I cannot open that link on the phone, says Zoltan",
        "a: Please try the browser.\nBest regards, Petra Muster",
        "c: I'm Katarina Miller and my question is whether the shop in Lyon opens on Sunday?",
        "a: No. -Petra",
    ];
    let kept = format!("{:?}", pairs(&lines));
    for name in ["Zoltan", "Example", "Quentin", "Sample", "Petra", "Muster", "Katarina", "Miller"] {
        assert!(!kept.contains(name), "{name} in {kept}");
    }
    assert!(kept.contains("I forgot the password of my profile"), "{kept}");
    assert!(kept.contains("[\"No.\"]"), "{kept}");
    assert!(kept.contains("please open it in the browser.\""), "{kept}");
}

#[test]
fn structured_personal_data_becomes_placeholders() {
    for (text, expected) in [
        ("card 4111 1111 1111 1111 12/27", "card [card] 12/27"),
        ("4111-1111-1111-1111.", "[card]."),
        ("FR76 3000 6000 0112 3456 7890 189 is mine", "[iban] is mine"),
        ("de89370400440532013000", "[iban]"),
        ("write to jo.doe+x@mail.example.org!", "write to [email]!"),
        ("call +1 (202) 555-0123 or 01 99 00 12 34", "call [phone] or [phone]"),
        ("order 12345 and #98765", "order [order] and #[order]"),
        ("Order ID: 3348917502", "Order ID: [order]"),
        ("ma commande n° 445566", "ma commande n° [order]"),
        ("Bestellnummer AB-123456", "Bestellnummer [order]"),
        ("mi pedido 1234 5678", "mi pedido [order]"),
        ("my PIN is 0314, help", "my PIN is [code], help"),
        ("password: hunter22", "password: [code]"),
        ("born 29/02/1980", "born [birthday]"),
        ("SSN 219-09-9999", "SSN [social security]"),
        ("né le 12/05/2003", "né le [birthday]"),
        ("write to jo (at) example (dot) org", "write to [email]"),
        ("jo@gmail or 06.12.34.56.78", "[email] or [phone]"),
        ("parcel 1Z999AA10123456784", "parcel [order]"),
        ("see https://shop.example/track/123456?mail=a@b.example#x now", "see https://shop.example/track/123456 now"),
    ] {
        assert_eq!(redact(text), expected);
    }
}

#[test]
fn what_is_no_personal_data_stays() {
    for text in [
        "it costs 12.50 EUR, 3 for 30",
        "from 2024-05-12 to 2024-06-01",
        "on 12/05/2024 at 10:30",
        "order 2 more, size 42",
        "parcel to 75011 Paris, 1 250 000 EUR, sizes 36 38 40 42",
        "10.30-18.00 and 0900-1700, from 2023-2024",
        "Model 4500-200, version 10.0.19045, at 192.168.1.254",
        "open 9-17, room 404",
        "https://shop.example/articles/360012345678",
        "the 2024 catalogue",
        "use the promo code SPRING20",
        "Größe 38, jusqu’à 50 %",
    ] {
        assert_eq!(redact(text), text);
    }
}
