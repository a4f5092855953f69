//! How much waits before the ledger.

use async_trait::async_trait;

/// Looks into the inbox, wherever it is.
#[async_trait]
pub trait InboxDepth: Send + Sync {
    /// Messages that are not yet in the ledger; none when nobody knows now.
    async fn waiting(&self) -> Option<u64>;
}
