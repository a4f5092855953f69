//! The accounts in a file of JSON Lines, one movement a line: a restart forgets nothing that was spent.

use crate::spending::accounts::{Accounts, Entry};
use crate::spending::memory::{MemorySpending, difference};
use jiff::Timestamp;
use prompts::budget::money::Caps;
use prompts::ports::spending::Spending;
use runtime::ports::clock::Clock;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use triage::ticket::TicketId;

/// The accounts cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("the accounts of the model in {path} cannot be kept: {problem}")]
pub struct SpendingError {
    /// The file.
    pub path: String,
    /// What went wrong.
    pub problem: std::io::Error,
}

/// Accounts in a file.
pub struct FileSpending {
    sums: MemorySpending,
    file: Mutex<File>,
}

impl FileSpending {
    /// Opens the file, or makes it.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, SpendingError> {
        let error = |problem| SpendingError { path: path.display().to_string(), problem };
        let accounts = read(path, clock.now()).map_err(error)?;
        let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(error)?;
        if is_torn(path).map_err(error)? {
            file.write_all(b"\n").map_err(error)?;
        }
        Ok(FileSpending { sums: MemorySpending::with(clock, accounts), file: Mutex::new(file) })
    }

    /// A disk that cannot be written stops no reply: the sums in memory hold, and the log says so.
    fn write(&self, entry: &Entry) {
        let Ok(mut line) = serde_json::to_vec(entry) else { return };
        line.push(b'\n');
        if let Err(problem) = self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line) {
            tracing::error!(%problem, "what the model cost cannot be written down");
        }
    }
}

/// The last line has no end: what comes next begins a line of its own.
fn is_torn(path: &Path) -> std::io::Result<bool> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// The sums of a file, as of now; a torn last line and lines of another form are passed over.
pub fn read(path: &Path, now: Timestamp) -> std::io::Result<Accounts> {
    let mut accounts = Accounts::default();
    match File::open(path) {
        Ok(file) => {
            for line in BufReader::new(file).split(b'\n') {
                if let Ok(entry) = serde_json::from_slice::<Entry>(&line?) {
                    accounts.add(&entry);
                }
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    accounts.turn_to(now);
    Ok(accounts)
}

impl Spending for FileSpending {
    fn charge(&self, ticket: &TicketId, micro_usd: u64, caps: &Caps) -> Result<(), &'static str> {
        let (entry, result) = self.sums.charge_noting(ticket, micro_usd, caps);
        if entry.micro_usd != 0 || entry.cap.is_some() {
            self.write(&entry);
        }
        result
    }

    fn settle(&self, ticket: &TicketId, charged_micro_usd: u64, cost_micro_usd: u64) {
        let entry = self.sums.add(ticket, difference(charged_micro_usd, cost_micro_usd), false);
        if entry.micro_usd != 0 {
            self.write(&entry);
        }
    }

    fn asked(&self, ticket: &TicketId) {
        let entry = self.sums.add(ticket, 0, true);
        self.write(&entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::manual::ManualClock;

    #[test]
    fn what_was_spent_is_known_after_a_restart_and_a_torn_line_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spending.jsonl");
        let clock = Arc::new(ManualClock::at("2026-01-30T12:00:00Z".parse().unwrap()));
        let (ticket, caps) = (TicketId("t".to_owned()), Caps { day: Some(100), ..Caps::default() });
        {
            let spending = FileSpending::open(&path, clock.clone()).unwrap();
            spending.asked(&ticket);
            spending.charge(&ticket, 80, &caps).unwrap();
            spending.settle(&ticket, 80, 30);
        }
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&whole[..], b"{\"at\":\"2026-"].concat()).unwrap();
        let accounts = read(&path, clock.now()).unwrap();
        assert_eq!((accounts.day_micro_usd, accounts.asked), (30, 1));
        let spending = FileSpending::open(&path, clock).unwrap();
        assert_eq!(spending.charge(&ticket, 71, &caps), Err("day"));
        assert_eq!(spending.charge(&ticket, 70, &caps), Ok(()));
        assert_eq!(read(&path, Timestamp::from_second(1_769_774_400).unwrap()).unwrap().day_micro_usd, 100);
    }
}
