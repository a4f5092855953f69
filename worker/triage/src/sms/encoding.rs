//! The two encodings of an SMS: GSM-7 when every character is in its alphabet, UCS-2 otherwise (3GPP TS 23.038).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::sms::tables::{GSM7_BASIC, GSM7_EXTENSION};

/// How the characters of a message are written on the air. One character outside GSM-7 makes the whole message UCS-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Encoding {
    /// Seven bits a character; the extension characters such as `€` take two septets.
    #[serde(rename = "GSM-7")]
    Gsm7,
    /// Sixteen bits a UTF-16 code unit; an emoji takes two units or more.
    #[serde(rename = "UCS-2")]
    Ucs2,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gsm7 => "GSM-7",
            Self::Ucs2 => "UCS-2",
        })
    }
}

/// The encoding that `text` needs as it stands. Nothing is normalised: `e` with a combining accent is not `é`.
pub fn encoding_of(text: &str) -> Encoding {
    if text.chars().all(|c| septets(c).is_some()) { Encoding::Gsm7 } else { Encoding::Ucs2 }
}

/// Septets of the ASCII characters, by their code; 0 for those that GSM-7 does not have. Most characters of most texts are
/// among them, and every character of a reply is looked up several times.
const ASCII_SEPTETS: [u8; 128] = with_ascii_of(GSM7_EXTENSION, 2, with_ascii_of(GSM7_BASIC, 1, [0; 128]));

const fn with_ascii_of(alphabet: &str, septets: u8, mut table: [u8; 128]) -> [u8; 128] {
    let bytes = alphabet.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii() {
            table[bytes[at] as usize] = septets;
        }
        at += 1;
    }
    table
}

/// How many septets `c` takes in GSM-7: 1 or 2, or `None` when it cannot be written in it.
pub fn septets(c: char) -> Option<u8> {
    if let Some(known) = ASCII_SEPTETS.get(c as usize) {
        return (*known > 0).then_some(*known);
    }
    if GSM7_BASIC.contains(c) {
        Some(1)
    } else if GSM7_EXTENSION.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// The characters that keep `text` out of GSM-7, in order, each once: what to show to a writer who wonders about the price.
pub fn non_gsm(text: &str) -> Vec<char> {
    let mut found = Vec::new();
    for c in text.chars().filter(|c| septets(*c).is_none()) {
        if !found.contains(&c) {
            found.push(c);
        }
    }
    found
}
