//! The index's part of the configuration.

use adapters::vector_index::qdrant::settings::QdrantLimits;
use serde::{Deserialize, Serialize};

/// Which index.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKind {
    /// In this process.
    Embedded,
    /// On a Qdrant server.
    Qdrant,
}

/// The server and the limits of calls to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QdrantConfig {
    /// Its gRPC address.
    pub url: String,
    /// The environment variable that holds the key.
    pub key_env: String,
    /// The file that holds the key.
    pub key_file: String,
    /// The alias of the collection.
    pub collection: String,
    /// Limits of calls.
    #[serde(flatten)]
    pub limits: QdrantLimits,
}

/// The index.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexConfig {
    /// Which.
    pub kind: IndexKind,
    /// One search on a server, with the catching up before it, may take so long.
    pub retrieval_deadline_ms: u64,
    /// The server.
    pub qdrant: QdrantConfig,
}

impl IndexConfig {
    /// Everything that cannot work, each with what to do.
    pub fn faults(&self, decision_deadline_ms: i64) -> Vec<String> {
        let mut faults = Vec::new();
        if self.kind == IndexKind::Embedded {
            return faults;
        }
        let url = &self.qdrant.url;
        if !url.starts_with("http://") && !url.starts_with("https://") {
            faults.push(format!("index.qdrant.url `{url}` is no address: write such as http://127.0.0.1:6334 (the port of gRPC)"));
        }
        let name = &self.qdrant.collection;
        if name.is_empty() || !name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_') {
            faults.push(format!("index.qdrant.collection `{name}` is no name: write letters, digits, - and _"));
        }
        let limits = &self.qdrant.limits;
        if limits.connect_timeout_ms == 0
            || limits.search_timeout_ms == 0
            || limits.write_timeout_ms == 0
            || limits.attempts_max == 0
            || limits.breaker_failures == 0
        {
            faults.push(
                "index.qdrant: connect_timeout_ms, search_timeout_ms, write_timeout_ms, attempts_max and breaker_failures must be at least 1".to_owned(),
            );
        }
        if limits.points_per_request == 0 {
            faults.push("index.qdrant.points_per_request is 0: nothing could be written".to_owned());
        }
        if self.retrieval_deadline_ms == 0 || i64::try_from(self.retrieval_deadline_ms).unwrap_or(i64::MAX) >= decision_deadline_ms {
            faults.push("index.retrieval_deadline_ms must be greater than 0 and less than worker.decision_deadline_ms".to_owned());
        }
        faults
    }
}
