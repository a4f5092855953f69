//! What was found out lately, for a second mind that asks the same of the same ticket: it is not worked out again.
//!
//! Within a block the classifier and the knowledge stay as they are, and both give the same answer to the same question: a run comes out
//! the same with and without.

use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use triage::case::Case;
use triage::classification::Classification;
use triage::evidence::{Found, Query};
use triage::ports::{Classifier, Retriever, StageError};
use triage::ticket::TicketId;

/// So many answers are remembered, the latest: some for each ticket that is decided at the same time.
pub const REMEMBERED_MAX: usize = 64;

/// The latest answers.
struct Latest<K, V>(Mutex<VecDeque<(K, V)>>);

impl<K: PartialEq, V: Clone> Latest<K, V> {
    fn new() -> Self {
        Latest(Mutex::new(VecDeque::with_capacity(REMEMBERED_MAX)))
    }

    fn get(&self, key: &K) -> Option<V> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.iter().rev().find(|(known, _)| known == key).map(|(_, answer)| answer.clone())
    }

    fn keep(&self, key: K, answer: V) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= REMEMBERED_MAX {
            answers.pop_front();
        }
        answers.push_back((key, answer));
    }
}

/// A classifier that remembers.
pub struct RememberedClassifier {
    inner: Arc<dyn Classifier>,
    latest: Latest<(TicketId, Timestamp, String), Classification>,
}

impl RememberedClassifier {
    /// Before another one.
    pub fn new(inner: Arc<dyn Classifier>) -> Self {
        RememberedClassifier { inner, latest: Latest::new() }
    }
}

#[async_trait]
impl Classifier for RememberedClassifier {
    async fn classify(&self, case: &Case, text: &str) -> Result<Classification, StageError> {
        let key = (case.ticket.clone(), case.at, text.to_owned());
        if let Some(known) = self.latest.get(&key) {
            return Ok(known);
        }
        let classification = self.inner.classify(case, text).await?;
        self.latest.keep(key, classification.clone());
        Ok(classification)
    }
}

/// A retriever that remembers.
pub struct RememberedRetriever {
    inner: Arc<dyn Retriever>,
    latest: Latest<Query, Found>,
}

impl RememberedRetriever {
    /// Before another one.
    pub fn new(inner: Arc<dyn Retriever>) -> Self {
        RememberedRetriever { inner, latest: Latest::new() }
    }
}

#[async_trait]
impl Retriever for RememberedRetriever {
    async fn retrieve(&self, query: &Query) -> Result<Found, StageError> {
        if let Some(known) = self.latest.get(query) {
            return Ok(known);
        }
        let found = self.inner.retrieve(query).await?;
        self.latest.keep(query.clone(), found.clone());
        Ok(found)
    }

    fn version(&self) -> String {
        self.inner.version()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Default)]
    struct Counting(AtomicUsize);

    #[async_trait]
    impl Retriever for Counting {
        async fn retrieve(&self, query: &Query) -> Result<Found, StageError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Found { ask: query.text.clone(), passages: Vec::new() })
        }

        fn version(&self) -> String {
            "counting".to_owned()
        }
    }

    fn query(text: &str, ticket: &str) -> Query {
        Query {
            text: text.to_owned(),
            language: None,
            intent: None,
            as_of: Timestamp::UNIX_EPOCH,
            exclude_ticket: Some(TicketId(ticket.to_owned())),
            passages_max: 5,
        }
    }

    #[tokio::test]
    async fn the_same_question_is_asked_once_and_another_tickets_is_another() {
        let counting = Arc::new(Counting::default());
        let remembered = RememberedRetriever::new(counting.clone());
        for (text, ticket, asked) in [("open?", "a", 1), ("open?", "a", 1), ("open?", "b", 2), ("closed?", "a", 3), ("open?", "b", 3)] {
            assert_eq!(remembered.retrieve(&query(text, ticket)).await.unwrap().ask, text);
            assert_eq!(counting.0.load(Ordering::Relaxed), asked, "{text} of {ticket}");
        }
    }

    #[tokio::test]
    async fn the_oldest_answer_makes_room() {
        let counting = Arc::new(Counting::default());
        let remembered = RememberedRetriever::new(counting.clone());
        for n in 0..=REMEMBERED_MAX {
            remembered.retrieve(&query("open?", &n.to_string())).await.unwrap();
        }
        remembered.retrieve(&query("open?", "1")).await.unwrap();
        assert_eq!(counting.0.load(Ordering::Relaxed), REMEMBERED_MAX + 1);
        remembered.retrieve(&query("open?", "0")).await.unwrap();
        assert_eq!(counting.0.load(Ordering::Relaxed), REMEMBERED_MAX + 2);
    }
}
