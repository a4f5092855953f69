//! Opening a file of past tickets, packed with gzip or not.

use flate2::read::MultiGzDecoder;
use knowledge::ports::loader::LoaderError;
use knowledge::source::Source;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// The most bytes that a packed file may unpack to. A small file that unpacks to more is a bomb or a mistake.
pub const UNPACKED_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// An error about the source as a whole.
pub fn problem(source: &Source, problem: String) -> LoaderError {
    LoaderError { source_id: source.id.0.clone(), problem }
}

/// The path in lower case without `.gz`, and whether that was there; the extension decides what a file is.
pub fn unpacked_name(location: &str) -> (String, bool) {
    let name = location.to_lowercase();
    match name.strip_suffix(".gz") {
        Some(inner) => (inner.to_owned(), true),
        None => (name, false),
    }
}

/// Opens the file of a source. A packed one yields one byte more than `unpacked_bytes_max` when it is too long.
pub fn reader(source: &Source, unpacked_bytes_max: u64) -> Result<Box<dyn Read + Send>, LoaderError> {
    let path = Path::new(&source.location);
    let failed = |error: std::io::Error| {
        problem(source, format!("`{}` cannot be opened ({}): check the path and the rights of this user", source.location, error.kind()))
    };
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(problem(source, format!("`{}` is no file: name the file that holds the past tickets", source.location)));
    }
    let file = File::open(path).map_err(failed)?;
    match unpacked_name(&source.location) {
        (_, true) => Ok(Box::new(MultiGzDecoder::new(BufReader::new(file)).take(unpacked_bytes_max.saturating_add(1)))),
        (_, false) => Ok(Box::new(file)),
    }
}
