//! What the carrier would charge, by country, and what the language model would.

use serde::{Deserialize, Serialize};
use triage::case::Case;
use triage::decision::{Action, Decision};
use triage::sms::price::PriceTable;
use triage::sms::segments::segments;

/// Segments and their price, in millionths of a US dollar.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Cost {
    /// Segments that the customer's turn took.
    pub segments_in: u32,
    /// Their price.
    pub micros_in: u64,
    /// Segments that would have gone out.
    pub segments_out: u32,
    /// Their price.
    pub micros_out: u64,
    /// Segments of the would-be text, whether it goes out or not.
    #[serde(default)]
    pub segments_would_be: u32,
    /// Their price.
    #[serde(default)]
    pub micros_would_be: u64,
    /// Tokens of a language model; 0 with the local mind.
    pub model_tokens: u64,
    /// Their price, whether it was paid in this run or before.
    #[serde(default)]
    pub micros_model: u64,
}

/// Prices a turn and what would have been sent back.
pub fn score(case: &Case, decision: &Decision, prices: &PriceTable) -> Cost {
    let number = case.customer.reveal();
    let segments_in = case.turn.iter().map(|message| segments(&message.text).count).fold(0, u32::saturating_add);
    let texts = match &decision.action {
        Action::Reply { texts } => texts.as_slice(),
        Action::Draft { .. } | Action::TagOnly | Action::Escalate { .. } | Action::Ignore => &[],
    };
    let asked = &decision.receipt.consultations;
    let segments_would_be = decision.receipt.would_be.as_deref().map_or(0, |text| segments(text).count);
    let segments_out = texts.iter().map(|text| segments(text).count).fold(0, u32::saturating_add);
    Cost {
        segments_in,
        micros_in: prices.inbound(number, segments_in).0,
        segments_out,
        micros_out: prices.outbound(number, segments_out).0,
        segments_would_be,
        micros_would_be: prices.outbound(number, segments_would_be).0,
        model_tokens: asked.iter().map(|one| one.tokens_in + one.tokens_out).sum(),
        micros_model: asked.iter().map(|one| one.cost_micro_usd).sum(),
    }
}
