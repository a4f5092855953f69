//! One phrase of the wording tables: how a row is written, and how it is matched.
//!
//! A row is slots separated by spaces:
//!
//! | slot | matches |
//! |---|---|
//! | `stop`, `stop\|quit`, `@texts`, `me\|@texts` | one word: any of the alternatives; `@name` is a class of the tables |
//! | `please?` | the same, or nothing |
//! | `..3` | up to three words of the same clause |
//! | `.` and `.?` | the end of a clause, required or not |
//! | `me\|>` | one of the words, or nothing at the end of a clause |
//! | `#` | a number of five digits or more, such as a short code |
//! | `<` `>` | nothing, at the start or the end of a clause; courtesies ("please", "ok", "and") do not count as words here |
//! | `<<` `>>` | nothing, at the start or the end of the message, courtesies and clause ends aside |
//! | `~@subject` | nothing, where the word before is none of these |
//!
//! A row begins with zero-width slots at most and then one required word, by which the grammar finds it.

use std::collections::HashMap;

/// The number of a word in the tables.
pub type Token = u16;

/// A word that no table names.
pub const UNKNOWN: Token = 0;

/// The end of a clause.
pub const CLAUSE_END: Token = 1;

/// Most slots in a row; keeps the matching of one row short.
pub const SLOTS_MAX: usize = 16;

/// A row of a table that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PhraseError {
    /// The row uses a class that no table defines.
    #[error("unknown class @{name} in the phrase `{row}`")]
    UnknownClass {
        /// The class.
        name: String,
        /// The row as written.
        row: String,
    },
    /// Two tables define the same class.
    #[error("the class @{name} is defined twice")]
    ClassTwice {
        /// The class.
        name: String,
    },
    /// The row does not begin with a required word, is empty, too long, or has a malformed gap.
    #[error("the phrase `{row}` is not well formed: {hint}")]
    Malformed {
        /// The row as written.
        row: String,
        /// What to change.
        hint: &'static str,
    },
}

/// One slot of a compiled row.
#[derive(Debug)]
enum Slot {
    Word { any_of: Vec<Token>, optional: bool },
    WordOrEnd(Vec<Token>),
    NotAfter(Vec<Token>),
    Gap(usize),
    ClauseEnd { optional: bool },
    StartOfClause,
    EndOfClause,
    StartOfMessage,
    EndOfMessage,
}

/// Words and classes of all tables while rows are compiled: each word once, as a number.
#[derive(Debug, Default)]
pub struct Vocabulary {
    numbers: HashMap<String, Token>,
    classes: HashMap<String, Vec<Token>>,
}

impl Vocabulary {
    /// The number of `word`, given out on first sight.
    pub fn number(&mut self, word: &str) -> Token {
        let next = Token::try_from(self.numbers.len()).unwrap_or(Token::MAX - 2).saturating_add(2);
        *self.numbers.entry(word.to_owned()).or_insert(next)
    }

    /// Lets `other` be read as `word`.
    pub fn also_spelled(&mut self, other: &str, word: &str) {
        let number = self.number(word);
        self.numbers.insert(other.to_owned(), number);
    }

    /// The number of `word`, or [`UNKNOWN`].
    pub fn lookup(&self, word: &str) -> Token {
        self.numbers.get(word).copied().unwrap_or(UNKNOWN)
    }

    /// Defines a class by the words separated by spaces in `members`; `@name` inside takes over another class defined before.
    pub fn define(&mut self, name: &str, members: &str) -> Result<(), PhraseError> {
        let mut tokens = Vec::new();
        for member in members.split_whitespace() {
            tokens.extend(self.alternatives(member, members)?);
        }
        match self.classes.insert(name.to_owned(), tokens) {
            Some(_) => Err(PhraseError::ClassTwice { name: name.to_owned() }),
            None => Ok(()),
        }
    }

    fn alternatives(&mut self, written: &str, row: &str) -> Result<Vec<Token>, PhraseError> {
        let mut tokens = Vec::new();
        for part in written.split('|') {
            match part.strip_prefix('@') {
                Some(name) => {
                    let members = self.classes.get(name);
                    tokens.extend(members.ok_or_else(|| PhraseError::UnknownClass { name: name.to_owned(), row: row.to_owned() })?);
                }
                None => tokens.push(self.number(part)),
            }
        }
        tokens.sort_unstable();
        tokens.dedup();
        Ok(tokens)
    }
}

/// One compiled row.
#[derive(Debug)]
pub struct Phrase {
    slots: Vec<Slot>,
}

impl Phrase {
    /// Reads one row of a table.
    pub fn compile(row: &str, vocabulary: &mut Vocabulary) -> Result<Self, PhraseError> {
        let slots = row.split_whitespace().map(|slot| read_slot(slot, row, vocabulary)).collect::<Result<Vec<_>, _>>()?;
        let malformed = |hint| PhraseError::Malformed { row: row.to_owned(), hint };
        if slots.len() > SLOTS_MAX {
            return Err(malformed("use fewer slots"));
        }
        let phrase = Self { slots };
        if phrase.first_words().is_empty() { Err(malformed("begin with a required word")) } else { Ok(phrase) }
    }

    /// The words that this row can begin with.
    pub fn first_words(&self) -> &[Token] {
        for slot in &self.slots {
            match slot {
                Slot::Word { any_of, optional: false } => return any_of,
                Slot::Word { .. } | Slot::WordOrEnd(_) | Slot::Gap(_) | Slot::ClauseEnd { .. } => return &[],
                Slot::NotAfter(_) | Slot::StartOfClause | Slot::EndOfClause | Slot::StartOfMessage | Slot::EndOfMessage => {}
            }
        }
        &[]
    }

    /// Where a match that begins at `at` ends (exclusive), if there is one. `courtesy` are the words that edges look through.
    pub fn end_of_match(&self, tokens: &[Token], at: usize, courtesy: &[Token]) -> Option<usize> {
        step(&self.slots, tokens, at, courtesy)
    }
}

fn read_slot(slot: &str, row: &str, vocabulary: &mut Vocabulary) -> Result<Slot, PhraseError> {
    match slot {
        "<" => return Ok(Slot::StartOfClause),
        ">" => return Ok(Slot::EndOfClause),
        "<<" => return Ok(Slot::StartOfMessage),
        ">>" => return Ok(Slot::EndOfMessage),
        "." => return Ok(Slot::ClauseEnd { optional: false }),
        ".?" => return Ok(Slot::ClauseEnd { optional: true }),
        _ => {}
    }
    if let Some(count) = slot.strip_prefix("..") {
        let count = count.parse().map_err(|_| PhraseError::Malformed { row: row.to_owned(), hint: "write a gap as ..3" })?;
        return Ok(Slot::Gap(count));
    }
    if let Some(words) = slot.strip_prefix('~') {
        return Ok(Slot::NotAfter(vocabulary.alternatives(words, row)?));
    }
    if let Some(words) = slot.strip_prefix(">|").or_else(|| slot.strip_suffix("|>")) {
        return Ok(Slot::WordOrEnd(vocabulary.alternatives(words, row)?));
    }
    let (words, optional) = slot.strip_suffix('?').map_or((slot, false), |words| (words, true));
    Ok(Slot::Word { any_of: vocabulary.alternatives(words, row)?, optional })
}

/// Matches `slots` from `at` on. The depth is bounded by [`SLOTS_MAX`], the work by the gaps of one row, never by the message.
fn step(slots: &[Slot], tokens: &[Token], at: usize, courtesy: &[Token]) -> Option<usize> {
    let Some((slot, rest)) = slots.split_first() else { return Some(at) };
    let here = tokens.get(at).copied();
    match slot {
        Slot::Word { any_of, optional } => {
            let taken = here.filter(|token| any_of.binary_search(token).is_ok()).and_then(|_| step(rest, tokens, at + 1, courtesy));
            if taken.is_none() && *optional { step(rest, tokens, at, courtesy) } else { taken }
        }
        Slot::WordOrEnd(words) => {
            let taken = here.filter(|token| words.binary_search(token).is_ok()).and_then(|_| step(rest, tokens, at + 1, courtesy));
            taken.or_else(|| if here.is_none_or(|token| is_edge(token, courtesy)) { step(rest, tokens, at, courtesy) } else { None })
        }
        Slot::ClauseEnd { optional } => {
            let taken = here.filter(|token| *token == CLAUSE_END).and_then(|_| step(rest, tokens, at + 1, courtesy));
            if taken.is_none() && *optional { step(rest, tokens, at, courtesy) } else { taken }
        }
        Slot::Gap(most) => {
            let clause = tokens.get(at..)?.iter().take(*most).take_while(|token| **token != CLAUSE_END).count();
            (at..=at + clause).find_map(|next| step(rest, tokens, next, courtesy))
        }
        Slot::NotAfter(words) => {
            let before = at.checked_sub(1).and_then(|index| tokens.get(index));
            if before.is_some_and(|token| words.binary_search(token).is_ok()) { None } else { step(rest, tokens, at, courtesy) }
        }
        Slot::StartOfClause => {
            let before = at.checked_sub(1).and_then(|index| tokens.get(index));
            if before.is_none_or(|token| is_edge(*token, courtesy)) { step(rest, tokens, at, courtesy) } else { None }
        }
        Slot::EndOfClause => {
            if here.is_none_or(|token| is_edge(token, courtesy)) {
                step(rest, tokens, at, courtesy)
            } else {
                None
            }
        }
        Slot::StartOfMessage => {
            let before = tokens.get(..at)?;
            if before.iter().all(|token| is_edge(*token, courtesy)) { step(rest, tokens, at, courtesy) } else { None }
        }
        Slot::EndOfMessage => {
            let after = tokens.get(at..)?;
            if after.iter().all(|token| is_edge(*token, courtesy)) { step(rest, tokens, at, courtesy) } else { None }
        }
    }
}

fn is_edge(token: Token, courtesy: &[Token]) -> bool {
    token == CLAUSE_END || courtesy.binary_search(&token).is_ok()
}
