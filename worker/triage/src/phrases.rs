//! Fixed words and phrases that are looked for in texts: one pass over the words, however many phrases there are.

use std::collections::HashMap;

/// Words and phrases, by the first word of each.
pub struct Phrases(HashMap<&'static str, Vec<&'static str>>);

impl Phrases {
    /// Of these, each written as [`crate::text::plain`] writes it.
    pub fn of(phrases: &[&'static str]) -> Self {
        let mut by_word: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
        for phrase in phrases {
            by_word.entry(first_word(phrase)).or_default().push(phrase);
        }
        Phrases(by_word)
    }

    /// Any of them stands in a text in whole words; the text is [`crate::text::plain`].
    pub fn stand_in(&self, plain: &str) -> bool {
        let mut rest = plain;
        loop {
            let word = first_word(rest);
            if self.0.get(word).is_some_and(|phrases| phrases.iter().any(|phrase| begins_with(rest, phrase))) {
                return true;
            }
            match rest.split_once(' ') {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
    }
}

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

fn begins_with(text: &str, phrase: &str) -> bool {
    text.strip_prefix(phrase).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_and_phrases_are_found_wherever_they_stand() {
        let phrases = Phrases::of(&["how long", "how late", "open"]);
        for text in ["open", "are you open", "how late is it", "tell me how long", "how how long"] {
            assert!(phrases.stand_in(text), "{text}");
        }
        for text in ["", "opened", "reopen", "how", "how longer", "long how", "how  long"] {
            assert!(!phrases.stand_in(text), "{text}");
        }
    }
}
