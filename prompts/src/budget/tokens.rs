//! The stated approximation for models whose encoding is not known.

use crate::ports::token_counter::TokenCounter;

/// Bytes of a token in the approximation: fewer than in English prose (about four), so that a budget is not passed.
pub const BYTES_PER_TOKEN: usize = 3;
/// Tokens that the frame of a chat adds to its texts.
pub const CHAT_TOKENS: u64 = 16;

/// One token for each three bytes begun.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByBytes;

impl TokenCounter for ByBytes {
    fn count(&self, text: &str) -> usize {
        text.len().div_ceil(BYTES_PER_TOKEN)
    }

    fn name(&self) -> &str {
        "approximation of 3 bytes a token"
    }
}
