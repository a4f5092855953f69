//! Waking others: a worker that has made work tells the others (`NOTIFY`), so that nobody has to wait for the next poll.
//!
//! PostgreSQL lets transactions that notify commit one after the other. Therefore it is told in a statement of its own, after
//! the commit, and at most every [`TELL_MS`].

use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::settings::PostgresSettings;
use crate::ledger::postgres::store::Store;
use sqlx::postgres::{PgConnectOptions, PgListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Others are told at most so often, in milliseconds.
pub const TELL_MS: u64 = 50;
/// A listener whose connection was lost tries again after so long, in milliseconds.
pub const LISTEN_AGAIN_MS: u64 = 1_000;

/// Tells others, and hears from them.
pub(crate) struct News {
    made: Arc<Notify>,
    heard: Arc<Notify>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for News {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl News {
    /// Begins to tell and to hear.
    pub(crate) fn begin(store: &Store, options: &PgConnectOptions, settings: &PostgresSettings) -> Self {
        let (made, heard) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let channel = channel(&settings.schema);
        // Whoever listens keeps a connection: it is not one of the workers' own.
        let one = PostgresSettings { connections_max: 1, ..settings.clone() };
        let tasks = [
            tokio::spawn(tell_others(store.clone(), channel.clone(), made.clone())),
            tokio::spawn(hear(options.clone(), one, channel, heard.clone())),
        ];
        News { made, heard, tasks }
    }

    /// Work was made: others will be told soon.
    pub(crate) fn made(&self) {
        self.made.notify_one();
    }

    /// Returns when somebody has told of work.
    pub(crate) async fn heard(&self) {
        self.heard.notified().await;
    }
}

fn channel(schema: &str) -> String {
    format!("{schema}_work")
}

/// Tells everyone who listens, at once.
pub(crate) async fn tell(store: &Store, schema: &str) -> Result<(), Problem> {
    sqlx::query("SELECT pg_notify($1, '')").bind(channel(schema)).execute(&store.pool).await?;
    Ok(())
}

async fn tell_others(store: Store, channel: String, made: Arc<Notify>) {
    loop {
        made.notified().await;
        // Who is not told polls.
        let _ = sqlx::query("SELECT pg_notify($1, '')").bind(&channel).execute(&store.pool).await;
        tokio::time::sleep(Duration::from_millis(TELL_MS)).await;
    }
}

async fn hear(options: PgConnectOptions, settings: PostgresSettings, channel: String, heard: Arc<Notify>) {
    loop {
        if let Ok(store) = Store::connect(options.clone(), &settings).await
            && let Ok(mut listener) = PgListener::connect_with(&store.pool).await
            && listener.listen(&channel).await.is_ok()
        {
            while listener.recv().await.is_ok() {
                heard.notify_waiters();
            }
        }
        tokio::time::sleep(Duration::from_millis(LISTEN_AGAIN_MS)).await;
    }
}
