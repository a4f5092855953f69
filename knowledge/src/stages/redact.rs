//! Structured personal data becomes placeholders: cards, IBANs, e-mail addresses, order and phone numbers.
//!
//! Only past tickets pass through here: a company's documents are public and need their own numbers. Where two readings
//! are possible, more is hidden, not less. Names are the work of [`crate::stages::personal`].

use regex::{Captures, Regex};
use std::sync::LazyLock;

/// Digits of a payment card (ISO/IEC 7812), at least.
const CARD_DIGITS_MIN: usize = 13;
/// Digits of a payment card, at most.
const CARD_DIGITS_MAX: usize = 19;
/// Characters of an IBAN (ISO 13616), at least: Norway's.
const IBAN_CHARS_MIN: usize = 15;
/// Characters of an IBAN, at most.
const IBAN_CHARS_MAX: usize = 34;
/// Digits of a phone number with its area, at least.
const PHONE_DIGITS_MIN: usize = 7;

static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\b(?:https?://|www\.)[^\s<>]+").ok());
static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[\p{L}0-9._%+\-]+@[\p{L}0-9\-]+(?:\.[\p{L}0-9\-]+)+").ok());
static IBAN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\b[a-z]{2}[0-9]{2}(?:[ \u{a0}-]?[a-z0-9]){11,42}").ok());
static CARD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b[0-9](?:[ \u{a0}.-]?[0-9]){12,24}").ok());
static PHONE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\+?\(?\b[0-9](?:[ \u{a0}().\-/]{0,2}[0-9]){6,}").ok());
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:[0-9]{4}([-./])[0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{4})(?:[ ][0-9]{1,2})?$").ok()
});
/// A secret, soon after a word that announces one. Promotion codes are no secret.
static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?P<word>\b(?:pin|cvv|cvc|otp|tan|passcode|(?:access|security|verification|one-time|login) code|code (?:pin|de sécurité|secret)|",
        r"sicherheitscode|código de (?:seguridad|acceso)|password|mot de passe|contraseña|passwort)\b(?:\s*(?:is|was|est|es|ist|:|=|-))\s*)(?P<secret>\S*[0-9]\S*)",
    ))
    .ok()
});
/// A day of the last century is a birthday.
static BIRTHDAY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b(?:[0-9]{1,2}[./-][0-9]{1,2}[./-]19[0-9]{2}|19[0-9]{2}-[0-9]{1,2}-[0-9]{1,2})\b").ok());
/// A number of five digits or more, soon after a word that announces one.
static ORDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?P<word>#|№|\b(?:orders?|commandes?|pedidos?|bestell\w*|auftrag\w*|tracking|suivi|seguimiento|sendung\w*|ticket|invoice|facture|",
        r"factura|rechnung\w*|account|compte|cuenta|konto\w*|kunden\w*|reference|ref|booking|reservation|reservierung|reserva|id)\b[^0-9\n]{0,24}?)",
        r"(?P<number>\b(?:[a-z]{1,4}[ -]?)?[0-9](?:[ -]?[0-9]){4,}\b)",
    ))
    .ok()
});

/// What stands in the place of what was removed; `[name]` is put by [`crate::stages::personal`].
pub const PLACEHOLDERS: &[&str] = &["[email]", "[iban]", "[card]", "[code]", "[birthday]", "[order]", "[phone]", "[name]"];

/// The text with its structured personal data replaced by [`PLACEHOLDERS`]. Links stay, without what follows `?`, which
/// may name a person.
pub fn redact(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = 0;
    for link in LINK.iter().flat_map(|pattern| pattern.find_iter(text)) {
        clean.push_str(&redact_plain(text.get(rest..link.start()).unwrap_or_default()));
        let bare = link.as_str().split(['?', '#']).next().unwrap_or_default();
        clean.push_str(&replace(&EMAIL, bare, "[email]"));
        rest = link.end();
    }
    clean.push_str(&redact_plain(text.get(rest..).unwrap_or_default()));
    clean
}

fn redact_plain(text: &str) -> String {
    let text = replace(&EMAIL, text, "[email]");
    let text = replace_prefix(&IBAN, &text, "[iban]", is_iban);
    let text = replace_prefix(&CARD, &text, "[card]", is_card);
    let text = replace(&SECRET, &text, "${word}[code]");
    let text = replace(&BIRTHDAY, &text, "[birthday]");
    let text = replace(&ORDER, &text, "${word}[order]");
    match PHONE.as_ref() {
        Some(pattern) => {
            pattern.replace_all(&text, |found: &Captures<'_>| phone(found.get(0).map_or("", |number| number.as_str()))).into_owned()
        }
        None => text,
    }
}

fn replace(pattern: &LazyLock<Option<Regex>>, text: &str, placeholder: &str) -> String {
    match pattern.as_ref() {
        Some(pattern) => pattern.replace_all(text, placeholder).into_owned(),
        None => text.to_owned(),
    }
}

/// Replaces the longest start of each match that holds: the pattern may have run on into the next words.
fn replace_prefix(pattern: &LazyLock<Option<Regex>>, text: &str, placeholder: &str, holds: fn(&str) -> bool) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = pattern.as_ref().and_then(|pattern| pattern.find_at(text, at)) {
        clean.push_str(text.get(at..found.start()).unwrap_or_default());
        let candidate = found.as_str();
        let ends = candidate.char_indices().map(|(end, c)| end + c.len_utf8()).rev();
        match ends.filter_map(|end| candidate.get(..end)).filter(|prefix| ends_word(candidate, prefix)).find(|prefix| holds(prefix)) {
            Some(prefix) => {
                clean.push_str(placeholder);
                at = found.start() + prefix.len();
            }
            None => {
                clean.push_str(candidate);
                at = found.end();
            }
        }
    }
    clean.push_str(text.get(at..).unwrap_or_default());
    clean
}

fn ends_word(whole: &str, prefix: &str) -> bool {
    let next = whole.get(prefix.len()..).and_then(|rest| rest.chars().next());
    prefix.ends_with(char::is_alphanumeric) && !next.is_some_and(char::is_alphanumeric)
}

fn phone(number: &str) -> String {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let is_date = DATE.as_ref().is_some_and(|date| date.is_match(number));
    if digits < PHONE_DIGITS_MIN || is_date { number.to_owned() } else { "[phone]".to_owned() }
}

/// The Luhn checksum of ISO/IEC 7812-1, over 13 to 19 digits.
fn is_card(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits.iter().rev().enumerate().map(|(place, digit)| if place % 2 == 1 { doubled(*digit) } else { *digit }).sum();
    (CARD_DIGITS_MIN..=CARD_DIGITS_MAX).contains(&digits.len()) && sum.is_multiple_of(10)
}

/// The checksum of ISO 7064 MOD 97-10, as ISO 13616 uses it.
fn is_iban(text: &str) -> bool {
    let compact: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    if !(IBAN_CHARS_MIN..=IBAN_CHARS_MAX).contains(&compact.len()) {
        return false;
    }
    let (head, tail) = compact.split_at(4);
    let values = tail.chars().chain(head.chars()).filter_map(|c| c.to_digit(36));
    values.fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97) == 1
}
