//! The PostgreSQL of the tests: an address in `WHIMBREL_TEST_POSTGRES_URL`, which `make test` sets. Every ledger gets a schema of
//! its own, so that tests run side by side.

#![allow(clippy::unwrap_used, reason = "a test without its ledger must stop")]

use crate::shared::{left_out, root};
use adapters::ledger::postgres::PostgresLedger;
use adapters::ledger::postgres::presence::About;
use adapters::ledger::postgres::settings::PostgresSettings;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The environment variable with the address.
pub const URL_ENV: &str = "WHIMBREL_TEST_POSTGRES_URL";

/// The address; without one the test says that it is left out.
pub fn url(test: &str) -> Option<String> {
    let url = std::env::var(URL_ENV).ok().filter(|url| !url.is_empty());
    if url.is_none() {
        left_out(test, "no PostgreSQL: `make test` starts one, or WHIMBREL_TEST_POSTGRES_URL names one");
    }
    url
}

/// Settings with a schema that no other test uses.
pub fn settings() -> PostgresSettings {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let schema = format!("test_{}_{number}_{}", std::process::id(), jiff::Timestamp::now().as_nanosecond());
    PostgresSettings { schema, connections_max: 6, ..PostgresSettings::default() }
}

/// A worker's ledger in a schema.
pub async fn worker(settings: &PostgresSettings, url: &str, name: &str) -> PostgresLedger {
    let about = About { name: name.to_owned(), version: "0".to_owned(), mind: "test".to_owned() };
    PostgresLedger::open_worker(settings, url, about).await.unwrap()
}

/// A server of this run alone, which may be killed.
pub struct OwnPostgres {
    folder: String,
}

impl OwnPostgres {
    /// Starts one, and installs PostgreSQL where it is missing.
    pub fn start() -> Option<Self> {
        Some(OwnPostgres { folder: command(&["start"])? })
    }

    /// Where it keeps everything.
    pub fn folder(&self) -> &Path {
        Path::new(&self.folder)
    }

    /// Its address.
    pub fn url(&self) -> String {
        command(&["url", &self.folder]).unwrap_or_default()
    }

    /// Kills it with SIGKILL.
    pub fn kill(&self) {
        command(&["kill", &self.folder]);
    }

    /// Starts it again, with all that was on its disk.
    pub fn restart(&self) {
        command(&["again", &self.folder]);
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        command(&["stop", &self.folder]);
    }
}

fn command(arguments: &[&str]) -> Option<String> {
    let output = Command::new(root().join(".ci/postgres")).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
