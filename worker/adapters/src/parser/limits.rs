//! What a document and the process that reads it may use.

use serde::{Deserialize, Serialize};

/// Limits of reading one document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentLimits {
    /// A larger file is left out before it is read.
    pub file_bytes_max: u64,
    /// A document whose reading takes longer is left out.
    pub parse_timeout_ms: u64,
    /// The process that reads documents may use so much address space.
    pub memory_bytes_max: u64,
    /// A document that gives more than this (its text and titles, as JSON) is left out.
    pub answer_bytes_max: u64,
}

/// Below this the process that reads documents cannot even start.
const MEMORY_BYTES_MIN: u64 = 64 * 1024 * 1024;

impl Default for DocumentLimits {
    fn default() -> Self {
        DocumentLimits {
            file_bytes_max: 32 * 1024 * 1024,
            parse_timeout_ms: 10_000,
            memory_bytes_max: 256 * 1024 * 1024,
            answer_bytes_max: 16 * 1024 * 1024,
        }
    }
}

impl DocumentLimits {
    /// What cannot work, each with what to do.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.memory_bytes_max < MEMORY_BYTES_MIN {
            faults.push(format!("documents.memory_bytes_max is {}: allow at least {MEMORY_BYTES_MIN}", self.memory_bytes_max));
        }
        for (name, value) in [
            ("file_bytes_max", self.file_bytes_max),
            ("parse_timeout_ms", self.parse_timeout_ms),
            ("answer_bytes_max", self.answer_bytes_max),
        ] {
            if value == 0 {
                faults.push(format!("documents.{name} is 0: no document could be read"));
            }
        }
        faults
    }
}

/// Gives this process its limits, for good: memory, no core file, no file written. Call it before anything is read.
#[cfg(unix)]
pub fn confine(memory_bytes_max: u64) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let to = |bytes| Rlimit { current: Some(bytes), maximum: Some(bytes) };
    setrlimit(Resource::Core, to(0))?;
    setrlimit(Resource::Fsize, to(0))?;
    setrlimit(Resource::As, to(memory_bytes_max))?;
    Ok(())
}

/// Gives this process its limits. Systems without `setrlimit` have only the limits of time and output.
#[cfg(not(unix))]
pub fn confine(_memory_bytes_max: u64) -> std::io::Result<()> {
    Ok(())
}
