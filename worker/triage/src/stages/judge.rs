//! Judges a would-be reply: signals, the gate's number, the dial and the ceiling in force. Pure.

use crate::classification::Classification;
use crate::draft::{Draft, Verdict};
use crate::evidence::Evidence;
use crate::findings::Judgement;
use crate::policy::Ceiling;
use crate::rules::Routing;
use crate::signals::Signals;
use crate::terms::Terms;

/// Measures and judges.
pub fn judge(
    terms: &Terms,
    text: &str,
    classification: &Classification,
    routing: &Routing,
    evidence: &Evidence,
    draft: &Draft,
    verdict: &Verdict,
) -> Judgement {
    let signals = Signals::measure(text, classification, evidence, draft, verdict);
    let strictest = classification.wanted().map(|intent| terms.policy.dial(intent)).reduce(f64::min);
    Judgement {
        wrong_per_100: terms.gate.wrong_per_100(&signals),
        max_wrong_per_100: strictest.unwrap_or(terms.policy.max_wrong_per_100),
        calibrated: terms.gate.is_calibrated(),
        ceiling: ceiling(terms, classification, routing),
        signals,
    }
}

/// The ceiling of policy and rules: the lowest of all that the turn wants. A rule can only lower it. Calibration is weighed
/// in the decision itself.
pub fn ceiling(terms: &Terms, classification: &Classification, routing: &Routing) -> Ceiling {
    let of_policy = classification.wanted().map(|intent| terms.policy.ceiling(intent)).min().unwrap_or(terms.policy.default_ceiling);
    routing.set.ceiling.map_or(of_policy, |of_rules| of_rules.min(of_policy))
}
