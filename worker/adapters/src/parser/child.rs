//! Parses in a child process: this program again, with limits on time, memory and output.
//!
//! One child reads many documents. A document that kills it is tried once more on a fresh one, so that what is refused
//! depends on the document and not on those before it; then it is refused with the cause of death, and a fresh child reads
//! the next one.

use super::limits::DocumentLimits;
use super::{answer, wire};
use async_trait::async_trait;
use knowledge::document::RawDocument;
use knowledge::ports::parser::{Parser, ParserError};
use knowledge::stages::parse::Parsed;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use tokio::time::timeout;

/// A child must be ready, and a dead one gone, after so long.
const LIFE_TIMEOUT: Duration = Duration::from_secs(20);
/// So much of a dead child's last words is looked at.
const LAST_WORDS_BYTES_MAX: u64 = 4096;

/// Starts the child and speaks to it.
pub struct ChildParser {
    program: PathBuf,
    arguments: Vec<String>,
    limits: DocumentLimits,
    child: Mutex<Option<Running>>,
}

struct Running {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    errors: ChildStderr,
}

/// How one document went with one child.
enum Outcome {
    Answer(Parsed),
    Late,
    Dead,
}

impl ChildParser {
    /// `program` with `arguments` must call [`super::serve::serve`] with the same limits.
    pub fn new(program: PathBuf, arguments: Vec<String>, limits: DocumentLimits) -> Self {
        ChildParser { program, arguments, limits, child: Mutex::new(None) }
    }

    /// A child that has taken on its limits. It inherits no environment and no open file.
    async fn start(&self) -> Result<Running, ParserError> {
        let problem = |what: String| ParserError { problem: format!("`{} {}` {what}", self.program.display(), self.arguments.join(" ")) };
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear().current_dir("/").kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().map_err(|error| problem(format!("cannot be started ({error}): is the program still there?")))?;
        let (Some(input), Some(output), Some(errors)) = (process.stdin.take(), process.stdout.take(), process.stderr.take()) else {
            return Err(problem("has no pipes".to_owned()));
        };
        let mut running = Running { process, input, output: BufReader::new(output), errors };
        match timeout(LIFE_TIMEOUT, answer::line(&mut running.output, wire::READY.len() as u64)).await {
            Ok(Ok(line)) if line == wire::READY => Ok(running),
            Ok(_) | Err(_) => Err(problem("does not get ready: is documents.memory_bytes_max too small?".to_owned())),
        }
    }

    async fn ask(&self, running: &mut Running, raw: &RawDocument, head: &[u8]) -> Outcome {
        let exchange = async {
            running.input.write_all(head).await?;
            running.input.write_all(&raw.bytes).await?;
            running.input.flush().await?;
            answer::line(&mut running.output, self.limits.answer_bytes_max).await
        };
        match timeout(Duration::from_millis(self.limits.parse_timeout_ms), exchange).await {
            Err(_) => Outcome::Late,
            Ok(Err(_)) => Outcome::Dead,
            Ok(Ok(line)) => answer::read(&line, &raw.key).map_or(Outcome::Dead, Outcome::Answer),
        }
    }

    fn late(&self) -> String {
        format!(
            "takes longer than {} ms to read (documents.parse_timeout_ms): split it, or save its text alone",
            self.limits.parse_timeout_ms
        )
    }

    /// Why the child died, as far as it can be told.
    async fn cause(&self, mut dead: Running) -> String {
        let status = match timeout(LIFE_TIMEOUT, dead.process.wait()).await {
            Ok(Ok(status)) => Some(status),
            Ok(Err(_)) | Err(_) => None,
        };
        let mut words = Vec::new();
        // Only looked through for two phrases: the words of a dying child could be those of the document.
        let _broken = timeout(LIFE_TIMEOUT, dead.errors.take(LAST_WORDS_BYTES_MAX).read_to_end(&mut words)).await;
        let words = String::from_utf8_lossy(&words);
        if words.contains("memory allocation") {
            return format!(
                "takes more than {} bytes of memory to read (documents.memory_bytes_max): split it, or save its text alone",
                self.limits.memory_bytes_max
            );
        }
        if words.contains("overflowed its stack") {
            return "is nested too deep to be read: save its text alone".to_owned();
        }
        format!("brought its reader down ({}): it is damaged or made to do harm; save it anew, or leave it out", death(status))
    }
}

#[async_trait]
impl Parser for ChildParser {
    async fn parse(&self, raw: RawDocument) -> Result<Parsed, ParserError> {
        if raw.bytes.len() as u64 > self.limits.file_bytes_max {
            let reason = format!("has more than {} bytes (documents.file_bytes_max): split it", self.limits.file_bytes_max);
            return Ok(Parsed::refused(&raw.key, reason));
        }
        let head = wire::head(&raw).map_err(|error| ParserError { problem: format!("cannot write to its child ({error})") })?;
        let mut slot = self.child.lock().await;
        let mut is_second = slot.is_none();
        loop {
            let mut running = match slot.take() {
                Some(running) => running,
                None => self.start().await?,
            };
            match self.ask(&mut running, &raw, &head).await {
                Outcome::Answer(parsed) => {
                    *slot = Some(running);
                    return Ok(parsed);
                }
                Outcome::Late => return Ok(Parsed::refused(&raw.key, self.late())),
                Outcome::Dead if is_second => {
                    let _gone = running.process.start_kill();
                    return Ok(Parsed::refused(&raw.key, self.cause(running).await));
                }
                Outcome::Dead => is_second = true,
            }
        }
    }
}

#[cfg(unix)]
fn death(status: Option<ExitStatus>) -> String {
    use std::os::unix::process::ExitStatusExt;
    match status.map(|status| (status.signal(), status.code())) {
        Some((Some(signal), _)) => format!("signal {signal}"),
        Some((None, Some(code))) => format!("exit code {code}"),
        Some((None, None)) | None => "it did not end by itself".to_owned(),
    }
}

#[cfg(not(unix))]
fn death(status: Option<ExitStatus>) -> String {
    status.and_then(|status| status.code()).map_or("it did not end by itself".to_owned(), |code| format!("exit code {code}"))
}
