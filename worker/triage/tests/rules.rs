//! Routing rules: when they apply, and what they set together.
#![allow(clippy::unwrap_used)]

mod common;

use common::ports::tags;
use common::{HOUR_S, case_of, case_saying, change, classified, customer, intent, tag, ticket};
use triage::case::Case;
use triage::classification::{Classification, Priority};
use triage::language::Language;
use triage::office_hours::{OfficeHours, Span};
use triage::phone::PhoneNumber;
use triage::policy::Ceiling;
use triage::rules::{OfficeState, Pattern, Routing, Rule, Set, When, route};
use triage::ticket::{Team, Ticket};

fn applies_to(when: When, case: &Case, classification: &Classification, hours: Option<&OfficeHours>) -> bool {
    let rule = Rule { name: "rule".to_owned(), when, set: Set::default() };
    !route(&[rule], case, classification, hours).rules.is_empty()
}

fn applies(when: When, text: &str) -> bool {
    applies_to(when, &case_saying(text), &classified("returns", 0.9), None)
}

fn keyword(keyword: &str) -> When {
    When { keywords: vec![keyword.to_owned()], ..When::default() }
}

fn pattern(text: &str) -> When {
    When { pattern: Some(Pattern::try_from(text.to_owned()).unwrap()), ..When::default() }
}

#[test]
fn keywords_are_whole_words_whatever_their_case_and_accents() {
    for (word, text, expected) in [
        ("sue", "I will SUE you", true),
        ("sue", "what is the issue?", false),
        ("sue", "Suelen is my name", false),
        ("small claims", "see you in small-claims court", true),
        ("small claims", "claims are small", false),
        ("blessé", "Il est BLESSE !", true),
        ("blesse", "il est blessé", true),
        ("l'avocat", "avec l’avocat", true),
        ("", "anything", false),
        ("!?", "anything!?", false),
    ] {
        assert_eq!(applies(keyword(word), text), expected, "{word} in {text}");
    }
}

#[test]
fn a_keyword_is_found_in_any_message_of_the_burst() {
    let case = case_of(&ticket(vec![customer("m1", 0, "my lawyer"), customer("m2", 1, "will write to you")]));
    assert!(applies_to(keyword("lawyer"), &case, &classified("returns", 0.9), None));
}

#[test]
fn a_pattern_ignores_case_and_is_refused_when_it_cannot_be_compiled_or_is_too_large() {
    assert!(applies(pattern(r"\bbrakes? .{0,10}fail(ed)?\b"), "The BRAKES just failed"));
    assert!(!applies(pattern(r"\bbrakes? .{0,10}fail(ed)?\b"), "the brakes are fine"));
    assert!(Pattern::try_from("(unclosed".to_owned()).is_err());
    assert!(Pattern::try_from(r"\w{1000}{1000}".to_owned()).is_err());
}

#[test]
fn intents_languages_senders_and_tags_must_be_among_those_listed() {
    let case = case_of(&Ticket { tags: vec![change(-1, tag("race_team"))], ..ticket(vec![customer("m1", 0, "hello")]) });
    let number = |text: &str| PhoneNumber::parse(text).unwrap();
    let rows = [
        (When { intents: vec![intent("shipping"), intent("returns")], ..When::default() }, true),
        (When { intents: vec![intent("another")], ..When::default() }, false), // the second intent of the turn
        (When { languages: vec![Language::FR, Language::EN], ..When::default() }, true),
        (When { languages: vec![Language::FR], ..When::default() }, false),
        (When { senders: vec![number("+12025550123")], ..When::default() }, true),
        (When { senders: vec![number("+12025550199")], ..When::default() }, false),
        (When { customer_tags: vec![tag("vip"), tag("race_team")], ..When::default() }, true),
        (When { customer_tags: vec![tag("vip")], ..When::default() }, false),
        (When::default(), true),
    ];
    for (number, (when, expected)) in rows.into_iter().enumerate() {
        assert_eq!(applies_to(when, &case, &classified("returns", 0.9), None), expected, "row {number}");
    }
    let nothing_known = Classification { intents: Vec::new(), language: None, ..classified("returns", 0.9) };
    assert!(!applies_to(When { intents: vec![intent("returns")], ..When::default() }, &case, &nothing_known, None));
    assert!(!applies_to(When { languages: vec![Language::EN], ..When::default() }, &case, &nothing_known, None));
}

#[test]
fn every_part_that_is_given_must_hold() {
    let both = |word: &str, name: &str| When { intents: vec![intent(name)], ..keyword(word) };
    assert!(applies(both("refund", "returns"), "refund please"));
    assert!(!applies(both("refund", "shipping"), "refund please"));
    assert!(!applies(both("lawyer", "returns"), "refund please"));
}

#[test]
fn office_hours_are_those_of_the_moment_the_message_came() {
    let nine_to_six = vec![Span::try_from("09:00-18:00".to_owned()).unwrap()];
    let closed = Vec::new;
    let hours = OfficeHours {
        time_zone: "America/New_York".to_owned(),
        mon: nine_to_six,
        tue: closed(),
        wed: closed(),
        thu: closed(),
        fri: closed(),
        sat: closed(),
        sun: closed(),
    };
    let when = |state| When { office_hours: Some(state), ..When::default() };
    // The first moment is Monday at ten in New York.
    for (hours_later, open) in [(0, true), (7, true), (8, false), (24, false)] {
        let case = case_of(&ticket(vec![customer("m1", hours_later * HOUR_S, "hello")])).decided_at(common::at(0));
        let c = classified("returns", 0.9);
        assert_eq!(applies_to(when(OfficeState::Open), &case, &c, Some(&hours)), open, "{hours_later}");
        assert_eq!(applies_to(when(OfficeState::Closed), &case, &c, Some(&hours)), !open, "{hours_later}");
        assert!(applies_to(when(OfficeState::Open), &case, &c, None), "without hours it is always open");
    }
}

fn ruled(rules: &[(&str, Set)]) -> Routing {
    let rules: Vec<Rule> = rules
        .iter()
        .map(|(name, set)| Rule { name: (*name).to_owned(), when: keyword("refund"), set: set.clone() })
        .chain([Rule { name: "other".to_owned(), when: keyword("lawyer"), set: Set { tags: tags(&["legal"]), ..Set::default() } }])
        .collect();
    route(&rules, &case_saying("refund please"), &classified("returns", 0.9), None)
}

#[test]
fn the_first_rule_that_sets_team_or_priority_wins_and_tags_add_up() {
    let team = |name: &str| Some(Team(name.to_owned()));
    let first = Set { tags: tags(&["a", "b"]), priority: Some(Priority::Low), ..Set::default() };
    let second = Set { team: team("two"), tags: tags(&["b", "c"]), priority: Some(Priority::Urgent), ..Set::default() };
    let third = Set { team: team("three"), ..Set::default() };
    let routing = ruled(&[("first", first.clone()), ("second", second.clone()), ("third", third.clone())]);
    assert_eq!(routing.rules, ["first", "second", "third"]);
    assert_eq!((routing.set.team, routing.set.priority, routing.set.tags), (team("two"), Some(Priority::Low), tags(&["a", "b", "c"])));

    let routing = ruled(&[("third", third), ("second", second), ("first", first)]);
    assert_eq!(routing.rules, ["third", "second", "first"]);
    assert_eq!((routing.set.team, routing.set.priority, routing.set.tags), (team("three"), Some(Priority::Urgent), tags(&["b", "c", "a"])));
}

#[test]
fn the_lowest_ceiling_of_all_rules_holds_in_any_order() {
    let to = |ceiling: Option<Ceiling>| Set { ceiling, ..Set::default() };
    let (reply, draft, none) = (to(Some(Ceiling::Reply)), to(Some(Ceiling::Draft)), to(None));
    for rules in [[&reply, &draft, &none], [&draft, &none, &reply], [&none, &reply, &draft]] {
        let rules: Vec<(&str, Set)> = rules.iter().map(|set| ("rule", (*set).clone())).collect();
        assert_eq!(ruled(&rules).set.ceiling, Some(Ceiling::Draft));
    }
    assert_eq!(ruled(&[("rule", none)]).set.ceiling, None);
}
