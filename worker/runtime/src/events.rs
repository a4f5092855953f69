//! Everything that the worker says: one function an event. Ids only; no message text, no phone numbers.

use crate::delivery::{DeliveryReport, Noted};
use crate::effect::{DecisionId, EffectClaim, EffectOutcome};
use crate::ports::ledger::Claim;
use triage::decision::Decision;
use triage::ticket::MessageId;

/// Messages were taken in.
pub fn received(new: usize, duplicates: usize, malformed: usize) {
    tracing::info!(new, duplicates, malformed, "messages received");
}

/// The ledger takes others in, but not this one.
pub fn unreceivable(message: &MessageId, problem: &dyn std::fmt::Display) {
    tracing::error!(%message, %problem, "message dead-lettered: the ledger does not take it");
}

/// A turn was decided and written.
pub fn decided(claim: &Claim, id: &DecisionId, decision: &Decision) {
    tracing::info!(
        decision = %id, ticket = %claim.ticket.id, message = %claim.message,
        action = decision.action.name(), reason = decision.reason.name(), mind = decision.receipt.mind.name(), cost_micro_usd = decision.receipt.cost_micro_usd(), "turn decided"
    );
}

/// A decision was dropped because it was no longer true when it was to be written.
pub fn superseded(claim: &Claim) {
    tracing::info!(ticket = %claim.ticket.id, message = %claim.message, "decision superseded");
}

/// Deciding failed and will be tried again.
pub fn postponed(claim: &Claim, problem: &str) {
    tracing::warn!(ticket = %claim.ticket.id, message = %claim.message, attempts = claim.attempts + 1, problem, "turn postponed");
}

/// Deciding failed for good; a person was told.
pub fn buried(claim: &Claim, problem: &str) {
    tracing::error!(ticket = %claim.ticket.id, message = %claim.message, problem, "turn dead-lettered");
}

/// An effect was tried.
pub fn settled(claim: &EffectClaim, outcome: &EffectOutcome) {
    let (ticket, key, effect) = (&claim.ticket, &claim.key, claim.effect.name());
    match outcome {
        EffectOutcome::Done { .. } => tracing::info!(%ticket, %key, effect, "effect done"),
        EffectOutcome::Again { problem, .. } => tracing::warn!(%ticket, %key, effect, problem, "effect will be tried again"),
        EffectOutcome::Unknown { problem, .. } => tracing::warn!(%ticket, %key, effect, problem, "effect unknown, will be looked up"),
        EffectOutcome::OptedOut { problem } => tracing::warn!(%ticket, %key, effect, problem, "effect refused: the customer has opted out"),
        EffectOutcome::Failed { problem } => tracing::error!(%ticket, %key, effect, problem, "effect failed"),
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
    tracing::error!(what, %problem, "worker step failed, will be tried again");
}

/// A webhook was refused. Nothing of it was read.
pub fn unsigned(vendor: &str) {
    tracing::warn!(vendor, "webhook refused: its signature does not hold");
}

/// The phone network says how a message fared.
pub fn delivery(report: &DeliveryReport, noted: Noted) {
    tracing::info!(vendor_id = report.vendor_id, state = report.state.name(), code = report.code, ?noted, "delivery news");
}

/// What was missed was fetched.
pub fn swept(what: &'static str, messages: usize, new: usize) {
    tracing::info!(what, messages, new, "swept");
}
