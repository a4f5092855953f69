//! The intent against what people said that it was about.

use crate::past::Human;
use triage::decision::Decision;
use triage::intent::{IntentName, OUT_OF_SCOPE};

/// Right or wrong; none when nobody said, or when it was not classified. Leaving something alone is right where people said that it
/// lies outside all intents.
pub fn score(decision: &Decision, human: &Human, out_of_scope_max: f64) -> Option<bool> {
    let (true, Some(out_of_scope)) = (!human.intents.is_empty(), decision.receipt.out_of_scope) else { return None };
    let said = match &decision.intent {
        Some(intent) if out_of_scope <= out_of_scope_max => intent.clone(),
        Some(_) | None => IntentName(OUT_OF_SCOPE.to_owned()),
    };
    Some(human.intents.contains(&said))
}
