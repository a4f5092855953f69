//! A piece of personal data in a text.

use std::ops::Range;

/// What kind of personal data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A payment card (ISO/IEC 7812, with its Luhn digit).
    Card,
    /// A bank account (ISO 13616, with its check digits).
    Iban,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A number of social security: of the USA, or of France (NIR).
    SocialSecurity,
    /// An order, parcel, invoice or customer number, or a long number of unknown use.
    Order,
    /// A password or a code that proves who someone is.
    Code,
    /// A date of birth.
    Birthday,
    /// A name of a person.
    Name,
    /// What follows the page in a link: it often holds who the link was made for.
    Link,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 10] = [
        Kind::Card,
        Kind::Iban,
        Kind::Email,
        Kind::Phone,
        Kind::SocialSecurity,
        Kind::Order,
        Kind::Code,
        Kind::Birthday,
        Kind::Name,
        Kind::Link,
    ];

    /// The word of its placeholder.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Card => "card",
            Kind::Iban => "iban",
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::SocialSecurity => "social security",
            Kind::Order => "order",
            Kind::Code => "code",
            Kind::Birthday => "birthday",
            Kind::Name => "name",
            Kind::Link => "link",
        }
    }
}

/// Where personal data stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Of what kind it is.
    pub kind: Kind,
    /// Bytes of the text, on borders of characters.
    pub span: Range<usize>,
}

impl Finding {
    /// A finding.
    pub fn new(kind: Kind, span: Range<usize>) -> Self {
        Finding { kind, span }
    }

    /// The same, in a text in which this one begins at an offset.
    pub fn moved(self, offset: usize) -> Self {
        Finding { kind: self.kind, span: self.span.start + offset..self.span.end + offset }
    }
}
