//! The connections, and running one verb in one transaction.
//!
//! Durability: a durable verb is answered when the server has its commit on the disk. An ordinary one is committed with
//! `synchronous_commit = off`: the log is one, in order, so the next durable commit makes it durable too, and a server that
//! dies before loses the newest ordinary commits, never one in the middle. That is what the embedded ledger does as well.
//!
//! Conflicts (a deadlock, a serialization failure) and connections that were lost before the commit are tried again here, a
//! bounded number of times. When the connection is lost *during* a commit nobody knows whether it happened. That is told as
//! transient; every caller of the port survives either, because intake ignores what it has, a claim that nobody remembers
//! lapses, and an effect that nobody settled is looked up.

use crate::ledger::postgres::problem::{ADDRESS, Problem, permanent};
use crate::ledger::postgres::settings::PostgresSettings;
use async_trait::async_trait;
use runtime::ports::ledger::LedgerError;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use std::str::FromStr;
use std::time::Duration;

/// How an address begins.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
/// A verb is tried so often at most.
pub const TRIES_MAX: u32 = 5;
/// The wait before the second try, in milliseconds; each further one is twice as long.
pub const TRY_AGAIN_MS: u64 = 20;
/// A connection that lay idle for so long is tried before it is used, in milliseconds.
pub const IDLE_TRIED_MS: u64 = 1_000;
/// Statements that a connection keeps prepared.
pub const STATEMENTS_KEPT: usize = 128;

/// Whether a commit must survive the death of the server once it is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Durability {
    /// Yes.
    Durable,
    /// It may wait for the next durable one.
    Ordinary,
}

/// One thing that is done to the ledger, in one transaction. It may be run more than once before it is committed.
#[async_trait]
pub(crate) trait Verb: Sync {
    /// What it gives.
    type Answer: Send;
    /// Whether the answer must be durable.
    fn durability(&self) -> Durability {
        Durability::Durable
    }
    /// Does it.
    async fn run(&self, connection: &mut PgConnection) -> Result<Self::Answer, Problem>;
}

/// The pool.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) pool: PgPool,
}

/// Where a try ended.
enum Failed {
    /// Certainly nothing was written.
    Before(Problem),
    /// At the commit.
    AtCommit(Problem),
}

/// How a connection is opened: in the schema, with its limits.
pub(crate) fn options(url: &str, settings: &PostgresSettings, name: &str) -> Result<PgConnectOptions, LedgerError> {
    if !SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
        return Err(permanent(ADDRESS.to_owned()));
    }
    let options = PgConnectOptions::from_str(url).map_err(|error| Problem::from(error).told())?;
    let limits = [
        ("search_path", settings.schema.clone()),
        ("statement_timeout", settings.statement_timeout_ms.to_string()),
        ("lock_timeout", settings.lock_timeout_ms.to_string()),
        ("idle_in_transaction_session_timeout", settings.idle_timeout_ms.to_string()),
    ];
    Ok(options.application_name(&format!("whimbrel {name}")).statement_cache_capacity(STATEMENTS_KEPT).options(limits))
}

impl Store {
    /// Makes the pool and opens a first connection.
    pub(crate) async fn connect(options: PgConnectOptions, settings: &PostgresSettings) -> Result<Self, LedgerError> {
        let pool = PgPoolOptions::new()
            .max_connections(settings.connections_max)
            .acquire_timeout(Duration::from_millis(settings.connect_timeout_ms))
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for < Duration::from_millis(IDLE_TRIED_MS) {
                        return Ok(true);
                    }
                    Ok(sqlx::Connection::ping(connection).await.is_ok())
                })
            })
            .connect_with(options)
            .await
            .map_err(|error| Problem::from(error).told())?;
        Ok(Store { pool })
    }

    /// Runs a verb and returns after its commit.
    pub(crate) async fn run<V: Verb>(&self, verb: &V) -> Result<V::Answer, LedgerError> {
        let (mut tries, mut wait_ms) = (1, TRY_AGAIN_MS);
        loop {
            let problem = match self.once(verb).await {
                Ok(answer) => return Ok(answer),
                Err(Failed::Before(problem)) if tries < TRIES_MAX && (problem.is_conflict() || problem.is_lost()) => problem,
                Err(Failed::AtCommit(problem)) if tries < TRIES_MAX && problem.is_conflict() => problem,
                Err(Failed::Before(problem) | Failed::AtCommit(problem)) => return Err(problem.told()),
            };
            // A pool without a connection has waited long enough already.
            if matches!(problem, Problem::Sqlx(sqlx::Error::PoolTimedOut)) {
                return Err(problem.told());
            }
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            (tries, wait_ms) = (tries + 1, wait_ms * 2);
        }
    }

    async fn once<V: Verb>(&self, verb: &V) -> Result<V::Answer, Failed> {
        let begin = match verb.durability() {
            Durability::Durable => "BEGIN",
            Durability::Ordinary => "BEGIN; SET LOCAL synchronous_commit = off",
        };
        let mut transaction = self.pool.begin_with(begin).await.map_err(|error| Failed::Before(error.into()))?;
        let answer = verb.run(&mut transaction).await.map_err(Failed::Before)?;
        transaction.commit().await.map_err(|error| Failed::AtCommit(error.into()))?;
        Ok(answer)
    }
}

/// The caller's answer when a task of the ledger has ended.
pub(crate) fn stopped() -> LedgerError {
    permanent("the ledger has been closed: restart the worker".to_owned())
}
