//! Everything that the worker says: one function an event. Ids only; no message text, no phone numbers. An event's name and its fields
//! of a few possible values are what the metrics are counted from: they change together.

use crate::delivery::{DeliveryReport, Noted};
use crate::effect::{DecisionId, EffectClaim, EffectOutcome};
use crate::ports::ledger::Claim;
use jiff::Timestamp;
use triage::decision::Decision;
use triage::ticket::MessageId;

/// Messages were taken in.
pub fn received(new: usize, duplicates: usize, malformed: usize) {
    tracing::info!(name: "received", new, duplicates, malformed, "messages received");
}

/// The ledger takes others in, but not this one.
pub fn unreceivable(message: &MessageId, problem: &dyn std::fmt::Display) {
    tracing::error!(message_id = %message, %problem, "message dead-lettered: the ledger does not take it");
}

/// A turn was decided and written.
pub fn decided(claim: &Claim, id: &DecisionId, decision: &Decision, now: Timestamp) {
    let receipt = &decision.receipt;
    let waited_ms = now.as_millisecond() - claim.received_at.as_millisecond();
    let wrong_per_100 = receipt.judgement.as_ref().map(|judgement| judgement.wrong_per_100);
    tracing::info!(
        name: "decided",
        decision = %id, ticket = %claim.ticket.id, message_id = %claim.message,
        action = decision.action.name(), reason = decision.reason.name(), mind = receipt.mind.name(), waited_ms, wrong_per_100,
        consultations = receipt.consultations.len(), cost_micro_usd = receipt.cost_micro_usd(), "turn decided"
    );
}

/// A decision was dropped because it was no longer true when it was to be written.
pub fn superseded(claim: &Claim) {
    tracing::info!(name: "superseded", ticket = %claim.ticket.id, message_id = %claim.message, "decision superseded");
}

/// Deciding failed and will be tried again.
pub fn postponed(claim: &Claim, problem: &str) {
    let attempts = claim.attempts + 1;
    tracing::warn!(name: "postponed", ticket = %claim.ticket.id, message_id = %claim.message, attempts, problem, "turn postponed");
}

/// Deciding failed for good; a person was told.
pub fn buried(claim: &Claim, problem: &str) {
    tracing::error!(name: "buried", ticket = %claim.ticket.id, message_id = %claim.message, problem, "turn dead-lettered");
}

/// An effect was tried.
pub fn settled(claim: &EffectClaim, outcome: &EffectOutcome) {
    let (ticket, key, decision, effect) = (&claim.ticket, &claim.key, &claim.decision, claim.effect.name());
    match outcome {
        EffectOutcome::Done { .. } => {
            tracing::info!(name: "settled", %ticket, %key, %decision, effect, outcome = "done", "effect done");
        }
        EffectOutcome::Again { problem, .. } => {
            tracing::warn!(name: "settled", %ticket, %key, %decision, effect, outcome = "again", problem, "effect will be tried again");
        }
        EffectOutcome::Unknown { problem, .. } => {
            let outcome = "unknown";
            tracing::warn!(name: "settled", %ticket, %key, %decision, effect, outcome, problem, "effect unknown, will be looked up");
        }
        EffectOutcome::OptedOut { problem } => {
            let outcome = "opted_out";
            tracing::warn!(name: "settled", %ticket, %key, %decision, effect, outcome, problem, "effect refused: the customer has opted out");
        }
        EffectOutcome::Failed { problem } => {
            tracing::error!(name: "settled", %ticket, %key, %decision, effect, outcome = "failed", problem, "effect failed");
        }
    }
}

/// What a dead worker held was taken back.
pub fn recovered(count: u64) {
    if count > 0 {
        tracing::warn!(count, "claims of a dead worker taken back");
    }
}

/// A port failed; the loop goes on after a pause.
pub fn failed(what: &'static str, problem: &dyn std::fmt::Display) {
    tracing::error!(name: "step_failed", what, %problem, "worker step failed, will be tried again");
}

/// A webhook was refused. Nothing of it was read.
pub fn unsigned(vendor: &str) {
    tracing::warn!(name: "unsigned", vendor, "webhook refused: its signature does not hold");
}

/// The phone network says how a message fared.
pub fn delivery(report: &DeliveryReport, noted: Noted) {
    tracing::info!(vendor_id = report.vendor_id, state = report.state.name(), code = report.code, ?noted, "delivery news");
}

/// What was missed was fetched.
pub fn swept(what: &'static str, messages: usize, new: usize) {
    tracing::info!(what, messages, new, "swept");
}

/// The span of one turn, for traces.
pub fn turn(claim: &Claim) -> tracing::Span {
    tracing::debug_span!("turn", ticket = %claim.ticket.id, message_id = %claim.message, attempts = claim.attempts)
}

/// The span of one effect, for traces.
pub fn effect(claim: &EffectClaim) -> tracing::Span {
    tracing::debug_span!("effect", ticket = %claim.ticket, decision = %claim.decision, key = %claim.key, effect = claim.effect.name())
}
