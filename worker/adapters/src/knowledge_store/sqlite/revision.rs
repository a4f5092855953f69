//! The counter of changes.

use rusqlite::Connection;

/// The newest revision. One row of one table: microseconds, and outside a transaction it sees other processes' commits.
pub fn newest(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT revision FROM state WHERE id = 1")?.query_row([], |row| row.get(0))
}

/// Hands out revisions within one writing transaction.
pub struct Revisions {
    last: i64,
}

impl Revisions {
    /// Starts at the newest revision.
    pub fn begin(connection: &Connection) -> rusqlite::Result<Self> {
        Ok(Revisions { last: newest(connection)? })
    }

    /// The next one.
    pub fn advance(&mut self) -> i64 {
        self.last = self.last.saturating_add(1);
        self.last
    }

    /// Writes the counter down; called once, at the end of the transaction.
    pub fn finish(self, connection: &Connection) -> rusqlite::Result<()> {
        connection.prepare_cached("UPDATE state SET revision = ?1 WHERE id = 1")?.execute([self.last])?;
        Ok(())
    }
}
