//! The ledger's part of the composition root: a file for one worker, or a server for many.

use crate::config::Config;
use crate::config::ledger::LedgerKind;
use crate::home::Home;
use adapters::clock::system::SystemClock;
use adapters::ledger::postgres::PostgresLedger;
use adapters::ledger::postgres::presence::About;
use adapters::ledger::sqlite::SqliteLedger;
use adapters::secret::Secret;
use adapters::spending::accounts::Accounts;
use adapters::spending::file::FileSpending;
use adapters::spending::postgres::PostgresSpending;
use anyhow::{Context, bail};
use jiff::Timestamp;
use prompts::ports::spending::Spending;
use runtime::ports::clock::Clock;
use runtime::ports::ledger::{Ledger, LedgerError, WorkerId};
use runtime::ports::records::Records;
use std::sync::Arc;
use triage::triage::Triage;

/// A worker's ledger, with the name and the clock that it works by.
pub struct WorkerLedger {
    /// The worker's side.
    pub ledger: Arc<dyn Ledger>,
    /// The operator's side.
    pub records: Arc<dyn Records>,
    /// The name in the ledger.
    pub id: WorkerId,
    /// The time that leases are measured by: the server's, where workers share one.
    pub clock: Arc<dyn Clock>,
    shared: Option<Arc<PostgresLedger>>,
}

impl WorkerLedger {
    /// Says good-bye to the other workers.
    pub async fn leave(&self) -> Result<(), LedgerError> {
        match &self.shared {
            Some(shared) => shared.leave().await,
            None => Ok(()),
        }
    }
}

/// Opens the ledger for a worker. A second worker on the same file is refused; a server takes as many as there are.
pub async fn worker(config: &Config, home: &Home, mind: &str) -> anyhow::Result<WorkerLedger> {
    match config.ledger.kind {
        LedgerKind::Sqlite => {
            let opened = Arc::new(SqliteLedger::open_worker(&home.ledger())?);
            let (id, clock) = (WorkerId(config.worker.name.clone()), Arc::new(SystemClock));
            Ok(WorkerLedger { ledger: opened.clone(), records: opened, id, clock, shared: None })
        }
        LedgerKind::Postgres => {
            let about = About { name: config.worker.name.clone(), version: env!("CARGO_PKG_VERSION").to_owned(), mind: mind.to_owned() };
            let opened = PostgresLedger::open_worker(&config.ledger.postgres, url(config)?.reveal(), about).await?;
            let opened = Arc::new(opened);
            let id = opened.worker().cloned().context("the shared ledger gave this worker no name")?;
            let clock = opened.clock().context("the shared ledger gave this worker no clock")?;
            Ok(WorkerLedger { ledger: opened.clone(), records: opened.clone(), id, clock, shared: Some(opened) })
        }
    }
}

/// The ledger for a person who looks and corrects beside running workers. Where no worker has run yet, an empty file is made.
pub async fn desk(config: &Config, home: &Home) -> anyhow::Result<Arc<dyn Records>> {
    match config.ledger.kind {
        LedgerKind::Sqlite => {
            if !home.ledger().exists() {
                drop(SqliteLedger::open_worker(&home.ledger())?);
            }
            Ok(Arc::new(SqliteLedger::open_desk(&home.ledger())?))
        }
        LedgerKind::Postgres => Ok(Arc::new(PostgresLedger::open_desk(&config.ledger.postgres, url(config)?.reveal()).await?)),
    }
}

/// The address of the server: from the configuration, else from a file, else from the environment.
pub fn url(config: &Config) -> anyhow::Result<Secret> {
    let postgres = &config.ledger.postgres;
    if !postgres.url.is_empty() {
        return Ok(postgres.url.clone());
    }
    if !postgres.url_file.is_empty() {
        let text = std::fs::read_to_string(&postgres.url_file)
            .with_context(|| format!("cannot read ledger.postgres.url_file {}", postgres.url_file))?;
        return Ok(Secret::new(text.trim()));
    }
    match std::env::var(&postgres.url_env).ok().filter(|url| !url.trim().is_empty()) {
        Some(url) => Ok(Secret::new(url.trim())),
        None => bail!(
            "ledger.kind is \"postgres\", but there is no address: set {} to postgres://USER:PASSWORD@HOST:5432/DATABASE, or \
             name a file that holds it in ledger.postgres.url_file",
            postgres.url_env
        ),
    }
}

/// What was spent on language models: in the ledger where workers share one, so that no cap is passed by all of them together.
pub fn spending(config: &Config, home: &Home) -> anyhow::Result<Arc<dyn Spending>> {
    match config.ledger.kind {
        LedgerKind::Sqlite => Ok(Arc::new(FileSpending::open(&home.spending(), Arc::new(SystemClock))?)),
        LedgerKind::Postgres => Ok(Arc::new(PostgresSpending::start(&config.ledger.postgres, url(config)?.reveal())?)),
    }
}

/// The sums of what was spent, for people.
pub async fn spent(config: &Config, home: &Home) -> anyhow::Result<Accounts> {
    match config.ledger.kind {
        LedgerKind::Sqlite => Ok(adapters::spending::file::read(&home.spending(), Timestamp::now())?),
        LedgerKind::Postgres => Ok(adapters::spending::postgres::read(&config.ledger.postgres, url(config)?.reveal()).await?),
    }
}

/// What a worker decides with, in a word: workers that share a ledger should have the same.
pub fn mind(home: &Home, triage: &Triage) -> String {
    let terms = &triage.terms;
    let model = super::model(home).ok().flatten().map(|model| model.name().to_owned());
    triage::hash::of(&(&terms.policy_hash, &terms.gate_hash, model))
}
