//! How PostgreSQL is reached, and what each step there may take.

use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// The connection and its limits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostgresSettings {
    /// The address, with user, password and what TLS is to be (`sslmode`, `sslrootcert`); empty where it stands elsewhere.
    pub url: Secret,
    /// The environment variable that holds the address, where `url` is empty.
    pub url_env: String,
    /// The file that holds the address, where `url` is empty; it comes before the environment.
    pub url_file: String,
    /// The schema that holds the tables. Default `whimbrel`.
    pub schema: String,
    /// Connections of this process at most, beside the two that watch. Default 8.
    pub connections_max: u32,
    /// A connection must be there after so long. Default 5 seconds.
    pub connect_timeout_ms: u64,
    /// One statement may take so long. Default 15 seconds.
    pub statement_timeout_ms: u64,
    /// One statement may wait so long for a lock. Default 5 seconds.
    pub lock_timeout_ms: u64,
    /// The server ends a transaction of ours that does nothing for so long: a worker that is stopped must not hold locks. Default 10 seconds.
    pub idle_timeout_ms: u64,
}

impl Default for PostgresSettings {
    fn default() -> Self {
        PostgresSettings {
            url: Secret::default(),
            url_env: "WHIMBREL_POSTGRES_URL".to_owned(),
            url_file: String::new(),
            schema: "whimbrel".to_owned(),
            connections_max: 8,
            connect_timeout_ms: 5_000,
            statement_timeout_ms: 15_000,
            lock_timeout_ms: 5_000,
            idle_timeout_ms: 10_000,
        }
    }
}

/// Letters of a schema's name at most: what PostgreSQL keeps of a name.
pub const SCHEMA_LETTERS_MAX: usize = 63;

impl PostgresSettings {
    /// Everything that cannot work, each with what to do.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let begins_well = self.schema.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        if !begins_well || !self.schema.chars().all(is_plain) || self.schema.len() > SCHEMA_LETTERS_MAX {
            faults.push(format!("ledger.postgres.schema `{}`: write small letters, digits and _, such as whimbrel", self.schema));
        }
        if self.connections_max < CONNECTIONS_MIN {
            faults.push(format!("ledger.postgres.connections_max is {}: write at least {CONNECTIONS_MIN}", self.connections_max));
        }
        for (name, value) in [
            ("connect_timeout_ms", self.connect_timeout_ms),
            ("statement_timeout_ms", self.statement_timeout_ms),
            ("lock_timeout_ms", self.lock_timeout_ms),
            ("idle_timeout_ms", self.idle_timeout_ms),
        ] {
            if value == 0 {
                faults.push(format!("ledger.postgres.{name} must be greater than 0"));
            }
        }
        faults
    }
}

/// Intake, decisions and outcomes have one each under way, claims another.
pub const CONNECTIONS_MIN: u32 = 4;
