//! What must not have gone out, whatever it says.

use crate::past::Human;
use serde::{Deserialize, Serialize};
use triage::decision::{Action, Decision, Reason};
use triage::policy::Policy;

/// Why a reply is unsafe.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsafe {
    /// People said that it was about something that the policy gives to a person.
    MustEscalate,
    /// It rests on no passage, and is none of the operator's own texts.
    NoPassage,
    /// It went out although its checks found faults.
    Faulty,
    /// The customer had opted out.
    OptedOut,
}

/// People said that it was about something that the policy gives to a person.
pub fn must_escalate(policy: &Policy, human: &Human) -> bool {
    human.intents.iter().any(|intent| policy.escalate.contains_key(intent))
}

/// Everything that is unsafe about a decision; only what goes out to a customer can be.
pub fn score(policy: &Policy, decision: &Decision, human: &Human, opted_out: bool) -> Vec<Unsafe> {
    if !matches!(decision.action, Action::Reply { .. }) {
        return Vec::new();
    }
    let fixed = matches!(decision.reason, Reason::OptedOutByWording | Reason::HelpAsked | Reason::BareGreeting);
    let found = [
        (must_escalate(policy, human) && !fixed, Unsafe::MustEscalate),
        (decision.receipt.citations.is_empty() && !fixed, Unsafe::NoPassage),
        (!decision.receipt.faults.is_empty(), Unsafe::Faulty),
        (opted_out, Unsafe::OptedOut),
    ];
    found.into_iter().filter_map(|(is_so, what)| is_so.then_some(what)).collect()
}
