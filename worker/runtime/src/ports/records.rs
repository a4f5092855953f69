//! The operator's view of the ledger: what stands in it, and the few things that an operator may change.

use crate::delivery::DeliveryState;
use crate::effect::{DecisionId, Effect, EffectKey, EffectState};
use crate::ports::ledger::{LedgerError, WorkerId};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use triage::decision::Decision;
use triage::ticket::{MessageId, Ticket, TicketId};

/// The number of a dead letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeadLetterId(pub i64);

/// Something that could not be dealt with.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Its number.
    pub id: DeadLetterId,
    /// `message` (a turn that could not be decided), `malformed` (no message at all) or `effect` (could not be done).
    pub kind: String,
    /// The conversation, when there is one.
    pub ticket: Option<TicketId>,
    /// The message, when there is one.
    pub message: Option<MessageId>,
    /// The effect, when it is one.
    pub effect: Option<EffectKey>,
    /// Why.
    pub reason: String,
    /// When it was given up.
    pub at: Timestamp,
}

/// An effect of a stored decision.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StoredEffect {
    /// Its key.
    pub key: EffectKey,
    /// What it does.
    #[serde(flatten)]
    pub effect: Effect,
    /// Where it stands.
    pub state: EffectState,
    /// The vendor's id, when it is done.
    pub vendor_id: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// How a message fared after it was sent, when the phone network has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryState>,
}

/// A decision as it was written.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StoredDecision {
    /// Its id.
    pub id: DecisionId,
    /// The newest message of its turn.
    pub message: MessageId,
    /// When it was written.
    pub at: Timestamp,
    /// The decision.
    pub decision: Decision,
    /// Its effects.
    pub effects: Vec<StoredEffect>,
}

/// Where every message and effect stands. The counts of messages add up to what was received.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Status {
    /// The operator has paused the worker.
    pub paused: bool,
    /// Customer messages received, duplicates not counted.
    pub received: u64,
    /// Of these: waiting for a decision.
    pub waiting: u64,
    /// Of these: decided.
    pub decided: u64,
    /// Of these: among the dead letters.
    pub dead: u64,
    /// Messages that agents wrote.
    pub agent_messages: u64,
    /// When the oldest waiting message was received.
    pub oldest_waiting_at: Option<Timestamp>,
    /// Decisions by action.
    pub decisions: BTreeMap<String, u64>,
    /// Decisions by reason.
    pub reasons: BTreeMap<String, u64>,
    /// Effects by state.
    pub effects: BTreeMap<String, u64>,
    /// Open dead letters, of every kind.
    pub dead_letters: u64,
    /// Customers who have opted out.
    pub opted_out: u64,
}

impl Status {
    /// Effects that are to be done, are being done, or are to be looked up.
    pub fn open_effects(&self) -> u64 {
        ["pending", "sending", "unknown"].iter().filter_map(|state| self.effects.get(*state)).sum()
    }
}

/// One line of the outcome ledger: what became of everything, appended to, never changed.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// Its number; later ones are larger.
    pub seq: i64,
    /// When it was noted.
    pub at: Timestamp,
    /// The conversation.
    pub ticket: TicketId,
    /// The decision that it belongs to, when there is one.
    pub decision: Option<String>,
    /// A word: `decided`, `buried`, `sent`, `drafted`, `tagged`, `escalated`, `cancelled`, `failed`,
    /// `recorded`, the states of a delivery (`sent`, `delivered`, …), `billed`, `draft_used`, `draft_edited`, `draft_ignored`,
    /// `agent_replied`, `customer_wrote_again`, `opted_out`, `opted_in`, `retried`, `discarded`.
    pub what: String,
    /// More, without message text and phone numbers.
    pub detail: Value,
}

/// A worker that was seen on a shared ledger. Its times are those of the ledger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SeenWorker {
    /// Its name.
    pub name: WorkerId,
    /// The version of its program.
    pub version: String,
    /// What it decides with: policy, intents, gate and model, in a word. Workers with different words decide differently.
    pub mind: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it was heard of last.
    pub seen_at: Timestamp,
    /// When it stopped, when it did so in order.
    pub stopped_at: Option<Timestamp>,
    /// It has not been heard of for too long, and has not said good-bye: its claims end with their leases.
    pub is_gone: bool,
    /// Turns that it holds.
    pub turns: u64,
    /// Effects that it has begun.
    pub effects: u64,
}

/// Reads the ledger for people, and changes what people may change.
#[async_trait]
pub trait Records: Send + Sync {
    /// Where everything stands.
    async fn status(&self) -> Result<Status, LedgerError>;
    /// A decision by its id, by the id of a message of its turn, or the newest of a ticket.
    async fn decision(&self, id: &str) -> Result<Option<StoredDecision>, LedgerError>;
    /// The newest decisions, newest first.
    async fn decisions(&self, limit: usize) -> Result<Vec<StoredDecision>, LedgerError>;
    /// The conversation as it stands.
    async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, LedgerError>;
    /// Open dead letters, oldest first.
    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, LedgerError>;
    /// Tries a dead letter again: the turn is due at once, or the effect is pending (a send that may have happened is
    /// looked up first). False when there is none, or when it is malformed and cannot be tried.
    async fn retry_dead(&self, id: DeadLetterId, now: Timestamp) -> Result<bool, LedgerError>;
    /// Closes a dead letter for good. False when there is none.
    async fn discard_dead(&self, id: DeadLetterId, now: Timestamp) -> Result<bool, LedgerError>;
    /// Takes everything out of the decisions that was said in a removed source of the knowledge alone (see
    /// [`crate::forget`]), down to the bytes of the file. How many decisions were changed.
    async fn forget_source(&self, source: &str) -> Result<u64, LedgerError>;
    /// Stops or resumes claiming. Intake goes on.
    async fn set_paused(&self, paused: bool, now: Timestamp) -> Result<(), LedgerError>;
    /// Lines of the outcome ledger after `seq` (0 for all), oldest first; none where they are not kept.
    async fn outcomes(&self, seq: i64, max: usize) -> Result<Vec<Outcome>, LedgerError> {
        let _ = (seq, max);
        Ok(Vec::new())
    }
    /// The workers that share the ledger, by name; none where one worker has it to itself.
    async fn workers(&self) -> Result<Vec<SeenWorker>, LedgerError> {
        Ok(Vec::new())
    }
}
