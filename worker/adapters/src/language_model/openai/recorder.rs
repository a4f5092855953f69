//! Cassettes: exchanges with a live endpoint, one a line, with secrets taken out.

use crate::secret::Secret;
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// What stands where a secret stood.
const SCRUBBED: &str = "[secret]";

/// Writes exchanges down.
#[derive(Debug)]
pub struct Recorder {
    file: Mutex<File>,
    key: Secret,
}

impl Recorder {
    /// Appends to a file, or makes it.
    pub fn open(path: &Path, key: Secret) -> std::io::Result<Self> {
        Ok(Recorder { file: Mutex::new(OpenOptions::new().create(true).append(true).open(path)?), key })
    }

    /// One exchange: path, what was sent, what came back. No header is kept, and the key is taken out wherever it stands.
    pub fn write(&self, path: &str, sent: &[u8], status: u16, received: &[u8]) {
        let body = |bytes: &[u8]| match serde_json::from_slice::<Value>(bytes) {
            Ok(value) => value,
            Err(_) => Value::String(String::from_utf8_lossy(bytes).into_owned()),
        };
        let line = json!({ "path": path, "request": body(sent), "status": status, "response": body(received) });
        let mut line = scrub(&line.to_string(), self.key.reveal());
        line.push('\n');
        if let Err(problem) = self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes()) {
            tracing::error!(%problem, "the cassette cannot be written");
        }
    }
}

fn scrub(line: &str, key: &str) -> String {
    if key.is_empty() { line.to_owned() } else { line.replace(key, SCRUBBED) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_is_a_line_without_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cassette.jsonl");
        let recorder = Recorder::open(&path, Secret::new("sk-secret")).unwrap();
        recorder.write("/v1/chat/completions", br#"{"user":"sk-secret"}"#, 200, b"not json: sk-secret");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("sk-secret"));
        let line: Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!((&line["request"]["user"], &line["status"]), (&json!("[secret]"), &json!(200)));
    }
}
