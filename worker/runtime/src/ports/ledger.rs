//! The ledger: what came in, what was decided, what was done. Its promises make "exactly one reply".

use crate::delivery::{DeliveryReport, Noted};
use crate::effect::{DecisionId, Effect, EffectClaim, EffectKey, EffectOutcome};
use crate::inbound::InboundMessage;
use crate::ports::sms_gateway::Bill;
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use triage::decision::Decision;
use triage::phone::PhoneNumber;
use triage::ticket::{MessageId, Ticket};

/// Messages of a conversation that a claim brings along at most, newest kept.
pub const TICKET_MESSAGES_MAX: usize = 60;

/// What was received, or leased, so long after now, in milliseconds, was so before the clock went back.
pub const CLOCK_BACK_MAX_MS: i64 = 60_000;
/// Nothing is put off for longer than so many milliseconds (half an hour): what is due later was put off before the clock went back.
pub const DUE_MS_MAX: i64 = 1_800_000;

/// The ledger could not do it, and nothing of the call has happened; only when the connection to a shared ledger was lost at the
/// very commit, nobody knows. The worker bears both: what it has taken in it ignores, and what it holds ends with its lease.
#[derive(Debug, thiserror::Error)]
#[error("ledger: {problem}")]
pub struct LedgerError {
    /// What went wrong, and what to do where that is known.
    pub problem: String,
    /// Trying again may help (locked, disk full).
    pub is_transient: bool,
}

/// The name of a worker process.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkerId(pub String);

/// What intake made of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Received {
    /// It is new.
    New,
    /// It was there already; nothing was done.
    Duplicate,
}

/// Something came in that is no message.
#[derive(Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The bytes, kept for the operator (cut to [`MALFORMED_BYTES_MAX`]).
    pub payload: Vec<u8>,
    /// Why it is no message.
    pub problem: String,
}

/// Bytes of a malformed message that are kept at most.
pub const MALFORMED_BYTES_MAX: usize = 64 * 1024;

/// When a turn may be claimed, and for how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClaimTerms {
    /// The turn is over when its newest message was received so long ago, in milliseconds.
    pub burst_window_ms: i64,
    /// But it is over at the latest when its oldest undecided message was received so long ago, in milliseconds.
    pub burst_max_ms: i64,
    /// The claim holds so long, in milliseconds.
    pub lease_ms: i64,
    /// At most so many turns.
    pub limit: usize,
}

/// A turn that this worker may decide now.
#[derive(Clone, PartialEq, Debug)]
pub struct Claim {
    /// The conversation as it stands.
    pub ticket: Ticket,
    /// The newest undecided message of the customer.
    pub message: MessageId,
    /// How often deciding was tried before.
    pub attempts: u32,
    /// Grows with every claim of the conversation: whoever holds an older claim may not write.
    pub fence: u64,
    /// When the newest message was received.
    pub received_at: Timestamp,
}

/// Whether a write still held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// It is durable.
    Yes,
    /// A newer message came, a person wrote, or another worker has the claim: nothing was written.
    Superseded,
}

/// Keeps the worker's state. Every method is one transaction, durable when it returns where the text says so.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Takes messages in, in their order: insert or ignore by message id. Durable. An agent's message makes the person
    /// the owner of the ticket. The answers stand in the order of the messages.
    async fn receive(&self, messages: &[InboundMessage], now: Timestamp) -> Result<Vec<Received>, LedgerError>;
    /// Puts what is no message among the dead letters, once for equal bytes. Durable.
    async fn receive_malformed(&self, malformed: &[Malformed], now: Timestamp) -> Result<(), LedgerError>;
    /// Claims conversations with undecided customer messages whose burst window is over, oldest first. A conversation
    /// with a claim in force, or with a send begun or unknown, is left alone. Nothing while paused.
    async fn claim_due(&self, worker: &WorkerId, now: Timestamp, terms: ClaimTerms) -> Result<Vec<Claim>, LedgerError>;
    /// Writes the decision, its change of consent and its effects in one transaction, closes the claim, and cancels
    /// pending sends and drafts of earlier decisions of the conversation. An escalation makes a person the owner.
    async fn decided(
        &self,
        claim: &Claim,
        id: &DecisionId,
        decision: &Decision,
        effects: &[Effect],
        now: Timestamp,
    ) -> Result<Written, LedgerError>;
    /// Gives a claim back: the turn is due again at `at`, with one more attempt.
    async fn postpone(&self, claim: &Claim, problem: &str, at: Timestamp) -> Result<Written, LedgerError>;
    /// Gives a turn up: its messages stand among the dead letters with the reason, and an escalation for a person is
    /// written in the same transaction. Durable.
    async fn bury(&self, claim: &Claim, problem: &str, escalation: &Effect, now: Timestamp) -> Result<Written, LedgerError>;
    /// Begins effects that are pending and due: `sending` is durable when this returns. Effects of one decision are
    /// begun in their order. A send is cancelled instead when it is no longer true: a newer customer message came, a
    /// person wrote, or the customer has opted out since (the confirmation of the opt-out itself still goes).
    async fn claim_effects(&self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<EffectClaim>, LedgerError>;
    /// Effects whose outcome is unknown and whose time to look has come; the claim holds for `lease_ms`.
    async fn claim_unknown(&self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<EffectClaim>, LedgerError>;
    /// Notes what became of an effect. A send that is done becomes a message of the conversation, right behind the
    /// messages that it answers. A failed send or draft becomes a dead letter and an escalation.
    async fn settle(&self, claim: &EffectClaim, outcome: &EffectOutcome, now: Timestamp) -> Result<Written, LedgerError>;
    /// Notes that the carrier has taken an opt-out or opt-in of a customer, once for each message that asked for it. Durable.
    async fn note_consent(
        &self,
        cause: &MessageId,
        customer: &PhoneNumber,
        company: &PhoneNumber,
        opted_out: bool,
        now: Timestamp,
    ) -> Result<(), LedgerError>;
    /// Notes what the phone network says of a send. News of a send whose outcome nobody knew prove that it happened: it is done.
    /// What was lost on the way becomes a dead letter and an escalation, like a failed send; an opt-out with the carrier is
    /// kept. Older news than what is known change nothing. Durable.
    async fn note_delivery(&self, report: &DeliveryReport, now: Timestamp) -> Result<Noted, LedgerError>;
    /// The send that the phone network knows by this id.
    async fn send_of(&self, vendor_id: &str) -> Result<Option<EffectKey>, LedgerError>;
    /// Vendor's ids of messages that were sent between these moments and whose price is not known, oldest first.
    async fn unbilled(&self, after: Timestamp, before: Timestamp, limit: usize) -> Result<Vec<String>, LedgerError>;
    /// Keeps what a message came to; nothing when no send has this id.
    async fn note_bill(&self, vendor_id: &str, bill: &Bill, now: Timestamp) -> Result<(), LedgerError>;
    /// Takes back what dead workers held: turns are due again; an effect `sending` past its lease becomes `unknown`, to
    /// be looked up after `settle_ms`. `all_of` takes back everything of that worker at once, leases or not (on start). What is due
    /// so late that the clock must have gone back since (see [`CLOCK_BACK_MAX_MS`], [`DUE_MS_MAX`]) is due now.
    async fn recover(&self, now: Timestamp, settle_ms: i64, all_of: Option<&WorkerId>) -> Result<u64, LedgerError>;
    /// When the newest message of a customer or an agent was taken in.
    async fn last_received(&self) -> Result<Option<Timestamp>, LedgerError>;
    /// When something will next be due, if anything is waiting: the worker sleeps until then.
    async fn next_due(&self, terms: ClaimTerms) -> Result<Option<Timestamp>, LedgerError>;
    /// Returns when another worker has made work on a shared ledger; never, where one worker has it to itself.
    async fn work_elsewhere(&self) {
        std::future::pending().await
    }
}
