//! Where the server is, and the limits of calls to it.

use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// Limits of calls.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QdrantLimits {
    /// Opening a connection may take so long.
    pub connect_timeout_ms: u64,
    /// One attempt to read (a search, a revision) may take so long.
    pub search_timeout_ms: u64,
    /// One attempt to write may take so long.
    pub write_timeout_ms: u64,
    /// Attempts of one call at most.
    pub attempts_max: u32,
    /// The wait before the second attempt; each further one is twice as long.
    pub retry_first_ms: u64,
    /// Attempts in a row that find no server open the breaker ...
    pub breaker_failures: u32,
    /// ... and then nobody waits for it for so long; after that one call tries it.
    pub breaker_open_ms: u64,
    /// Points in one request at most.
    pub points_per_request: usize,
    /// Every vector is looked at; otherwise the server's graph decides which.
    pub exact: bool,
}

impl Default for QdrantLimits {
    fn default() -> Self {
        QdrantLimits {
            connect_timeout_ms: 1_000,
            search_timeout_ms: 1_000,
            write_timeout_ms: 15_000,
            attempts_max: 3,
            retry_first_ms: 100,
            breaker_failures: 6,
            breaker_open_ms: 5_000,
            points_per_request: 256,
            exact: true,
        }
    }
}

/// Everything that a connection needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QdrantSettings {
    /// The server's gRPC address, such as `http://127.0.0.1:6334`; `https` for TLS with the operating system's roots.
    pub url: String,
    /// Its API key; empty for none.
    pub api_key: Secret,
    /// The alias by which the collection is searched; collections are named after it, with a number.
    pub alias: String,
    /// The knowledge store whose passages these are.
    pub store: String,
    /// Length of the embedder's vectors.
    pub dimensions: usize,
    /// Limits of calls.
    pub limits: QdrantLimits,
}
