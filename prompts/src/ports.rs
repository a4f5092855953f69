//! The language model, whoever runs it.

use async_trait::async_trait;

/// One call.
#[derive(Clone, PartialEq)]
pub struct CompletionRequest {
    /// What the model is told to be. Never holds text of a customer or a passage.
    pub system: String,
    /// The data to work on, delimited.
    pub user: String,
    /// Tokens of the answer at most.
    pub answer_tokens_max: u32,
}

/// What came back.
#[derive(Clone, PartialEq)]
pub struct Completion {
    /// The text, to be parsed and never executed.
    pub text: String,
    /// Tokens that were read.
    pub tokens_in: u32,
    /// Tokens that were written.
    pub tokens_out: u32,
}

/// A call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum LanguageModelError {
    /// Too many calls.
    #[error("the model's endpoint asks to wait")]
    RateLimited {
        /// So long, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// Not reachable, or no answer in time.
    #[error("the model's endpoint did not answer: {problem}")]
    Unavailable {
        /// What went wrong.
        problem: String,
    },
    /// The prompt is too long for the model.
    #[error("the prompt is too long for the model: shorten the conversation or the passages")]
    ContextLengthExceeded,
    /// The model would not answer.
    #[error("the model refused")]
    Refused,
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
            LanguageModelError::ContextLengthExceeded | LanguageModelError::Refused | LanguageModelError::Malformed { .. } => false,
        }
    }
}

/// Completes prompts.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// One answer to one request.
    async fn complete(&self, request: &CompletionRequest) -> Result<Completion, LanguageModelError>;
    /// Name of the model, for receipts.
    fn name(&self) -> &str;
}
