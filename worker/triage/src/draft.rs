//! A reply that was written but not yet allowed, and what the checks say of it.

use crate::evidence::PassageId;
use crate::language::Language;
use serde::{Deserialize, Serialize};

/// Where a part of the reply stands in a passage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Citation {
    /// Which passage.
    pub passage: PassageId,
    /// First byte in the passage's text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A reply made of passages only.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Draft {
    /// The text as it would be sent, before it is fitted to segments.
    pub text: String,
    /// What it rests on; empty means that it rests on nothing and may not be sent.
    pub citations: Vec<Citation>,
    /// Its language, when known.
    #[serde(default)]
    pub language: Option<Language>,
    /// How many of the turn's asks it answers.
    pub asks_answered: usize,
    /// Name and version of what wrote it.
    pub model: String,
}

/// Something in a reply that must not be sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// It cites nothing, or cites a passage that was not retrieved.
    NoCitation,
    /// A number, date, time or price stands in no cited passage.
    UnsupportedNumber {
        /// The number as written.
        value: String,
    },
    /// A link or e-mail address stands in no cited passage or leads outside the allowed domains.
    UnsupportedLink {
        /// The link as written.
        value: String,
    },
    /// A name stands in no cited passage.
    UnsupportedName {
        /// The name as written.
        value: String,
    },
    /// It promises work that nobody may do ("I will call you back").
    Promise {
        /// The words that promise.
        value: String,
    },
    /// It invites a word that the carrier takes for an opt-out or opt-in.
    ReservedWord {
        /// The word.
        value: String,
    },
    /// It repeats an instruction that came from a message or a passage.
    Instruction,
    /// Too few of its words stand in the cited passages.
    Unsupported,
    /// It is in another language than the customer's.
    WrongLanguage,
    /// The question names a thing (a place, a day, a product) of which the reply does not speak.
    AnotherThing {
        /// The thing, in the question's words.
        value: String,
    },
}

impl Fault {
    /// The reply holds what it says, but a person must see whether it answers: it may be a draft and never goes by itself.
    pub fn is_doubt(&self) -> bool {
        match self {
            Fault::AnotherThing { .. } => true,
            Fault::NoCitation
            | Fault::UnsupportedNumber { .. }
            | Fault::UnsupportedLink { .. }
            | Fault::UnsupportedName { .. }
            | Fault::Promise { .. }
            | Fault::ReservedWord { .. }
            | Fault::Instruction
            | Fault::Unsupported
            | Fault::WrongLanguage => false,
        }
    }
}

/// What the checks say.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Verdict {
    /// Everything that must not be sent; empty when the reply may go.
    pub faults: Vec<Fault>,
    /// Share of the reply's words that stand in the cited passages, between 0 and 1.
    pub support: f64,
    /// Name and version of what checked.
    pub model: String,
}
