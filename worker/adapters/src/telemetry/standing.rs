//! How things stand at the moment when somebody asks for the metrics.

use runtime::ports::records::Status;

/// What is read anew for every answer.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The ledger's counts; absent when it could not be read.
    pub status: Option<Status>,
    /// Messages in the inbox that are not yet in the ledger; absent when nobody knows.
    pub inbox_waiting: Option<u64>,
    /// The time, in milliseconds since 1970.
    pub now_ms: i64,
}
