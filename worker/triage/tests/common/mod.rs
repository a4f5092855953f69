//! What the tests of the decision share: conversations in a few words, and ports that answer from a script.
#![allow(dead_code)] // every test file is a program of its own and none uses all of it

pub(crate) mod ports;

use jiff::{SignedDuration, Timestamp};
use triage::case::Case;
use triage::classification::{Ask, Classification, Priority, RankedIntent};
use triage::intent::IntentName;
use triage::language::Language;
use triage::phone::PhoneNumber;
use triage::signals::{Signal, Signals};
use triage::ticket::{Author, Change, Media, Message, MessageId, Owner, Tag, Ticket, TicketId};

pub(crate) const HOUR_S: i64 = 3_600;
pub(crate) const DAY_S: i64 = 24 * HOUR_S;

/// So many seconds after Monday, 2 March 2026, 10:00 in New York.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-03-02T15:00:00Z".parse().unwrap();
    start.checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

pub(crate) fn message(id: &str, author: Author, seconds: i64, text: &str) -> Message {
    Message { id: MessageId(id.to_owned()), author, at: at(seconds), text: text.to_owned(), media: Vec::new(), carrier_answered: false }
}

pub(crate) fn customer(id: &str, seconds: i64, text: &str) -> Message {
    message(id, Author::Customer, seconds, text)
}

pub(crate) fn agent(id: &str, seconds: i64, text: &str) -> Message {
    message(id, Author::Agent, seconds, text)
}

pub(crate) fn bot(id: &str, seconds: i64, text: &str) -> Message {
    message(id, Author::Bot, seconds, text)
}

pub(crate) fn picture(id: &str, seconds: i64, text: &str) -> Message {
    let media = vec![Media { url: "https://media.example/1".to_owned(), content_type: "image/jpeg".to_owned() }];
    Message { media, ..customer(id, seconds, text) }
}

pub(crate) fn ticket(messages: Vec<Message>) -> Ticket {
    Ticket {
        id: TicketId("T1".to_owned()),
        customer: PhoneNumber::parse("+12025550123").unwrap(),
        messages,
        tags: Vec::new(),
        owners: Vec::new(),
        opted_out: Vec::new(),
    }
}

pub(crate) fn change<T>(seconds: i64, to: T) -> Change<T> {
    Change { at: at(seconds), to }
}

pub(crate) fn person(seconds: i64) -> Change<Owner> {
    change(seconds, Owner::Person)
}

pub(crate) fn tag(name: &str) -> Tag {
    Tag(name.to_owned())
}

pub(crate) fn intent(name: &str) -> IntentName {
    IntentName(name.to_owned())
}

/// The case of the last message.
pub(crate) fn case_of(ticket: &Ticket) -> Case {
    Case::at(ticket, &ticket.messages.last().unwrap().id).unwrap()
}

/// A conversation of one message.
pub(crate) fn case_saying(text: &str) -> Case {
    case_of(&ticket(vec![customer("m1", 0, text)]))
}

pub(crate) fn ask(text: &str, of: Option<&str>) -> Ask {
    Ask { text: text.to_owned(), intent: of.map(intent) }
}

/// A sure classification in English.
pub(crate) fn classified(name: &str, probability: f64) -> Classification {
    Classification {
        intents: vec![
            RankedIntent { name: intent(name), probability },
            RankedIntent { name: intent("another"), probability: 1.0 - probability },
        ],
        out_of_scope: 0.1,
        language: Some(Language::EN),
        urgency: Priority::Normal,
        asks: vec![ask("can I return this?", None)],
        bare_greeting: false,
        confidence: probability,
        measured: Signals([(Signal::Agreement, 1.0), (Signal::NearestExample, 0.9), (Signal::UnknownWords, 0.0)].into()),
        model: "scripted 1".to_owned(),
    }
}
