//! What was said in a ticket, whoever the vendor is: what people of the company did since our last answer, and what the customer said
//! since anybody answered.

use jiff::Timestamp;
use runtime::inbound::{Act, InboundMessage, WIRE_VERSION};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
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
    /// What it does, when a person said it.
    pub act: Act,
}

impl Said {
    /// The same as a gift of the ticket to nobody.
    pub fn handed_back(id: String, at: Timestamp) -> Self {
        Said { id, by: By::Person, at, text: String::new(), act: Act::HandBack }
    }
}

/// Tickets that are remembered as held at most.
const HELD_MAX: usize = 10_000;

/// Whose assignment is known: helpdesks show who has a ticket, and not that somebody let it go.
#[derive(Default)]
pub struct Holders {
    held: Mutex<HashSet<String>>,
}

impl Holders {
    /// Notes whether somebody has a ticket now. True when somebody had it, and nobody has it any more.
    pub fn let_go(&self, ticket: &str, is_held: bool) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_held {
            return held.remove(ticket);
        }
        if held.len() >= HELD_MAX {
            held.clear();
        }
        held.insert(ticket.to_owned());
        false
    }
}

/// A person tells Whimbrel in a note to go on with the ticket: the words `whimbrel continue` and nothing else.
pub fn says_continue(note: &str) -> bool {
    let words: String = note.trim().trim_start_matches(['@', '/']).chars().filter(|c| c.is_alphanumeric() || c.is_whitespace()).collect();
    words.split_whitespace().map(str::to_lowercase).eq(["whimbrel", "continue"].map(str::to_owned))
}

/// What people did since our last answer, and what the customer said since anybody answered. `said` is oldest first.
pub fn news(said: &[Said]) -> Vec<Said> {
    let ours = said.iter().rposition(|said| said.by == By::Ours);
    let last = said.iter().rposition(|said| said.by == By::Person || said.by == By::Ours);
    let is_news = |(place, said): &(usize, &Said)| match said.by {
        By::Person => ours.is_none_or(|ours| *place > ours),
        By::Customer => last.is_none_or(|last| *place > last),
        By::Ours | By::Automaton => false,
    };
    said.iter().enumerate().filter(is_news).map(|(_, said)| said.clone()).collect()
}

/// Whoever has the ticket counts as a person who has just taken it, unless one has said something since, or has given it back. `said` is
/// everything.
pub fn held(news: &mut Vec<Said>, said: &[Said], id: String, at: Timestamp) {
    let is_given_back = said.iter().rfind(|said| said.by == By::Person).is_some_and(|newest| newest.act == Act::HandBack);
    if !is_given_back && !news.iter().any(|said| said.by == By::Person) {
        news.insert(0, Said { id, by: By::Person, at, text: String::new(), act: Act::Said });
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
        act: said.act,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(by: &[By]) -> Vec<Said> {
        let one = |(place, by): (usize, &By)| Said {
            id: place.to_string(),
            by: *by,
            at: Timestamp::UNIX_EPOCH,
            text: "x".to_owned(),
            act: Act::Said,
        };
        by.iter().enumerate().map(one).collect()
    }

    #[test]
    fn only_the_two_words_give_a_ticket_back() {
        for (note, expected) in [
            ("whimbrel continue", true),
            (" @Whimbrel, continue! ", true),
            ("/whimbrel continue", true),
            ("whimbrel continue with the refund", false),
            ("continue", false),
            ("", false),
        ] {
            assert_eq!(says_continue(note), expected, "{note}");
        }
    }

    #[test]
    fn whoever_is_assigned_has_it_until_it_is_given_back() {
        let at = Timestamp::UNIX_EPOCH;
        let all = said(&[By::Customer]);
        let mut of = news(&all);
        held(&mut of, &all, "held".to_owned(), at);
        assert_eq!(of[0].id, "held");
        let given = [said(&[By::Person]), vec![Said::handed_back("back".to_owned(), at)], said(&[By::Ours, By::Customer])].concat();
        let mut of = news(&given);
        held(&mut of, &given, "held".to_owned(), at);
        assert_eq!(of.iter().map(|said| said.by).collect::<Vec<_>>(), [By::Customer], "our answer since then does not change that");
        let holders = Holders::default();
        assert_eq!([true, true, false, false].map(|is_held| holders.let_go("a", is_held)), [false, false, true, false]);
    }

    #[test]
    fn news_are_what_people_did_since_our_answer_and_what_the_customer_said_since_anybodys() {
        use By::{Automaton, Customer, Ours, Person};
        for (all, expected) in [
            (vec![Customer, Customer], vec!["0", "1"]),
            (vec![Customer, Automaton, Customer], vec!["0", "2"]),
            (vec![Customer, Person, Customer], vec!["1", "2"]),
            (vec![Customer, Person, Ours, Customer], vec!["3"]),
            (vec![Customer, Person, Customer, Person, Customer], vec!["1", "3", "4"]),
            (vec![Customer, Ours], vec![]),
            (vec![Person], vec!["0"]),
        ] {
            let ids: Vec<String> = news(&said(&all)).into_iter().map(|said| said.id).collect();
            assert_eq!(ids, expected, "{all:?}");
        }
    }
}
