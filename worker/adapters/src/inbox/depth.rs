//! How much lies in a spool, for people who look from another process.

use super::line::read_line;
use super::spool::unusable;
use runtime::ports::inbox::InboxError;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Lines that lie in the folder. A file stays until all its lines are settled, so lines that are just being taken in count.
pub fn lines_waiting(folder: &Path) -> Result<u64, InboxError> {
    let mut count = 0;
    for path in files(folder)? {
        // The worker may delete a file between the listing and this.
        let Ok(file) = File::open(&path) else { continue };
        let mut reader = BufReader::new(file);
        while read_line(&mut reader, 0).map_err(|error| unusable(folder, &error))?.is_some() {
            count += 1;
        }
    }
    Ok(count)
}

/// Nothing lies in the folder.
pub fn is_empty(folder: &Path) -> Result<bool, InboxError> {
    Ok(files(folder)?.is_empty())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, InboxError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| unusable(folder, &error))?,
    };
    let names = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    Ok(names.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl")).collect())
}
