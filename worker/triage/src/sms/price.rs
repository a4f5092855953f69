//! What a segment costs, by country.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Money in millionths of a US dollar: exact, and small enough for the price of one segment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MicroUsd(pub u64);

/// Millionths in a dollar.
const MICROS_PER_USD: u64 = 1_000_000;

/// `$0.0079`, `$1.20`: two decimals at least, six at most.
impl fmt::Display for MicroUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = format!("{:06}", self.0 % MICROS_PER_USD);
        write!(f, "${}.{:0<2}", self.0 / MICROS_PER_USD, micros.trim_end_matches('0'))
    }
}

/// The price of one segment in millionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentPrice {
    /// To send one segment.
    pub outbound_micros: u64,
    /// To receive one segment.
    pub inbound_micros: u64,
}

/// Prices by the first digits of an E.164 number, with or without its `+`. The longest prefix that matches wins.
///
/// The empty prefix matches every number. A number that nothing matches is priced as the dearest one known, so that an
/// estimate errs on the safe side. In configuration: `"33" = { outbound_micros = 80000, inbound_micros = 7500 }`.
///
/// The default is a table of **example list prices** that gives a first idea. They are no vendor's offer, they age, and
/// carrier fees come on top: an operator replaces them with the prices of their own contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, SegmentPrice>", into = "BTreeMap<String, SegmentPrice>")]
pub struct PriceTable {
    by_prefix: BTreeMap<String, SegmentPrice>,
}

/// Example list prices: (prefix, outbound, inbound), in millionths of a US dollar a segment.
const EXAMPLES: &[(&str, u64, u64)] = &[
    ("1", 7_900, 7_900),      // United States, Canada
    ("1787", 40_000, 7_900),  // Puerto Rico
    ("1876", 160_000, 7_900), // Jamaica
    ("20", 240_000, 7_500),   // Egypt
    ("27", 30_000, 7_500),    // South Africa
    ("30", 70_000, 7_500),    // Greece
    ("31", 100_000, 7_500),   // Netherlands
    ("32", 100_000, 7_500),   // Belgium
    ("33", 80_000, 7_500),    // France
    ("34", 80_000, 7_500),    // Spain
    ("351", 50_000, 7_500),   // Portugal
    ("352", 90_000, 7_500),   // Luxembourg
    ("353", 75_000, 7_500),   // Ireland
    ("358", 85_000, 7_500),   // Finland
    ("39", 85_000, 7_500),    // Italy
    ("41", 70_000, 7_500),    // Switzerland
    ("420", 60_000, 7_500),   // Czechia
    ("43", 95_000, 7_500),    // Austria
    ("44", 50_000, 7_500),    // United Kingdom
    ("45", 55_000, 7_500),    // Denmark
    ("46", 60_000, 7_500),    // Sweden
    ("47", 70_000, 7_500),    // Norway
    ("48", 40_000, 7_500),    // Poland
    ("49", 110_000, 7_500),   // Germany
    ("52", 60_000, 7_500),    // Mexico
    ("55", 60_000, 7_500),    // Brazil
    ("61", 52_000, 7_500),    // Australia
    ("64", 105_000, 7_500),   // New Zealand
    ("65", 50_000, 7_500),    // Singapore
    ("81", 85_000, 7_500),    // Japan
    ("91", 85_000, 7_500),    // India
    ("971", 110_000, 7_500),  // United Arab Emirates
];

impl Default for PriceTable {
    fn default() -> Self {
        let price = |outbound_micros, inbound_micros| SegmentPrice { outbound_micros, inbound_micros };
        Self { by_prefix: EXAMPLES.iter().map(|(prefix, out, back)| ((*prefix).to_owned(), price(*out, *back))).collect() }
    }
}

impl From<BTreeMap<String, SegmentPrice>> for PriceTable {
    fn from(prices: BTreeMap<String, SegmentPrice>) -> Self {
        Self { by_prefix: prices.into_iter().map(|(prefix, price)| (digits(&prefix), price)).collect() }
    }
}

impl From<PriceTable> for BTreeMap<String, SegmentPrice> {
    fn from(table: PriceTable) -> Self {
        table.by_prefix
    }
}

impl PriceTable {
    /// The price of sending `segments` segments to the E.164 number `to`.
    pub fn outbound(&self, to: &str, segments: u32) -> MicroUsd {
        self.total(to, segments, |price| price.outbound_micros)
    }

    /// The price of receiving `segments` segments from the E.164 number `from`.
    pub fn inbound(&self, from: &str, segments: u32) -> MicroUsd {
        self.total(from, segments, |price| price.inbound_micros)
    }

    fn total(&self, number: &str, segments: u32, way: fn(&SegmentPrice) -> u64) -> MicroUsd {
        let dearest = || self.by_prefix.values().map(way).max().unwrap_or(0);
        let each = self.matching(number).map_or_else(dearest, way);
        MicroUsd(each.saturating_mul(u64::from(segments)))
    }

    fn matching(&self, number: &str) -> Option<&SegmentPrice> {
        let number = digits(number);
        let matches = self.by_prefix.iter().filter(|(prefix, _)| number.starts_with(prefix.as_str()));
        matches.max_by_key(|(prefix, _)| prefix.len()).map(|(_, price)| price)
    }
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}
