//! The receipt: what was in force and what was found, the same every time.
#![allow(clippy::unwrap_used)]

mod common;

use common::ports::{World, draft, world};
use common::{at, case_saying};
use triage::case::Case;
use triage::decision::Decision;
use triage::draft::Fault;
use triage::policy::Policy;

fn question() -> Case {
    case_saying("Can I return my helmet?")
}

fn json(decision: &Decision) -> String {
    serde_json::to_string(decision).unwrap()
}

fn worlds() -> Vec<(World, Case)> {
    vec![
        (world(), question()),
        (world(), case_saying("STOP")),
        (world().but(|w| w.gate.calibration = None), question()),
        (world().but(|w| w.script.passages.clear()), question()),
        (world().but(|w| w.script.verdict.as_mut().unwrap().faults.push(Fault::Instruction)), question()),
    ]
}

#[tokio::test]
async fn the_same_case_twice_gives_the_same_bytes() {
    for (world, case) in worlds() {
        let (triage, _) = world.at_work();
        let (once, again) = (triage.decide(&case).await.unwrap(), triage.decide(&case).await.unwrap());
        assert_eq!(json(&once), json(&again));
    }
}

#[tokio::test]
async fn a_decision_is_read_back_as_it_was_written() {
    for (world, case) in worlds() {
        let decision = world.decide(&case).await.decision;
        let read: Decision = serde_json::from_str(&json(&decision)).unwrap();
        assert_eq!(read, decision);
        assert_eq!(json(&read), json(&decision));
    }
}

#[tokio::test]
async fn waiting_changes_the_moment_that_was_asked_but_not_the_case() {
    let at_once = world().decide(&question()).await.decision;
    let later = world().decide(&question().decided_at(at(90))).await.decision;
    assert_eq!(later.receipt.case, at_once.receipt.case);
    assert_eq!((at_once.receipt.as_of, later.receipt.as_of), (at(0), at(90)));
    let other = world().decide(&case_saying("Can I return my gloves?")).await.decision;
    assert_ne!(other.receipt.case, at_once.receipt.case);
}

#[tokio::test]
async fn it_names_every_version_that_decided() {
    let outcome = world().decide(&question()).await;
    let versions = outcome.decision.receipt.versions;
    assert_eq!((versions.policy, versions.gate), (outcome.terms.policy_hash.clone(), outcome.terms.gate_hash.clone()));
    assert_eq!(
        [versions.classifier, versions.index, versions.writer, versions.checker],
        ["scripted 1", "index 1", "writer 1", "checker 1"]
    );
}

#[tokio::test]
async fn another_policy_or_gate_has_another_hash() {
    let usual = world().decide(&question()).await.terms;
    let stricter = world().but(|w| w.policy = Policy { max_wrong_per_100: 1.0, ..w.policy.clone() }).decide(&question()).await.terms;
    let smaller = world().but(|w| w.catalog.intents.truncate(1)).decide(&question()).await.terms;
    let uncalibrated = world().but(|w| w.gate.calibration = None).decide(&question()).await.terms;
    assert_ne!(stricter.policy_hash, usual.policy_hash);
    assert_ne!(smaller.policy_hash, usual.policy_hash);
    assert_eq!(uncalibrated.policy_hash, usual.policy_hash);
    assert_ne!(uncalibrated.gate_hash, usual.gate_hash);
}

#[tokio::test]
async fn the_would_be_reply_and_its_faults_are_kept_when_nothing_is_sent() {
    let faulty = world().but(|w| w.script.verdict.as_mut().unwrap().faults.push(Fault::WrongLanguage));
    let receipt = faulty.decide(&question()).await.decision.receipt;
    assert_eq!((receipt.would_be.as_deref(), receipt.faults), (Some("Yes, within 30 days."), vec![Fault::WrongLanguage]));
    assert_eq!(receipt.preview.unwrap().segments, 1);
    assert_eq!(receipt.passages[0].id.0, "p1");

    let too_long = world().but(|w| w.script.draft = Some(draft(&"word ".repeat(200), &["p1"])));
    assert!(too_long.decide(&question()).await.decision.receipt.would_be.unwrap().starts_with("word word"));
}

#[tokio::test]
async fn it_shows_no_phone_number_and_no_word_of_the_passages() {
    let outcome = world().decide(&question()).await;
    let receipt = serde_json::to_string(&outcome.decision.receipt).unwrap();
    assert!(!receipt.contains("2025550123") && !receipt.contains("You may return it"));
}
