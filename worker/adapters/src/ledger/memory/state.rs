//! What the in-memory ledger holds, in plain structs without anything derived.

use jiff::Timestamp;
use runtime::delivery::DeliveryState;
use runtime::effect::{DecisionId, Effect, EffectKey, EffectState};
use runtime::ports::ledger::WorkerId;
use runtime::ports::records::DeadLetter;
use std::collections::{BTreeMap, HashSet};
use triage::decision::Decision;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, Change, Message, MessageId, Owner, Tag, Ticket, TicketId};

/// Everything.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) is_paused: bool,
    pub(crate) conversations: BTreeMap<TicketId, Conversation>,
    pub(crate) known_messages: HashSet<MessageId>,
    /// Arrival number of the newest message, replies counted.
    pub(crate) newest_seq: u64,
    pub(crate) consents: Vec<Consent>,
    pub(crate) decisions: Vec<Decided>,
    pub(crate) effects: Vec<EffectRow>,
    pub(crate) letters: Vec<Letter>,
    pub(crate) known_malformed: HashSet<Vec<u8>>,
}

/// One conversation.
pub(crate) struct Conversation {
    /// Order of creation.
    pub(crate) number: usize,
    pub(crate) customer: PhoneNumber,
    pub(crate) company: PhoneNumber,
    /// In the order of arrival; [`MessageRow::place`] is the order of the ticket.
    pub(crate) messages: Vec<MessageRow>,
    pub(crate) tags: Vec<Change<Tag>>,
    pub(crate) owners: Vec<Change<Owner>>,
    pub(crate) postponed_until: Option<i64>,
    pub(crate) attempts: u32,
    pub(crate) fence: u64,
    pub(crate) lease: Option<Lease>,
    /// How many changes of consent there were when the newest claim was made.
    pub(crate) consent_seen: usize,
}

/// A claim in force.
pub(crate) struct Lease {
    pub(crate) worker: WorkerId,
    pub(crate) at: i64,
    pub(crate) until: i64,
}

/// Where a customer's message stands.
#[derive(Clone, PartialEq)]
pub(crate) enum Standing {
    Waiting,
    Decided(DecisionId),
    /// With the number of its dead letter.
    Dead(i64),
    /// Nothing is to be decided: an agent or a bot wrote it.
    Heard,
}

pub(crate) struct MessageRow {
    pub(crate) message: Message,
    pub(crate) seq: u64,
    /// Twice the arrival number, one more for a reply; then the part of the reply.
    pub(crate) place: (u64, usize, u64),
    pub(crate) received_at: i64,
    pub(crate) standing: Standing,
}

pub(crate) struct Consent {
    pub(crate) customer: PhoneNumber,
    pub(crate) company: PhoneNumber,
    pub(crate) at: Timestamp,
    pub(crate) is_out: bool,
    pub(crate) decision: DecisionId,
}

pub(crate) struct Decided {
    pub(crate) id: DecisionId,
    pub(crate) ticket: TicketId,
    pub(crate) message: MessageId,
    pub(crate) at: Timestamp,
    pub(crate) decision: Decision,
}

#[derive(Clone)]
pub(crate) struct EffectRow {
    pub(crate) key: EffectKey,
    pub(crate) decision: DecisionId,
    pub(crate) ordinal: usize,
    pub(crate) ticket: TicketId,
    pub(crate) customer: PhoneNumber,
    pub(crate) company: PhoneNumber,
    /// Arrival number of the newest message that it answers.
    pub(crate) answers: u64,
    pub(crate) consent_seen: usize,
    pub(crate) effect: Effect,
    pub(crate) state: EffectState,
    /// See the column of this name in the embedded ledger.
    pub(crate) due_at: Option<i64>,
    pub(crate) attempts: u32,
    pub(crate) begun_at: Option<i64>,
    pub(crate) worker: Option<WorkerId>,
    pub(crate) fence: u64,
    pub(crate) vendor_id: Option<String>,
    pub(crate) is_doubtful: bool,
    pub(crate) delivery: Option<DeliveryState>,
    pub(crate) is_billed: bool,
}

pub(crate) struct Letter {
    pub(crate) letter: DeadLetter,
    pub(crate) is_open: bool,
}

impl State {
    /// The newest change of consent of a customer towards a number of the company, with its place in the list.
    pub(crate) fn newest_consent(&self, customer: &PhoneNumber, company: &PhoneNumber) -> Option<(usize, &Consent)> {
        let of_them = |(_, consent): &(usize, &Consent)| &consent.customer == customer && &consent.company == company;
        self.consents.iter().enumerate().filter(of_them).max_by_key(|(place, consent)| (consent.at, *place))
    }

    /// Appends a change of consent. What is dated after now was dated by a clock that has gone back since: it comes before this change
    /// all the same.
    pub(crate) fn change_consent(&mut self, mut change: Consent, now: Timestamp) {
        change.at = change.at.min(cut(now));
        let is_theirs = |other: &&mut Consent| other.customer == change.customer && other.company == change.company;
        for other in self.consents.iter_mut().filter(is_theirs).filter(|other| other.at > cut(now)) {
            other.at = change.at;
        }
        self.consents.push(change);
    }

    /// The ticket with the newest `messages_max` messages, or with those that end with `until` when it is older.
    pub(crate) fn ticket(&self, id: &TicketId, until: Option<&MessageId>, messages_max: usize) -> Option<Ticket> {
        let conversation = self.conversations.get(id)?;
        let mut rows: Vec<&MessageRow> = conversation.messages.iter().collect();
        rows.sort_by_key(|row| row.place);
        let is_in_newest = |until: &&MessageId| rows.iter().rev().take(messages_max).any(|row| row.message.id == **until);
        if let Some(until) = until.filter(|until| !is_in_newest(until)) {
            let end = rows.iter().position(|row| &row.message.id == until).map_or(rows.len(), |place| place + 1);
            rows.truncate(end);
        }
        let left_out = rows.len().saturating_sub(messages_max);
        let mut opted_out: Vec<Change<bool>> = self
            .consents
            .iter()
            .filter(|consent| consent.customer == conversation.customer && consent.company == conversation.company)
            .map(|consent| Change { at: consent.at, to: consent.is_out })
            .collect();
        opted_out.sort_by_key(|change| change.at);
        let mut owners = conversation.owners.clone();
        owners.sort_by_key(|change| change.at);
        let mut tags = conversation.tags.clone();
        tags.sort_by(|one, other| (one.at, &one.to).cmp(&(other.at, &other.to)));
        Some(Ticket {
            id: id.clone(),
            customer: conversation.customer.clone(),
            messages: rows.into_iter().skip(left_out).map(|row| row.message.clone()).collect(),
            tags,
            owners,
            opted_out,
        })
    }
}

impl Conversation {
    /// The undecided messages of the customer, oldest first.
    pub(crate) fn waiting(&self) -> impl DoubleEndedIterator<Item = &MessageRow> {
        self.messages.iter().filter(|row| row.standing == Standing::Waiting)
    }

    /// Whether `author` wrote after the message with this arrival number.
    pub(crate) fn wrote_after(&self, seq: u64, author: Author) -> bool {
        self.messages.iter().any(|row| row.seq > seq && row.message.author == author)
    }

    /// A person owns it from `at` on.
    pub(crate) fn give_to_person(&mut self, at: Timestamp) {
        self.owners.push(Change { at: cut(at), to: Owner::Person });
    }
}

/// The ledger keeps milliseconds.
pub(crate) fn cut(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}
