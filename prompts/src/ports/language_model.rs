//! The language model, whoever runs it.

use crate::tabs::Tab;
use async_trait::async_trait;
use serde_json::Value;
use std::fmt;

/// One call.
#[derive(Clone, PartialEq)]
pub struct CompletionRequest {
    /// Name and version of the prompt, such as `write/v1`.
    pub prompt: String,
    /// Hash of the prompt's texts.
    pub prompt_hash: String,
    /// On whose account it goes.
    pub tab: Tab,
    /// What the model is told to be. Never holds text of a customer or a passage.
    pub system: String,
    /// The data to work on, delimited.
    pub user: String,
    /// The form of the answer.
    pub format: AnswerFormat,
    /// Tokens of the answer at most.
    pub answer_tokens_max: u32,
}

/// The form of an answer: one JSON object.
#[derive(Clone, PartialEq, Debug)]
pub struct AnswerFormat {
    /// A name of letters and `_`.
    pub name: String,
    /// JSON schema in the strict subset: every property required, no others.
    pub schema: Value,
}

/// Which call, and nothing of what it says.
impl fmt::Debug for CompletionRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletionRequest").field("prompt", &self.prompt).field("tab", &self.tab).finish_non_exhaustive()
    }
}

/// Why the model stopped writing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// It had said everything.
    End,
    /// The answer would have been longer than was allowed: it is cut off.
    Length,
    /// It would not answer, or a filter of the vendor took the answer away.
    Refusal,
}

/// What came back.
#[derive(Clone, PartialEq)]
pub struct Completion {
    /// The text, to be parsed and never executed.
    pub text: String,
    /// Why it ends where it ends.
    pub stop: Stop,
    /// Tokens that were read, as the endpoint counts; 0 when it does not say.
    pub tokens_in: u64,
    /// Tokens that were written, as the endpoint counts; 0 when it does not say.
    pub tokens_out: u64,
}

/// How long it was, and nothing of what it says.
impl fmt::Debug for Completion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (stop, tokens_in, tokens_out) = (self.stop, self.tokens_in, self.tokens_out);
        write!(f, "Completion {{ {stop:?}, {tokens_in} tokens in, {tokens_out} out }}")
    }
}

/// A call did not succeed. No variant holds text of the request or of the answer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum LanguageModelError {
    /// Too many calls.
    #[error("the model's endpoint asks to wait")]
    RateLimited {
        /// So long, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// Not reachable, no answer in time, or an answer that breaks off.
    #[error("the model's endpoint did not answer: {problem}")]
    Unavailable {
        /// What went wrong.
        problem: String,
        /// The endpoint may have done the work and charge for it.
        may_be_charged: bool,
    },
    /// The endpoint will not have this call, now or later: the key, the model's name or the account.
    #[error("the model's endpoint rejects the call ({problem}): `whimbrel doctor` says what it has")]
    Rejected {
        /// Status and code of the endpoint.
        problem: String,
    },
    /// The prompt is too long for the model.
    #[error("the prompt is too long for the model: lower model.prompt_tokens_max, or choose a model with a larger context")]
    ContextLengthExceeded,
    /// A cap in money is reached.
    #[error("the cap of the {cap} is reached: the local mind decides alone until it is over")]
    CapReached {
        /// Which: call, ticket, day or month.
        cap: &'static str,
    },
    /// The model would not answer.
    #[error("the model refused")]
    Refused,
    /// The answer repeats what the prompt marks as its own.
    #[error("the model's answer repeats its own instructions")]
    Leaked,
    /// The answer is not of the form that was asked for.
    #[error("the model's answer has another form than was asked for: {problem}")]
    Malformed {
        /// What is wrong with it, without its text.
        problem: String,
    },
}

impl LanguageModelError {
    /// Trying again may help.
    pub fn is_transient(&self) -> bool {
        match self {
            LanguageModelError::RateLimited { .. } | LanguageModelError::Unavailable { .. } => true,
            LanguageModelError::Rejected { .. }
            | LanguageModelError::ContextLengthExceeded
            | LanguageModelError::CapReached { .. }
            | LanguageModelError::Refused
            | LanguageModelError::Leaked
            | LanguageModelError::Malformed { .. } => false,
        }
    }
}

/// Completes prompts.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// One answer to one request. MUST end within a time of its own, whatever the endpoint does.
    async fn complete(&self, request: &CompletionRequest) -> Result<Completion, LanguageModelError>;
    /// Name of the model, for receipts.
    fn name(&self) -> &str;
}
