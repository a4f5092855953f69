//! What agents make of proposals is measured: used, edited, ignored.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use adapters::ledger::sqlite::SqliteLedger;
use std::sync::Arc;
use tests::contracts::ledger::twin::{Twin, decision, message};
use triage::decision::Action;
use triage::ticket::Author;

/// The words that the outcome ledger keeps when an agent answers a proposal in these ways, one after the other.
async fn outcomes_of(answers: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Arc::new(SqliteLedger::open_worker(&folder.path().join("ledger.db")).unwrap());
    let twin = Twin::of((ledger.clone(), ledger.clone()));
    twin.decided("m1", "a", &decision(Action::Draft { text: "You can return it within 30 days.".to_owned() })).await;
    let draft = twin.begin_one(11).await;
    twin.done(&draft, "N1", 12).await;
    for (number, answer) in answers.iter().enumerate() {
        twin.receive(message(&format!("a{number}"), "a", Author::Agent, answer), 13).await;
    }
    let outcomes = ledger.outcomes(0, 100).await.unwrap();
    assert!(outcomes.iter().all(|outcome| !outcome.detail.to_string().contains("30 days")), "no text is kept");
    outcomes.into_iter().map(|outcome| outcome.what).filter(|what| what.starts_with("draft_")).collect()
}

#[tokio::test]
async fn an_agents_answer_says_what_became_of_the_proposal_once() {
    for (answers, expected) in [
        (vec!["You can return it within 30 days."], vec!["draft_used"]),
        (vec!["Yes, you can return it within 30 days!"], vec!["draft_edited"]),
        (vec!["Let me ask the workshop"], vec!["draft_ignored"]),
        (vec![""], vec![]),
        (vec!["", "You can return it  within 30 days.", "Bye"], vec!["draft_used"]),
    ] {
        assert_eq!(outcomes_of(&answers).await, expected, "{answers:?}");
    }
}
