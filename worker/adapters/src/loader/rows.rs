//! Rows of a JSON Lines file of one shape, packed with gzip or not: labelled messages, questions and answers, queries.

use super::lines::{Line, Lines};
use super::open;
use flate2::read::MultiGzDecoder;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// The longest line, in bytes.
pub const LINE_BYTES_MAX: usize = 1024 * 1024;

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// It cannot be opened.
    #[error("`{path}` cannot be opened ({kind}): check the path and the rights of this user")]
    Unopened {
        /// The file.
        path: String,
        /// Why not.
        kind: std::io::ErrorKind,
    },
    /// A line is not as it should be.
    #[error("`{path}` line {line}: {problem}")]
    Line {
        /// The file.
        path: String,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
}

/// Reads all rows; empty lines are passed over, the first faulty one ends it.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, RowsError> {
    let name = || path.display().to_string();
    let file = File::open(path).map_err(|error| RowsError::Unopened { path: name(), kind: error.kind() })?;
    let (_, is_packed) = open::unpacked_name(&path.to_string_lossy());
    let input: Box<dyn Read> = if is_packed { Box::new(MultiGzDecoder::new(BufReader::new(file))) } else { Box::new(file) };
    let mut rows = Vec::new();
    for (number, line) in (1..).zip(Lines::new(BufReader::new(input), LINE_BYTES_MAX, open::UNPACKED_BYTES_MAX)) {
        let failed = |problem: String| RowsError::Line { path: name(), line: number, problem };
        match line {
            Line::Text(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => {}
            Line::Text(bytes) => rows.push(serde_json::from_slice(&bytes).map_err(|error| failed(describe(&error)))?),
            Line::TooLong => return Err(failed(format!("longer than {LINE_BYTES_MAX} bytes"))),
            Line::Broken(kind) => return Err(failed(format!("cannot be read ({kind})"))),
            Line::TooMuch => return Err(failed(format!("the file is longer than {} bytes", open::UNPACKED_BYTES_MAX))),
        }
    }
    Ok(rows)
}

/// What is wrong, without the text itself.
fn describe(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Data => {
            format!("not of the expected shape (column {}): see `whimbrel evaluate --help`", error.column())
        }
        serde_json::error::Category::Syntax | serde_json::error::Category::Eof | serde_json::error::Category::Io => {
            format!("no JSON (column {})", error.column())
        }
    }
}
