//! The HTTP client of the adapters: TLS by rustls with ring, the system's roots, no redirects, and a limit on everything.

use std::time::Duration;

/// A connection is made within so many milliseconds.
pub const CONNECT_TIMEOUT_MS: u64 = 5_000;
/// A call, from its beginning to the last byte of its answer, takes so many milliseconds at most.
pub const CALL_TIMEOUT_MS: u64 = 15_000;
/// Bytes of an answer that are read at most.
pub const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A client cannot be made: the system's certificates cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client: {problem}; install the package ca-certificates")]
pub struct ClientError {
    problem: String,
}

/// A call that did not bring an answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nothing was sent: no connection.
    #[error("no connection: {0}")]
    NotSent(String),
    /// It may have arrived.
    #[error("no answer: {0}")]
    NoAnswer(String),
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// What the vendor asks to wait, in milliseconds.
    pub retry_after_ms: Option<i64>,
    /// The body; what was no JSON is null.
    pub json: serde_json::Value,
}

impl Answer {
    /// 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A new client; clones share its connections.
pub fn client() -> Result<reqwest::Client, ClientError> {
    // Whoever comes second finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(Duration::from_millis(CONNECT_TIMEOUT_MS))
        .timeout(Duration::from_millis(CALL_TIMEOUT_MS))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("whimbrel/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| ClientError { problem: error.without_url().to_string() })
}

/// Sends a request and reads its answer. No address, no header and no text stands in an error.
pub async fn call(request: reqwest::RequestBuilder) -> Result<Answer, CallError> {
    let mut response = request.send().await.map_err(|error| {
        let is_connect = error.is_connect() || error.is_builder();
        let problem = reason(&error);
        if is_connect { CallError::NotSent(problem) } else { CallError::NoAnswer(problem) }
    })?;
    let status = response.status().as_u16();
    let retry_after_ms = retry_after_ms(response.headers());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| CallError::NoAnswer(reason(&error)))? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(CallError::NoAnswer(format!("the answer is longer than {ANSWER_BYTES_MAX} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, retry_after_ms, json: serde_json::from_slice(&body).unwrap_or(serde_json::Value::Null) })
}

fn reason(error: &reqwest::Error) -> String {
    let kind = [(error.is_timeout(), "it took too long"), (error.is_connect(), "the server was not reached")];
    kind.iter().find(|(is, _)| *is).map_or("the connection broke", |(_, words)| words).to_owned()
}

/// `Retry-After` in seconds, or the reset of a window in Unix seconds.
fn retry_after_ms(headers: &reqwest::header::HeaderMap) -> Option<i64> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    if let Some(seconds) = number("retry-after") {
        return Some(seconds.clamp(0, 86_400) * 1_000);
    }
    let reset = number("x-ratelimit-reset")?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    Some((reset - i64::try_from(now).ok()?).clamp(0, 86_400) * 1_000)
}
