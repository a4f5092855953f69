//! Words of a text, as both indexes cut them: split at everything that is no letter and no digit, lower-case, accents folded
//! (customers write `rembourse` for `remboursé`), no stemming, no stop words. Good enough for English, French, Spanish and
//! German text messages; BM25 gives common words little weight by itself.

use tantivy::tokenizer::{AsciiFoldingFilter, LowerCaser, RemoveLongFilter, SimpleTokenizer, TextAnalyzer};

/// Longer words are dropped, in bytes: they are links or noise.
pub const WORD_BYTES_MAX: usize = 40;
/// How many different words of a query are searched; a text message has fewer.
pub const QUERY_WORDS_MAX: usize = 128;

/// The analyzer.
pub fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(WORD_BYTES_MAX))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// All words of a text, in order.
pub fn words(text: &str) -> Vec<String> {
    let mut analyzer = analyzer();
    let mut stream = analyzer.token_stream(text);
    let mut words = Vec::new();
    stream.process(&mut |token| words.push(token.text.clone()));
    words
}

/// The different words of a query, in alphabetic order.
pub fn query_words(text: &str) -> Vec<String> {
    let mut found = words(text);
    found.sort();
    found.dedup();
    found.truncate(QUERY_WORDS_MAX);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_punctuation_do_not_matter() {
        for (text, expected) in [
            ("J'ATTENDS toujours mon Remboursé!!", vec!["j", "attends", "toujours", "mon", "rembourse"]),
            ("¿Cuándo abrís mañana?", vec!["cuando", "abris", "manana"]),
            ("Größe 42, Rückgabe", vec!["grosse", "42", "ruckgabe"]),
            ("", vec![]),
            ("?!…", vec![]),
        ] {
            assert_eq!(words(text), expected);
        }
    }

    #[test]
    fn a_query_asks_for_each_word_once() {
        assert_eq!(query_words("where where is my Order"), ["is", "my", "order", "where"]);
    }
}
