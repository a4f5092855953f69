//! A model whose answers are kept on disk: the same question to the same model with the same settings is asked once.
//!
//! For simulations. What is kept is what the model said of a redacted prompt, under a hash of the whole prompt; errors, refusals and what
//! has not the form that was asked for are never kept, so that the next run asks again.

use crate::digest::hex;
use async_trait::async_trait;
use prompts::answer;
use prompts::ports::language_model::{Completion, CompletionRequest, LanguageModel, LanguageModelError, Stop};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a statement waits for another process before it gives up.
const BUSY_TIMEOUT_MS: u64 = 5_000;
/// Part of every key: it grows when what a key means changes.
const KEY_VERSION: u32 = 1;

/// Answers cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("the kept answers of the model in {path} cannot be opened ({problem}): delete the file to ask everything anew")]
pub struct AnswersError {
    /// The file.
    pub path: String,
    /// What went wrong.
    pub problem: String,
}

/// The answers in a file.
pub struct Answers {
    connection: Mutex<Connection>,
}

impl Answers {
    /// Opens the file, or makes it.
    pub fn open(path: &Path) -> Result<Self, AnswersError> {
        let error = |problem: rusqlite::Error| AnswersError { path: path.display().to_string(), problem: said(&problem) };
        let connection = connect(path).map_err(error)?;
        Ok(Answers { connection: Mutex::new(connection) })
    }

    /// How many are kept.
    pub fn count(&self) -> usize {
        let counted = self.lock().query_row("SELECT COUNT(*) FROM answers", [], |row| row.get::<_, i64>(0));
        counted.ok().and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept under a key. A file that cannot be read is as good as an empty one.
    fn get(&self, key: &str) -> Option<Completion> {
        let connection = self.lock();
        let find = || -> rusqlite::Result<Option<Completion>> {
            let mut statement = connection.prepare_cached("SELECT text, tokens_in, tokens_out FROM answers WHERE key = ?1")?;
            statement.query_row(params![key], completion).optional()
        };
        find().inspect_err(|problem| tracing::warn!(problem = said(problem), "kept answers of the model cannot be read")).ok().flatten()
    }

    /// Keeps an answer unless another one came first, and gives the one that stands: two tasks that ask the same at the same time go on
    /// with the same answer.
    fn keep(&self, key: &str, answer: Completion) -> Completion {
        let tokens = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let written = self.lock().execute(
            "INSERT OR IGNORE INTO answers VALUES (?1, ?2, ?3, ?4)",
            params![key, answer.text, tokens(answer.tokens_in), tokens(answer.tokens_out)],
        );
        match written {
            Ok(1) => answer,
            Ok(_) => self.get(key).unwrap_or(answer),
            Err(problem) => {
                tracing::warn!(problem = said(&problem), "an answer of the model cannot be kept");
                answer
            }
        }
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // An answer that a power cut takes away is asked for again.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, text TEXT NOT NULL, tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL)
         WITHOUT ROWID",
    )?;
    Ok(connection)
}

fn completion(row: &rusqlite::Row<'_>) -> rusqlite::Result<Completion> {
    let tokens = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok(Completion { text: row.get(0)?, stop: Stop::End, tokens_in: tokens(row.get(1)?), tokens_out: tokens(row.get(2)?) })
}

/// It is whole, and an object with the properties that were asked for.
fn is_usable(request: &CompletionRequest, answer: &Completion) -> bool {
    let Ok(object) = answer::object(&answer.text) else { return false };
    let required = request.format.schema.get("required").and_then(serde_json::Value::as_array);
    let has_all = required.into_iter().flatten().filter_map(serde_json::Value::as_str).all(|name| object.get(name).is_some());
    answer.stop == Stop::End && has_all
}

/// The kind of failure; never a value, which can hold text.
fn said(problem: &rusqlite::Error) -> String {
    problem.sqlite_error_code().map_or_else(|| "the database failed".to_owned(), |code| format!("the database failed: {code:?}"))
}

/// A model with a memory on disk.
pub struct KeptModel {
    inner: Arc<dyn LanguageModel>,
    answers: Arc<Answers>,
    parameters: String,
    draw: usize,
}

impl KeptModel {
    /// Before another model. `parameters` are all settings that can change an answer; `draw` tells repeats of one question apart: each
    /// is asked once.
    pub fn new(inner: Arc<dyn LanguageModel>, answers: Arc<Answers>, parameters: String, draw: usize) -> Self {
        KeptModel { inner, answers, parameters, draw }
    }

    fn key(&self, request: &CompletionRequest) -> String {
        #[derive(Serialize)]
        struct Key<'a>(u32, &'a str, &'a str, usize, &'a str, &'a str, &'a str, &'a serde_json::Value, u32);
        let key = Key(
            KEY_VERSION,
            self.inner.name(),
            &self.parameters,
            self.draw,
            &request.system,
            &request.user,
            &request.format.name,
            &request.format.schema,
            request.answer_tokens_max,
        );
        hex(&Sha256::digest(serde_json::to_vec(&key).unwrap_or_default()))
    }
}

#[async_trait]
impl LanguageModel for KeptModel {
    async fn complete(&self, request: &CompletionRequest) -> Result<Completion, LanguageModelError> {
        let key = self.key(request);
        if let Some(kept) = self.answers.get(&key) {
            return Ok(kept);
        }
        let answer = self.inner.complete(request).await?;
        Ok(if is_usable(request, &answer) { self.answers.keep(&key, answer) } else { answer })
    }

    fn name(&self) -> &str {
        self.inner.name()
    }
}
