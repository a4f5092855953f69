//! A case of one message and nothing before it: what labelled data and questions without a ticket are judged as.

use jiff::Timestamp;
use triage::case::Case;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, Message, MessageId, Ticket, TicketId};

/// Who seems to have written it: a number set aside for fiction.
const STAND_IN: &str = "+12025550123";

/// The case of a ticket with this message alone.
pub fn case(text: &str) -> anyhow::Result<Case> {
    let id = MessageId("lone".to_owned());
    let message = Message {
        id: id.clone(),
        author: Author::Customer,
        at: Timestamp::UNIX_EPOCH,
        text: text.to_owned(),
        media: Vec::new(),
        carrier_answered: false,
    };
    let ticket = Ticket {
        id: TicketId("lone".to_owned()),
        customer: PhoneNumber::parse(STAND_IN)?,
        messages: vec![message],
        tags: Vec::new(),
        owners: Vec::new(),
        opted_out: Vec::new(),
    };
    Ok(Case::at(&ticket, &id)?)
}
