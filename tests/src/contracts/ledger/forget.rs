//! What is left of a source that was removed.

use crate::contracts::ledger::twin::{Twin, decision, reply};
use runtime::effect::Effect;
use triage::decision::{Action, Decision};
use triage::draft::{Citation, Fault};
use triage::evidence::{PassageId, PassageKind};
use triage::receipt::SeenPassage;

/// The same decision, resting on a passage of a source.
fn quoting(mut decision: Decision, source: &str) -> Decision {
    let passage = SeenPassage {
        id: PassageId(format!("{source}-1")),
        kind: PassageKind::Document,
        source: source.to_owned(),
        document: "hours.md".to_owned(),
        title: "Opening hours".to_owned(),
        version: "v1".to_owned(),
        score: 0.9,
        similarity: 0.8,
        overlap: 0.5,
        overdue_since: None,
        link: None,
    };
    decision.receipt.citations = vec![Citation { passage: passage.id.clone(), start: 0, end: 4 }];
    decision.receipt.passages = vec![passage];
    decision.receipt.would_be = Some("we open at nine".to_owned());
    decision.receipt.faults = vec![Fault::UnsupportedName { value: "nine".to_owned() }];
    decision
}

fn drafts(text: &str) -> Decision {
    decision(Action::Draft { text: text.to_owned() })
}

/// The ids stay, so that the receipt can still be read.
pub async fn a_proposal_that_quotes_a_removed_source_is_emptied(twin: Twin) {
    twin.decided("m1", "a", &quoting(drafts("we open at nine"), "handbook")).await;
    assert_eq!(twin.records.forget_source("handbook").await.unwrap(), 1);
    let stored = twin.records.decision("m1").await.unwrap().unwrap();
    let receipt = &stored.decision.receipt;
    assert_eq!((receipt.passages[0].title.as_str(), receipt.would_be.as_deref()), ("", Some("")));
    assert_eq!(receipt.passages[0].id, PassageId("handbook-1".to_owned()));
    assert_eq!(receipt.faults, [Fault::UnsupportedName { value: String::new() }]);
    assert_eq!(stored.decision.action, Action::Draft { text: String::new() });
    assert!(matches!(&stored.effects[0].effect, Effect::Draft(proposal) if proposal.text.is_empty()));
    assert_eq!(twin.begin(20).await.len(), 1, "its agent still hears of it");
    assert_eq!(twin.records.forget_source("handbook").await.unwrap(), 0, "once is enough");
}

/// It is a record of what a customer was told.
pub async fn a_reply_that_was_said_stays(twin: Twin) {
    twin.decided("m1", "a", &quoting(reply(&["we open at nine"]), "handbook")).await;
    let send = twin.begin_one(11).await;
    twin.done(&send, "SM1", 12).await;
    assert_eq!(twin.records.forget_source("handbook").await.unwrap(), 1);
    let stored = twin.records.decision("m1").await.unwrap().unwrap();
    assert_eq!(stored.decision.receipt.passages[0].title, "", "headings are the source's own words");
    assert_eq!(stored.decision.action, Action::Reply { texts: vec!["we open at nine".to_owned()] });
    assert_eq!(stored.decision.receipt.would_be.as_deref(), Some("we open at nine"));
}

/// Whatever the reason why it was not.
pub async fn a_reply_that_was_never_said_is_emptied(twin: Twin) {
    twin.decided("m1", "a", &quoting(reply(&["we open at nine"]), "handbook")).await;
    let send = twin.begin_one(11).await;
    twin.failed(&send, 12).await;
    assert_eq!(twin.records.forget_source("handbook").await.unwrap(), 1);
    let stored = twin.records.decision("m1").await.unwrap().unwrap();
    assert_eq!(stored.decision.action, Action::Reply { texts: vec![String::new()] });
    assert!(matches!(&stored.effects[0].effect, Effect::Send { text, .. } if text.is_empty()));
}

/// A name that begins alike is another source.
pub async fn other_sources_are_left_alone(twin: Twin) {
    let written = quoting(drafts("we open at nine"), "handbook-2");
    twin.decided("m1", "a", &written).await;
    assert_eq!(twin.records.forget_source("handbook").await.unwrap(), 0);
    assert_eq!(twin.records.decision("m1").await.unwrap().unwrap().decision, written);
}
