//! Phone numbers in E.164 form. Printing one never shows it: numbers stay out of logs.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest number that E.164 allows, digits without the plus sign.
pub const E164_DIGITS_MAX: usize = 15;
/// The shortest sender that a carrier uses: short codes have three to six digits.
pub const SHORT_CODE_DIGITS_MIN: usize = 3;
/// The most digits of a short code.
pub const SHORT_CODE_DIGITS_MAX: usize = 6;

/// A phone number: `+` and up to fifteen digits (ITU-T E.164), or a carrier's short code of three to six digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// The text is no phone number. The text itself is not repeated: it may be a customer's.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a phone number: write `+` and 7 to 15 digits (E.164, such as +12025550123) or a short code of 3 to 6 digits")]
pub struct PhoneNumberError;

impl PhoneNumber {
    /// Reads a number; spaces, dots, dashes and parentheses are dropped, a `tel:` or `sms:` prefix too.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        let text = text.trim();
        let text = text.strip_prefix("sms:").or_else(|| text.strip_prefix("tel:")).unwrap_or(text);
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '.' | '-' | '(' | ')')).collect();
        let (plus, digits) = match digits.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, digits.as_str()),
        };
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PhoneNumberError);
        }
        let valid = match plus {
            true => (7..=E164_DIGITS_MAX).contains(&digits.len()) && !digits.starts_with('0'),
            false => (SHORT_CODE_DIGITS_MIN..=SHORT_CODE_DIGITS_MAX).contains(&digits.len()),
        };
        match (valid, plus) {
            (true, true) => Ok(PhoneNumber(format!("+{digits}"))),
            (true, false) => Ok(PhoneNumber(digits.to_owned())),
            (false, _) => Err(PhoneNumberError),
        }
    }

    /// The number itself, for a gateway or a ledger. Not for logs.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// A short code belongs to a machine, not to a person.
    pub fn is_short_code(&self) -> bool {
        !self.0.starts_with('+')
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[phone number]")
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = PhoneNumberError;
    fn try_from(text: String) -> Result<Self, PhoneNumberError> {
        PhoneNumber::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> String {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_the_forms_that_people_write() {
        for (text, expected) in [
            ("+1 (202) 555-0123", "+12025550123"),
            ("+33 1 99 00 12 34", "+33199001234"),
            ("72345", "72345"),
            ("tel:+4930123456", "+4930123456"),
        ] {
            assert_eq!(PhoneNumber::parse(text).unwrap().reveal(), expected);
        }
    }

    #[test]
    fn what_is_no_number_is_refused_without_repeating_it() {
        for text in ["", "+", "+0123456789", "12", "+1234567890123456", "2065550187", "call me", "+12O25550123"] {
            let error = PhoneNumber::parse(text).unwrap_err();
            assert!(text.len() < 3 || !error.to_string().contains(text));
        }
    }

    #[test]
    fn a_number_is_never_printed() {
        assert_eq!(format!("{:?}", PhoneNumber::parse("+12025550123").unwrap()), "[phone number]");
    }
}
