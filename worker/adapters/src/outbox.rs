//! The outbox: one append-only file of JSON lines that the `file` helpdesk and the `file` gateway write to. It is the
//! simplest vendor there is: everything that Whimbrel does to the world can be read in it.
//!
//! A line is `{"key": …, "at": …, "ticket": …, "kind": …, …}`. A line is on the disk before it is answered, and a key is
//! written once, however often it comes. Several callers share a sync: whoever syncs, syncs all that was written before.
//! Keys stay in memory (about 100 bytes each), so the file is for demos, tests and small desks.

use runtime::effect::EffectKey;
use runtime::ports::clock::Clock;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use triage::ticket::TicketId;

/// The outbox cannot be opened, or something could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// It cannot be opened.
    #[error("outbox {path}: {problem}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What went wrong, and what to do.
        problem: String,
    },
    /// The line certainly does not stand in the file.
    #[error("outbox: nothing was written: {problem}")]
    NotWritten {
        /// What went wrong.
        problem: String,
    },
    /// The line may stand in the file.
    #[error("outbox: it may have been written: {problem}")]
    Doubtful {
        /// What went wrong.
        problem: String,
    },
}

/// An append-only file of JSON lines, each key once.
pub struct Outbox {
    clock: Arc<dyn Clock>,
    written: Mutex<Written>,
    /// How many bytes are surely on the disk. Held while syncing.
    synced: Mutex<u64>,
    /// The same file, for syncing while others write.
    disk: File,
}

/// What has been handed to the file.
struct Written {
    file: File,
    bytes: u64,
    keys: HashSet<String>,
    /// The file is no longer known to end with a whole line.
    is_broken: bool,
}

/// What is needed of a line when the file is opened.
#[derive(Deserialize)]
struct Keyed {
    key: String,
}

impl Outbox {
    /// Opens the file or makes it, reads its keys, and cuts off a last line that a crash has torn. `clock` gives the times
    /// of the lines. A second process is refused.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, OutboxError> {
        let unusable = |problem: String| OutboxError::Unusable { path: path.to_owned(), problem };
        let advice = |error: std::io::Error| unusable(format!("{error}: check that the folder exists and that this user may write there"));
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(advice)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(unusable("another worker writes to it: give each its own".to_owned())),
            Err(TryLockError::Error(error)) => return Err(advice(error)),
        }
        let (keys, bytes) = read_keys(&file).map_err(unusable)?;
        file.set_len(bytes).map_err(advice)?;
        file.sync_data().map_err(advice)?;
        let disk = file.try_clone().map_err(advice)?;
        let written = Written { file, bytes, keys, is_broken: false };
        Ok(Outbox { clock, written: Mutex::new(written), synced: Mutex::new(bytes), disk })
    }

    /// Puts a line in unless its key is there already, and returns the id under which it is known once it is on the disk.
    /// Blocks on the disk.
    pub fn append(&self, key: &EffectKey, ticket: &TicketId, kind: &str, fields: Map<String, Value>) -> Result<String, OutboxError> {
        let end = {
            let mut written = self.written();
            if !written.keys.contains(&key.0) {
                let line = self.line(key, ticket, kind, fields);
                written.append(line.as_bytes())?;
                written.keys.insert(key.0.clone());
            }
            written.bytes
        };
        self.sync(end)?;
        Ok(vendor_id(key))
    }

    /// The id of the line with this key, when it is there. Blocks on the disk.
    pub fn find(&self, key: &EffectKey) -> Result<Option<String>, OutboxError> {
        let end = {
            let written = self.written();
            if !written.keys.contains(&key.0) {
                return Ok(None);
            }
            written.bytes
        };
        self.sync(end)?;
        Ok(Some(vendor_id(key)))
    }

    fn line(&self, key: &EffectKey, ticket: &TicketId, kind: &str, fields: Map<String, Value>) -> String {
        let mut line = Map::new();
        line.insert("key".to_owned(), Value::from(key.0.as_str()));
        line.insert("at".to_owned(), Value::from(self.clock.now().to_string()));
        line.insert("ticket".to_owned(), Value::from(ticket.0.as_str()));
        line.insert("kind".to_owned(), Value::from(kind));
        line.extend(fields);
        format!("{}\n", Value::Object(line))
    }

    /// Brings everything up to `end` to the disk, unless somebody has done so while this one waited.
    fn sync(&self, end: u64) -> Result<(), OutboxError> {
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if *synced >= end {
            return Ok(());
        }
        let upto = {
            let written = self.written();
            if written.is_broken {
                return Err(OutboxError::Doubtful { problem: "the disk failed before: restart the worker once it is well".to_owned() });
            }
            written.bytes
        };
        if let Err(error) = self.disk.sync_data() {
            // What the system could not write it may have dropped: only reading the file again tells what stands in it.
            self.written().is_broken = true;
            return Err(OutboxError::Doubtful { problem: format!("{error}: restart the worker once the disk is well") });
        }
        *synced = upto;
        Ok(())
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Written {
    /// Writes a whole line or nothing of it.
    fn append(&mut self, line: &[u8]) -> Result<(), OutboxError> {
        if self.is_broken {
            return Err(OutboxError::NotWritten { problem: "the disk failed before: restart the worker once it is well".to_owned() });
        }
        if let Err(error) = self.file.write_all(line) {
            self.is_broken = self.file.set_len(self.bytes).is_err();
            return Err(match self.is_broken {
                true => OutboxError::Doubtful { problem: error.to_string() },
                false => OutboxError::NotWritten { problem: error.to_string() },
            });
        }
        self.bytes = self.bytes.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        Ok(())
    }
}

/// The id under which the outbox knows a line.
fn vendor_id(key: &EffectKey) -> String {
    format!("outbox-{key}")
}

/// The keys of all whole lines, and where the last one ends.
fn read_keys(file: &File) -> Result<(HashSet<String>, u64), String> {
    let mut reader = BufReader::new(file);
    reader.seek(SeekFrom::Start(0)).map_err(|error| error.to_string())?;
    let (mut keys, mut end, mut line) = (HashSet::new(), 0_u64, Vec::new());
    for number in 1_u64.. {
        line.clear();
        let read = reader.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
        let is_last = read == 0 || reader.fill_buf().map_err(|error| error.to_string())?.is_empty();
        match serde_json::from_slice::<Keyed>(&line).ok().filter(|_| line.ends_with(b"\n")) {
            Some(keyed) => keys.insert(keyed.key),
            None if is_last => break,
            None => return Err(format!("line {number} is no line of an outbox: move the file away, a new one is begun")),
        };
        end = end.saturating_add(u64::try_from(read).unwrap_or(0));
    }
    Ok((keys, end))
}
