//! Tokens of OpenAI's models, by their own encodings (crate tiktoken-rs, encodings compiled in); the stated approximation for others.

use prompts::budget::tokens::ByBytes;
use prompts::ports::token_counter::TokenCounter;
use std::sync::Arc;
use tiktoken_rs::CoreBPE;

/// A longer text is not encoded but approximated: encoding a hostile run of one letter takes quadratic time.
const ENCODED_BYTES_MAX: usize = 64 * 1024;

/// Counts with one encoding.
pub struct Tiktoken {
    encoding: &'static CoreBPE,
    name: String,
}

/// The counter for a model: its own encoding when it is known.
pub fn counter(model: &str) -> Arc<dyn TokenCounter> {
    // Vendors of compatible endpoints put their own name before the model's ("openai/gpt-4o").
    let bare = model.rsplit('/').next().unwrap_or(model);
    match tiktoken_rs::bpe_for_model(bare) {
        Ok(encoding) => Arc::new(Tiktoken { encoding, name: format!("encoding of {bare}") }),
        Err(_) => Arc::new(ByBytes),
    }
}

impl TokenCounter for Tiktoken {
    fn count(&self, text: &str) -> usize {
        match text.len() <= ENCODED_BYTES_MAX {
            true => self.encoding.count_ordinary(text),
            false => ByBytes.count(text),
        }
    }

    fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_models_are_counted_exactly_and_others_by_bytes() {
        // From the encoding's own examples: "tiktoken is great!" has six tokens in cl100k and o200k.
        for model in ["gpt-4o", "gpt-4", "openai/gpt-4o-mini"] {
            assert_eq!(counter(model).count("tiktoken is great!"), 6, "{model}");
        }
        let other = counter("llama3.2");
        assert_eq!((other.count("tiktoken is great!"), other.name()), (6, "approximation of 3 bytes a token"));
    }
}
