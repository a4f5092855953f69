//! `tokenizer.json`: texts to numbers of word pieces.

use crate::embedder::transformer::config::Config;
use crate::embedder::transformer::error::ModelError;
use crate::embedder::transformer::folder::{Folder, TOKENIZER_BYTES_MAX};
use serde::Deserialize;
use tokenizers::{Tokenizer, TruncationParams};

const FILE: &str = "tokenizer.json";
/// A text is not read beyond so many bytes; no model reads so far.
pub const TEXT_BYTES_MAX: usize = 65_536;
/// Tokens of a text at least: fewer leave no room beside those that mark its ends.
const TOKENS_MIN: usize = 8;
/// Tokens of a text at most, also where the model could read more: attention takes the square of it in time and memory, and
/// passages are shorter.
pub const TOKENS_MAX: usize = 512;
/// Where sentence-transformers notes how many tokens a text may have; older versions named the file after the network.
const LIMITS_FILES: [&str; 5] = [
    "sentence_bert_config.json",
    "sentence_roberta_config.json",
    "sentence_distilbert_config.json",
    "sentence_camembert_config.json",
    "sentence_xlm-roberta_config.json",
];

#[derive(Default, Deserialize)]
struct LimitsFile {
    max_seq_length: Option<usize>,
    #[serde(default)]
    do_lower_case: bool,
}

/// Cuts texts as the network was trained on them.
pub struct Tokens {
    tokenizer: Tokenizer,
    lowers_case: bool,
}

impl Tokens {
    /// Reads the tokenizer and how many tokens a text may have; what is beyond is not read.
    pub fn read(folder: &mut Folder, network: &str, config: &Config) -> Result<Self, ModelError> {
        let damaged = |problem: String| ModelError::Damaged { file: FILE.to_owned(), problem };
        let mut limits = LimitsFile::default();
        for file in LIMITS_FILES {
            if let Some(found) = folder.json_if_there(&format!("{network}{file}"))? {
                limits = found;
                break;
            }
        }
        let bytes = folder.bytes(&format!("{network}{FILE}"), TOKENIZER_BYTES_MAX)?;
        let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(|error| damaged(error.to_string()))?;
        let last = tokenizer.get_vocab(true).into_values().max().unwrap_or(0);
        if usize::try_from(last).unwrap_or(usize::MAX) >= config.vocabulary {
            let known = config.vocabulary;
            return Err(ModelError::Contradiction(format!("{FILE} has a token of number {last}, the network knows {known} tokens")));
        }
        let max_length = limits.max_seq_length.unwrap_or(TOKENS_MAX).min(TOKENS_MAX).min(config.tokens_max());
        if max_length < TOKENS_MIN {
            return Err(ModelError::Contradiction(format!("a text may have {max_length} tokens, fewer than {TOKENS_MIN}")));
        }
        tokenizer.with_padding(None);
        let truncation = TruncationParams { max_length, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(|error| damaged(error.to_string()))?;
        Ok(Tokens { tokenizer, lowers_case: limits.do_lower_case })
    }

    /// The tokens of a text behind its prefix, with those that mark its ends.
    pub fn of(&self, prefix: &str, text: &str) -> Result<Vec<u32>, String> {
        let mut text = format!("{prefix}{}", &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]);
        if self.lowers_case {
            text = text.to_lowercase();
        }
        let encoded = self.tokenizer.encode_fast(text, true).map_err(|_| "the text could not be cut into tokens".to_owned())?;
        Ok(encoded.get_ids().to_vec())
    }
}
