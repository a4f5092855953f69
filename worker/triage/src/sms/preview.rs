//! What a text will cost, shown before it is sent.

use serde::{Deserialize, Serialize};

use crate::sms::encoding::Encoding;
use crate::sms::price::{MicroUsd, PriceTable};
use crate::sms::segments::segments;

/// The size and the price of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The encoding of every segment.
    pub encoding: Encoding,
    /// Billed segments.
    pub segments: u32,
    /// Septets (GSM-7) or UTF-16 code units (UCS-2).
    pub units: u32,
    /// The price of sending it once.
    pub price: MicroUsd,
}

/// The preview of `text`, as it stands, sent to the E.164 number `to`.
pub fn preview(text: &str, to: &str, prices: &PriceTable) -> Preview {
    let size = segments(text);
    Preview { encoding: size.encoding, segments: size.count, units: size.units, price: prices.outbound(to, size.count) }
}
