//! What can be wrong with an attempt, and whether another one may help.

use async_openai::error::OpenAIError;
use prompts::ports::language_model::LanguageModelError;
use serde_json::Value;

/// An attempt did not succeed. No variant holds text of an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// 429.
    #[error("too many calls")]
    RateLimited {
        /// What `Retry-After` says, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// 5xx.
    #[error("status {status}")]
    Server {
        /// The status.
        status: u16,
        /// What `Retry-After` says, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// Another 4xx: trying again would give the same.
    #[error("status {status}{}", if code.is_empty() { String::new() } else { format!(", {code}") })]
    Rejected {
        /// The status.
        status: u16,
        /// The endpoint's code, when it is a plain word.
        code: String,
    },
    /// The endpoint does not take the form that was asked for.
    #[error("the endpoint does not take this form of answer")]
    FormNotTaken,
    /// The prompt is too long.
    #[error("the prompt is too long")]
    TooLong,
    /// No connection.
    #[error("no connection")]
    NoConnection,
    /// No answer, or not all of it, in time.
    #[error("no answer in time")]
    Timeout,
    /// The answer broke off.
    #[error("the answer broke off")]
    BrokeOff,
    /// The answer has more bytes than are read.
    #[error("the answer is longer than {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: u64,
    },
    /// The answer is no JSON.
    #[error("the answer is no JSON")]
    NoJson,
    /// The answer is JSON of another form than the protocol's.
    #[error("the answer is not of the protocol: {0}")]
    NotTheProtocol(&'static str),
    /// The endpoint is left alone for a while.
    #[error("the endpoint failed again and again and is left alone for a while")]
    LeftAlone,
}

impl Trouble {
    /// Another attempt may help.
    pub fn is_worth_another(&self) -> bool {
        match self {
            Trouble::RateLimited { .. } | Trouble::Server { .. } | Trouble::NoConnection | Trouble::Timeout | Trouble::BrokeOff => true,
            // What is wrong with an answer once is often right the next time.
            Trouble::NoJson | Trouble::NotTheProtocol(_) => true,
            Trouble::Rejected { .. } | Trouble::FormNotTaken | Trouble::TooLong | Trouble::TooLarge { .. } | Trouble::LeftAlone => false,
        }
    }

    /// It speaks against the endpoint, not against the call.
    pub fn is_the_endpoints(&self) -> bool {
        match self {
            Trouble::RateLimited { .. } | Trouble::Server { .. } | Trouble::NoConnection | Trouble::Timeout | Trouble::BrokeOff => true,
            Trouble::Rejected { status, .. } => *status == 401 || *status == 403,
            Trouble::NoJson | Trouble::NotTheProtocol(_) | Trouble::TooLarge { .. } => true,
            Trouble::FormNotTaken | Trouble::TooLong | Trouble::LeftAlone => false,
        }
    }

    /// How long the endpoint asks to wait.
    pub fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Trouble::RateLimited { retry_after_ms } | Trouble::Server { retry_after_ms, .. } => *retry_after_ms,
            Trouble::Rejected { .. }
            | Trouble::FormNotTaken
            | Trouble::TooLong
            | Trouble::NoConnection
            | Trouble::Timeout
            | Trouble::BrokeOff
            | Trouble::TooLarge { .. }
            | Trouble::NoJson
            | Trouble::NotTheProtocol(_)
            | Trouble::LeftAlone => None,
        }
    }

    /// The trouble that a failed status stands for. `body` is the beginning of the answer.
    pub fn of_status(status: u16, retry_after_ms: Option<u64>, body: &[u8]) -> Self {
        let error = serde_json::from_slice::<Value>(body).ok().and_then(|body| body.get("error").cloned()).unwrap_or(Value::Null);
        let field = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default().to_lowercase();
        let (code, kind, message, param) = (field("code"), field("type"), field("message"), field("param"));
        let is_quota = [&code, &kind].iter().any(|word| word.contains("insufficient_quota") || word.contains("billing"));
        match status {
            429 if !is_quota => Trouble::RateLimited { retry_after_ms },
            500.. => Trouble::Server { status, retry_after_ms },
            400 | 413 | 422
                if code.contains("context_length") || message.contains("context length") || message.contains("context size") =>
            {
                Trouble::TooLong
            }
            400 | 404 | 422 if param.contains("response_format") || param.contains("tool") || speaks_of_form(&message) => {
                Trouble::FormNotTaken
            }
            _ => Trouble::Rejected { status, code: plain_word(if code.is_empty() { &kind } else { &code }) },
        }
    }
}

fn speaks_of_form(message: &str) -> bool {
    ["response_format", "json_schema", "tool_choice", "tools", "tool call"].iter().any(|word| message.contains(word))
}

/// Codes are words; whatever else an endpoint writes there stays out of logs.
fn plain_word(code: &str) -> String {
    let is_word = code.len() <= 40 && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_word { code.to_owned() } else { String::new() }
}

/// What the transport reported comes back out of the crate's error.
impl From<OpenAIError> for Trouble {
    fn from(error: OpenAIError) -> Self {
        match error {
            OpenAIError::Boxed(inner) => {
                inner.downcast::<Trouble>().map_or(Trouble::NotTheProtocol("an unknown failure"), |trouble| *trouble)
            }
            OpenAIError::Reqwest(error) => of_reqwest(&error),
            OpenAIError::ApiError(response) => Trouble::of_status(response.status_code.as_u16(), None, b""),
            OpenAIError::JSONDeserialize(..) => Trouble::NoJson,
            OpenAIError::FileSaveError(_) | OpenAIError::FileReadError(_) | OpenAIError::StreamError(_) => {
                Trouble::NotTheProtocol("a stream or a file")
            }
            OpenAIError::InvalidArgument(_) => Trouble::NotTheProtocol("the request"),
        }
    }
}

/// The kind of a failure of the connection.
pub fn of_reqwest(error: &reqwest::Error) -> Trouble {
    if error.is_timeout() {
        Trouble::Timeout
    } else if error.is_connect() {
        Trouble::NoConnection
    } else {
        Trouble::BrokeOff
    }
}

impl From<Trouble> for LanguageModelError {
    fn from(trouble: Trouble) -> Self {
        let problem = trouble.to_string();
        match trouble {
            Trouble::RateLimited { retry_after_ms } => LanguageModelError::RateLimited { retry_after_ms },
            Trouble::Rejected { .. } => LanguageModelError::Rejected { problem },
            Trouble::TooLong => LanguageModelError::ContextLengthExceeded,
            Trouble::FormNotTaken | Trouble::NoJson | Trouble::NotTheProtocol(_) => LanguageModelError::Malformed { problem },
            // The work was begun and nobody knows whether it was finished.
            Trouble::Timeout | Trouble::BrokeOff | Trouble::TooLarge { .. } => {
                LanguageModelError::Unavailable { problem, may_be_charged: true }
            }
            Trouble::Server { .. } | Trouble::NoConnection | Trouble::LeftAlone => {
                LanguageModelError::Unavailable { problem, may_be_charged: false }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_told_apart_by_their_codes() {
        let rejected = |status, code: &str| Trouble::Rejected { status, code: code.to_owned() };
        for (status, body, expected) in [
            (429, r#"{"error":{"code":"rate_limit_exceeded"}}"#, Trouble::RateLimited { retry_after_ms: Some(5) }),
            (429, r#"{"error":{"code":"insufficient_quota"}}"#, rejected(429, "insufficient_quota")),
            (401, r#"{"error":{"code":"invalid_api_key"}}"#, rejected(401, "invalid_api_key")),
            (503, "busy", Trouble::Server { status: 503, retry_after_ms: Some(5) }),
            (400, r#"{"error":{"code":"context_length_exceeded"}}"#, Trouble::TooLong),
            (400, r#"{"error":{"message":"'response_format' is not supported"}}"#, Trouble::FormNotTaken),
            (400, r#"{"error":{"message":"bad","code":"the customer's words"}}"#, rejected(400, "")),
            (404, "", rejected(404, "")),
        ] {
            assert_eq!(Trouble::of_status(status, Some(5), body.as_bytes()), expected, "{body}");
        }
    }
}
