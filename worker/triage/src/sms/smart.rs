//! Typographic text made cheap: curly quotes, long dashes and odd spaces become their plain GSM-7 twins.
//!
//! Letters are never touched: `ç` and `ê` belong to the language, and a customer would see a spelling mistake.

use unicode_normalization::UnicodeNormalization;

use crate::sms::encoding::{Encoding, encoding_of, septets};
use crate::sms::tables::SMART;

/// Brings `text` to NFC and replaces what the Smart Encoding table knows; everything else stays. Doing it twice changes nothing.
///
/// This is the vendor's table to the letter: a no-break space becomes two spaces. For a text that we write ourselves
/// [`prefer_gsm7`] is kinder.
pub fn smart_replace(text: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    for c in text.nfc() {
        match replacement(c) {
            Some(plain) => replaced.push_str(plain),
            None => replaced.push(c),
        }
    }
    // A dropped zero-width character may have stood between a letter and its accent.
    replaced.nfc().collect()
}

/// The form in which `text` is sent: its [`smart_replace`]d form when that makes it GSM-7, otherwise its own NFC form.
///
/// When a letter or an emoji needs UCS-2 anyway, plain quotes would buy nothing and cost the typography of the language.
/// Each odd space becomes one plain space first: the table's two would look like a slip before every French `!`.
pub fn prefer_gsm7(text: &str) -> String {
    if text.bytes().all(is_plain) {
        return text.to_owned(); // most answers: GSM-7 as they stand
    }
    let one_space = |c: char| if c.is_whitespace() && septets(c).is_none() { ' ' } else { c };
    let plain = smart_replace(&text.chars().map(one_space).collect::<String>());
    match encoding_of(&plain) {
        Encoding::Gsm7 => plain,
        Encoding::Ucs2 => text.nfc().collect(),
    }
}

/// A byte that is a character of GSM-7 by itself: printable ASCII but for the backtick, and line breaks.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'_' | b'a'..=b'~' | b'\n' | b'\r')
}

/// What the table makes of `c`, if it knows it.
fn replacement(c: char) -> Option<&'static str> {
    if u8::try_from(c).is_ok_and(is_plain) {
        return None; // most of every text: no need to search
    }
    SMART.iter().find(|(_, from)| from.contains(c)).map(|(to, _)| *to)
}
