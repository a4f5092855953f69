//! The budget of one call, shared out.

use serde::{Deserialize, Serialize};

/// Tokens of one call.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenBudget {
    /// Tokens of a prompt at most, system and data together.
    pub prompt_tokens_max: usize,
    /// Tokens of an answer at most.
    pub answer_tokens_max: u32,
}

/// Share of the prompt that the conversation may take; passages get what is left.
const CONVERSATION_SHARE: usize = 4;
/// Tokens that the texts of the prompt itself and the names of the fields may take.
const FRAME_TOKENS: usize = 900;

impl TokenBudget {
    /// Tokens for everything that is data.
    pub fn data_tokens(&self) -> usize {
        self.prompt_tokens_max.saturating_sub(FRAME_TOKENS).max(100)
    }

    /// Tokens for what was said in the conversation.
    pub fn conversation_tokens(&self) -> usize {
        self.data_tokens() / CONVERSATION_SHARE
    }

    /// Tokens for passages.
    pub fn passages_tokens(&self) -> usize {
        self.data_tokens() - self.conversation_tokens()
    }
}
