//! The language of a text, as an ISO 639-1 code.

pub mod detect;
pub mod function_words;

use serde::{Deserialize, Serialize};
use std::fmt;

/// An ISO 639-1 code of two lower-case letters, such as `en` or `fr`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language([u8; 2]);

/// The text is no language code.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no language code: write two letters of ISO 639-1, such as `en`")]
pub struct LanguageError(String);

impl Language {
    /// English.
    pub const EN: Language = Language(*b"en");
    /// French.
    pub const FR: Language = Language(*b"fr");
    /// Spanish.
    pub const ES: Language = Language(*b"es");
    /// German.
    pub const DE: Language = Language(*b"de");

    /// Reads `fr`, `FR` or the first part of `fr-CA`.
    pub fn parse(text: &str) -> Result<Self, LanguageError> {
        let primary = text.split(['-', '_']).next().unwrap_or_default();
        match primary.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => Ok(Language([a.to_ascii_lowercase(), b.to_ascii_lowercase()])),
            _ => Err(LanguageError(text.chars().take(16).collect())),
        }
    }

    /// The two letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("en")
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Language {
    type Error = LanguageError;
    fn try_from(text: String) -> Result<Self, LanguageError> {
        Language::parse(&text)
    }
}

impl From<Language> for String {
    fn from(language: Language) -> String {
        language.code().to_owned()
    }
}
