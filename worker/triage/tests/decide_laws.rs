//! Laws of the decision that hold whatever the ports answer and whatever the policy says.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use common::ports::{Outcome, World, draft, gate, passage, world};
use common::{ask, case_saying, intent};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::cell::Cell;
use triage::classification::RankedIntent;
use triage::decision::{Action, Reason};
use triage::draft::Fault;
use triage::gate::Gate;
use triage::policy::Ceiling;
use triage::rules::{Rule, Set, When};
use triage::sms::segments::segments;

const CASES: u32 = 3_000;
/// So many of the cases must end in a reply, or the law would be about nothing.
const REPLIES_MIN: u32 = 50;

const INTENTS: [&str; 5] = ["returns", "shipping", "injury", "oos", "invented"];
const PASSAGES: [&str; 3] = ["p1", "p2", "p3"];

/// What the ports answer.
#[derive(Clone, Debug)]
struct Answers {
    first: &'static str,
    probability: f64,
    out_of_scope: f64,
    measured: f64,
    asks: Vec<Option<&'static str>>,
    found: Vec<&'static str>,
    written: Option<(String, Vec<&'static str>)>,
    is_faulty: bool,
}

/// What the operator set down.
#[derive(Clone, Debug)]
struct Limits {
    wrong_per_100: f64,
    is_calibrated: bool,
    dial: f64,
    dial_of_shipping: Option<f64>,
    of_intents: Vec<Ceiling>,
    of_rule: Option<Ceiling>,
    of_uncalibrated: Ceiling,
    segments_max: u32,
    messages_max: u32,
}

fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just("returns"), 1 => prop::sample::select(INTENTS.to_vec())]
}

fn passages() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![3 => Just(PASSAGES.to_vec()), 2 => prop::collection::vec(prop::sample::select(PASSAGES.to_vec()), 0..4)]
}

fn ceiling() -> impl Strategy<Value = Ceiling> {
    prop_oneof![3 => Just(Ceiling::Reply), 1 => prop::sample::select(vec![Ceiling::Off, Ceiling::Shadow, Ceiling::Draft])]
}

fn text() -> impl Strategy<Value = String> {
    let sentences = prop_oneof!["([A-Z][a-z0-9 ]{1,60}[.!?] ){1,12}", "(\\PC{1,40}[.!?] ){1,12}"];
    prop_oneof![6 => sentences, 1 => "\\PC{0,400}", 1 => Just("word ".repeat(100)), 1 => Just("\u{200b}".to_owned())]
}

fn answers() -> impl Strategy<Value = Answers> {
    let shares = (0.1..=1.0f64, prop_oneof![4 => 0.0..0.5f64, 1 => 0.0..=1.0f64], 0.0..=1.0f64);
    let asks = prop::collection::vec(prop::option::weighted(0.3, name()), 0..5);
    let written = prop::option::weighted(0.9, (text(), passages()));
    (name(), shares, asks, passages(), written, prop::bool::weighted(0.1)).prop_map(|(first, shares, asks, found, written, is_faulty)| {
        let (probability, out_of_scope, measured) = shares;
        Answers { first, probability, out_of_scope, measured, asks, found, written, is_faulty }
    })
}

fn limits() -> impl Strategy<Value = Limits> {
    let numbers = (0.1..60.0f64, any::<bool>(), 0.0..100.0f64, prop::option::of(0.0..100.0f64));
    let ceilings = (prop::collection::vec(ceiling(), INTENTS.len()), prop::option::weighted(0.3, ceiling()), ceiling());
    (numbers, ceilings, 1..4u32, 1..4u32).prop_map(|(numbers, ceilings, segments_max, messages_max)| {
        let (wrong_per_100, is_calibrated, dial, dial_of_shipping) = numbers;
        let (of_intents, of_rule, of_uncalibrated) = ceilings;
        Limits { wrong_per_100, is_calibrated, dial, dial_of_shipping, of_intents, of_rule, of_uncalibrated, segments_max, messages_max }
    })
}

fn made_of(answers: &Answers, limits: &Limits) -> World {
    let world = world().classified(|c| {
        c.intents = vec![RankedIntent { name: intent(answers.first), probability: answers.probability }];
        c.out_of_scope = answers.out_of_scope;
        c.measured.0.values_mut().for_each(|value| *value = answers.measured);
        c.asks = answers.asks.iter().map(|of| ask("a question", *of)).collect();
    });
    let world = world.but(|w| {
        w.script.passages = answers.found.iter().map(|id| passage(id, id)).collect();
        w.script.passages.iter_mut().for_each(|passage| passage.similarity = answers.measured);
        w.script.draft = answers.written.as_ref().map(|(text, cited)| draft(text, cited));
        if answers.is_faulty {
            w.script.verdict.as_mut().unwrap().faults.push(Fault::Promise { value: "I will call".to_owned() });
        }
    });
    world.but(|w| {
        let calibration = w.gate.calibration.clone().filter(|_| limits.is_calibrated);
        w.gate = Gate { weights: Gate::cautious().weights, calibration, ..gate(limits.wrong_per_100) };
        w.policy.max_wrong_per_100 = limits.dial;
        w.policy.max_wrong_per_100_for.extend(limits.dial_of_shipping.map(|dial| (intent("shipping"), dial)));
        w.policy.ceilings = INTENTS.iter().map(|name| intent(name)).zip(limits.of_intents.iter().copied()).collect();
        w.policy.uncalibrated_ceiling = limits.of_uncalibrated;
        w.policy.rules.extend(limits.of_rule.map(|ceiling| {
            let set = Set { ceiling: Some(ceiling), ..Set::default() };
            Rule { name: "lower".to_owned(), when: When::default(), set }
        }));
        (w.policy.sms.segments_max, w.policy.sms.messages_max) = (limits.segments_max, limits.messages_max);
    })
}

/// Looks at one outcome; true when it was a reply.
fn has_all_that_a_reply_needs(answers: &Answers, limits: &Limits, outcome: &Outcome) -> Result<bool, TestCaseError> {
    let (decision, policy) = (&outcome.decision, &outcome.terms.policy);
    let Action::Reply { texts } = &decision.action else {
        prop_assert_ne!(&decision.reason, &Reason::SureEnough);
        return Ok(false);
    };
    prop_assert_eq!(&decision.reason, &Reason::SureEnough, "the operator has no fixed texts: nothing else may be sent");

    let receipt = &decision.receipt;
    prop_assert!(!receipt.citations.is_empty());
    prop_assert!(receipt.citations.iter().all(|citation| receipt.passages.iter().any(|passage| passage.id == citation.passage)));
    prop_assert!(receipt.faults.is_empty() && !answers.is_faulty);

    let judgement = receipt.judgement.as_ref().unwrap();
    let wanted = || std::iter::once(answers.first).chain(answers.asks.iter().flatten().copied().filter(|name| *name != "oos"));
    prop_assert!(wanted().all(|name| judgement.wrong_per_100 <= policy.dial(&intent(name))));
    prop_assert!(wanted().all(|name| policy.ceiling(&intent(name)) == Ceiling::Reply));
    prop_assert_eq!(judgement.ceiling, Ceiling::Reply);
    prop_assert!(limits.is_calibrated || limits.of_uncalibrated == Ceiling::Reply);
    prop_assert!(limits.of_rule.is_none_or(|of_rule| of_rule == Ceiling::Reply));
    prop_assert_ne!(answers.first, "oos");

    prop_assert!(!texts.is_empty() && texts.len() <= limits.messages_max as usize);
    for text in texts {
        prop_assert!(!text.trim().is_empty() && segments(text).count <= limits.segments_max);
    }
    Ok(true)
}

#[test]
fn whatever_the_ports_answer_a_reply_has_all_that_a_reply_needs() {
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let replies = Cell::new(0);
    let held = runner.run(&(answers(), limits()), |(answers, limits)| {
        let outcome = runtime.block_on(made_of(&answers, &limits).decide(&case_saying("Can I return my helmet?")));
        let is_reply = has_all_that_a_reply_needs(&answers, &limits, &outcome)?;
        replies.set(replies.get() + u32::from(is_reply));
        Ok(())
    });
    held.unwrap();
    println!("{} of {CASES} decisions were replies", replies.get());
    assert!(replies.get() >= REPLIES_MIN, "only {} replies", replies.get());
}
