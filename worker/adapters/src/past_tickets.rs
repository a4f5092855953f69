//! Past tickets in the order of time, on disk: a file of a million of them need not fit in memory.
//!
//! A temporary database that belongs to one run. It is made anew for every run and holds nothing that is not in the tickets' own file.

use rusqlite::{Connection, params};
use std::path::Path;
use triage::past::PastTicket;

/// The tickets could not be kept or read.
#[derive(Debug, thiserror::Error)]
#[error("the run's tickets: {problem}: is the disk full, or may this user not write there?")]
pub struct PastTicketsError {
    problem: String,
}

impl From<rusqlite::Error> for PastTicketsError {
    fn from(error: rusqlite::Error) -> Self {
        // Never the statement or a value: both can hold text.
        let problem =
            error.sqlite_error_code().map_or_else(|| "the database failed".to_owned(), |code| format!("the database failed ({code:?})"));
        PastTicketsError { problem }
    }
}

impl From<serde_json::Error> for PastTicketsError {
    fn from(_: serde_json::Error) -> Self {
        PastTicketsError { problem: "a ticket could not be written down".to_owned() }
    }
}

/// The tickets of one run.
pub struct PastTickets {
    connection: Connection,
}

impl PastTickets {
    /// An empty database in the place of whatever is there.
    pub fn create(path: &Path) -> Result<Self, PastTicketsError> {
        for ending in ["", "-journal", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            let _absent = std::fs::remove_file(name);
        }
        let connection = Connection::open(path)?;
        // Nothing here outlives the run: what a power cut leaves behind is thrown away.
        connection.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;
             CREATE TABLE arrived (at INTEGER, id TEXT, body TEXT, PRIMARY KEY (at, id)) WITHOUT ROWID;
             BEGIN",
        )?;
        Ok(PastTickets { connection })
    }

    /// Takes a ticket in, in any order; two of one moment are ordered by their ids. False when it is there already.
    pub fn add(&mut self, past: &PastTicket) -> Result<bool, PastTicketsError> {
        let at = past.ticket.messages.first().map_or(0, |message| message.at.as_millisecond());
        let body = serde_json::to_string(past)?;
        let mut statement = self.connection.prepare_cached("INSERT OR IGNORE INTO arrived VALUES (?1, ?2, ?3)")?;
        Ok(statement.execute(params![at, past.ticket.id.0, body])? > 0)
    }

    /// Puts them in order, after the last one was taken in. Returns how many there are.
    pub fn order(&mut self) -> Result<usize, PastTicketsError> {
        self.connection.execute_batch(
            "COMMIT; CREATE TABLE ordered (place INTEGER PRIMARY KEY, body TEXT);
             INSERT INTO ordered (body) SELECT body FROM arrived ORDER BY at, id;
             DROP TABLE arrived",
        )?;
        let count: i64 = self.connection.query_row("SELECT COUNT(*) FROM ordered", [], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// The tickets from one place up to another, the first place being 0.
    pub fn range(&self, from: usize, to: usize) -> Result<Vec<PastTicket>, PastTicketsError> {
        let place = |place: usize| i64::try_from(place).unwrap_or(i64::MAX);
        let mut statement = self.connection.prepare_cached("SELECT body FROM ordered WHERE place > ?1 AND place <= ?2 ORDER BY place")?;
        let mut rows = statement.query(params![place(from), place(to)])?;
        let mut tickets = Vec::with_capacity(to.saturating_sub(from));
        while let Some(row) = rows.next()? {
            let body = row.get_ref(0)?.as_str().unwrap_or_default();
            tickets.push(serde_json::from_str(body)?);
        }
        Ok(tickets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use triage::past::Resolution;
    use triage::phone::PhoneNumber;
    use triage::ticket::{Author, Message, MessageId, Ticket, TicketId};

    fn past(id: &str, at: i64) -> PastTicket {
        let message = Message {
            id: MessageId(format!("{id}/1")),
            author: Author::Customer,
            at: Timestamp::from_second(at).unwrap(),
            text: "hi".to_owned(),
            media: Vec::new(),
            carrier_answered: false,
        };
        let ticket = Ticket {
            id: TicketId(id.to_owned()),
            customer: PhoneNumber::parse("+12025550123").unwrap(),
            messages: vec![message],
            tags: Vec::new(),
            owners: Vec::new(),
            opted_out: Vec::new(),
        };
        PastTicket { ticket, intents: Vec::new(), language: None, resolution: Resolution::Unknown }
    }

    #[test]
    fn tickets_come_back_in_the_order_of_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut tickets = PastTickets::create(&folder.path().join("tickets.db")).unwrap();
        for (id, at) in [("c", 30), ("b", 10), ("a", 10), ("d", 20)] {
            assert!(tickets.add(&past(id, at)).unwrap());
        }
        assert!(!tickets.add(&past("d", 20)).unwrap(), "the same ticket again");
        assert_eq!(tickets.order().unwrap(), 4);
        let ids = |from, to| tickets.range(from, to).unwrap().into_iter().map(|past| past.ticket.id.0).collect::<Vec<_>>();
        assert_eq!(ids(0, 4), ["a", "b", "d", "c"]);
        assert_eq!(ids(1, 3), ["b", "d"]);
        assert_eq!(tickets.range(0, 1).unwrap().first(), Some(&past("a", 10)));
    }
}
