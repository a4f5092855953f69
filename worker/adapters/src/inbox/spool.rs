//! The spool: a folder of files with one message a line, filled by any process and emptied by the worker.
//!
//! A producer does not write to the ledger: two writers on one SQLite file starve each other, and a producer should not
//! wait for the worker. It writes a file beside, brings it to the disk, and renames it into place: the worker sees whole
//! files only. Names are `<time in ms>-<process>-<number>.jsonl`, so that the oldest comes first by name. A file is deleted
//! once all of its lines are settled; after a crash its lines are handed out again, and the ledger knows them by their ids.

use crate::inbox::depth::lines_waiting;
use crate::inbox::spool_reader::SpoolReader;
use async_trait::async_trait;
use runtime::ports::inbox::{Delivery, Inbox, InboxError};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes of a line that are handed out at most. A longer line is handed out cut, and is refused as no message: an inbound
/// message has 16,000 characters of text at most.
pub const LINE_BYTES_MAX: usize = 1024 * 1024;
/// Bytes that one call of `take` hands out at most, give or take one line.
pub const TAKE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Numbers the files of this process.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A spool folder, for producers and for the worker.
pub struct Spool {
    folder: PathBuf,
    reader: Arc<Mutex<SpoolReader>>,
}

impl Spool {
    /// Opens the folder, or makes it. Any number of processes may put; one may take.
    pub fn open(folder: &Path) -> Result<Self, InboxError> {
        std::fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
        Ok(Spool { folder: folder.to_owned(), reader: Arc::new(Mutex::new(SpoolReader::new(folder))) })
    }

    /// Puts lines in as one file, which is on the disk when this returns. A line break at the end of a line is not needed;
    /// one inside makes two lines of it. Returns how many were put. Blocks on the disk.
    pub fn put(&self, lines: impl Iterator<Item = Vec<u8>>) -> Result<u64, InboxError> {
        let mut lines = lines.peekable();
        if lines.peek().is_none() {
            return Ok(0);
        }
        let (name, file) = self.begin()?;
        let temporary = self.temporary(&name);
        let written = write(file, lines).and_then(|count| std::fs::rename(&temporary, self.folder.join(&name)).map(|()| count));
        let count = written.map_err(|error| {
            // Nothing was put: what was begun is of no use to anybody.
            let _ = std::fs::remove_file(&temporary);
            unusable(&self.folder, &error)
        })?;
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(|error| unusable(&self.folder, &error))?;
        Ok(count)
    }

    /// Begins a file under a name that nobody else has. The temporary file stands for the name until it is renamed, so two
    /// producers with the same process number (in two containers) cannot both have it.
    fn begin(&self) -> Result<(String, File), InboxError> {
        loop {
            let time_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis());
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let name = format!("{time_ms:014}-{}-{number:08}.jsonl", std::process::id());
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            match options.open(self.temporary(&name)) {
                Ok(file) if !self.folder.join(&name).exists() => return Ok((name, file)),
                Ok(_) => std::fs::remove_file(self.temporary(&name)).map_err(|error| unusable(&self.folder, &error))?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(unusable(&self.folder, &error)),
            }
        }
    }

    fn temporary(&self, name: &str) -> PathBuf {
        self.folder.join(format!(".{name}.tmp"))
    }

    async fn with_reader<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SpoolReader) -> Result<T, InboxError> + Send + 'static,
    ) -> Result<T, InboxError> {
        let reader = Arc::clone(&self.reader);
        let ended = tokio::task::spawn_blocking(move || work(&mut reader.lock().unwrap_or_else(PoisonError::into_inner))).await;
        let problem = "reading the spool ended with a panic: please report it".to_owned();
        ended.map_err(|_| InboxError { problem, is_transient: false })?
    }
}

fn write(file: File, lines: impl Iterator<Item = Vec<u8>>) -> std::io::Result<u64> {
    let mut writer = BufWriter::new(file);
    let mut count = 0;
    for line in lines {
        writer.write_all(line.strip_suffix(b"\n").unwrap_or(&line))?;
        writer.write_all(b"\n")?;
        count += 1;
    }
    writer.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    Ok(count)
}

/// The folder cannot be used.
pub(crate) fn unusable(folder: &Path, error: &std::io::Error) -> InboxError {
    let is_transient = !matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::NotFound | ErrorKind::NotADirectory);
    let problem =
        format!("spool {}: {error}: check that the folder exists, may be written to, and that the disk has room", folder.display());
    InboxError { problem, is_transient }
}

#[async_trait]
impl Inbox for Spool {
    async fn take(&self, max: usize) -> Result<Vec<Delivery>, InboxError> {
        self.with_reader(move |reader| reader.take(max)).await
    }

    async fn settle(&self, tags: &[String]) -> Result<(), InboxError> {
        let tags = tags.to_vec();
        self.with_reader(move |reader| reader.settle(&tags)).await
    }

    async fn waiting(&self) -> Result<u64, InboxError> {
        lines_waiting(&self.folder)
    }
}
