//! Nouns to columns and back.

use jiff::Timestamp;
use knowledge::chunk::KeyKind;
use knowledge::ports::embedder::Embedding;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;
use triage::evidence::PassageKind;
use triage::language::Language;

/// Bytes of one component of a stored vector.
const COMPONENT_BYTES: usize = size_of::<f32>();

/// A column holds something that this program does not write.
#[derive(Debug, thiserror::Error)]
#[error("unexpected value")]
struct Unexpected;

fn unexpected(kind: Type) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, kind, Box::new(Unexpected))
}

/// Reads a time.
pub fn timestamp(text: &str) -> rusqlite::Result<Timestamp> {
    text.parse().map_err(|_| unexpected(Type::Text))
}

/// Reads a time that may be absent.
pub fn timestamp_or_none(text: Option<String>) -> rusqlite::Result<Option<Timestamp>> {
    text.as_deref().map(timestamp).transpose()
}

/// Reads a language that may be unknown.
pub fn language_or_none(text: Option<String>) -> rusqlite::Result<Option<Language>> {
    text.map(|code| Language::parse(&code).map_err(|_| unexpected(Type::Text))).transpose()
}

/// A noun as JSON.
pub fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Reads a noun from JSON.
pub fn of_json<T: DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|_| unexpected(Type::Text))
}

/// The word for a kind of passage.
pub fn passage_kind_word(kind: PassageKind) -> &'static str {
    match kind {
        PassageKind::Approved => "approved",
        PassageKind::Document => "document",
        PassageKind::PastTicket => "past_ticket",
    }
}

/// Reads a kind of passage.
pub fn passage_kind(word: &str) -> rusqlite::Result<PassageKind> {
    match word {
        "approved" => Ok(PassageKind::Approved),
        "document" => Ok(PassageKind::Document),
        "past_ticket" => Ok(PassageKind::PastTicket),
        _ => Err(unexpected(Type::Text)),
    }
}

/// The word for a kind of key.
pub fn key_kind_word(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Question => "question",
        KeyKind::Text => "text",
    }
}

/// Reads a kind of key.
pub fn key_kind(word: &str) -> rusqlite::Result<KeyKind> {
    match word {
        "question" => Ok(KeyKind::Question),
        "text" => Ok(KeyKind::Text),
        _ => Err(unexpected(Type::Text)),
    }
}

/// A vector as bytes: 32-bit floats, little-endian.
pub fn vector_bytes(embedding: &Embedding) -> Vec<u8> {
    embedding.0.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Reads a vector.
pub fn vector(bytes: &[u8]) -> rusqlite::Result<Embedding> {
    let (components, rest) = bytes.as_chunks::<COMPONENT_BYTES>();
    match rest.is_empty() {
        true => Ok(Embedding(components.iter().map(|component| f32::from_le_bytes(*component)).collect())),
        false => Err(unexpected(Type::Blob)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_comes_back_bit_for_bit() {
        let vector_in = Embedding(vec![0.0, -0.25, f32::MIN_POSITIVE, 1.0 / 3.0]);
        assert_eq!(vector(&vector_bytes(&vector_in)).unwrap(), vector_in);
        assert!(vector(&[1, 2, 3]).is_err(), "a torn vector is an error");
    }

    #[test]
    fn every_word_is_read_back_as_its_kind() {
        for kind in [PassageKind::Approved, PassageKind::Document, PassageKind::PastTicket] {
            assert_eq!(passage_kind(passage_kind_word(kind)).unwrap(), kind);
        }
        for kind in [KeyKind::Question, KeyKind::Text] {
            assert_eq!(key_kind(key_kind_word(kind)).unwrap(), kind);
        }
        assert!(passage_kind("gossip").is_err());
    }
}
