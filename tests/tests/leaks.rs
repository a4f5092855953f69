//! The guard before the knowledge, with a retriever that keeps no rule at all: what leaks is shut out or found out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use simulations::guard::{Guard, LeakAudit, Origin, Origins};
use std::collections::BTreeMap;
use std::sync::Arc;
use triage::evidence::{Found, Passage, PassageId, PassageKind, Query};
use triage::ports::{Retriever, StageError};
use triage::ticket::TicketId;

/// Gives everything that it has, whatever is asked.
struct Leaky(Vec<Passage>);

#[async_trait]
impl Retriever for Leaky {
    async fn retrieve(&self, query: &Query) -> Result<Found, StageError> {
        Ok(Found { ask: query.text.clone(), passages: self.0.iter().take(query.passages_max).cloned().collect() })
    }

    fn version(&self) -> String {
        "leaky".to_owned()
    }
}

/// What the store says of passages.
struct Known(BTreeMap<PassageId, Origin>);

#[async_trait]
impl Origins for Known {
    async fn origins(&self, passages: &[PassageId]) -> Result<Vec<Option<Origin>>, StageError> {
        Ok(passages.iter().map(|id| self.0.get(id).cloned()).collect())
    }
}

fn asked_at() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn passage(document: &str, kind: PassageKind) -> Passage {
    Passage {
        overdue_since: None,
        link: None,
        id: PassageId(format!("P-{document}")),
        source: "s".to_owned(),
        document: document.to_owned(),
        title: String::new(),
        kind,
        question: None,
        text: "an answer".to_owned(),
        language: None,
        intent: None,
        version: String::new(),
        score: 1.0,
        similarity: 0.9,
        overlap: 0.5,
    }
}

/// Asks for `T-1` through a guard: which documents came, and what the audit says.
async fn ask(passages: &[(&str, PassageKind, i64, Option<&str>)], today: bool) -> (Vec<String>, LeakAudit) {
    let origin = |(document, _, seconds, ticket): &(&str, PassageKind, i64, Option<&str>)| {
        let valid_from = asked_at() + SignedDuration::from_secs(*seconds);
        (PassageId(format!("P-{document}")), Origin { valid_from, ticket: ticket.map(|id| TicketId(id.to_owned())) })
    };
    let known = Known(passages.iter().filter(|(document, ..)| *document != "nowhere").map(origin).collect());
    let leaky = Leaky(passages.iter().map(|(document, kind, ..)| passage(document, *kind)).collect());
    let twins = [(TicketId("T-1".to_owned()), [TicketId("T-1-copy".to_owned())].into())].into();
    let guard = Guard::new(Arc::new(leaky), Arc::new(known), Arc::new(twins), today, "v".to_owned());
    let query = Query {
        text: "?".to_owned(),
        language: None,
        intent: None,
        as_of: asked_at(),
        exclude_ticket: Some(TicketId("T-1".to_owned())),
        passages_max: 2,
    };
    let found = guard.retrieve(&query).await.unwrap();
    (found.passages.into_iter().map(|passage| passage.document).collect(), guard.audit())
}

const PAST: PassageKind = PassageKind::PastTicket;

#[tokio::test]
async fn its_own_answer_and_that_of_a_twin_are_shut_out_and_leave_their_places_to_others() {
    let (came, audit) = ask(
        &[
            ("T-1", PAST, -60, Some("T-1")),
            ("T-1-copy", PAST, -60, Some("T-1-copy")),
            ("T-2", PAST, -60, Some("T-2")),
            ("T-3", PAST, -60, Some("T-3")),
        ],
        false,
    )
    .await;
    assert_eq!(came, ["T-2", "T-3"], "what is taken out leaves its place to the next");
    assert!(audit.is_clean() && audit.shut_out == 2, "{audit:?}");
}

#[tokio::test]
async fn an_answer_that_hides_under_another_name_is_found_out_by_its_origin() {
    let (_, audit) = ask(&[("renamed", PAST, -60, Some("T-1")), ("T-2", PAST, -60, Some("T-2"))], false).await;
    assert_eq!((audit.own, audit.is_clean()), (1, false));
    assert!(audit.faults[0].contains("T-1"), "{audit:?}");
}

#[tokio::test]
async fn what_is_younger_than_its_ticket_is_a_failure_and_so_is_what_nobody_knows() {
    let (_, audit) = ask(&[("later", PAST, 1, Some("T-9")), ("nowhere", PAST, -60, None)], false).await;
    assert_eq!((audit.younger, audit.unknown, audit.is_clean()), (1, 1, false));
}

#[tokio::test]
async fn todays_documents_may_be_younger_where_the_mode_says_so_but_past_tickets_may_not() {
    let passages = [("handbook.md", PassageKind::Document, 1, None), ("later", PAST, 1, Some("T-9"))];
    assert_eq!(ask(&passages, false).await.1.younger, 2);
    assert_eq!(ask(&passages, true).await.1.younger, 1);
}
