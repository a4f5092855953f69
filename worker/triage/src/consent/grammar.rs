//! The wording tables of all languages as one grammar: words become numbers once, then every phrase that can begin at a word is tried.

use std::collections::HashMap;
use std::ops::Range;

use super::phrase::{CLAUSE_END, Phrase, PhraseError, Token, Vocabulary};
use super::words::BREAK;

/// The wording of one language. Rows are written as `phrase` says; words are lower case and without accents.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Other spellings of a word, typing errors and texting short forms: (as written, as read).
    pub spelling: &'static [(&'static str, &'static str)],
    /// Words that are read as one: ("do not", "dont").
    pub joined: &'static [(&'static str, &'static str)],
    /// Courtesies and fillers that do not change what is asked, separated by spaces.
    pub courtesy: &'static str,
    /// Named classes of words: (name, members separated by spaces).
    pub classes: &'static [(&'static str, &'static str)],
    /// Phrases that ask us to stop.
    pub stop: &'static [&'static str],
    /// Phrases that look like one of `stop` and are not: each voids the stops that it overlaps.
    pub except: &'static [&'static str],
    /// Instructions to the reader. One of them voids every stop of the message.
    pub instruction: &'static [&'static str],
    /// Phrases that ask us to start again.
    pub start: &'static [&'static str],
    /// Phrases that ask for help as the keyword HELP does.
    pub help: &'static [&'static str],
}

/// Phrases by the word that they begin with.
#[derive(Debug, Default)]
struct Phrases {
    phrases: Vec<Phrase>,
    by_first_word: HashMap<Token, Vec<usize>>,
}

impl Phrases {
    fn add(&mut self, row: &str, vocabulary: &mut Vocabulary) -> Result<(), PhraseError> {
        let phrase = Phrase::compile(row, vocabulary)?;
        for word in phrase.first_words() {
            self.by_first_word.entry(*word).or_default().push(self.phrases.len());
        }
        self.phrases.push(phrase);
        Ok(())
    }

    /// All places where one of the phrases stands, in the order of the text.
    fn matches<'a>(&'a self, tokens: &'a [Token], courtesy: &'a [Token]) -> impl Iterator<Item = Range<usize>> + 'a {
        tokens.iter().enumerate().flat_map(move |(at, token)| {
            let begins_here = self.by_first_word.get(token).map_or(&[][..], Vec::as_slice);
            let phrases = begins_here.iter().filter_map(|index| self.phrases.get(*index));
            phrases.filter_map(move |phrase| phrase.end_of_match(tokens, at, courtesy).map(|end| at..end))
        })
    }
}

/// The word that rows write for a long number.
const LONG_NUMBER: &str = "#";

/// Digits from which a number counts as long: no amount, time or count of days, but a short code or a phone number.
const LONG_NUMBER_DIGITS_MIN: usize = 5;

fn is_long_number(word: &str) -> bool {
    word.bytes().take_while(u8::is_ascii_digit).count() >= LONG_NUMBER_DIGITS_MIN
}

/// Words that are read as one.
#[derive(Debug)]
struct Joined {
    parts: Vec<String>,
    one: Token,
}

/// All tables, compiled.
#[derive(Debug, Default)]
pub struct Grammar {
    vocabulary: Vocabulary,
    joined: HashMap<String, Vec<Joined>>,
    courtesy: Vec<Token>,
    stop: Phrases,
    except: Phrases,
    instruction: Phrases,
    start: Phrases,
    help: Phrases,
}

impl Grammar {
    /// Compiles the tables. Classes may use classes of tables before them.
    pub fn compile(tables: &[Table]) -> Result<Self, PhraseError> {
        let mut grammar = Self::default();
        for table in tables {
            grammar.read_words(table)?;
        }
        grammar.courtesy.sort_unstable();
        for table in tables {
            let words = &mut grammar.vocabulary;
            table.stop.iter().try_for_each(|row| grammar.stop.add(row, words))?;
            table.except.iter().try_for_each(|row| grammar.except.add(row, words))?;
            table.instruction.iter().try_for_each(|row| grammar.instruction.add(row, words))?;
            table.start.iter().try_for_each(|row| grammar.start.add(row, words))?;
            table.help.iter().try_for_each(|row| grammar.help.add(row, words))?;
        }
        Ok(grammar)
    }

    fn read_words(&mut self, table: &Table) -> Result<(), PhraseError> {
        for (other, word) in table.spelling {
            self.vocabulary.also_spelled(other, word);
        }
        for (many, one) in table.joined {
            let mut parts = many.split_whitespace().map(str::to_owned);
            let Some(first) = parts.next() else { continue };
            let joined = Joined { parts: parts.collect(), one: self.vocabulary.number(one) };
            self.joined.entry(first).or_default().push(joined);
        }
        for word in table.courtesy.split_whitespace() {
            self.courtesy.push(self.vocabulary.number(word));
        }
        table.classes.iter().try_for_each(|(name, members)| self.vocabulary.define(name, members))
    }

    /// The words of a message as numbers.
    pub fn tokens(&self, words: &[String]) -> Vec<Token> {
        let mut tokens = Vec::with_capacity(words.len());
        let mut rest = words;
        while let Some((word, after)) = rest.split_first() {
            rest = after;
            if word == BREAK {
                tokens.push(CLAUSE_END);
                continue;
            }
            let candidates = self.joined.get(word).map_or(&[][..], Vec::as_slice);
            match candidates.iter().find(|joined| after.starts_with(&joined.parts)) {
                Some(joined) => {
                    tokens.push(joined.one);
                    rest = after.get(joined.parts.len()..).unwrap_or_default();
                }
                None => tokens.push(self.vocabulary.lookup(if is_long_number(word) { LONG_NUMBER } else { word })),
            }
        }
        tokens
    }

    /// Whether a stop stands that no exception overlaps, in a message that is no instruction to its reader.
    pub fn asks_to_stop(&self, tokens: &[Token]) -> bool {
        let mut stops = self.stop.matches(tokens, &self.courtesy).peekable();
        if stops.peek().is_none() || self.instruction.matches(tokens, &self.courtesy).next().is_some() {
            return false;
        }
        let except: Vec<_> = self.except.matches(tokens, &self.courtesy).collect();
        stops.any(|stop| !except.iter().any(|not| not.start < stop.end && stop.start < not.end))
    }

    /// Whether a phrase asks us to start again.
    pub fn asks_to_start(&self, tokens: &[Token]) -> bool {
        self.start.matches(tokens, &self.courtesy).next().is_some()
    }

    /// Whether a phrase asks for help as the keyword does.
    pub fn asks_for_help(&self, tokens: &[Token]) -> bool {
        self.help.matches(tokens, &self.courtesy).next().is_some()
    }
}
