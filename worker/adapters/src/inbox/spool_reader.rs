//! The worker's side of a spool: which lines were handed out, and which are settled.

use crate::inbox::line::read_line;
use crate::inbox::spool::{LINE_BYTES_MAX, TAKE_BYTES_MAX, unusable};
use runtime::ports::inbox::{Delivery, InboxError};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Files with lines that are handed out and not settled, at most: past that `take` hands out nothing until some are settled.
pub const OPEN_FILES_MAX: usize = 10_000;

/// Reads the files of a spool in their order.
pub(crate) struct SpoolReader {
    folder: PathBuf,
    /// Held for life once something was taken; a second worker finds it locked.
    lock: Option<File>,
    /// Files seen and not begun, oldest first.
    waiting: VecDeque<String>,
    /// The file that is being read.
    current: Option<Current>,
    /// Files of which lines are handed out.
    open: BTreeMap<String, OpenFile>,
    /// Files that cannot be read; they stay where they are.
    unreadable: BTreeSet<String>,
}

struct Current {
    name: String,
    reader: BufReader<File>,
    lines: u64,
    offset: u64,
}

#[derive(Default)]
struct OpenFile {
    unsettled: BTreeSet<u64>,
    is_read: bool,
}

impl SpoolReader {
    pub(crate) fn new(folder: &Path) -> Self {
        SpoolReader {
            folder: folder.to_owned(),
            lock: None,
            waiting: VecDeque::new(),
            current: None,
            open: BTreeMap::new(),
            unreadable: BTreeSet::new(),
        }
    }

    /// The next lines, oldest file first.
    pub(crate) fn take(&mut self, max: usize) -> Result<Vec<Delivery>, InboxError> {
        self.lock()?;
        let (mut deliveries, mut bytes) = (Vec::new(), 0_usize);
        while deliveries.len() < max && bytes < TAKE_BYTES_MAX {
            if self.current.is_none() && !self.begin_next()? {
                break;
            }
            match self.next_line() {
                Ok(Some(delivery)) => {
                    bytes = bytes.saturating_add(delivery.payload.len());
                    deliveries.push(delivery);
                }
                Ok(None) => {}
                // What was read so far is handed out; the next call meets the problem again.
                Err(error) if deliveries.is_empty() => return Err(unusable(&self.folder, &error)),
                Err(_) => break,
            }
        }
        Ok(deliveries)
    }

    /// Forgets lines; a file whose lines are all settled is deleted.
    pub(crate) fn settle(&mut self, tags: &[String]) -> Result<(), InboxError> {
        let mut touched = BTreeSet::new();
        for tag in tags {
            let Some((name, line)) = tag.rsplit_once(':') else { continue };
            let (Some(open), Ok(line)) = (self.open.get_mut(name), line.parse::<u64>()) else { continue };
            open.unsettled.remove(&line);
            touched.insert(name.to_owned());
        }
        touched.into_iter().try_for_each(|name| self.delete_if_over(&name)).map_err(|error| unusable(&self.folder, &error))
    }

    fn lock(&mut self) -> Result<(), InboxError> {
        if self.lock.is_some() {
            return Ok(());
        }
        let path = self.folder.join(".lock");
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(|error| unusable(&self.folder, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let problem = format!("another worker reads the spool {}: stop it first, or give this one its own", self.folder.display());
                return Err(InboxError { problem, is_transient: false });
            }
            Err(TryLockError::Error(error)) => return Err(unusable(&self.folder, &error)),
        }
        self.lock = Some(file);
        Ok(())
    }

    /// Opens the oldest file that was not begun; false when there is none.
    fn begin_next(&mut self) -> Result<bool, InboxError> {
        if self.open.len() >= OPEN_FILES_MAX {
            return Ok(false);
        }
        if self.waiting.is_empty() {
            self.look().map_err(|error| unusable(&self.folder, &error))?;
        }
        while let Some(name) = self.waiting.pop_front() {
            match File::open(self.folder.join(&name)) {
                Ok(file) => {
                    self.open.insert(name.clone(), OpenFile::default());
                    self.current = Some(Current { name, reader: BufReader::new(file), lines: 0, offset: 0 });
                    return Ok(true);
                }
                Err(error) => {
                    tracing::error!(file = name, %error, "a file of the spool cannot be read and is left where it is");
                    self.unreadable.insert(name);
                }
            }
        }
        Ok(false)
    }

    /// Finds the files that are there now and were not begun.
    fn look(&mut self) -> std::io::Result<()> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let Ok(name) = entry?.file_name().into_string() else { continue };
            let is_ours = name.ends_with(".jsonl") && !name.starts_with('.');
            if is_ours && !self.open.contains_key(&name) && !self.unreadable.contains(&name) {
                names.push(name);
            }
        }
        names.sort_unstable();
        self.waiting = names.into();
        Ok(())
    }

    /// The next line of the current file that is not empty; none at its end.
    fn next_line(&mut self) -> std::io::Result<Option<Delivery>> {
        let Some(current) = &mut self.current else { return Ok(None) };
        let line = match read_line(&mut current.reader, LINE_BYTES_MAX) {
            Ok(line) => line,
            Err(error) => {
                current.reader.seek(SeekFrom::Start(current.offset))?;
                return Err(error);
            }
        };
        let Some(line) = line else {
            let name = std::mem::take(&mut current.name);
            self.current = None;
            self.open.entry(name.clone()).or_default().is_read = true;
            return self.delete_if_over(&name).map(|()| None);
        };
        current.lines += 1;
        current.offset = current.offset.saturating_add(line.length);
        if line.bytes.iter().all(u8::is_ascii_whitespace) && line.bytes.len() < LINE_BYTES_MAX {
            return Ok(None);
        }
        self.open.entry(current.name.clone()).or_default().unsettled.insert(current.lines);
        Ok(Some(Delivery { tag: format!("{}:{}", current.name, current.lines), payload: line.bytes }))
    }

    fn delete_if_over(&mut self, name: &str) -> std::io::Result<()> {
        if !self.open.get(name).is_some_and(|open| open.is_read && open.unsettled.is_empty()) {
            return Ok(());
        }
        match std::fs::remove_file(self.folder.join(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        self.open.remove(name);
        Ok(())
    }
}
