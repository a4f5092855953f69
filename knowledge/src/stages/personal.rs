//! Names of people in a past ticket become `[name]`, as far as they can be told.
//!
//! Best effort, by the words that people use to introduce themselves, to greet one another and to sign. A name that was
//! told once in a ticket is replaced wherever it stands in that ticket.

use crate::stages::redact::redact;
use regex::Regex;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;
use triage::language::function_words::is_function_word;
use triage::text::fold;
use triage::ticket::{Author, Message};

/// A name of fewer letters is too likely to be a word.
const NAME_CHARS_MIN: usize = 2;
/// A reply to "your name?" of more words is a sentence.
const BARE_NAME_WORDS_MAX: usize = 4;

/// After these words a name follows: one to three capitalised words.
static INTRODUCED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(?i:my (?:full |first |last )?name(?: is|'s|’s|:)|this is|name is|je m['’]appelle|mon nom est|ici|me llamo|mi nombre es|soy|ich hei(?:ß|ss)e|mein name ist|",
        r"hier ist|hier spricht|under the name(?: of)?|pulled up for|account (?:of|for))\s+",
        r"(?:(?i:mr|mrs|ms|dr|mme|m|herr|frau|sr|sra)\.?\s+)?(?P<name>\p{Lu}[\p{L}'’-]+(?:\s+\p{Lu}[\p{L}'’-]+){0,2})",
    ))
    .ok()
});
/// A greeting by name: `Hi Anna,`.
static GREETED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(?i:hi|hello|hey|dear|bonjour|bonsoir|salut|hola|hallo|liebe|lieber|thanks|thank you|merci|gracias|danke|sorry)[ ,]+",
        r"(?:(?i:mr|mrs|ms|dr|mme|herr|frau|sr|sra)\.?\s+)?(?P<name>\p{Lu}[\p{L}'’-]+)(?:\s*[,!.:;–—]|\s+-|\s*\n|\s*$)",
    ))
    .ok()
});
/// Two capitalised words after "I am": a first and a last name.
static I_AM: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b(?i:i['’]m|i am|ich bin|je suis)\s+(?P<name>\p{Lu}\p{Ll}+\s+\p{Lu}[\p{Ll}'’-]+)\b").ok());
/// After these words a name follows, however it is written: "my name is jo miller".
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:my (?:full |first |last )?name(?: is|'s|’s|:)|je m['’ ]?appelle|mon nom est|me llamo|mi nombre es|ich hei(?:ß|ss)e|mein name ist)\s+",
        r"(?P<name>\p{L}[\p{L}'’-]+)(?:[ ]+(?P<last>\p{L}[\p{L}'’-]+))?",
    ))
    .ok()
});
/// A signature at the end: a mark or a closing word, then a name or initials.
static SIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?:\s[*/-]+\s?|\s?[—–~^]+\s?|\b(?i:(?:best |kind |warm )?(?:regards|wishes)|best|cheers|sincerely|thanks|cordialement|bien à vous|saludos|",
        r"atentamente|(?:viele |liebe |mit freundlichen )?gr(?:ü|ue)(?:ß|ss)en?|mfg)[,!.]?\s+)",
        r"\p{Lu}[\p{L}'’-]*(?:\s+\p{Lu}[\p{L}'’-]*)?\.?\s*$",
    ))
    .ok()
});
/// The company asks who is writing.
static ASKS_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:your (?:full |first |last )?name|votre nom|su nombre|tu nombre|(?:ihr|dein)(?:en)? namen?)\b").ok()
});

/// What a ticket told of its people.
pub struct Personal {
    names: Option<Regex>,
}

impl Personal {
    /// Gathers the names that the messages of one ticket tell.
    pub fn of(messages: &[Message]) -> Self {
        let mut names = BTreeSet::new();
        for (at, message) in messages.iter().enumerate() {
            for pattern in [&INTRODUCED, &GREETED, &I_AM] {
                let found = pattern.iter().flat_map(|pattern| pattern.captures_iter(&message.text));
                names.extend(found.filter_map(|found| found.name("name")).flat_map(|name| words(name.as_str())));
            }
            for found in NAMED.iter().flat_map(|pattern| pattern.captures_iter(&message.text)) {
                let last = found.name("last").filter(|last| !is_function_word(&fold(last.as_str())));
                names.extend(found.name("name").into_iter().chain(last).flat_map(|name| words(name.as_str())));
            }
            let asked = at.checked_sub(1).and_then(|before| messages.get(before)).is_some_and(asks_name);
            if asked && message.author == Author::Customer && is_bare_name(&message.text) {
                names.extend(words(&message.text));
            }
        }
        let alternatives: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
        let pattern = format!(r"\b(?:{})\b", alternatives.join("|"));
        Personal { names: Some(pattern).filter(|_| !names.is_empty()).and_then(|pattern| Regex::new(&pattern).ok()) }
    }

    /// Where the names of the ticket stand in a text; none overlap.
    pub fn spans(&self, text: &str) -> Vec<Range<usize>> {
        self.names.iter().flat_map(|names| names.find_iter(text)).map(|found| found.range()).collect()
    }

    /// The text without structured personal data, without the names of the ticket and without a signature.
    pub fn clean(&self, text: &str) -> String {
        let mut text = redact(text);
        if let Some(signature) = SIGNED.as_ref().and_then(|pattern| pattern.find(&text)).map(|found| found.start()) {
            text.truncate(text.get(..signature).unwrap_or_default().trim_end().len());
        }
        let Some(names) = &self.names else { return text };
        let text = names.replace_all(&text, "[name]");
        text.replace("[name] [name]", "[name]").replace("[name] [name]", "[name]")
    }
}

fn asks_name(message: &Message) -> bool {
    message.author != Author::Customer && ASKS_NAME.as_ref().is_some_and(|pattern| pattern.is_match(&message.text))
}

fn is_bare_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..=BARE_NAME_WORDS_MAX).contains(&words.len()) && words.iter().all(|word| word.starts_with(char::is_uppercase))
}

fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    let trimmed = name.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    trimmed
        .filter(|word| word.chars().count() >= NAME_CHARS_MIN && word.chars().all(|c| c.is_alphabetic() || "'’-".contains(c)))
        .map(str::to_owned)
}
