//! The HTTP client of the adapters: TLS by rustls with ring, the system's roots, no redirects, and a limit on everything.

use reqwest::header::HeaderMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A connection is made within so many milliseconds.
pub const CONNECT_TIMEOUT_MS: u64 = 5_000;
/// A call, from its beginning to the last byte of its answer, takes so many milliseconds at most.
pub const CALL_TIMEOUT_MS: u64 = 15_000;
/// A connection that was idle for so many milliseconds is not used again. Servers close theirs after 5 s (Node.js) or more, and a request
/// that meets the closing has an outcome nobody knows.
pub const IDLE_TIMEOUT_MS: u64 = 4_000;
/// Bytes of an answer that are read at most.
pub const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// A wait beyond this is as good as never: one day.
pub const RETRY_AFTER_MAX_MS: i64 = 86_400_000;

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
        .pool_idle_timeout(Duration::from_millis(IDLE_TIMEOUT_MS))
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

/// What a vendor asks to wait, in milliseconds: `retry-after-ms` (OpenAI), `Retry-After` in seconds, or the reset of a window in Unix
/// seconds. A date is not read: clocks differ, and the caller has a wait of its own.
pub fn retry_after_ms(headers: &HeaderMap) -> Option<i64> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok().filter(|number| *number >= 0.0);
    let ms = number("retry-after-ms").or_else(|| number("retry-after").map(|seconds| seconds * 1_000.0)).or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs_f64();
        number("x-ratelimit-reset").map(|reset| (reset - now).max(0.0) * 1_000.0)
    })?;
    Some((ms.ceil() as i64).min(RETRY_AFTER_MAX_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_that_is_asked_for_is_read_in_seconds_and_milliseconds() {
        for (name, value, expected) in [
            ("retry-after", "2", Some(2_000)),
            ("retry-after", "0.5", Some(500)),
            ("retry-after-ms", "120", Some(120)),
            ("retry-after", "-1", None),
            ("retry-after", "NaN", None),
            ("retry-after", "1e30", Some(RETRY_AFTER_MAX_MS)),
            ("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT", None),
            ("x-ratelimit-reset", "1000000000", Some(0)),
            ("x-ratelimit-reset", "1e15", Some(RETRY_AFTER_MAX_MS)),
        ] {
            let headers = HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
            assert_eq!(retry_after_ms(&headers), expected, "{name}: {value}");
        }
    }
}
