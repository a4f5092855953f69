//! What a model's card (`README.md`) says about its languages.

use crate::embedder::transformer::config::Config;
use crate::embedder::transformer::folder::read;
use std::path::Path;

/// A card has some ten thousand bytes; a longer one is not read.
const CARD_BYTES_MAX: u64 = 1 << 20;
/// Languages that are listed; more are counted.
const LISTED_MAX: usize = 8;
/// Vocabularies beyond this size were made for many languages: English ones have 30,000 to 50,000 word pieces.
const VOCABULARY_OF_ONE_MAX: usize = 100_000;

/// The languages, for people: those of the card's head, else what the vocabulary's size tells.
pub fn languages(root: &Path, config: &Config) -> String {
    let card = read(&root.join("README.md"), CARD_BYTES_MAX).ok().flatten().unwrap_or_default();
    let named = named(&String::from_utf8_lossy(&card));
    match (named.len(), config.vocabulary > VOCABULARY_OF_ONE_MAX) {
        (0, true) => format!("many languages, as its vocabulary of {} word pieces tells", config.vocabulary),
        (0, false) => "languages not stated, see where the model came from".to_owned(),
        (1..=LISTED_MAX, _) => named.join(", "),
        (more, _) => format!("{} and {} more", named.iter().take(LISTED_MAX).cloned().collect::<Vec<_>>().join(", "), more - LISTED_MAX),
    }
}

/// `language: en`, `language: [en, fr]`, or a list below `language:`, between the two lines of dashes that a card begins with.
pub fn named(card: &str) -> Vec<String> {
    let head = card.trim_start().strip_prefix("---").and_then(|rest| rest.split("\n---").next()).unwrap_or_default();
    let mut found = Vec::new();
    let mut in_list = false;
    for line in head.lines() {
        if let Some(rest) = line.strip_prefix("language:") {
            in_list = rest.trim().is_empty();
            found.extend(rest.split(['[', ']', ',']).filter_map(code));
        } else if in_list && let Some(item) = line.trim_start().strip_prefix("- ") {
            found.extend(code(item));
        } else {
            in_list = false;
        }
    }
    found
}

/// A language's code, such as `fr` or `pt-br`, or a word such as `multilingual`.
fn code(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['"', '\'']);
    let is_code = (2..=16).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    is_code.then(|| text.to_ascii_lowercase())
}
