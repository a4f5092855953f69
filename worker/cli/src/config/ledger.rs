//! The ledger's part of the configuration.

use adapters::ledger::postgres::settings::PostgresSettings;
use serde::{Deserialize, Serialize};

/// Which ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKind {
    /// A file in the data folder, for one worker.
    Sqlite,
    /// A server, for many.
    Postgres,
}

/// The ledger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerConfig {
    /// Which.
    pub kind: LedgerKind,
    /// The server and its limits.
    pub postgres: PostgresSettings,
}

impl LedgerConfig {
    /// Everything that cannot work, each with what to do.
    pub fn faults(&self) -> Vec<String> {
        match self.kind {
            LedgerKind::Sqlite => Vec::new(),
            LedgerKind::Postgres => self.postgres.faults(),
        }
    }
}
