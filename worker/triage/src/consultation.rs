//! What a language model was asked in the course of a decision, and what it cost.

use serde::{Deserialize, Serialize};

/// Whose answer a decision is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mind {
    /// The learned local one, or no mind at all.
    #[default]
    Local,
    /// A language model.
    Model,
}

impl Mind {
    /// The local mind, which old receipts do not name.
    pub fn is_local(&self) -> bool {
        *self == Mind::Local
    }

    /// The word for tables, logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Mind::Local => "local",
            Mind::Model => "model",
        }
    }
}

/// How the problem of a question begins that was not asked because a cap on spending is reached.
pub const CAP: &str = "the cap of the";

/// One question to a language model.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Consultation {
    /// Name and version of the prompt, such as `write/v1`; empty when the mind as a whole did not answer.
    pub prompt: String,
    /// Hash of the prompt's texts.
    pub prompt_hash: String,
    /// The model.
    pub model: String,
    /// Tokens that were read.
    pub tokens_in: u64,
    /// Tokens that were written.
    pub tokens_out: u64,
    /// The price, in millionths of a US dollar, rounded up.
    pub cost_micro_usd: u64,
    /// Why there is no usable answer; none when there is one. Never holds message text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Consultation {
    /// It was not asked, for a cap on spending is reached.
    pub fn is_capped(&self) -> bool {
        self.problem.as_deref().is_some_and(|problem| problem.starts_with(CAP))
    }

    /// A mind that did not answer at all, and why.
    pub fn without_answer(problem: impl Into<String>) -> Self {
        Consultation {
            prompt: String::new(),
            prompt_hash: String::new(),
            model: String::new(),
            tokens_in: 0,
            tokens_out: 0,
            cost_micro_usd: 0,
            problem: Some(problem.into()),
        }
    }
}
