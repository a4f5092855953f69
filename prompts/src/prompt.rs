//! The prompts that were released: their texts are compiled in, and what was released is never edited.
//!
//! A prompt has two texts below `templates/`: what the model is told to be, and the frame around the data. `templates/lock.txt` keeps
//! their hashes; a test holds the texts against it. A better wording is a new version beside the old one.

use crate::template::{Template, TemplateError};
use std::collections::BTreeMap;
use std::fmt;
use triage::hash;

/// What a prompt is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Name {
    /// Says what a turn is about.
    Classify,
    /// Rewrites a follow-up so that it stands alone.
    Standalone,
    /// Writes a reply with its citations.
    Write,
    /// Holds a reply against its passages.
    Check,
    /// Compares a would-be reply with the human's.
    Judge,
    /// Makes a question and an answer of a solved ticket.
    Distil,
    /// Says in a few words what a person who takes over must know.
    Summarise,
}

impl Name {
    /// Every prompt.
    pub const ALL: [Name; 7] = [Name::Classify, Name::Standalone, Name::Write, Name::Check, Name::Judge, Name::Distil, Name::Summarise];

    /// The word for folders, receipts and the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Name::Classify => "classify",
            Name::Standalone => "standalone",
            Name::Write => "write",
            Name::Check => "check",
            Name::Judge => "judge",
            Name::Distil => "distil",
            Name::Summarise => "summarise",
        }
    }

    /// The prompt of this word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.word() == word)
    }

    /// What it is for, in one sentence.
    pub const fn purpose(self) -> &'static str {
        match self {
            Name::Classify => "says what a turn is about: intents, asks, language, urgency",
            Name::Standalone => "rewrites a follow-up into a question that can be searched for alone",
            Name::Write => "writes a cited reply from passages, within the segment budget",
            Name::Check => "holds a reply against the passages that it cites",
            Name::Judge => "compares a would-be reply with the human's; the reason comes before the verdict",
            Name::Distil => "makes one question and one answer of a solved ticket",
            Name::Summarise => "says what a person who takes the ticket over must know",
        }
    }

    /// The newest version with its texts.
    const fn newest(self) -> (u32, &'static str, &'static str) {
        match self {
            Name::Classify => (1, include_str!("../templates/classify/v1.system.md"), include_str!("../templates/classify/v1.user.md")),
            Name::Standalone => {
                (1, include_str!("../templates/standalone/v1.system.md"), include_str!("../templates/standalone/v1.user.md"))
            }
            Name::Write => (1, include_str!("../templates/write/v1.system.md"), include_str!("../templates/write/v1.user.md")),
            Name::Check => (1, include_str!("../templates/check/v1.system.md"), include_str!("../templates/check/v1.user.md")),
            Name::Judge => (1, include_str!("../templates/judge/v1.system.md"), include_str!("../templates/judge/v1.user.md")),
            Name::Distil => (1, include_str!("../templates/distil/v1.system.md"), include_str!("../templates/distil/v1.user.md")),
            Name::Summarise => (1, include_str!("../templates/summarise/v1.system.md"), include_str!("../templates/summarise/v1.user.md")),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A prompt, ready to be rendered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prompt {
    /// What it is for.
    pub name: Name,
    /// Its version.
    pub version: u32,
    /// Hash of both texts, for receipts.
    pub hash: String,
    /// A word that stands in the system's message and nowhere else: whatever repeats it repeats the prompt.
    pub canary: String,
    system: Template,
    user: Template,
    /// The longer lines of the system's message, for the same purpose.
    lines: Vec<String>,
}

/// Both messages of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rendered {
    /// What the model is told to be.
    pub system: String,
    /// The data in its frame.
    pub user: String,
}

/// A line of the system's message from this length on belongs to no reply by chance.
const TELLING_LETTERS_MIN: usize = 40;

impl Prompt {
    /// The newest version.
    pub fn load(name: Name) -> Result<Self, TemplateError> {
        let (version, system, user) = name.newest();
        let hash = hash_of(system, user);
        let canary = format!("wbl{}", hash::of_bytes(format!("canary of {hash}").as_bytes()));
        let lines = system.lines().map(letters).filter(|line| line.len() >= TELLING_LETTERS_MIN).collect();
        Ok(Prompt { name, version, hash, canary, system: Template::parse(system)?, user: Template::parse(user)?, lines })
    }

    /// Name and version, such as `write/v1`.
    pub fn id(&self) -> String {
        format!("{}/v{}", self.name, self.version)
    }

    /// Both messages, with this data.
    pub fn render(&self, data: &str) -> Result<Rendered, TemplateError> {
        Ok(Rendered {
            system: self.system.render(&BTreeMap::from([("canary", self.canary.clone())]))?,
            user: self.user.render(&BTreeMap::from([("data", data.to_owned())]))?,
        })
    }

    /// The text repeats the prompt: its canary, however it is spaced, written or turned round, or a whole line of it.
    pub fn is_repeated_in(&self, text: &str) -> bool {
        let text = letters(text);
        let backwards: String = self.canary.chars().rev().collect();
        text.contains(&self.canary) || text.contains(&backwards) || self.lines.iter().any(|line| text.contains(line.as_str()))
    }
}

/// Letters and digits in lower case, and nothing between them.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The hash of a version's two texts, as `templates/lock.txt` has it.
pub fn hash_of(system: &str, user: &str) -> String {
    hash::of_bytes(format!("{system}\u{0}{user}").as_bytes())
}
