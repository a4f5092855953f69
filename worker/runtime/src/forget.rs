//! What a removed source leaves in the ledger, and what not.
//!
//! A receipt holds ids and places of passages, which stay, and headings, which go. A reply quotes passages: when it was said
//! to a customer (or is on its way) it is a record of what was said and stays; a proposal to an agent and a reply that was
//! never said are emptied. A proposal that still waits reaches its agent without a text.

use crate::effect::{Effect, EffectState};
use triage::decision::{Action, Decision};
use triage::draft::Fault;
use triage::ticket::Author;

/// Takes everything out of a decision that was said in a removed source alone. `effects`: what it does, and where that
/// stands. True when anything changed.
pub fn forget(decision: &mut Decision, effects: &mut [(Effect, EffectState)], source: &str) -> bool {
    let before = (decision.clone(), effects.to_vec());
    let receipt = &mut decision.receipt;
    let seen = receipt.passages.iter_mut().chain(&mut receipt.set_aside);
    seen.filter(|passage| passage.source == source).for_each(|passage| {
        passage.title.clear();
        passage.link = None;
    });
    let is_of_source = |id| receipt.passages.iter().any(|passage| passage.source == source && &passage.id == id);
    let quotes = receipt.citations.iter().any(|citation| is_of_source(&citation.passage));
    if quotes && !effects.iter().any(|(effect, state)| is_said(effect, *state)) {
        receipt.would_be = receipt.would_be.take().map(|_| String::new());
        receipt.faults.iter_mut().for_each(empty_fault);
        empty_action(&mut decision.action);
        effects.iter_mut().for_each(|(effect, _)| empty_effect(effect));
    }
    before != (decision.clone(), effects.to_vec())
}

fn is_said(effect: &Effect, state: EffectState) -> bool {
    let may_be_out = match state {
        EffectState::Pending | EffectState::Sending | EffectState::Unknown | EffectState::Done => true,
        EffectState::Cancelled | EffectState::Failed => false,
    };
    matches!(effect, Effect::Send { .. }) && may_be_out
}

fn empty_action(action: &mut Action) {
    match action {
        Action::Reply { texts } => texts.iter_mut().for_each(String::clear),
        Action::Draft { text } => text.clear(),
        Action::Escalate { .. } | Action::TagOnly | Action::Ignore => {}
    }
}

fn empty_effect(effect: &mut Effect) {
    match effect {
        Effect::Send { text, .. } => text.clear(),
        Effect::Draft(proposal) => {
            proposal.text.clear();
            proposal.grounds.clear();
        }
        Effect::Record { by: Author::Bot, text } => text.clear(),
        Effect::Relay { .. } | Effect::Tag { .. } | Effect::Escalate { .. } | Effect::Record { .. } => {}
    }
}

/// What a fault points at is a piece of the reply.
fn empty_fault(fault: &mut Fault) {
    match fault {
        Fault::UnsupportedNumber { value }
        | Fault::UnsupportedLink { value }
        | Fault::UnsupportedName { value }
        | Fault::Promise { value }
        | Fault::ReservedWord { value }
        | Fault::AnotherThing { value } => value.clear(),
        Fault::NoCitation | Fault::Instruction | Fault::Unsupported | Fault::WrongLanguage => {}
    }
}
