//! Screening: what is settled before any mind sees a word.
#![allow(clippy::unwrap_used)]

mod common;

use common::{DAY_S, HOUR_S, agent, at, bot, case_of, case_saying, change, customer, person, picture, ticket};
use triage::case::Case;
use triage::findings::{Screening, Stop};
use triage::phone::PhoneNumber;
use triage::policy::Policy;
use triage::stages::screen::{SAME_TEXT_MAX, screen};
use triage::ticket::{Message, Ticket};

fn screened(case: &Case) -> Screening {
    screen(&Policy::default(), case)
}

/// What screening says of the last message.
fn said(messages: Vec<Message>) -> Screening {
    screened(&case_of(&ticket(messages)))
}

/// One burst of these texts, a second apart.
fn burst(texts: &[&str]) -> Vec<Message> {
    texts.iter().zip(0..).map(|(text, n)| customer(&format!("m{n}"), n, text)).collect()
}

fn opted_out(messages: Vec<Message>) -> Ticket {
    Ticket { opted_out: vec![change(-HOUR_S, true)], ..ticket(messages) }
}

fn stop(stop: Stop) -> Screening {
    Screening::Stop(stop)
}

#[test]
fn an_ordinary_question_passes() {
    assert_eq!(screened(&case_saying("Can I return my helmet?")), Screening::Pass);
}

#[test]
fn the_newest_word_on_consent_wins() {
    for (texts, expected) in [
        (&["STOP"][..], stop(Stop::OptedOutByKeyword)),
        (&["please stop texting me"], stop(Stop::OptedOutByWording)),
        (&["STOP", "where is my order?"], stop(Stop::OptedOutByKeyword)),
        (&["STOP", "START"], stop(Stop::OptedIn)),
        (&["START", "STOP"], stop(Stop::OptedOutByKeyword)),
        (&["STOP", "START", "where is my order?"], Screening::Pass),
        (&["START"], stop(Stop::OptedIn)),
        (&["HELP"], stop(Stop::HelpAsked)),
        (&["HELP", "where is my order?"], Screening::Pass),
    ] {
        assert_eq!(said(burst(texts)), expected, "{texts:?}");
    }
}

#[test]
fn neither_help_nor_yes_hides_a_stop_of_the_same_burst() {
    for texts in [["STOP", "HELP"], ["STOP", "YES"]] {
        assert_eq!(said(burst(&texts)), stop(Stop::OptedOutByKeyword), "{texts:?}");
    }
    assert_eq!(screened(&case_of(&opted_out(burst(&["START", "HELP"])))), stop(Stop::OptedIn), "nor does help hide a start");
}

#[test]
fn a_stop_that_nobody_heard_is_obeyed_however_long_it_waited() {
    let waited = |text: &str| vec![customer("m1", 0, text), customer("m2", HOUR_S, "hello?")];
    assert_eq!(said(waited("please stop texting me")), stop(Stop::OptedOutByWording));
    assert_eq!(said(waited("is anybody there?")), Screening::Pass);
    let answered =
        vec![customer("m1", 0, "please stop texting me"), agent("a1", 60, "Sorry about that."), customer("m2", 5 * DAY_S, "hello?")];
    assert_eq!(said(answered), Screening::Pass, "a person has dealt with it");
    let obeyed = Ticket { opted_out: vec![change(1, true), change(2, false)], ..ticket(waited("please stop texting me")) };
    assert_eq!(screened(&case_of(&obeyed)), Screening::Pass, "it was obeyed, and the customer has come back since");
}

#[test]
fn yes_answers_a_question_unless_the_customer_had_opted_out() {
    for text in ["YES", "yes!", "Yes"] {
        assert_eq!(said(burst(&[text])), Screening::Pass, "{text}");
        assert_eq!(screened(&case_of(&opted_out(burst(&[text])))), stop(Stop::OptedIn), "{text}");
    }
}

#[test]
fn opt_out_comes_before_the_person_who_has_the_ticket() {
    let ticket = Ticket { owners: vec![person(-10)], ..ticket(burst(&["STOP"])) };
    assert_eq!(screened(&case_of(&ticket)), stop(Stop::OptedOutByKeyword));
}

#[test]
fn opt_out_comes_before_everything_else() {
    let mut flood: Vec<Message> = (0..8).map(|n| bot(&format!("b{n}"), -100 + n, "an answer")).collect();
    flood.extend(burst(&["STOP"]));
    let machine = Ticket { customer: PhoneNumber::parse("72345").unwrap(), ..ticket(flood) };
    let old = case_of(&machine).decided_at(at(10 * DAY_S));
    assert_eq!(screened(&old), stop(Stop::OptedOutByKeyword));
}

#[test]
fn a_word_on_consent_that_was_obeyed_is_not_obeyed_again() {
    let mut ticket = ticket(burst(&["STOP", "where is my order?"]));
    ticket.opted_out = vec![change(0, true)];
    assert_eq!(screened(&case_of(&ticket)), stop(Stop::Suppressed));
    ticket.messages.push(customer("again", 5, "START"));
    assert_eq!(screened(&case_of(&ticket)), stop(Stop::OptedIn));
    ticket.opted_out.push(change(5, false));
    ticket.messages.push(customer("more", 6, "where is my order?"));
    assert_eq!(screened(&case_of(&ticket)), Screening::Pass);
}

#[test]
fn who_opted_out_is_sent_nothing() {
    assert_eq!(screened(&case_of(&opted_out(burst(&["where is my order?"])))), stop(Stop::Suppressed));
}

#[test]
fn what_the_carrier_answered_needs_no_second_answer() {
    for (text, expected) in [
        ("HELP", stop(Stop::CarrierAnswered)),
        ("a word that only the carrier knows", stop(Stop::CarrierAnswered)),
        ("STOP", stop(Stop::OptedOutByKeyword)),
        ("YES", Screening::Pass),
    ] {
        let message = Message { carrier_answered: true, ..customer("m1", 0, text) };
        assert_eq!(said(vec![message]), expected, "{text}");
    }
}

#[test]
fn a_person_keeps_the_ticket_for_a_while_and_then_lets_go() {
    let policy = Policy::default();
    let keeps_s = policy.limits.person_keeps_ms / 1_000;
    for (seconds, expected) in [(1, stop(Stop::PersonHasTicket)), (keeps_s, stop(Stop::PersonHasTicket)), (keeps_s + 1, Screening::Pass)] {
        let given = Ticket { owners: vec![person(0)], ..ticket(vec![customer("m1", seconds, "any news?")]) };
        assert_eq!(screen(&policy, &case_of(&given)), expected, "given, {seconds} s");
        let wrote = ticket(vec![agent("a1", 0, "I will look"), customer("m1", seconds, "any news?")]);
        assert_eq!(screen(&policy, &case_of(&wrote)), expected, "wrote, {seconds} s");
    }
}

#[test]
fn a_person_has_the_ticket_before_anything_of_its_content_counts() {
    let ticket = Ticket { owners: vec![person(-10)], ..ticket(vec![picture("m1", 0, "")]) };
    assert_eq!(screened(&case_of(&ticket)), stop(Stop::PersonHasTicket));
}

#[test]
fn machines_are_known_by_their_number_or_their_words() {
    let short = Ticket { customer: PhoneNumber::parse("72345").unwrap(), ..ticket(burst(&["Your parcel is on its way"])) };
    assert_eq!(screened(&case_of(&short)), stop(Stop::MachineSender));
    for text in [
        "Your verification code is 482913",
        "482913 is your login code",
        "Votre code est 482913",
        "Su código de acceso es 482913",
        "Automatic reply: I am out of office until Monday",
        "Do not reply to this message",
    ] {
        assert_eq!(screened(&case_saying(text)), stop(Stop::MachineSender), "{text}");
    }
    for text in ["order 482913 has not come", "my code is not working", "I was out of the office when you called"] {
        assert_eq!(screened(&case_saying(text)), Screening::Pass, "{text}");
    }
}

#[test]
fn too_many_automatic_replies_in_a_row_go_to_a_person() {
    let replies_max = Policy::default().limits.automatic_replies_max;
    let conversation = |replies: usize| {
        let turns =
            (0..replies as i64).flat_map(|n| [customer(&format!("c{n}"), n, &format!("question {n}")), bot(&format!("b{n}"), n, "answer")]);
        turns.chain([customer("newest", 100, "and this?")]).collect::<Vec<_>>()
    };
    assert_eq!(said(conversation(replies_max - 1)), Screening::Pass);
    assert_eq!(said(conversation(replies_max)), stop(Stop::LoopBroken));
    let mut with_a_person = conversation(replies_max);
    with_a_person.insert(3, agent("a1", 1, "a person here"));
    with_a_person.push(customer("later", 2 * DAY_S, "and this?"));
    assert_eq!(said(with_a_person), Screening::Pass, "a person in between breaks the row");
}

#[test]
fn the_same_text_again_and_again_goes_to_a_person() {
    let conversation = |times: i64| {
        let mut messages: Vec<Message> =
            (0..times).flat_map(|n| [customer(&format!("c{n}"), n, " hello? "), bot(&format!("b{n}"), n, "What is it?")]).collect();
        messages.pop();
        messages
    };
    let max = SAME_TEXT_MAX as i64;
    assert_eq!(said(conversation(max - 1)), Screening::Pass);
    assert_eq!(said(conversation(max)), stop(Stop::LoopBroken));
    let mut other = conversation(max);
    other.push(customer("newest", 50, "my brakes squeal"));
    assert_eq!(said(other), Screening::Pass, "another text breaks the row");
    assert_eq!(said(burst(&["hello?", "hello?", "hello?"])), Screening::Pass, "nobody has answered yet: no loop");
}

#[test]
fn without_words_there_is_nothing_to_read() {
    assert_eq!(said(vec![picture("m1", 0, "")]), stop(Stop::MediaOnly));
    assert_eq!(said(vec![picture("m1", 0, " "), customer("m2", 1, "")]), stop(Stop::MediaOnly));
    assert_eq!(said(vec![picture("m1", 0, "is this broken?")]), Screening::Pass);
    for text in ["", "  \n "] {
        assert_eq!(said(burst(&[text])), stop(Stop::Empty));
    }
}

#[test]
fn what_waited_too_long_goes_to_a_person() {
    let policy = Policy::default();
    let case = || case_saying("are you open now?");
    let limit_s = policy.limits.waited_max_ms / 1_000;
    assert_eq!(screen(&policy, &case().decided_at(at(limit_s))), Screening::Pass);
    assert_eq!(screen(&policy, &case().decided_at(at(limit_s + 1))), stop(Stop::TooOld));
}
