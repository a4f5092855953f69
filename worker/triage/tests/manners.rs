//! SMS manners: the introduction, the sentence before a person takes over, the note for that person, and numbers that were given
//! away again.
#![allow(clippy::unwrap_used)]

mod common;

use common::ports::{World, world};
use common::{DAY_S, bot, case_of, case_saying, change, customer, ticket};
use std::collections::BTreeMap;
use triage::case::{Case, HISTORY_MS_MAX};
use triage::decision::Action;
use triage::language::Language;
use triage::ticket::{Message, Ticket};

const INTRODUCTION: &str = "This is the shop's assistant.";
const HOLDING: &str = "A person will answer you.";
const CLOSED: &str = "We open at 9, then a person will answer you.";

fn english(text: &str) -> BTreeMap<Language, String> {
    BTreeMap::from([(Language::EN, text.to_owned())])
}

fn introducing() -> World {
    world().but(|w| w.policy.texts.introduction = english(INTRODUCTION))
}

/// Nothing is found, so that a person takes over.
fn handing_over() -> World {
    world().but(|w| {
        w.script.passages.clear();
        w.policy.texts.handed_over = english(HOLDING);
        w.policy.texts.handed_over_closed = english(CLOSED);
    })
}

async fn texts(world: World, case: &Case) -> Vec<String> {
    let action = world.decide(case).await.decision.action;
    let name = action.name().to_owned();
    if let Action::Reply { texts } = action { texts } else { vec![name] }
}

async fn holding(world: World, case: &Case) -> Option<String> {
    world.decide(case).await.decision.holding
}

#[tokio::test]
async fn the_first_automatic_message_says_what_it_is_and_the_next_does_not() {
    let first = texts(introducing(), &case_saying("Can I return my helmet?")).await;
    assert!(first.len() == 1 && first[0].starts_with(INTRODUCTION), "{first:?}");
    let again = case_of(&ticket(vec![customer("m1", 0, "hi"), bot("b1", 1, "Hello"), customer("m2", 2, "Can I return my helmet?")]));
    let second = texts(introducing(), &again).await;
    assert!(!second[0].contains(INTRODUCTION), "{second:?}");
    for (prefix, is_introduced) in [("+1", true), ("+33", false)] {
        let there = introducing().but(|w| w.policy.texts.introduction_prefixes = vec![prefix.to_owned()]);
        let said = texts(there, &case_saying("Can I return my helmet?")).await;
        assert_eq!(said[0].contains(INTRODUCTION), is_introduced, "for customers of {prefix}");
    }
    let none = texts(world(), &case_saying("Can I return my helmet?")).await;
    assert_eq!(format!("{INTRODUCTION} {}", none[0]), first[0]);
}

#[tokio::test]
async fn an_introduction_that_does_not_fit_into_the_answer_goes_before_it() {
    let long = introducing().but(|w| w.policy.texts.introduction = english(&"so long a greeting ".repeat(16)));
    assert_eq!(texts(long, &case_saying("Can I return my helmet?")).await.len(), 2);
}

#[tokio::test]
async fn a_customer_hears_that_a_person_takes_over_in_office_hours_or_not_and_not_twice() {
    let question = case_saying("Can I return my helmet?");
    assert_eq!(holding(handing_over(), &question).await.as_deref(), Some(HOLDING));
    let closed = handing_over().but(|w| w.policy.office_hours = Some(serde_json::from_str(r#"{ "time_zone": "UTC" }"#).unwrap()));
    assert_eq!(holding(closed, &question).await.as_deref(), Some(CLOSED));
    let told = case_of(&ticket(vec![customer("m1", -900, "help"), bot("b1", -800, HOLDING), customer("m2", 0, "Can I return it?")]));
    assert_eq!(holding(handing_over(), &told).await, None);
    let out = case_of(&Ticket { opted_out: vec![change(-100, true)], ..ticket(vec![customer("m1", 0, "where is it?")]) });
    assert_eq!(holding(handing_over(), &out).await, None, "who has opted out hears nothing");
    assert_eq!(holding(world(), &question).await, None, "without words nothing is said");
}

#[tokio::test]
async fn a_person_gets_three_lines_without_the_customers_words() {
    let decision = handing_over().decide(&case_saying("Can I return my helmet?")).await.decision;
    let Action::Escalate { note } = decision.action else { unreachable!("{:?}", decision.action) };
    let lines: Vec<&str> = note.lines().collect();
    assert_eq!(lines.len(), 3, "{note}");
    assert!(lines[1].starts_with("About: returns") && lines[2].starts_with("Tried: "), "{note}");
    assert!(!note.contains("helmet"), "{note}");
}

#[test]
fn what_was_said_before_the_number_was_given_away_is_not_this_persons() {
    let days = HISTORY_MS_MAX / 1_000 / DAY_S;
    let said = |ago_s: i64| -> Vec<Message> { vec![bot("b1", -ago_s, "Your order 4711 is paid"), customer("m1", 0, "where is it?")] };
    let history = |ago_s: i64| Case::at(&ticket(said(ago_s)), &said(ago_s)[1].id).unwrap().history.len();
    assert_eq!((history(days * DAY_S), history(days * DAY_S + 1)), (1, 0));
    assert_eq!(days, 90);
}
