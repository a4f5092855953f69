//! How many segments a text takes: the unit that carriers bill.
//!
//! A message that fits one segment has all of it (160 septets or 70 UTF-16 units). A longer one carries a header in each
//! part that joins the parts again, which leaves 153 septets or 67 units (3GPP TS 23.040). The escape pair of an extension
//! character and the surrogate pair of an emoji are never split over two parts, so a part may end one unit early.
//!
//! The text is counted **as it stands**, because the carrier counts what it is given. Texts that Whimbrel sends have been
//! brought to NFC by [`crate::sms::smart`] before; a text from elsewhere may hold decomposed accents, and those cost UCS-2.

use serde::{Deserialize, Serialize};

use crate::sms::encoding::{Encoding, encoding_of, septets};

/// Septets in a GSM-7 message of one segment.
pub const GSM7_ALONE: u32 = 160;
/// Septets in each part of a longer GSM-7 message.
pub const GSM7_PART: u32 = 153;
/// UTF-16 code units in a UCS-2 message of one segment.
pub const UCS2_ALONE: u32 = 70;
/// UTF-16 code units in each part of a longer UCS-2 message.
pub const UCS2_PART: u32 = 67;

/// The size of a text as an SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Segments {
    /// The encoding of every segment.
    pub encoding: Encoding,
    /// Billed segments; an empty text is one.
    pub count: u32,
    /// Septets (GSM-7) or UTF-16 code units (UCS-2), headers left out.
    pub units: u32,
}

/// Counts the segments of `text` as it stands.
pub fn segments(text: &str) -> Segments {
    let encoding = encoding_of(text);
    let (alone, part) = match encoding {
        Encoding::Gsm7 => (GSM7_ALONE, GSM7_PART),
        Encoding::Ucs2 => (UCS2_ALONE, UCS2_PART),
    };
    let sizes = || text.chars().map(|c| size(c, encoding));
    let units = sizes().fold(0, u32::saturating_add);
    let count = if units <= alone { 1 } else { parts(sizes(), part) };
    Segments { encoding, count, units }
}

/// Units of one character, which is never split.
fn size(c: char, encoding: Encoding) -> u32 {
    match encoding {
        // Only asked of a text whose every character is in GSM-7.
        Encoding::Gsm7 => septets(c).map_or(0, u32::from),
        Encoding::Ucs2 => u32::try_from(c.len_utf16()).unwrap_or(u32::MAX),
    }
}

/// Fills parts of `room` units in order; a character that does not fit begins the next part.
fn parts(sizes: impl Iterator<Item = u32>, room: u32) -> u32 {
    let mut count: u32 = 1;
    let mut used: u32 = 0;
    for size in sizes {
        if used.saturating_add(size) > room {
            count = count.saturating_add(1);
            used = 0;
        }
        used = used.saturating_add(size);
    }
    count
}
