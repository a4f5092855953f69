//! The decision: every reason with its action, the order of the stages, and who is never asked.
#![allow(clippy::unwrap_used)]

mod common;

use common::ports::{World, draft, gate, passage, world};
use common::{DAY_S, ask, at, bot, case_of, case_saying, change, customer, intent, person, picture, ticket};
use std::collections::BTreeMap;
use triage::case::Case;
use triage::decision::{Action, ConsentChange, Decision, Reason};
use triage::draft::Fault;
use triage::findings::Step;
use triage::language::Language;
use triage::phone::PhoneNumber;
use triage::policy::{Ceiling, Greeting, Overdue};
use triage::ticket::{Message, Team, Ticket};

/// Every reason has its place here, so that a new one must be given a row below.
fn place(reason: &Reason) -> usize {
    match reason {
        Reason::OptedOutByKeyword => 0,
        Reason::OptedOutByWording => 1,
        Reason::OptedIn => 2,
        Reason::HelpAsked => 3,
        Reason::CarrierAnswered => 4,
        Reason::Suppressed => 5,
        Reason::PersonHasTicket => 6,
        Reason::LoopBroken => 7,
        Reason::MachineSender => 8,
        Reason::MediaOnly => 9,
        Reason::Empty => 10,
        Reason::TooOld => 11,
        Reason::BareGreeting => 12,
        Reason::OutOfScope => 13,
        Reason::Unsure => 14,
        Reason::MustEscalate => 15,
        Reason::IntentOff => 16,
        Reason::InShadow => 17,
        Reason::NothingFound => 18,
        Reason::NothingWritten => 19,
        Reason::TooLong => 20,
        Reason::CheckFailed => 21,
        Reason::NotCalibrated => 22,
        Reason::TooRisky => 23,
        Reason::CeilingDraft => 24,
        Reason::SureEnough => 25,
        Reason::PartlyAnswered => 26,
        Reason::AnotherThing => 27,
        Reason::PastVerification => 28,
        Reason::QuietHours => 29,
        Reason::PrivateSource => 30,
        Reason::NotRetrieved => 31,
    }
}

const REASONS: usize = 32;

fn opted_out(text: &str) -> Case {
    case_of(&Ticket { opted_out: vec![change(-100, true)], ..ticket(vec![customer("m1", 0, text)]) })
}

fn question() -> Case {
    case_saying("Can I return my helmet?")
}

fn with_ceiling(ceiling: Ceiling) -> World {
    world().but(|w| {
        w.policy.ceilings.insert(intent("returns"), ceiling);
    })
}

fn with_greeting(greeting: Greeting) -> World {
    world().classified(|c| c.bare_greeting = true).but(|w| {
        w.policy.greeting = greeting;
        w.policy.texts.greeting = BTreeMap::from([(Language::EN, "Hello! What can we do for you?".to_owned())]);
    })
}

/// No hour is for messages.
fn quiet() -> World {
    world().but(|w| w.policy.quiet_hours = Some(serde_json::from_value(all_day()).unwrap()))
}

fn all_day() -> serde_json::Value {
    let day = ["00:00-24:00"];
    serde_json::json!({ "time_zone": "UTC", "mon": day, "tue": day, "wed": day, "thu": day, "fri": day, "sat": day, "sun": day })
}

type Row = (World, Case, Reason, &'static str);

/// What screening settles.
fn screened() -> Vec<Row> {
    let text = |text: &str| BTreeMap::from([(Language::EN, text.to_owned())]);
    let confirmed = || world().but(|w| w.policy.texts.opted_out = text("Understood."));
    let short_code = Ticket { customer: PhoneNumber::parse("72345").unwrap(), ..ticket(vec![customer("m1", 0, "Sale ends today")]) };
    let person = Ticket { owners: vec![person(-10)], ..ticket(vec![customer("m1", 0, "any news?")]) };
    let mut flood: Vec<Message> = (0..4).map(|n| bot(&format!("b{n}"), -50 + n, "an answer")).collect();
    flood.push(customer("m1", 0, "and now?"));
    let carrier = Message { carrier_answered: true, ..customer("m1", 0, "HELP") };
    vec![
        (world(), case_saying("STOP"), Reason::OptedOutByKeyword, "ignore"),
        (world(), case_saying("please stop texting me"), Reason::OptedOutByWording, "tag"),
        (confirmed(), case_saying("please stop texting me"), Reason::OptedOutByWording, "reply"),
        (confirmed(), opted_out("I said stop texting me"), Reason::OptedOutByWording, "tag"),
        (world(), opted_out("START"), Reason::OptedIn, "ignore"),
        (world(), case_saying("HELP"), Reason::HelpAsked, "escalate"),
        (world().but(|w| w.policy.texts.help = text("Marrowby Cycles.")), case_saying("HELP"), Reason::HelpAsked, "reply"),
        (world(), case_of(&ticket(vec![carrier])), Reason::CarrierAnswered, "ignore"),
        (world(), opted_out("where is it?"), Reason::Suppressed, "escalate"),
        (world(), case_of(&person), Reason::PersonHasTicket, "ignore"),
        (world(), case_of(&ticket(flood)), Reason::LoopBroken, "escalate"),
        (world(), case_of(&short_code), Reason::MachineSender, "ignore"),
        (world(), case_saying("your discount code 20145 does not work"), Reason::MachineSender, "escalate"),
        (world(), case_of(&ticket(vec![picture("m1", 0, "")])), Reason::MediaOnly, "escalate"),
        (world(), case_saying(" "), Reason::Empty, "ignore"),
        (world(), question().decided_at(at(DAY_S)), Reason::TooOld, "escalate"),
        (quiet(), question().decided_at(at(600)), Reason::QuietHours, "escalate"),
    ]
}

/// What the minds, the gate and the policy settle.
fn found_out() -> Vec<Row> {
    let uncalibrated = |ceiling: Ceiling| {
        world().but(|w| {
            w.gate.calibration = None;
            w.policy.uncalibrated_ceiling = ceiling;
        })
    };
    let must_escalate = |name: &str| {
        let name = intent(name);
        world().but(|w| {
            w.policy.escalate.insert(name, Team("managers".to_owned()));
        })
    };
    let faulty = world().but(|w| w.script.verdict.as_mut().unwrap().faults.push(Fault::Unsupported));
    let overdue = |overdue: Overdue| {
        world().but(|w| {
            w.script.passages.iter_mut().for_each(|passage| passage.overdue_since = Some(at(-DAY_S)));
            w.policy.overdue = overdue;
        })
    };
    let on_another = |ceiling: Ceiling| {
        let fault = Fault::AnotherThing { value: "canada".to_owned() };
        with_ceiling(ceiling).but(|w| w.script.verdict.as_mut().unwrap().faults.push(fault))
    };
    let unfounded = world().but(|w| w.script.draft = Some(draft("Yes.", &["another passage"])));
    vec![
        (with_greeting(Greeting::Leave), question(), Reason::BareGreeting, "tag"),
        (with_greeting(Greeting::Ask), question(), Reason::BareGreeting, "reply"),
        (world().classified(|c| c.out_of_scope = 0.76), question(), Reason::OutOfScope, "escalate"),
        (world().classified(|c| c.intents[0].name = intent("oos")), question(), Reason::OutOfScope, "escalate"),
        (world().classified(|c| c.intents[0].probability = 0.19), question(), Reason::Unsure, "escalate"),
        (world().classified(|c| c.intents.clear()), question(), Reason::Unsure, "escalate"),
        (must_escalate("returns"), question(), Reason::MustEscalate, "escalate"),
        (with_ceiling(Ceiling::Off), question(), Reason::IntentOff, "escalate"),
        (with_ceiling(Ceiling::Shadow), question(), Reason::InShadow, "tag"),
        (world().but(|w| w.script.fails = Some("retrieve")), question(), Reason::NotRetrieved, "escalate"),
        (world().but(|w| w.script.passages.clear()), question(), Reason::NothingFound, "escalate"),
        (world().classified(|c| c.asks.clear()), question(), Reason::NothingFound, "escalate"),
        (world().but(|w| w.script.draft = None), question(), Reason::NothingWritten, "escalate"),
        (world().but(|w| w.script.draft = Some(draft(" \n", &["p1"]))), question(), Reason::NothingWritten, "escalate"),
        (world().but(|w| w.script.draft = Some(draft("\u{200b}", &["p1"]))), question(), Reason::NothingWritten, "escalate"),
        (world().but(|w| w.script.draft = Some(draft(&"word ".repeat(200), &["p1"]))), question(), Reason::TooLong, "escalate"),
        (faulty, question(), Reason::CheckFailed, "escalate"),
        (world().but(|w| w.script.draft = Some(draft("Yes.", &[]))), question(), Reason::CheckFailed, "escalate"),
        (unfounded, question(), Reason::CheckFailed, "escalate"),
        (uncalibrated(Ceiling::Off), question(), Reason::NotCalibrated, "escalate"),
        (uncalibrated(Ceiling::Shadow), question(), Reason::NotCalibrated, "tag"),
        (uncalibrated(Ceiling::Draft), question(), Reason::NotCalibrated, "draft"),
        (uncalibrated(Ceiling::Reply), question(), Reason::SureEnough, "reply"),
        (world().but(|w| w.gate = gate(10.0)), question(), Reason::TooRisky, "draft"),
        (world().but(|w| w.gate = gate(60.0)), question(), Reason::TooRisky, "escalate"),
        (with_ceiling(Ceiling::Draft), question(), Reason::CeilingDraft, "draft"),
        (overdue(Overdue::Draft), question(), Reason::PastVerification, "draft"),
        (overdue(Overdue::Reply), question(), Reason::SureEnough, "reply"),
        (overdue(Overdue::Hide), question(), Reason::NothingFound, "escalate"),
        (on_another(Ceiling::Reply), question(), Reason::AnotherThing, "draft"),
        (on_another(Ceiling::Shadow), question(), Reason::InShadow, "tag"),
        (world().but(|w| w.script.draft.as_mut().unwrap().asks_answered = 0), question(), Reason::PartlyAnswered, "draft"),
        (world().but(|w| w.policy.private_sources.push(passage("p1", "").source)), question(), Reason::PrivateSource, "draft"),
        (world(), question(), Reason::SureEnough, "reply"),
        (quiet(), question().decided_at(at(300)), Reason::SureEnough, "reply"),
    ]
}

#[tokio::test]
async fn every_reason_is_reached_and_leads_to_its_action() {
    let mut reached = [false; REASONS];
    for (number, (world, case, reason, action)) in screened().into_iter().chain(found_out()).enumerate() {
        let decision = world.decide(&case).await.decision;
        assert_eq!((&decision.reason, decision.action.name()), (&reason, action), "row {number}");
        reached[place(&decision.reason)] = true;
    }
    assert!(reached.iter().all(|reached| *reached), "{reached:?}");
}

#[tokio::test]
async fn only_words_on_consent_change_consent() {
    for (world, case, reason, _) in screened().into_iter().chain(found_out()) {
        let decision = world.decide(&case).await.decision;
        let expected = match place(&reason) {
            0 | 1 => Some(ConsentChange::OptOut),
            2 => Some(ConsentChange::OptIn),
            _ => None,
        };
        assert_eq!(decision.consent, expected, "{reason:?}");
    }
}

#[tokio::test]
async fn nobody_is_asked_about_what_screening_settled() {
    for (world, case, reason, _) in screened() {
        let outcome = world.decide(&case).await;
        assert_eq!(outcome.script.calls(), Vec::<&str>::new(), "{reason:?}");
        assert_eq!(outcome.decision.receipt.path, [Step::Screen], "{reason:?}");
    }
}

#[tokio::test]
async fn the_stages_run_in_their_order() {
    let outcome = world().decide(&question()).await;
    use Step::{Check, Classify, Judge, Retrieve, Route, Screen, Write};
    assert_eq!(outcome.decision.receipt.path, [Screen, Classify, Route, Retrieve, Write, Check, Judge]);
    assert_eq!(outcome.script.calls(), ["classify", "retrieve", "write", "check"]);
}

#[tokio::test]
async fn no_stage_runs_once_it_is_decided() {
    for (world, case, reason, _) in found_out() {
        let outcome = world.decide(&case).await;
        let expected: &[&str] = match place(&reason) {
            12..=16 => &["classify"],
            18 | 31 => &["classify", "retrieve"],
            19 | 20 => &["classify", "retrieve", "write"],
            _ => &["classify", "retrieve", "write", "check"],
        };
        let asked: Vec<&str> = outcome.script.calls();
        let without_asks = asked == ["classify"] && reason == Reason::NothingFound;
        assert!(asked == expected || without_asks, "{reason:?}: {asked:?}");
    }
}

#[tokio::test]
async fn a_port_that_fails_decides_nothing() {
    for name in ["classify", "write", "check"] {
        let (triage, script) = world().but(|w| w.script.fails = Some(name)).at_work();
        let error = triage.decide(&question()).await.unwrap_err();
        assert_eq!((error.stage, error.is_transient), (name, true));
        assert_eq!(script.calls().last(), Some(&name));
    }
}

#[tokio::test]
async fn a_knowledge_that_cannot_be_searched_is_told_from_one_that_holds_nothing() {
    let nan = world().but(|w| w.script.passages[0].similarity = f64::NAN);
    for (world, problem) in [(world().but(|w| w.script.fails = Some("retrieve")), "out of order"), (nan, "a measurement is no number")] {
        let decision = world.decide(&question()).await.decision;
        assert_eq!((decision.action.name(), &decision.reason), ("escalate", &Reason::NotRetrieved));
        assert_eq!(decision.receipt.retrieval_problem.as_deref(), Some(problem));
    }
    let empty = world().but(|w| w.script.passages.clear()).decide(&question()).await.decision;
    assert_eq!((empty.reason, empty.receipt.retrieval_problem), (Reason::NothingFound, None));
}

#[tokio::test]
async fn a_measurement_that_is_no_number_decides_nothing() {
    for (stage, world) in [
        ("classify", world().classified(|c| c.out_of_scope = f64::NAN)),
        ("classify", world().classified(|c| c.intents[1].probability = f64::INFINITY)),
        ("check", world().but(|w| w.script.verdict.as_mut().unwrap().support = f64::NAN)),
    ] {
        let error = world.at_work().0.decide(&question()).await.unwrap_err();
        assert_eq!((error.stage, error.is_transient), (stage, false));
    }
}

#[tokio::test]
async fn every_query_is_tied_to_the_cases_moment_and_shuts_out_its_own_ticket() {
    let world = world().classified(|c| c.asks = vec![ask("can I return it?", None), ask("how much is shipping?", Some("shipping"))]);
    let case = question().decided_at(at(60));
    let queries = world.decide(&case).await.script.queries();
    assert_eq!(queries.iter().map(|q| q.text.as_str()).collect::<Vec<_>>(), ["can I return it?", "how much is shipping?"]);
    assert_eq!(queries.iter().map(|q| q.intent.clone()).collect::<Vec<_>>(), [Some(intent("returns")), Some(intent("shipping"))]);
    for query in queries {
        assert_eq!((query.as_of, query.exclude_ticket.as_ref(), query.passages_max), (at(60), Some(&case.ticket), 5));
    }
}

#[tokio::test]
async fn asks_beyond_the_limit_are_not_looked_up_and_count_as_unanswered() {
    let world = world().classified(|c| c.asks = (0..4).map(|n| ask(&format!("question {n}"), None)).collect());
    let outcome = world.but(|w| w.script.draft.as_mut().unwrap().asks_answered = 3).decide(&question()).await;
    assert_eq!(outcome.script.queries().len(), 3);
    assert_eq!(outcome.decision.receipt.asks.len(), 3);
    let signals = outcome.decision.receipt.judgement.unwrap().signals;
    assert_eq!(signals.get(triage::signals::Signal::AsksAnswered), 0.75);
}

#[tokio::test]
async fn the_minds_read_no_more_than_the_limit_of_characters() {
    let outcome = world().but(|w| w.policy.limits.text_chars_max = 5).decide(&case_saying("Où est ma commande ?")).await;
    assert_eq!(outcome.script.read()[0], "Où es");
}

#[tokio::test]
async fn what_is_checked_is_what_would_be_sent() {
    let long = format!("You may return it within 30 days. {}", "We also sell helmets and gloves. ".repeat(12));
    let world = world().but(|w| w.script.draft = Some(draft(&long, &["p1"])));
    let outcome = world.decide(&question()).await;
    let triage::decision::Action::Reply { texts } = outcome.decision.action else { panic!("no reply") };
    assert!(texts[0].len() < long.len(), "it was shortened");
    assert_eq!(outcome.script.read()[1], texts[0]);
    assert_eq!(outcome.decision.receipt.would_be.as_ref(), Some(&texts[0]));
}

#[tokio::test]
async fn an_ask_that_a_person_must_have_takes_the_whole_turn_there() {
    let world = world().classified(|c| c.asks.push(ask("and the brakes failed, I am hurt", Some("injury"))));
    let outcome = world
        .but(|w| {
            w.policy.escalate.insert(intent("injury"), Team("safety".to_owned()));
        })
        .decide(&question())
        .await;
    assert_eq!((outcome.decision.reason, outcome.decision.team), (Reason::MustEscalate, Some(Team("safety".to_owned()))));
    assert_eq!(outcome.script.calls(), ["classify"]);
}

#[tokio::test]
async fn passages_of_any_ask_may_be_cited() {
    let two = world().but(|w| w.script.passages.push(passage("p2", "handbook/shipping")));
    let outcome = two.but(|w| w.script.draft = Some(draft("Yes.", &["p1", "p2"]))).decide(&question()).await;
    assert_eq!(outcome.decision.reason, Reason::SureEnough);
}

#[tokio::test]
async fn fixed_texts_speak_the_customers_language() {
    let world = || {
        world().but(|w| {
            w.policy.texts.opted_out = [(Language::EN, "Done.".to_owned()), (Language::FR, "C'est noté.".to_owned())].into();
            w.policy.texts.help = [(Language::EN, "Ask us here.".to_owned()), (Language::FR, "Posez vos questions ici.".to_owned())].into();
        })
    };
    let sent = |decision: Decision| match decision.action {
        Action::Reply { texts } => texts.join(" "),
        Action::Draft { .. } | Action::TagOnly | Action::Escalate { .. } | Action::Ignore => String::new(),
    };
    assert_eq!(sent(world().decide(&case_saying("arrêtez de m'écrire s'il vous plaît")).await.decision), "C'est noté.");
    assert_eq!(sent(world().decide(&case_saying("please stop texting me")).await.decision), "Done.");
    let earlier = customer("m1", 0, "bonjour, où est ma commande ?");
    let french = ticket(vec![earlier, bot("b1", 60, "Elle arrive demain."), customer("m2", 120, "HELP")]);
    assert_eq!(sent(world().decide(&case_of(&french)).await.decision), "Posez vos questions ici.", "what was said before tells");
}
