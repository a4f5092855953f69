//! A conversation of one message, always the same moment and customer: what is decided about it can be compared byte for byte.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use jiff::Timestamp;
use triage::case::Case;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, Message, MessageId, Ticket, TicketId};

/// A customer who writes this and nothing else.
pub fn case(text: &str) -> Case {
    let message = Message {
        id: MessageId("m1".to_owned()),
        author: Author::Customer,
        at: "2026-11-02T15:00:00Z".parse::<Timestamp>().unwrap(),
        text: text.to_owned(),
        media: Vec::new(),
        carrier_answered: false,
    };
    let customer = PhoneNumber::parse("+12025550142").unwrap();
    let id = TicketId("t1".to_owned());
    let ticket = Ticket { id, customer, messages: vec![message], tags: vec![], owners: vec![], opted_out: vec![] };
    Case::at(&ticket, &MessageId("m1".to_owned())).unwrap()
}
