//! The case: a ticket as it stood when a message came. Nothing later is in it.

use crate::phone::PhoneNumber;
use crate::ticket::{Author, Change, Message, MessageId, Owner, Tag, Ticket, TicketId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a customer wrote longer ago than this belongs to the history, answered or not: ten minutes. Fragments of one
/// thought come within seconds; an hour later it is another thought, and a person may have the first one.
pub const TURN_MS_MAX: i64 = 10 * 60_000;

/// Messages of a conversation that a case looks at, the newest ones. Live and replay cut alike.
pub const MESSAGES_MAX: usize = 60;

/// What was said longer ago is not this person's: numbers are given away again. Ninety days; carriers in the US wait forty-five at
/// least.
pub const HISTORY_MS_MAX: i64 = 90 * 24 * 3_600_000;

/// Automatic replies count as a loop within one day; a customer who comes back tomorrow is no loop.
const LOOP_MS_MAX: i64 = 24 * 3_600_000;

/// What is to be decided: one turn of a customer, with what was known at that moment.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Case {
    /// The conversation.
    pub ticket: TicketId,
    /// Whose number it is.
    pub customer: PhoneNumber,
    /// When the newest message of the turn came.
    pub at: Timestamp,
    /// The customer's unanswered messages, oldest first; never empty.
    pub turn: Vec<Message>,
    /// What was said before the turn, oldest first.
    pub history: Vec<Message>,
    /// Tags on the ticket at that moment.
    pub tags: Vec<Tag>,
    /// Who had the ticket at that moment. An agent who writes takes it.
    pub owner: Owner,
    /// Since when.
    pub owner_since: Option<Timestamp>,
    /// The customer had opted out at that moment.
    pub opted_out: bool,
    /// Words on consent up to this moment have been obeyed already.
    pub consent_settled_at: Option<Timestamp>,
    /// How long the newest message had waited when it was decided, in milliseconds. Zero in replay.
    pub waited_ms: i64,
}

/// No case can be made of this ticket and message.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CaseError {
    /// The message is not in the ticket.
    #[error("message {0} is not in its ticket")]
    NoSuchMessage(MessageId),
    /// Only a customer's message can be decided.
    #[error("message {0} was not written by the customer")]
    NotTheCustomers(MessageId),
}

impl Case {
    /// The ticket as it stood when `message` came. Live and replay both enter here.
    ///
    /// The turn is the run of customer messages that ends with `message` and that nobody has answered. Messages, tags,
    /// owners and opt-outs of a later time are not in the case.
    pub fn at(ticket: &Ticket, message: &MessageId) -> Result<Self, CaseError> {
        let position = ticket.messages.iter().position(|m| &m.id == message).ok_or_else(|| CaseError::NoSuchMessage(message.clone()))?;
        let seen = ticket.messages.get((position + 1).saturating_sub(MESSAGES_MAX)..=position).unwrap_or_default();
        let newest = seen.last().ok_or_else(|| CaseError::NoSuchMessage(message.clone()))?;
        if newest.author != Author::Customer {
            return Err(CaseError::NotTheCustomers(message.clone()));
        }
        let at = newest.at;
        let in_turn = |m: &Message| m.author == Author::Customer && at.as_millisecond() - m.at.as_millisecond() <= TURN_MS_MAX;
        let turn_start = seen.iter().rposition(|m| !in_turn(m)).map_or(0, |before| before + 1);
        let (history, turn) = seen.split_at(turn_start);
        let is_theirs = |m: &Message| at.as_millisecond() - m.at.as_millisecond() <= HISTORY_MS_MAX;
        let history = history.get(history.iter().rposition(|m| !is_theirs(m)).map_or(0, |before| before + 1)..).unwrap_or_default();
        let (owner, owner_since) = owner(ticket, history, at);
        let consent = before(&ticket.opted_out, at).last();
        Ok(Case {
            ticket: ticket.id.clone(),
            customer: ticket.customer.clone(),
            at,
            turn: turn.to_vec(),
            history: history.to_vec(),
            tags: before(&ticket.tags, at).map(|change| change.to.clone()).collect(),
            owner,
            owner_since,
            opted_out: consent.is_some_and(|change| change.to),
            consent_settled_at: consent.map(|change| change.at),
            waited_ms: 0,
        })
    }

    /// The same case, decided at `now`: live decisions say how long the message has waited.
    pub fn decided_at(mut self, now: Timestamp) -> Self {
        self.waited_ms = now.as_millisecond().saturating_sub(self.at.as_millisecond()).max(0);
        self
    }

    /// The moment whose knowledge is asked: when the case is decided, which in replay is when the message came.
    pub fn as_of(&self) -> Timestamp {
        self.at.checked_add(jiff::SignedDuration::from_millis(self.waited_ms)).unwrap_or(self.at)
    }

    /// What the customer said in this turn, fragments joined by a line break.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.turn.iter().map(|m| m.text.trim()).filter(|text| !text.is_empty()).collect();
        texts.join("\n")
    }

    /// What the customer said before the turn, newest first.
    pub fn said_before(&self) -> String {
        let texts: Vec<&str> = self.history.iter().rev().filter(|m| m.author == Author::Customer).map(|m| m.text.trim()).collect();
        texts.join("\n")
    }

    /// Ids of the turn's messages, oldest first.
    pub fn message_ids(&self) -> Vec<MessageId> {
        self.turn.iter().map(|m| m.id.clone()).collect()
    }

    /// How many automatic messages of the last day stand at the end of the conversation with no person of the company in
    /// between.
    pub fn automatic_replies_in_a_row(&self) -> usize {
        let of_last_day = |m: &&Message| self.at.as_millisecond() - m.at.as_millisecond() <= LOOP_MS_MAX;
        let since_agent = self.history.iter().rev().take_while(|m| m.author != Author::Agent);
        since_agent.take_while(of_last_day).filter(|m| m.author == Author::Bot).count()
    }
}

/// Who had the ticket: the later of the last recorded change and the last message of an agent.
fn owner(ticket: &Ticket, history: &[Message], at: Timestamp) -> (Owner, Option<Timestamp>) {
    let changed = before(&ticket.owners, at).last();
    let wrote = history.iter().rev().find(|m| m.author == Author::Agent).map(|m| m.at);
    match (changed, wrote) {
        (Some(change), Some(wrote)) if change.at >= wrote => (change.to, Some(change.at)),
        (_, Some(wrote)) => (Owner::Person, Some(wrote)),
        (Some(change), None) => (change.to, Some(change.at)),
        (None, None) => (Owner::Nobody, None),
    }
}

/// The changes from before `at`, in their order. A change that a message itself brought about carries the message's
/// time and is not among them: deciding the message again sees what was seen the first time.
fn before<T>(changes: &[Change<T>], at: Timestamp) -> impl Iterator<Item = &Change<T>> {
    changes.iter().filter(move |change| change.at < at)
}
