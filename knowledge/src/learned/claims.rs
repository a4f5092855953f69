//! Names in a reply: words with a capital letter that do not open a sentence.

use triage::language::Language;
use triage::sms::sentence;
use triage::text::{fold, same_stem, stem};

/// Words that carry a capital and name nobody.
const NO_NAMES: &[&str] = &[
    "i", "im", "i'm", "i'll", "i've", "i'd", "ok", "sms", "am", "pm", "url", "faq", "pdf", "id", "yes", "no", "oui", "non", "si", "ja",
    "nein", "sie", "ihr", "ihre", "ihnen", "usd", "eur", "gbp", "cad", "chf", "hello", "hi", "bonjour", "hola", "hallo", "usted",
    "ustedes", "ud", "uds",
];

/// The capitalised words inside sentences, in their order. The first word of a sentence, of a line, of a quotation and after a colon
/// may be any word and is not looked at: a name that opens a sentence goes unseen here.
pub fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for sentence in sentence::sentences(text) {
        let mut opens = true;
        for word in sentence.split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            let after_mark = opens || word.starts_with(['"', '“', '«', '„', '(', '*']);
            opens = word.ends_with([':', '.', '!', '?']) || bare.is_empty();
            if !after_mark && is_name(bare) {
                names.push(bare);
            }
        }
    }
    names
}

fn is_name(bare: &str) -> bool {
    let is_link = bare.contains(['/', '@']) || bare.contains("://");
    bare.starts_with(char::is_uppercase) && !is_link && !NO_NAMES.contains(&fold(bare).as_str())
}

/// The name stands among the words of the passages. In German, where every noun has a capital, another form of the word is enough.
pub fn stands_in(name: &str, words: &[String], language: Option<Language>) -> bool {
    let parts = split(name);
    parts.iter().all(|part| words.iter().any(|word| word == part || (language == Some(Language::DE) && same_stem(stem(word), stem(part)))))
}

/// Folded words with their possessive ending gone: "Harbor's" is "harbor".
pub fn split(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric() && c != '\'').map(|word| word.trim_matches('\''));
    words.map(|word| word.strip_suffix("'s").unwrap_or(word).to_owned()).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_inside_sentences() {
        let cases: &[(&str, &[&str])] = &[
            ("The Harbor store is open. Ask Marta.", &["Harbor", "Marta"]),
            ("I think I'm right. OK?", &[]),
            ("Note: Returns are free", &[]),
            ("Ask for \"Returns\" in London", &["London"]),
        ];
        for (text, expected) in cases {
            assert_eq!(names(text), *expected, "{text}");
        }
    }

    #[test]
    fn a_possessive_is_the_same_name() {
        assert!(stands_in("Harbor's", &split("The Harbor store"), None));
        assert!(!stands_in("Marta", &split("The Harbor store"), None));
    }
}
