//! Reading beside the writer: a connection that cannot write, so that a long look never holds a message up.

use crate::ledger::sqlite::problem::{Problem, permanent};
use runtime::ports::ledger::LedgerError;
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};

/// One reading connection; its readers wait for one another.
pub(crate) struct Reader {
    connection: Arc<Mutex<Connection>>,
}

impl Reader {
    /// Takes a connection that was opened for reading.
    pub(crate) fn new(connection: Connection) -> Self {
        Reader { connection: Arc::new(Mutex::new(connection)) }
    }

    /// Runs `work` on a snapshot of the file, off the async threads.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Problem> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        let read = move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let snapshot = connection.unchecked_transaction()?;
            let result = work(&snapshot)?;
            snapshot.finish()?;
            Ok(result)
        };
        let ended = tokio::task::spawn_blocking(read).await;
        ended.map_err(|_| permanent("reading the ledger ended with a panic: please report it".to_owned()))?.map_err(Problem::told)
    }
}
