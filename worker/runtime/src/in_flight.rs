//! Work in flight: at most so many tasks, each for itself. A slow one takes up its own place and holds back no other.

use crate::events;
use crate::ports::ledger::LedgerError;
use std::time::Duration;
use tokio::task::{JoinError, JoinSet};

/// Once a place is free it is waited so long for more, in milliseconds, so that the ledger is not asked for each alone.
pub const LINGER_MS: u64 = 5;
/// It is not waited when this share of the places is free: one in so many.
pub const FREE_SHARE: usize = 4;

/// Tasks that run beside one another.
pub(crate) struct InFlight {
    what: &'static str,
    max: usize,
    tasks: JoinSet<Result<(), LedgerError>>,
}

impl InFlight {
    /// At most `max` tasks; `what` names them when one fails.
    pub(crate) fn new(what: &'static str, max: usize) -> Self {
        InFlight { what, max, tasks: JoinSet::new() }
    }

    /// How many more may begin now.
    pub(crate) fn free(&mut self) -> usize {
        while let Some(joined) = self.tasks.try_join_next() {
            self.told(joined);
        }
        self.max.saturating_sub(self.tasks.len())
    }

    /// Begins one.
    pub(crate) fn begin(&mut self, task: impl Future<Output = Result<(), LedgerError>> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Waits until places come free: for the first, and then a little for more. For ever when nothing is in flight.
    pub(crate) async fn some_ended(&mut self) {
        match self.tasks.join_next().await {
            Some(joined) => self.told(joined),
            None => std::future::pending().await,
        }
        let wanted = (self.max / FREE_SHARE).max(1);
        let more = async {
            while self.free() < wanted {
                match self.tasks.join_next().await {
                    Some(joined) => self.told(joined),
                    None => return,
                }
            }
        };
        // Over either way: what is free by then is enough.
        let _ = tokio::time::timeout(Duration::from_millis(LINGER_MS), more).await;
    }

    /// Waits for all; the first error is returned once every task has ended.
    pub(crate) async fn all_ended(mut self) -> Result<(), LedgerError> {
        let mut outcome = Ok(());
        while let Some(joined) = self.tasks.join_next().await {
            outcome = outcome.and(ended(joined));
        }
        outcome
    }

    fn told(&self, joined: Result<Result<(), LedgerError>, JoinError>) {
        if let Err(error) = ended(joined) {
            events::failed(self.what, &error);
        }
    }
}

fn ended(joined: Result<Result<(), LedgerError>, JoinError>) -> Result<(), LedgerError> {
    joined.unwrap_or_else(|error| Err(LedgerError { problem: format!("a task ended early: {error}"), is_transient: true }))
}
