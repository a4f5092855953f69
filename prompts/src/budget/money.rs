//! Prices and caps, in millionths of a US dollar.

use serde::{Deserialize, Serialize};

/// What a model costs. A dollar for a million tokens is a millionth of a dollar for one.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// US dollars for a million tokens that are read.
    pub input_usd_per_million: f64,
    /// US dollars for a million tokens that are written.
    pub output_usd_per_million: f64,
}

impl Price {
    /// What a call costs, rounded up to a millionth of a dollar.
    pub fn micro_usd(&self, tokens_in: u64, tokens_out: u64) -> u64 {
        let cost = tokens_in as f64 * self.input_usd_per_million + tokens_out as f64 * self.output_usd_per_million;
        // `as` saturates: what is no number costs nothing, what is endless costs the most.
        cost.max(0.0).ceil() as u64
    }
}

/// The most that may be spent, in millionths of a US dollar; none where there is no cap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Caps {
    /// One call.
    pub call: Option<u64>,
    /// One ticket, over its whole life.
    pub ticket: Option<u64>,
    /// One day (UTC).
    pub day: Option<u64>,
    /// One month (UTC).
    pub month: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_for_a_million_tokens_and_rounded_up() {
        let price = Price { input_usd_per_million: 0.4, output_usd_per_million: 1.6 };
        for (tokens_in, tokens_out, expected) in [(0, 0, 0), (1, 0, 1), (1_000, 0, 400), (1_000_000, 1_000_000, 2_000_000), (3, 2, 5)] {
            assert_eq!(price.micro_usd(tokens_in, tokens_out), expected);
        }
        assert_eq!(Price::default().micro_usd(1_000, 1_000), 0, "a model of one's own costs nothing");
    }
}
