//! What was said in a ticket, whoever the vendor is: the last thing that a person of the company did, and what the customer said
//! since.

use jiff::Timestamp;
use runtime::inbound::{InboundMessage, WIRE_VERSION};
use triage::phone::PhoneNumber;
use triage::ticket::{Author, MessageId, TicketId};

/// Who did something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// The customer.
    Customer,
    /// A person of the company, or an AI agent of the vendor: whoever answers instead of Whimbrel.
    Person,
    /// Whimbrel's own seat.
    Ours,
    /// A bot that only greets or asks for an address.
    Automaton,
}

/// What somebody said or did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// Unique among all messages.
    pub id: String,
    /// Who.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// Empty for a deed without words.
    pub text: String,
}

/// The last thing that a person did, when no answer of ours came after it, and everything that the customer said since. `said` is
/// oldest first.
pub fn news(said: &[Said]) -> Vec<Said> {
    let last = said.iter().rposition(|said| said.by == By::Person || said.by == By::Ours);
    let from = match last {
        Some(place) if said.get(place).is_some_and(|said| said.by == By::Person) => place,
        Some(place) => place + 1,
        None => 0,
    };
    said.iter().skip(from).filter(|said| said.by == By::Customer || said.by == By::Person).cloned().collect()
}

/// Whoever has the ticket counts as a person who has just taken it, unless one has said something since.
pub fn held(news: &mut Vec<Said>, id: String, at: Timestamp) {
    if !news.iter().any(|said| said.by == By::Person) {
        news.insert(0, Said { id, by: By::Person, at, text: String::new() });
    }
}

/// As a message of this ticket.
pub fn message(said: Said, ticket: &TicketId, customer: &PhoneNumber, company: &PhoneNumber) -> InboundMessage {
    InboundMessage {
        v: WIRE_VERSION,
        message_id: MessageId(said.id),
        conversation_id: Some(ticket.clone()),
        from: customer.clone(),
        to: company.clone(),
        at: Some(said.at),
        text: said.text,
        media: Vec::new(),
        author: match said.by {
            By::Customer => Author::Customer,
            By::Person => Author::Agent,
            By::Ours | By::Automaton => Author::Bot,
        },
        carrier_answered: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(by: &[By]) -> Vec<Said> {
        let one = |(place, by): (usize, &By)| Said { id: place.to_string(), by: *by, at: Timestamp::UNIX_EPOCH, text: "x".to_owned() };
        by.iter().enumerate().map(one).collect()
    }

    #[test]
    fn news_are_the_last_person_and_what_came_since() {
        use By::{Automaton, Customer, Ours, Person};
        for (all, expected) in [
            (vec![Customer, Customer], vec!["0", "1"]),
            (vec![Customer, Automaton, Customer], vec!["0", "2"]),
            (vec![Customer, Person, Customer], vec!["1", "2"]),
            (vec![Customer, Person, Ours, Customer], vec!["3"]),
            (vec![Customer, Ours], vec![]),
            (vec![Person], vec!["0"]),
        ] {
            let ids: Vec<String> = news(&said(&all)).into_iter().map(|said| said.id).collect();
            assert_eq!(ids, expected, "{all:?}");
        }
    }
}
