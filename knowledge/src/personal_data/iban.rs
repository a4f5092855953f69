//! Bank accounts by ISO 13616: country, two check digits, up to 30 letters and digits; ISO 7064 MOD 97-10 must give 1.

use crate::personal_data::finding::{Finding, Kind};
use regex::Regex;
use std::sync::LazyLock;

/// Characters of an IBAN, at least: Norway's.
const CHARS_MIN: usize = 15;
/// Digits of an IBAN, at least: those of a British or Dutch one, and some to spare.
const DIGITS_MIN: usize = 8;
/// Characters of an IBAN, at most.
const CHARS_MAX: usize = 34;

/// In fours, with or without gaps.
static IBAN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:[A-Z]{2} ?|[a-z]{2}|[A-Z][a-z])[0-9]{2}(?:[ \u{a0}\u{202f}.-]?[A-Za-z0-9]{4}){2,7}(?:[ \u{a0}\u{202f}.-]?[A-Za-z0-9]{1,3})?",
    )
    .ok()
});

/// Every account whose check digits hold.
pub fn find(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let Some(pattern) = IBAN.as_ref().filter(|_| digits >= DIGITS_MIN) else { return findings };
    let mut at = 0;
    while let Some(found) = pattern.find_at(text, at) {
        match longest(found.as_str()) {
            Some(bytes) => {
                at = found.start() + bytes;
                findings.push(Finding::new(Kind::Iban, found.start()..at));
            }
            // The match may have begun in the word before.
            None => at = found.start() + 1,
        }
    }
    findings
}

/// Bytes of the longest start of the match that ends with a word and holds: the pattern may have run on into the next words.
fn longest(candidate: &str) -> Option<usize> {
    let ends = candidate.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
    ends.filter(|end| ends_word(candidate, *end)).find(|end| candidate.get(..*end).is_some_and(holds))
}

fn ends_word(whole: &str, end: usize) -> bool {
    let (head, rest) = whole.split_at_checked(end).unwrap_or((whole, ""));
    head.ends_with(|c: char| c.is_ascii_alphanumeric()) && !rest.starts_with(char::is_alphanumeric)
}

fn holds(text: &str) -> bool {
    let compact = || text.bytes().filter(u8::is_ascii_alphanumeric);
    if !(CHARS_MIN..=CHARS_MAX).contains(&compact().count()) {
        return false;
    }
    let values = compact().skip(4).chain(compact().take(4)).filter_map(|byte| char::from(byte).to_digit(36));
    values.fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97) == 1
}
