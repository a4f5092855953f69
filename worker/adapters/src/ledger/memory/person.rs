//! What people of the company do in a conversation of the in-memory ledger.

use crate::ledger::memory::state::{State, cut};
use jiff::Timestamp;
use runtime::effect::DecisionId;
use runtime::inbound::InboundMessage;
use runtime::ports::ledger::Received;
use runtime::relay;
use triage::ticket::{Author, Change, MessageId, Owner};

impl State {
    fn newest_owner(&self, inbound: &InboundMessage) -> Option<Change<Owner>> {
        let mut owners = self.conversations.get(&inbound.ticket_id())?.owners.clone();
        owners.sort_by_key(|change| change.at);
        owners.pop()
    }

    pub(crate) fn hand_back(&mut self, inbound: &InboundMessage, now: Timestamp) -> Received {
        let at = cut(inbound.message(now).at);
        let is_held = self.newest_owner(inbound).is_some_and(|newest| newest.to == Owner::Person && newest.at <= at);
        match self.conversations.get_mut(&inbound.ticket_id()).filter(|_| is_held) {
            Some(conversation) => {
                conversation.owners.push(Change { at, to: Owner::Nobody });
                conversation.lease = None;
                Received::New
            }
            None => Received::Duplicate,
        }
    }

    pub(crate) fn taken_again(&self, inbound: &InboundMessage, now: Timestamp) -> Option<InboundMessage> {
        let at = cut(inbound.message(now).at);
        let is_free = self.newest_owner(inbound).is_some_and(|newest| newest.to == Owner::Nobody && newest.at < at);
        let is_taking = inbound.author == Author::Agent && inbound.text.is_empty() && is_free;
        let id = MessageId(format!("{}-{}", inbound.message_id, now.as_millisecond()));
        let again = InboundMessage { message_id: id, at: None, ..inbound.clone() };
        (is_taking && !self.known_messages.contains(&again.message_id)).then_some(again)
    }

    pub(crate) fn send_on(&mut self, inbound: &InboundMessage, seq: u64, now: Timestamp) {
        let Some(effect) = relay::effect_of(inbound, now) else { return };
        let (ticket, at) = (inbound.ticket_id(), cut(inbound.message(now).at));
        let Some(conversation) = self.conversations.get(&ticket) else { return };
        let consent_seen = conversation.consent_seen;
        if !conversation.messages.iter().any(|row| row.message.author == Author::Customer && row.message.at <= at) {
            return;
        }
        let thread = DecisionId::of_relays(&ticket);
        let ordinals = self.effects.iter().filter(|row| row.decision == thread).map(|row| row.ordinal + 1);
        let ordinal = ordinals.max().unwrap_or(0);
        self.add_effect(&ticket, &thread, ordinal, &effect, (seq, consent_seen));
        self.release(&thread, now);
    }
}
