//! What a person is told when a send or a draft has failed for good.

use runtime::effect::Effect;
use triage::classification::Priority;
use triage::decision::Decision;

/// The escalation that follows the failure of `kind` (`send`, `relay` or `draft`). A person should look before the others: the
/// customer waits for an answer that did not come. `problem` holds no message text, by the promise of the ledger's port.
pub fn escalation(kind: &str, problem: &str, decision: Option<&Decision>) -> Effect {
    Effect::Escalate {
        team: decision.and_then(|decision| decision.team.clone()),
        priority: decision.map_or(Priority::High, |decision| decision.priority.max(Priority::High)),
        note: match kind {
            "relay" => format!("An answer that was written here was not sent by SMS: {problem}"),
            _ => format!("The {kind} that was decided could not be carried out: {problem}"),
        },
    }
}
