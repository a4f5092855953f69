//! The endpoint and its limits.

use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How an endpoint is brought to answer with an object of a schema.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Structured {
    /// The best that it takes, found out by asking.
    Auto,
    /// `response_format` with a JSON schema.
    JsonSchema,
    /// A tool whose arguments are the answer.
    Tool,
    /// Words of the prompt only; the answer is parsed strictly.
    Text,
}

/// What the limit on an answer is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitName {
    /// OpenAI's name since its reasoning models.
    MaxCompletionTokens,
    /// The name that compatible servers know.
    MaxTokens,
}

/// Limits of calls.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallLimits {
    /// Opening a connection may take so long.
    pub connect_timeout_ms: u64,
    /// The endpoint may be silent so long in the middle of an answer.
    pub silence_timeout_ms: u64,
    /// One attempt may take so long.
    pub attempt_timeout_ms: u64,
    /// All attempts of one call, with the waits between them, may take so long.
    pub call_timeout_ms: u64,
    /// Attempts of one call at most.
    pub attempts_max: u32,
    /// The wait before the second attempt; each further one is twice as long, unless the endpoint says how long to wait.
    pub retry_first_ms: u64,
    /// A second attempt starts beside the first after so long without an answer, and the first answer counts; 0 for never.
    pub hedge_after_ms: u64,
    /// An answer of more bytes is not read to its end.
    pub response_bytes_max: u64,
    /// Calls under way at the same time.
    pub concurrency_max: usize,
    /// After so many failures in a row the endpoint is left alone ...
    pub breaker_failures: u32,
    /// ... for so long; then one call tries whether it is back.
    pub breaker_open_ms: u64,
}

impl Default for CallLimits {
    fn default() -> Self {
        CallLimits {
            connect_timeout_ms: 3_000,
            silence_timeout_ms: 10_000,
            attempt_timeout_ms: 12_000,
            call_timeout_ms: 20_000,
            attempts_max: 3,
            retry_first_ms: 500,
            hedge_after_ms: 0,
            response_bytes_max: 1024 * 1024,
            concurrency_max: 16,
            breaker_failures: 8,
            breaker_open_ms: 15_000,
        }
    }
}

/// Where the endpoint is and how it is spoken to.
#[derive(Clone, PartialEq, Debug)]
pub struct Endpoint {
    /// Such as `http://127.0.0.1:8080/v1`.
    pub base_url: String,
    /// Sent as a bearer token; endpoints of one's own ignore it.
    pub key: Secret,
    /// A proxy for HTTP and HTTPS; empty for none.
    pub proxy: String,
    /// How an answer gets its form.
    pub structured: Structured,
    /// What the limit on an answer is called.
    pub limit_name: LimitName,
    /// Sent when it is set: reasoning models refuse it.
    pub temperature: Option<f64>,
    /// Limits.
    pub limits: CallLimits,
    /// Every exchange is appended to this file, without secrets.
    pub record: Option<PathBuf>,
}

impl Endpoint {
    /// An endpoint with the default limits.
    pub fn at(base_url: &str) -> Self {
        Endpoint {
            base_url: base_url.trim_end_matches('/').to_owned(),
            key: Secret::default(),
            proxy: String::new(),
            structured: Structured::Auto,
            limit_name: LimitName::MaxCompletionTokens,
            temperature: None,
            limits: CallLimits::default(),
            record: None,
        }
    }
}
