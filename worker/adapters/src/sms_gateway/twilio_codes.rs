//! Twilio's error codes, told apart by what is to be done. The table stands in `docs/twilio-errors.md`; the vendor says that codes
//! may change, so that an unknown one is never tried again by itself.
//!
//! Sources: the vendor's error dictionary and pages 20429, 21610, 30003-30008, 30022, 30036.

/// What a code asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// The customer has opted out: note it, never send again.
    OptedOut,
    /// This number cannot be reached by SMS: a person must find another way.
    Recipient,
    /// Our account, number or registration: everything fails until somebody mends it.
    Account,
    /// The text was refused: the same text would be refused again.
    Content,
    /// It was not taken now: try again.
    Later,
    /// It took too long and was dropped.
    Expired,
    /// Not known: a person decides.
    Other,
}

impl Class {
    /// What to do, for the note to a person and the dead letter.
    pub fn advice(self) -> &'static str {
        match self {
            Class::OptedOut => "the customer has opted out with the carrier",
            Class::Recipient => "the number cannot be reached by SMS: find another way",
            Class::Account => "the account, the sender or its registration must be mended in Twilio's console",
            Class::Content => "the carrier or Twilio refused the text: write it in other words",
            Class::Later => "the network was busy",
            Class::Expired => "it waited too long and was dropped",
            Class::Other => "look the code up in Twilio's error dictionary",
        }
    }
}

/// Opted out.
pub const OPTED_OUT: &[u32] = &[21610];
/// The recipient.
pub const RECIPIENT: &[u32] = &[21211, 21612, 21614, 21635, 30003, 30005, 30006];
/// Our side.
pub const ACCOUNT: &[u32] = &[
    20003, 20005, 20404, 21212, 21408, 21602, 21603, 21604, 21606, 21608, 21617, 21659, 21660, 21661, 21701, 21702, 21703, 21704, 21705,
    21910, 30002, 30018, 30023, 30024, 30027, 30032, 30034, 30035, 63038,
];
/// The text.
pub const CONTENT: &[u32] = &[30004, 30007, 30019, 63013, 63026];
/// Later.
pub const LATER: &[u32] = &[14107, 20429, 20500, 20503, 21611, 30001, 30008, 30017, 30022, 63018];
/// Expired.
pub const EXPIRED: &[u32] = &[30036];

/// What a code asks for.
pub fn class_of(code: u32) -> Class {
    let tables = [
        (OPTED_OUT, Class::OptedOut),
        (RECIPIENT, Class::Recipient),
        (ACCOUNT, Class::Account),
        (CONTENT, Class::Content),
        (LATER, Class::Later),
        (EXPIRED, Class::Expired),
    ];
    tables.iter().find(|(codes, _)| codes.contains(&code)).map_or(Class::Other, |(_, class)| *class)
}
