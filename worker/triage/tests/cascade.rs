//! The cascade: when the second mind is asked, and whose decision holds.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use async_trait::async_trait;
use common::ports::{World, draft, world};
use common::{case_saying, intent};
use std::sync::{Arc, Mutex};
use triage::case::Case;
use triage::consultation::{Consultation, Mind};
use triage::decision::{Action, Decision, Reason};
use triage::policy::Ceiling;
use triage::ports::{Consulted, SecondMind};
use triage::triage::Triage;

/// A second mind that decides with a triage of its own, or fails.
struct Second {
    triage: Option<Triage>,
    asked: Mutex<usize>,
}

#[async_trait]
impl SecondMind for Second {
    async fn decide(&self, case: &Case) -> Consulted {
        *self.asked.lock().unwrap() += 1;
        match &self.triage {
            Some(triage) => Consulted { decision: Some(triage.decide(case).await.unwrap()), consultations: vec![consultation(None)] },
            None => Consulted { decision: None, consultations: vec![consultation(Some("no answer"))] },
        }
    }
}

fn consultation(problem: Option<&str>) -> Consultation {
    Consultation {
        prompt: "write/v1".to_owned(),
        prompt_hash: "h".to_owned(),
        model: "m".to_owned(),
        tokens_in: 10,
        tokens_out: 5,
        cost_micro_usd: 30,
        problem: problem.map(str::to_owned),
    }
}

/// The decision of the first world with the second beside it, and how often the second was asked.
async fn cascade(first: World, second: Option<World>) -> (Decision, usize) {
    let (mut triage, _) = first.at_work();
    let second = Arc::new(Second { triage: second.map(|world| world.at_work().0), asked: Mutex::new(0) });
    triage.second = Some(second.clone());
    let decision = triage.decide(&case_saying("can I return this?")).await.unwrap();
    let asked = *second.asked.lock().unwrap();
    (decision, asked)
}

/// A world that can write nothing.
fn speechless() -> World {
    world().but(|world| world.script.draft = None)
}

fn texts(decision: &Decision) -> Vec<String> {
    match &decision.action {
        Action::Reply { texts } => texts.clone(),
        Action::Draft { text } => vec![text.clone()],
        Action::TagOnly | Action::Escalate { .. } | Action::Ignore => Vec::new(),
    }
}

fn other() -> World {
    world().but(|world| world.script.draft = Some(draft("Thirty days, yes.", &["p1"])))
}

#[tokio::test]
async fn the_second_mind_is_not_asked_when_the_first_is_sure_enough() {
    let (decision, asked) = cascade(world(), Some(other())).await;
    assert_eq!((asked, texts(&decision), decision.receipt.mind), (0, vec!["Yes, within 30 days.".to_owned()], Mind::Local));
    assert!(decision.receipt.consultations.is_empty());
}

#[tokio::test]
async fn the_second_mind_answers_what_the_first_cannot_and_the_receipt_says_so_and_what_it_cost() {
    let (decision, asked) = cascade(speechless(), Some(other())).await;
    assert_eq!((asked, texts(&decision), decision.receipt.mind), (1, vec!["Thirty days, yes.".to_owned()], Mind::Model));
    assert_eq!(decision.receipt.cost_micro_usd(), 30);
}

#[tokio::test]
async fn when_the_second_mind_fails_the_first_decision_stands_with_a_note() {
    let (decision, asked) = cascade(speechless(), None).await;
    assert_eq!((asked, decision.reason.clone(), decision.receipt.mind), (1, Reason::NothingWritten, Mind::Local));
    assert_eq!(decision.receipt.consultations[0].problem.as_deref(), Some("no answer"));
}

#[tokio::test]
async fn what_the_policy_settled_is_no_matter_for_a_second_mind() {
    let worlds = [
        world().but(|world| {
            world.policy.escalate.insert(intent("returns"), triage::ticket::Team("people".to_owned()));
        }),
        world().but(|world| {
            world.policy.ceilings.insert(intent("returns"), Ceiling::Off);
        }),
        world().but(|world| {
            world.policy.ceilings.insert(intent("returns"), Ceiling::Shadow);
        }),
    ];
    for first in worlds {
        let (decision, asked) = cascade(first, Some(other())).await;
        assert_eq!((asked, texts(&decision).len()), (0, 0), "{:?}", decision.reason);
    }
}

#[tokio::test]
async fn opt_out_words_reach_no_second_mind() {
    let (mut triage, _) = speechless().at_work();
    let second = Arc::new(Second { triage: Some(other().at_work().0), asked: Mutex::new(0) });
    triage.second = Some(second.clone());
    for text in ["STOP", "please stop texting me", "HELP", ""] {
        triage.decide(&case_saying(text)).await.unwrap();
    }
    assert_eq!(*second.asked.lock().unwrap(), 0);
}

#[tokio::test]
async fn a_ceiling_that_the_first_mind_saw_holds_for_the_second() {
    let first = speechless().but(|world| {
        world.policy.ceilings.insert(intent("returns"), Ceiling::Draft);
    });
    // The second takes the turn for something that may be answered.
    let (decision, asked) = cascade(first, Some(other())).await;
    assert_eq!((asked, decision.reason.clone()), (1, Reason::CeilingDraft));
    assert!(matches!(decision.action, Action::Draft { .. }));
}

#[tokio::test]
async fn a_second_mind_that_does_no_better_changes_nothing_but_the_note() {
    let (decision, asked) = cascade(speechless(), Some(speechless())).await;
    assert_eq!((asked, decision.receipt.mind, decision.receipt.consultations.len()), (1, Mind::Local, 1));
}

#[tokio::test]
async fn an_intent_that_belongs_to_a_person_is_heard_from_the_second_mind_too() {
    let second = world().but(|world| {
        world.policy.escalate.insert(intent("returns"), triage::ticket::Team("people".to_owned()));
    });
    let (decision, _) = cascade(speechless(), Some(second)).await;
    assert_eq!((decision.reason.clone(), decision.team.map(|team| team.0)), (Reason::MustEscalate, Some("people".to_owned())));
}
