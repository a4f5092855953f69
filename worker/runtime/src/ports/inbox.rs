//! Where messages come from.

use async_trait::async_trait;

/// Something that came in and is not yet acknowledged.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The inbox's own name for it.
    pub tag: String,
    /// The bytes, as they came.
    pub payload: Vec<u8>,
}

/// A delivery that is no message, or that cannot be taken in.
pub struct Refused {
    /// What came.
    pub delivery: Delivery,
    /// Why it is refused.
    pub problem: String,
}

/// The inbox could not be read.
#[derive(Debug, thiserror::Error)]
#[error("inbox: {problem}")]
pub struct InboxError {
    /// What went wrong, and what to do where that is known.
    pub problem: String,
    /// Trying again may help.
    pub is_transient: bool,
}

/// Hands out messages. What is not settled is handed out again after a restart.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// At most `max` deliveries; empty when there is nothing now.
    async fn take(&self, max: usize) -> Result<Vec<Delivery>, InboxError>;
    /// These are safe in the ledger: forget them.
    async fn settle(&self, tags: &[String]) -> Result<(), InboxError>;
    /// These cannot be taken in. An inbox that keeps dead letters of its own puts them there, each with its problem, forgets them, and
    /// says true; for any other (false) the ledger keeps them.
    async fn refuse(&self, _refused: &[Refused]) -> Result<bool, InboxError> {
        Ok(false)
    }
    /// Asks for no more. Returns how many deliveries had come already and were not taken: they can still be taken and settled.
    async fn stop(&self) -> Result<usize, InboxError> {
        Ok(0)
    }
    /// Messages that are not settled, whether they were handed out or wait.
    async fn waiting(&self) -> Result<u64, InboxError>;
}
