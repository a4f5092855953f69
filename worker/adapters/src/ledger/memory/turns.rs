//! Intake and turns of the in-memory ledger.

use crate::ledger::memory::state::{Consent, Conversation, Decided, Lease, Letter, MessageRow, Standing, State, cut};
use jiff::Timestamp;
use runtime::effect::{DecisionId, Effect, EffectState};
use runtime::inbound::{Act, InboundMessage};
use runtime::ports::ledger::{
    CLOCK_BACK_MAX_MS, Claim, ClaimTerms, DUE_MS_MAX, Malformed, Received, TICKET_MESSAGES_MAX, WorkerId, Written,
};
use runtime::ports::records::{DeadLetter, DeadLetterId};
use triage::decision::{Action, ConsentChange, Decision};
use triage::ticket::{Author, Message, TicketId};

impl State {
    pub(crate) fn receive(&mut self, inbound: &InboundMessage, now: Timestamp) -> Received {
        if inbound.act == Act::HandBack {
            return self.hand_back(inbound, now);
        }
        if !self.known_messages.insert(inbound.message_id.clone()) {
            return match self.taken_again(inbound, now) {
                Some(again) => self.receive(&again, now),
                None => Received::Duplicate,
            };
        }
        self.newest_seq += 1;
        let (seq, number) = (self.newest_seq, self.conversations.len());
        let message = inbound.message(now);
        let message = Message { at: cut(message.at), ..message };
        let conversation = self.conversations.entry(inbound.ticket_id()).or_insert_with(|| Conversation {
            number,
            customer: inbound.from.clone(),
            company: inbound.to.clone(),
            messages: Vec::new(),
            tags: Vec::new(),
            owners: Vec::new(),
            postponed_until: None,
            attempts: 0,
            fence: 0,
            lease: None,
            consent_seen: 0,
        });
        let standing = match message.author {
            Author::Customer => {
                conversation.lease = None;
                conversation.postponed_until = None;
                Standing::Waiting
            }
            Author::Agent => {
                conversation.lease = None;
                conversation.give_to_person(message.at);
                Standing::Heard
            }
            Author::Bot => Standing::Heard,
        };
        conversation.messages.push(MessageRow { message, seq, place: (2 * seq, 0, seq), received_at: now.as_millisecond(), standing });
        self.send_on(inbound, seq, now);
        Received::New
    }

    pub(crate) fn receive_malformed(&mut self, malformed: &Malformed, now: Timestamp) {
        if self.known_malformed.insert(malformed.payload.clone()) {
            self.dead_letter("malformed", None, &malformed.problem, now);
        }
    }

    /// Adds an open dead letter and returns its number.
    pub(crate) fn dead_letter(&mut self, kind: &str, ticket: Option<&TicketId>, reason: &str, now: Timestamp) -> &mut DeadLetter {
        let id = DeadLetterId(i64::try_from(self.letters.len()).unwrap_or(i64::MAX).saturating_add(1));
        let (kind, reason, ticket) = (kind.to_owned(), reason.to_owned(), ticket.cloned());
        let letter = DeadLetter { id, kind, ticket, message: None, effect: None, reason, at: cut(now) };
        let place = self.letters.len();
        self.letters.push(Letter { letter, is_open: true });
        &mut self.letters[place].letter
    }

    /// When the turn of a conversation is due, if it has one.
    fn due_at(conversation: &Conversation, terms: ClaimTerms) -> Option<i64> {
        let newest = conversation.waiting().next_back()?.received_at;
        let oldest = conversation.waiting().next()?.received_at;
        let burst = newest.saturating_add(terms.burst_window_ms).min(oldest.saturating_add(terms.burst_max_ms));
        Some(conversation.postponed_until.unwrap_or(burst))
    }

    fn has_open_send(&self, ticket: &TicketId) -> bool {
        let is_open = |state: EffectState| state == EffectState::Sending || state == EffectState::Unknown;
        self.effects.iter().any(|row| &row.ticket == ticket && is_open(row.state) && row.goes_out())
    }

    pub(crate) fn claim_due(&mut self, worker: &WorkerId, now: Timestamp, terms: ClaimTerms) -> Vec<Claim> {
        if self.is_paused {
            return Vec::new();
        }
        let now = now.as_millisecond();
        let is_free = |conversation: &Conversation| conversation.lease.as_ref().is_none_or(|lease| lease.has_lapsed(now));
        let mut due: Vec<(i64, usize, TicketId)> = self
            .conversations
            .iter()
            .filter(|(ticket, conversation)| is_free(conversation) && !self.has_open_send(ticket))
            .filter_map(|(ticket, conversation)| Some((Self::due_at(conversation, terms)?, conversation.number, ticket.clone())))
            .filter(|(due_at, _, _)| *due_at <= now)
            .collect();
        due.sort();
        due.into_iter().take(terms.limit).filter_map(|(_, _, ticket)| self.claim(&ticket, worker, now, terms.lease_ms)).collect()
    }

    fn claim(&mut self, ticket: &TicketId, worker: &WorkerId, now: i64, lease_ms: i64) -> Option<Claim> {
        let consent_seen = self.consents.len();
        let conversation = self.conversations.get_mut(ticket)?;
        conversation.attempts += u32::from(conversation.lease.is_some());
        conversation.fence += 1;
        conversation.consent_seen = consent_seen;
        conversation.lease = Some(Lease { worker: worker.clone(), at: now, until: now.saturating_add(lease_ms) });
        let newest = conversation.waiting().next_back()?;
        let (message, received_at) = (newest.message.id.clone(), Timestamp::from_millisecond(newest.received_at).ok()?);
        let (attempts, fence) = (conversation.attempts, conversation.fence);
        Some(Claim { ticket: self.ticket(ticket, Some(&message), TICKET_MESSAGES_MAX)?, message, attempts, fence, received_at })
    }

    /// The conversation of a claim, while the claim holds.
    fn held(&mut self, claim: &Claim) -> Option<&mut Conversation> {
        self.conversations.get_mut(&claim.ticket.id).filter(|found| found.lease.is_some() && found.fence == claim.fence)
    }

    pub(crate) fn decided(&mut self, claim: &Claim, id: &DecisionId, decision: &Decision, effects: &[Effect], now: Timestamp) -> Written {
        let Some(conversation) = self.held(claim) else { return Written::Superseded };
        let (answers, consent_seen) = conversation.close_turn(&Standing::Decided(id.clone()));
        if matches!(decision.action, Action::Escalate { .. }) {
            conversation.give_to_person(now);
        }
        let (customer, company) = (conversation.customer.clone(), conversation.company.clone());
        let asked = conversation.messages.iter().find(|row| row.message.id == claim.message);
        let at = asked.map_or(now, |row| row.message.at);
        if let Some(change) = decision.consent {
            let is_out = change == ConsentChange::OptOut;
            self.change_consent(Consent { customer, company, at, is_out, decision: id.clone() }, now);
        }
        let (ticket, message, decision) = (claim.ticket.id.clone(), claim.message.clone(), decision.clone());
        self.decisions.push(Decided { id: id.clone(), ticket, message, at: cut(now), decision });
        self.cancel_pending(&claim.ticket.id, now);
        for (ordinal, effect) in effects.iter().enumerate() {
            self.add_effect(&claim.ticket.id, id, ordinal, effect, (answers, consent_seen));
        }
        self.release(id, now);
        Written::Yes
    }

    pub(crate) fn postpone(&mut self, claim: &Claim, at: Timestamp) -> Written {
        let Some(conversation) = self.held(claim) else { return Written::Superseded };
        conversation.lease = None;
        conversation.attempts += 1;
        conversation.postponed_until = Some(at.as_millisecond());
        Written::Yes
    }

    pub(crate) fn bury(&mut self, claim: &Claim, problem: &str, escalation: &Effect, now: Timestamp) -> Written {
        if self.held(claim).is_none() {
            return Written::Superseded;
        }
        let letter = self.dead_letter("message", Some(&claim.ticket.id), problem, now);
        letter.message = Some(claim.message.clone());
        let standing = Standing::Dead(letter.id.0);
        let Some(conversation) = self.held(claim) else { return Written::Superseded };
        let answered = conversation.close_turn(&standing);
        conversation.give_to_person(now);
        let id = DecisionId::of(&claim.ticket.id, &claim.message, claim.fence);
        self.add_effect(&claim.ticket.id, &id, 0, escalation, answered);
        self.release(&id, now);
        Written::Yes
    }

    pub(crate) fn recover_turns(&mut self, now: Timestamp, all_of: Option<&WorkerId>) -> u64 {
        let now = now.as_millisecond();
        let mut taken_back = 0;
        for conversation in self.conversations.values_mut() {
            let is_lost = |lease: &&mut Lease| lease.has_lapsed(now) || Some(&lease.worker) == all_of;
            if conversation.lease.as_mut().filter(is_lost).is_some() {
                conversation.lease = None;
                conversation.attempts += 1;
                taken_back += 1;
            }
            conversation.forget_the_future(now);
        }
        taken_back
    }

    pub(crate) fn next_turn(&self, terms: ClaimTerms) -> Option<i64> {
        let next = |(ticket, conversation): (&TicketId, &Conversation)| match &conversation.lease {
            Some(lease) => Some(lease.until),
            None => Self::due_at(conversation, terms).filter(|_| !self.has_open_send(ticket)),
        };
        self.conversations.iter().filter_map(next).min()
    }
}

impl Conversation {
    /// What was received, or put off, before the clock went back is due as if it were so now.
    fn forget_the_future(&mut self, now: i64) {
        // While a turn is put off nobody looks at when it was received.
        let is_put_off = self.postponed_until.is_some();
        let waiting = self.messages.iter_mut().filter(|row| row.standing == Standing::Waiting && !is_put_off);
        for row in waiting.filter(|row| row.received_at > now.saturating_add(CLOCK_BACK_MAX_MS)) {
            row.received_at = now;
        }
        self.postponed_until = self.postponed_until.map(|at| if at > now.saturating_add(DUE_MS_MAX) { now } else { at });
    }

    /// Nothing is undecided any more. Returns the arrival number of the newest message of the turn, and what was known of
    /// consent.
    fn close_turn(&mut self, standing: &Standing) -> (u64, usize) {
        let answers = self.waiting().next_back().map_or(0, |row| row.seq);
        for row in self.messages.iter_mut().filter(|row| row.standing == Standing::Waiting) {
            row.standing = standing.clone();
        }
        self.lease = None;
        self.postponed_until = None;
        self.attempts = 0;
        (answers, self.consent_seen)
    }
}

impl Lease {
    fn has_lapsed(&self, now: i64) -> bool {
        self.until <= now || self.at > now.saturating_add(CLOCK_BACK_MAX_MS)
    }
}
