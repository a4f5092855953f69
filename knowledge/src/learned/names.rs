//! Names that passages know, by how they are written: there is no list of them.

use crate::learned::claims;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use triage::evidence::Passage;
use triage::language::Language;
use triage::language::function_words::is_function_word;
use triage::text::fold;

/// Names that passages write: words with a capital inside sentences that stand nowhere without one. They are looked for when the first
/// word that may be one is asked for: most questions hold none.
#[derive(Default)]
pub struct Names<'a> {
    texts: Vec<&'a str>,
    words: OnceCell<Words<'a>>,
    all: OnceCell<BTreeSet<String>>,
}

/// The words of texts by their first letter, as they stand.
struct Words<'a> {
    capital: Vec<&'a str>,
    small: Vec<&'a str>,
}

impl<'a> Names<'a> {
    /// The names of passages; none of German ones, where every noun has a capital.
    pub fn of(passages: impl Iterator<Item = &'a Passage>) -> Self {
        let texts = passages.filter(|passage| passage.language != Some(Language::DE));
        let texts = texts.flat_map(|passage| passage.question.as_deref().into_iter().chain([passage.text.as_str()]));
        Names { texts: texts.filter(|text| !is_title(text)).collect(), ..Names::default() }
    }

    /// The word, in plain form, is one of them.
    pub fn hold(&self, word: &str) -> bool {
        self.may_hold(word) && self.all().contains(word)
    }

    /// The word stands somewhere with a capital and nowhere without one. Words with an apostrophe stand otherwise in a text.
    fn may_hold(&self, word: &str) -> bool {
        let is_it = |other: &&str| if other.is_ascii() { other.eq_ignore_ascii_case(word) } else { fold(other) == word };
        let words = self.words();
        word.contains('\'') || words.capital.iter().any(is_it) && !words.small.iter().any(is_it)
    }

    fn words(&self) -> &Words<'a> {
        self.words.get_or_init(|| {
            let bare = |text: &'a str| text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.starts_with(char::is_alphabetic));
            let (capital, small) = self.texts.iter().flat_map(|text| bare(text)).partition(|word| !word.starts_with(char::is_lowercase));
            Words { capital, small }
        })
    }

    /// All of them, in plain form.
    pub fn all(&self) -> &BTreeSet<String> {
        self.all.get_or_init(|| {
            let mut names: BTreeSet<String> = self.texts.iter().flat_map(|text| claims::names(text)).flat_map(claims::split).collect();
            names.retain(|name| !is_function_word(name) && name.chars().any(char::is_alphabetic));
            self.words().small.iter().for_each(|word| forget(&mut names, word));
            names
        })
    }
}

/// A word that stands without a capital somewhere is no name.
fn forget(names: &mut BTreeSet<String>, word: &str) {
    if word.bytes().all(|c| c.is_ascii_lowercase()) {
        names.remove(word); // most words: they are folded already
    } else {
        claims::split(word).iter().for_each(|word| _ = names.remove(word));
    }
}

/// Most words have a capital: it tells nothing.
fn is_title(text: &str) -> bool {
    let words = || text.split_whitespace().filter(|word| word.starts_with(char::is_alphabetic));
    2 * words().filter(|word| word.starts_with(char::is_uppercase)).count() > words().count().max(3)
}
