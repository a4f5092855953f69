//! Structured personal data becomes placeholders: cards, IBANs, e-mail addresses, phone, order and social security numbers.
//!
//! Only past tickets pass through here before they are stored: a company's documents are public and need their own numbers.
//! Where two readings are possible, more is hidden, not less. What is stored keeps plain placeholders (`[phone]`), from which
//! nothing comes back; what leaves the house for a moment gets numbered ones, see
//! [`crate::personal_data::placeholders::Placeholders`]. Names are the work of [`crate::stages::personal`].

use crate::personal_data::find::find;
use crate::personal_data::finding::{Finding, Kind};

/// What stands in the place of what was removed; `[name]` is put by [`crate::stages::personal`].
pub const PLACEHOLDERS: [&str; 9] =
    ["[card]", "[iban]", "[email]", "[phone]", "[social security]", "[order]", "[code]", "[birthday]", "[name]"];

/// The text with a plain placeholder for everything structured that is personal. Redacting twice is redacting once.
pub fn redact(text: &str) -> String {
    let findings = find(text);
    if findings.is_empty() {
        return text.to_owned();
    }
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    for Finding { kind, span } in findings {
        clean.push_str(text.get(at..span.start).unwrap_or_default());
        clean.push_str(plain(kind));
        at = span.end;
    }
    clean.push_str(text.get(at..).unwrap_or_default());
    clean
}

/// The placeholder that is stored; what follows the page in a link leaves nothing, so that the link still works.
const fn plain(kind: Kind) -> &'static str {
    match kind {
        Kind::Card => "[card]",
        Kind::Iban => "[iban]",
        Kind::Email => "[email]",
        Kind::Phone => "[phone]",
        Kind::SocialSecurity => "[social security]",
        Kind::Order => "[order]",
        Kind::Code => "[code]",
        Kind::Birthday => "[birthday]",
        Kind::Name => "[name]",
        Kind::Link => "",
    }
}
