//! A decision and its effects as columns, made before the writer's turn comes.

use runtime::effect::{DecisionId, Effect};
use serde_json::{Value, json};
use triage::decision::{Action, ConsentChange, Decision};

/// A decision made ready for writing.
pub(crate) struct Prepared {
    pub(crate) id: DecisionId,
    pub(crate) action: &'static str,
    pub(crate) reason: String,
    pub(crate) consent: Option<ConsentChange>,
    pub(crate) for_a_person: bool,
    pub(crate) json: String,
    pub(crate) outcome: Value,
    pub(crate) effects: Vec<PreparedEffect>,
}

/// An effect made ready for writing.
pub(crate) struct PreparedEffect {
    pub(crate) kind: &'static str,
    pub(crate) json: String,
}

impl PreparedEffect {
    /// Turns an effect into its columns.
    pub(crate) fn of(effect: &Effect) -> Result<Self, serde_json::Error> {
        Ok(PreparedEffect { kind: effect.name(), json: serde_json::to_string(effect)? })
    }
}

impl Prepared {
    /// Turns a decision into its columns.
    pub(crate) fn of(id: &DecisionId, decision: &Decision, effects: &[Effect]) -> Result<Self, serde_json::Error> {
        let (action, reason) = (decision.action.name(), decision.reason.name());
        let wrong_per_100 = decision.receipt.judgement.as_ref().map(|judgement| judgement.wrong_per_100);
        let outcome = json!({ "action": action, "reason": &reason, "intent": decision.intent, "wrong_per_100": wrong_per_100 });
        Ok(Prepared {
            id: id.clone(),
            action,
            reason,
            outcome,
            consent: decision.consent,
            for_a_person: matches!(decision.action, Action::Escalate { .. }),
            json: serde_json::to_string(decision)?,
            effects: effects.iter().map(PreparedEffect::of).collect::<Result<_, _>>()?,
        })
    }
}
