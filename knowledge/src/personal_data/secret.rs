//! Passwords and codes, soon after a word that announces one. Promotion codes are no secret.

use crate::personal_data::finding::{Finding, Kind};
use regex::Regex;
use std::sync::LazyLock;

static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:pin|cvv|cvc|otp|tan|passcode|(?:access|security|verification|one-time|login) code|code (?:pin|de sécurité|secret)|",
        r"sicherheitscode|código de (?:seguridad|acceso)|password|mot de passe|contraseña|passwort)\b",
        r"(?:\s*(?:\b(?:is|was|est|es|ist)\b|:|=|-)\s*(?P<said>[^\s\[\]]*[0-9][^\s\[\]]*)|\s+(?P<bare>[0-9]{3,8})\b)",
    ))
    .ok()
});

/// What may follow a secret and is no part of it.
const CLOSING: [char; 6] = ['.', ',', ';', ':', '?', ')'];

/// Every secret with a digit in it.
pub fn find(text: &str) -> Vec<Finding> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let captured = SECRET.iter().flat_map(|pattern| pattern.captures_iter(text));
    let secrets = captured.filter_map(|groups| groups.name("said").or_else(|| groups.name("bare")));
    let finding = |start: usize, secret: &str| Finding::new(Kind::Code, start..start + secret.trim_end_matches(CLOSING).len());
    secrets.map(|secret| finding(secret.start(), secret.as_str())).filter(|finding| !finding.span.is_empty()).collect()
}
