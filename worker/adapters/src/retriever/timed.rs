//! A retriever with a deadline: a search that takes longer did not run, and the turn goes to a person while there is still time.

use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use triage::evidence::{Found, Query};
use triage::ports::{Retriever, StageError};

/// Beyond its deadline a retriever answers within so long, in milliseconds: nothing is waited for any more.
pub const GRACE_MS: u64 = 1_000;

/// Waits for the inner one so long and no longer.
pub struct TimedRetriever {
    /// Does the work.
    pub inner: Arc<dyn Retriever>,
    /// One search, with the catching up before it.
    pub deadline: Duration,
}

#[async_trait]
impl Retriever for TimedRetriever {
    async fn retrieve(&self, query: &Query) -> Result<Found, StageError> {
        let (inner, query) = (self.inner.clone(), query.clone());
        // On its own: a page of changes that is being fed is fed to its end, or nobody would ever catch up.
        let searching = tokio::spawn(async move { inner.retrieve(&query).await });
        let problem = |problem: String| StageError { stage: "retrieve", problem, is_transient: true };
        match tokio::time::timeout(self.deadline, searching).await {
            Ok(Ok(found)) => found,
            Ok(Err(_)) => Err(problem("the search ended with a panic: please report it".to_owned())),
            Err(_) => Err(problem(format!("the knowledge was not searched within {} ms", self.deadline.as_millis()))),
        }
    }

    fn version(&self) -> String {
        self.inner.version()
    }
}
