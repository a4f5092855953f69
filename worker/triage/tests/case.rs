//! The case: a ticket as it stood when a message came, and nothing that came later.
#![allow(clippy::unwrap_used)]

mod common;

use common::{DAY_S, HOUR_S, agent, at, bot, case_of, change, customer, message, person, tag, ticket};
use jiff::SignedDuration;
use proptest::prelude::*;
use triage::case::{Case, CaseError, MESSAGES_MAX, TURN_MS_MAX};
use triage::ticket::{Author, Message, MessageId, Owner, Ticket};

fn id(name: &str) -> MessageId {
    MessageId(name.to_owned())
}

fn ids(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|m| m.id.0.as_str()).collect()
}

#[test]
fn a_burst_is_one_turn() {
    let case = case_of(&ticket(vec![customer("m1", 0, " hi "), customer("m2", 3, ""), customer("m3", 5, "where is my order?")]));
    assert_eq!(ids(&case.turn), ["m1", "m2", "m3"]);
    assert_eq!(case.text(), "hi\nwhere is my order?");
    assert_eq!(case.message_ids(), [id("m1"), id("m2"), id("m3")]);
    assert!(case.history.is_empty());
    assert_eq!(case.at, at(5));
}

#[test]
fn an_answer_of_anybody_ends_the_turn() {
    for answer in [agent("a", 10, "hello"), bot("a", 10, "hello")] {
        let case =
            case_of(&ticket(vec![customer("m1", 0, "hi"), answer, customer("m2", 20, "thanks"), customer("m3", 25, "one more thing")]));
        assert_eq!((ids(&case.history), ids(&case.turn)), (vec!["m1", "a"], vec!["m2", "m3"]));
    }
}

#[test]
fn what_was_written_more_than_six_hours_before_is_history() {
    let case = |before_ms: i64| {
        let mut first = customer("m1", 0, "hello?");
        first.at = at(DAY_S).checked_sub(SignedDuration::from_millis(before_ms)).unwrap();
        case_of(&ticket(vec![first, customer("m2", DAY_S, "anybody there?")]))
    };
    assert_eq!(ids(&case(TURN_MS_MAX).turn), ["m1", "m2"]);
    assert_eq!(ids(&case(TURN_MS_MAX + 1).turn), ["m2"]);
    assert_eq!(ids(&case(TURN_MS_MAX + 1).history), ["m1"]);
}

#[test]
fn nothing_later_is_in_the_case() {
    let mut ticket =
        ticket(vec![customer("m1", 0, "hi"), customer("m2", 10, "wait"), agent("a1", 20, "the answer"), customer("m3", 30, "thanks")]);
    ticket.tags = vec![change(-5, tag("vip")), change(10, tag("same_moment")), change(20, tag("solved"))];
    ticket.owners = vec![person(20)];
    ticket.opted_out = vec![change(30, true)];

    let case = Case::at(&ticket, &id("m1")).unwrap();
    assert_eq!((ids(&case.turn), ids(&case.history)), (vec!["m1"], vec![]));
    let case = Case::at(&ticket, &id("m2")).unwrap();
    assert_eq!((ids(&case.turn), ids(&case.history)), (vec!["m1", "m2"], vec![]));
    assert_eq!(case.tags, [tag("vip")]);
    assert_eq!((case.owner, case.owner_since), (Owner::Nobody, None));
    assert_eq!((case.opted_out, case.consent_settled_at), (false, None));
}

#[test]
fn the_last_change_of_consent_holds() {
    let mut ticket = ticket(vec![customer("m1", 100, "hi")]);
    ticket.opted_out = vec![change(10, true), change(50, false)];
    assert_eq!((case_of(&ticket).opted_out, case_of(&ticket).consent_settled_at), (false, Some(at(50))));
    ticket.opted_out.push(change(60, true));
    assert_eq!((case_of(&ticket).opted_out, case_of(&ticket).consent_settled_at), (true, Some(at(60))));
}

#[test]
fn an_agent_who_writes_takes_the_ticket() {
    let mut ticket = ticket(vec![customer("m1", 0, "hi"), agent("a1", 20, "hello"), customer("m2", 30, "thanks")]);
    assert_eq!((case_of(&ticket).owner, case_of(&ticket).owner_since), (Owner::Person, Some(at(20))));
    ticket.owners = vec![person(5), change(10, Owner::Nobody)];
    assert_eq!((case_of(&ticket).owner, case_of(&ticket).owner_since), (Owner::Person, Some(at(20))), "who writes later takes it again");
    ticket.owners.push(change(25, Owner::Nobody));
    assert_eq!((case_of(&ticket).owner, case_of(&ticket).owner_since), (Owner::Nobody, Some(at(25))), "who lets go later has let go");
}

#[test]
fn a_person_who_was_given_the_ticket_has_it() {
    let mut ticket = ticket(vec![customer("m1", 30, "hi")]);
    ticket.owners = vec![person(5)];
    assert_eq!((case_of(&ticket).owner, case_of(&ticket).owner_since), (Owner::Person, Some(at(5))));
}

#[test]
fn only_a_customers_message_of_the_ticket_can_be_decided() {
    let ticket = ticket(vec![customer("m1", 0, "hi"), agent("a1", 20, "hello"), bot("b1", 21, "hello")]);
    for name in ["a1", "b1"] {
        assert_eq!(Case::at(&ticket, &id(name)), Err(CaseError::NotTheCustomers(id(name))));
    }
    assert_eq!(Case::at(&ticket, &id("m9")), Err(CaseError::NoSuchMessage(id("m9"))));
}

#[test]
fn a_live_case_knows_how_long_it_waited_and_asks_the_knowledge_of_now() {
    let case = case_of(&ticket(vec![customer("m1", 0, "hi")]));
    assert_eq!((case.waited_ms, case.as_of()), (0, at(0)));
    let later = case.clone().decided_at(at(90));
    assert_eq!((later.waited_ms, later.as_of(), later.at), (90_000, at(90), at(0)));
    assert_eq!(case.decided_at(at(-90)).waited_ms, 0, "a clock that runs behind waits for nobody");
}

#[test]
fn automatic_replies_are_counted_back_to_the_last_person() {
    let said = |authors: &[Author]| {
        let mut messages: Vec<Message> = authors.iter().zip(0..).map(|(author, n)| message(&format!("h{n}"), *author, n, "text")).collect();
        messages.push(customer("newest", HOUR_S, "and now?"));
        case_of(&ticket(messages)).automatic_replies_in_a_row()
    };
    use Author::{Agent, Bot, Customer};
    for (authors, count) in [
        (vec![], 0),
        (vec![Customer, Bot], 1),
        (vec![Customer, Bot, Customer, Bot, Bot], 3),
        (vec![Bot, Bot, Agent, Customer, Bot], 1),
        (vec![Bot, Bot, Agent], 0),
    ] {
        assert_eq!(said(&authors), count, "{authors:?}");
    }
}

/// What happens in a conversation, with the seconds since the event before.
#[derive(Clone, Debug)]
enum Event {
    Wrote(Author),
    Tagged(u8),
    Owned(Owner),
    OptedOut(bool),
}

fn event() -> impl Strategy<Value = Event> {
    let author = prop_oneof![4 => Just(Author::Customer), 1 => Just(Author::Agent), 1 => Just(Author::Bot)];
    prop_oneof![
        6 => author.prop_map(Event::Wrote),
        1 => (0u8..4).prop_map(Event::Tagged),
        1 => prop_oneof![Just(Owner::Person), Just(Owner::Nobody)].prop_map(Event::Owned),
        1 => any::<bool>().prop_map(Event::OptedOut),
    ]
}

/// Events with the gap before each: mostly seconds, at times many hours.
fn events() -> impl Strategy<Value = Vec<(i64, Event)>> {
    prop::collection::vec((prop_oneof![5 => 0..60i64, 1 => 0..10 * HOUR_S], event()), 0..20)
}

fn happen(ticket: &mut Ticket, mut seconds: i64, events: &[(i64, Event)]) -> i64 {
    for (gap, event) in events {
        seconds += gap;
        match event {
            Event::Wrote(author) => {
                let name = format!("m{}", ticket.messages.len());
                ticket.messages.push(message(&name, *author, seconds, &name));
            }
            Event::Tagged(number) => ticket.tags.push(change(seconds, tag(&number.to_string()))),
            Event::Owned(owner) => ticket.owners.push(change(seconds, *owner)),
            Event::OptedOut(out) => ticket.opted_out.push(change(seconds, *out)),
        }
    }
    seconds
}

proptest! {
    #[test]
    fn what_comes_later_never_changes_the_case(earlier in events(), later in events()) {
        let mut ticket = ticket(Vec::new());
        let now = happen(&mut ticket, 0, &earlier);
        ticket.messages.push(customer("newest", now, "where is my order?"));
        let before = case_of(&ticket);
        happen(&mut ticket, now, &later);
        prop_assert_eq!(Case::at(&ticket, &id("newest")).unwrap(), before);
    }

    #[test]
    fn turn_and_history_are_the_whole_conversation_so_far(earlier in events()) {
        let mut ticket = ticket(Vec::new());
        let now = happen(&mut ticket, 0, &earlier);
        ticket.messages.push(customer("newest", now, "where is my order?"));
        let case = case_of(&ticket);
        let together: Vec<Message> = case.history.iter().chain(&case.turn).cloned().collect();
        prop_assert_eq!(together, ticket.messages);
        prop_assert!(case.turn.iter().all(|m| m.author == Author::Customer && now - m.at.duration_since(at(0)).as_secs() <= TURN_MS_MAX / 1_000));
        let unanswered = |m: &Message| m.author == Author::Customer && now - m.at.duration_since(at(0)).as_secs() <= TURN_MS_MAX / 1_000;
        prop_assert!(!case.history.last().is_some_and(unanswered), "the turn begins as early as it may");
    }
}

#[test]
fn a_long_conversation_is_cut_to_its_newest_messages() {
    let messages = (0..200).map(|n| message(&format!("m{n}"), Author::Agent, n, "so it goes")).collect();
    let mut ticket = ticket(messages);
    ticket.messages.push(customer("newest", 300, "where is my order?"));
    let case = case_of(&ticket);
    assert_eq!(case.history.len() + case.turn.len(), MESSAGES_MAX);
    assert_eq!(case.history.last().unwrap().id, id("m199"));
}
