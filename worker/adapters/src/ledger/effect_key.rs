//! Keys of effects: made from the decision and the place in it, so that making them twice gives the same ones.

use runtime::effect::{DecisionId, EffectKey};

/// The key of the effect that stands at `ordinal` (from 0) in a decision. Forty characters at most, so that it fits the
/// idempotency keys of vendors (Stripe allows 255, and asks for 24 at least to be unique).
pub fn effect_key(decision: &DecisionId, ordinal: usize) -> EffectKey {
    EffectKey(format!("{decision}-{ordinal}"))
}
