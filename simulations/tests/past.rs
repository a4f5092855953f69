//! What a replay makes of a past conversation: the question as it stood, and what people did about it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use jiff::{SignedDuration, Timestamp};
use simulations::past::{Courtesy, Human, LeftOut, PastError, Replayable, replayable};
use simulations::scorers::action::Did;
use simulations::scorers::reply::Verdict;
use simulations::scorers::resolved::{DAY_S, Definition, score};
use simulations::twins::Twins;
use triage::intent::IntentName;
use triage::past::{PastTicket, Resolution};
use triage::phone::PhoneNumber;
use triage::ticket::{Author, Message, MessageId, Owner, Ticket, TicketId};

const COURTESY: Courtesy = Courtesy {
    is_greeting: |text| ["hi", "hello"].contains(&text),
    is_opener: |text| text.starts_with("how can i help"),
    is_thanks: |text| text == "thanks",
};

const CUSTOMER: Author = Author::Customer;
const AGENT: Author = Author::Agent;

/// A conversation, its messages so many minutes after its start.
fn past(id: &str, customer: &str, said: &[(Author, i64, &str)]) -> PastTicket {
    let start: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    let message = |(n, (author, minutes, text)): (usize, &(Author, i64, &str))| Message {
        id: MessageId(format!("{id}/{n}")),
        author: *author,
        at: start + SignedDuration::from_mins(*minutes),
        text: (*text).to_owned(),
        media: Vec::new(),
        carrier_answered: false,
    };
    let ticket = Ticket {
        id: TicketId(id.to_owned()),
        customer: PhoneNumber::parse(customer).unwrap(),
        messages: said.iter().enumerate().map(message).collect(),
        tags: Vec::new(),
        owners: Vec::new(),
        opted_out: Vec::new(),
    };
    PastTicket { ticket, intents: vec![IntentName("hours".to_owned())], language: None, resolution: Resolution::Unknown }
}

fn ready(said: &[(Author, i64, &str)]) -> Replayable {
    replayable(&past("T-1", "+12025550123", said), &COURTESY).unwrap()
}

fn left_out(said: &[(Author, i64, &str)]) -> LeftOut {
    match replayable(&past("T-1", "+12025550123", said), &COURTESY) {
        Err(PastError::LeftOut(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_greeting_back_is_taken_out_and_nothing_later_is_in_the_case() {
    let ready = ready(&[
        (CUSTOMER, 0, "hi"),
        (AGENT, 1, "how can i help?"),
        (CUSTOMER, 2, "when do you open"),
        (AGENT, 5, "at nine"),
        (AGENT, 6, "on weekdays"),
        (CUSTOMER, 7, "thanks"),
        (CUSTOMER, 30, "and on sunday"),
    ]);
    assert_eq!((ready.case.text().as_str(), ready.case.owner), ("hi\nwhen do you open", Owner::Nobody));
    let human = &ready.human;
    assert_eq!(human.answer.as_deref(), Some("at nine\non weekdays"));
    assert_eq!((human.answered_after_s, human.thanked, human.wrote_again_after_s), (Some(180), true, Some(25 * 60)));
}

#[test]
fn what_cannot_be_replayed_is_left_out_with_its_reason() {
    assert_eq!(left_out(&[(AGENT, 0, "your order is ready"), (CUSTOMER, 1, "ok")]), LeftOut::CompanyFirst);
    assert_eq!(left_out(&[(CUSTOMER, 0, "  "), (AGENT, 1, "yes?"), (CUSTOMER, 2, "ok")]), LeftOut::CompanyFirst);
    assert_eq!(left_out(&[(CUSTOMER, 0, "  "), (AGENT, 1, "yes?")]), LeftOut::NoWords);
    assert_eq!(left_out(&[(CUSTOMER, 0, " ")]), LeftOut::NoWords);
}

#[test]
fn a_question_that_nobody_answered_is_replayed_and_cannot_be_compared() {
    let ready = ready(&[(CUSTOMER, 0, "when do you open")]);
    assert_eq!((ready.human.answer, ready.answered_at), (None, None));
}

#[test]
fn each_definition_counts_what_it_says() {
    let human = |again: Option<i64>, back: Option<i64>, thanked: bool| Human {
        wrote_again_after_s: again,
        came_back_after_s: back,
        thanked,
        ..Human::default()
    };
    let same = Some(Verdict::SameOutcome);
    let all = score(Did::Reply, &human(None, None, false), same, Some(true));
    assert_eq!(all, Definition::ALL);
    let is = |human: &Human, definition| score(Did::Reply, human, same, Some(true)).contains(&definition);
    let after_two_days = human(Some(2 * DAY_S), None, false);
    assert!(is(&after_two_days, Definition::FinStyle) && !is(&after_two_days, Definition::ZendeskStyle));
    assert!(!is(&after_two_days, Definition::Contained) && !is(&after_two_days, Definition::Durable));
    let came_back = human(None, Some(3 * DAY_S), false);
    assert!(is(&came_back, Definition::Contained) && !is(&came_back, Definition::Durable));
    assert!(is(&human(Some(60), None, true), Definition::FinStyle), "who thanks is helped, Fin-style, whatever comes after");
    assert!(!score(Did::Reply, &human(None, None, false), same, Some(false)).contains(&Definition::ZendeskStyle));
    assert!(score(Did::Draft, &human(None, None, false), same, Some(true)).is_empty(), "a draft resolves nothing by itself");
}

#[test]
fn the_same_question_of_one_customer_is_a_twin_and_that_of_another_is_not() {
    let mut twins = Twins::default();
    let asks = |text: &'static str| [(CUSTOMER, 0, text), (AGENT, 1, "at nine o'clock sharp")];
    twins.see(&past("A", "+12025550101", &asks("hey when do you open on monday morning please")));
    twins.see(&past("B", "+12025550101", &asks("when do you open on monday morning please")));
    twins.see(&past("C", "+12025550101", &asks("where is my parcel with the blue helmet")));
    twins.see(&past("D", "+12025550102", &asks("so when do you open on monday morning")));
    let found = twins.found();
    assert_eq!(found[&TicketId("B".to_owned())], [TicketId("A".to_owned())].into());
    assert!(!found.contains_key(&TicketId("C".to_owned())) && !found.contains_key(&TicketId("D".to_owned())), "{found:?}");
}

#[test]
fn a_conversation_that_stands_in_the_export_twice_is_a_copy() {
    let mut twins = Twins::default();
    let said = [(CUSTOMER, 0, "can i bring my bike back on tuesday"), (AGENT, 1, "yes until six")];
    twins.see(&past("A", "+12025550101", &said));
    twins.see(&past("Z", "+12025550199", &said));
    let (a, z) = (TicketId("A".to_owned()), TicketId("Z".to_owned()));
    assert!(twins.is_copy(&z) && !twins.is_copy(&a) && twins.found()[&a].contains(&z));
    // Five minutes later the same words are a popular question.
    twins.see(&past("L", "+12025550177", &[(CUSTOMER, 5, said[0].2), (AGENT, 6, said[1].2)]));
    assert!(!twins.is_copy(&TicketId("L".to_owned())));
}
