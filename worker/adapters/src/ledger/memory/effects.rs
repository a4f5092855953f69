//! Effects of the in-memory ledger.

use crate::ledger::effect_key::effect_key;
use crate::ledger::failure::escalation;
use crate::ledger::memory::state::{EffectRow, MessageRow, Standing, State, cut};
use crate::ledger::sqlite::effects::OPTED_OUT;
use jiff::Timestamp;
use runtime::effect::{DecisionId, Effect, EffectClaim, EffectKey, EffectOutcome, EffectState};
use runtime::ports::ledger::{DUE_MS_MAX, WorkerId, Written};
use triage::ticket::{Author, Change, Message, MessageId, TicketId};

impl State {
    /// Adds a pending effect that waits for [`State::release`]; `answered` is the newest message and what was known of consent.
    pub(crate) fn add_effect(&mut self, ticket: &TicketId, decision: &DecisionId, ordinal: usize, effect: &Effect, answered: (u64, usize)) {
        let Some(conversation) = self.conversations.get(ticket) else { return };
        let (customer, company) = (conversation.customer.clone(), conversation.company.clone());
        self.effects.push(EffectRow {
            key: effect_key(decision, ordinal),
            decision: decision.clone(),
            ordinal,
            ticket: ticket.clone(),
            customer,
            company,
            answers: answered.0,
            consent_seen: answered.1,
            effect: effect.clone(),
            state: EffectState::Pending,
            due_at: None,
            attempts: 0,
            begun_at: None,
            worker: None,
            fence: 0,
            vendor_id: None,
            is_doubtful: false,
            delivery: None,
            is_billed: false,
        });
    }

    /// Lets the first effect of a decision that is not over begin.
    pub(crate) fn release(&mut self, decision: &DecisionId, now: Timestamp) {
        let is_first = |row: &&mut EffectRow| &row.decision == decision && !is_over(row.state);
        let first = self.effects.iter_mut().filter(is_first).min_by_key(|row| row.ordinal);
        if let Some(row) = first.filter(|row| row.state == EffectState::Pending && row.due_at.is_none()) {
            row.due_at = Some(now.as_millisecond());
        }
    }

    /// Cancels what the decisions so far would still have said.
    pub(crate) fn cancel_pending(&mut self, ticket: &TicketId, now: Timestamp) {
        let speaks = |effect: &Effect| matches!(effect, Effect::Send { .. } | Effect::Draft(_));
        let is_outdated = |row: &&EffectRow| &row.ticket == ticket && row.state == EffectState::Pending && speaks(&row.effect);
        let outdated: Vec<EffectKey> = self.effects.iter().filter(is_outdated).map(|row| row.key.clone()).collect();
        for key in outdated {
            self.end(&key, EffectState::Cancelled, now);
        }
    }

    /// The effect is over in this way, and the next one may begin.
    fn end(&mut self, key: &EffectKey, state: EffectState, now: Timestamp) {
        let Some(row) = self.effects.iter_mut().find(|row| &row.key == key) else { return };
        (row.state, row.due_at, row.worker) = (state, None, None);
        let (decision, next) = (row.decision.clone(), row.ordinal + 1);
        if state == EffectState::Cancelled && matches!(row.effect, Effect::Send { .. }) {
            let is_its_record = |row: &&mut EffectRow| row.decision == decision && row.ordinal == next && row.is_pending_record();
            if let Some(record) = self.effects.iter_mut().find(is_its_record) {
                (record.state, record.due_at) = (EffectState::Cancelled, None);
            }
        }
        self.release(&decision, now);
    }

    /// Effects in `state` whose time has come, longest due first.
    fn due(&self, state: EffectState, now: Timestamp) -> Vec<EffectRow> {
        let is_due = |row: &&EffectRow| row.state == state && row.due_at.is_some_and(|due| due <= now.as_millisecond());
        let mut due: Vec<EffectRow> = self.effects.iter().filter(is_due).cloned().collect();
        due.sort_by_key(|row| row.due_at);
        due
    }

    pub(crate) fn claim_effects(&mut self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Vec<EffectClaim> {
        let mut claims = Vec::new();
        while !self.is_paused && claims.len() < limit {
            let due: Vec<EffectRow> = self.due(EffectState::Pending, now).into_iter().take(limit - claims.len()).collect();
            if due.is_empty() {
                break;
            }
            for row in due {
                if self.is_untrue(&row) {
                    self.end(&row.key, EffectState::Cancelled, now);
                } else if self.is_unwanted(&row) {
                    self.refuse(&row.key, worker, now, lease_ms);
                } else if let Some(row) = self.effects.iter_mut().find(|found| found.key == row.key) {
                    claims.push(row.begin(worker, now, lease_ms));
                }
            }
        }
        claims
    }

    fn is_untrue(&self, row: &EffectRow) -> bool {
        let Some(conversation) = self.conversations.get(&row.ticket) else { return false };
        let newest = self.newest_consent(&conversation.customer, &conversation.company);
        let has_opted_out =
            newest.is_some_and(|(place, consent)| consent.is_out && place >= row.consent_seen && consent.decision != row.decision);
        let is_late = conversation.wrote_after(row.answers, Author::Customer) || conversation.wrote_after(row.answers, Author::Agent);
        matches!(row.effect, Effect::Send { .. } | Effect::Draft(_)) && (is_late || has_opted_out)
    }

    /// A person wrote it, and nothing may be sent to the customer.
    fn is_unwanted(&self, row: &EffectRow) -> bool {
        let newest = self.newest_consent(&row.customer, &row.company);
        matches!(row.effect, Effect::Relay { .. }) && newest.is_some_and(|(_, consent)| consent.is_out)
    }

    /// Whoever wrote it must know that it did not go out.
    fn refuse(&mut self, key: &EffectKey, worker: &WorkerId, now: Timestamp, lease_ms: i64) {
        let Some(claim) = self.effects.iter_mut().find(|found| &found.key == key).map(|row| row.begin(worker, now, lease_ms)) else {
            return;
        };
        self.settle(&claim, &EffectOutcome::Failed { problem: OPTED_OUT.to_owned() }, now);
    }

    pub(crate) fn claim_unknown(&mut self, worker: &WorkerId, now: Timestamp, lease_ms: i64, limit: usize) -> Vec<EffectClaim> {
        let due = self.due(EffectState::Unknown, now);
        let mut claims = Vec::new();
        for row in due.into_iter().take(limit) {
            if let Some(row) = self.effects.iter_mut().find(|found| found.key == row.key) {
                row.take(worker, now, lease_ms);
                claims.push(row.claim());
            }
        }
        claims
    }

    pub(crate) fn settle(&mut self, claim: &EffectClaim, outcome: &EffectOutcome, now: Timestamp) -> Written {
        let is_open = |row: &&mut EffectRow| row.key == claim.key && row.fence == claim.fence && row.is_begun();
        let Some(row) = self.effects.iter_mut().find(is_open) else { return Written::Superseded };
        match outcome {
            EffectOutcome::Done { vendor_id } => {
                let row = row.clone();
                self.accepted(&row, vendor_id, now);
            }
            EffectOutcome::Again { at, .. } => {
                (row.state, row.due_at, row.worker) = (EffectState::Pending, Some(at.as_millisecond()), None);
            }
            EffectOutcome::Unknown { look_at, .. } => {
                (row.state, row.due_at, row.worker) = (EffectState::Unknown, Some(look_at.as_millisecond()), None);
            }
            EffectOutcome::Failed { problem } | EffectOutcome::OptedOut { problem } => {
                row.is_doubtful = row.state == EffectState::Unknown;
                row.state = EffectState::Failed;
                let row = row.clone();
                if matches!(outcome, EffectOutcome::OptedOut { .. }) {
                    self.opted_out(&row, now);
                }
                self.failed(&row, problem, now);
                self.end(&row.key, EffectState::Failed, now);
            }
        }
        Written::Yes
    }

    /// It happened, under this id.
    pub(crate) fn accepted(&mut self, row: &EffectRow, vendor_id: &str, now: Timestamp) {
        if let Some(row) = self.effects.iter_mut().find(|found| found.key == row.key) {
            row.vendor_id = Some(vendor_id.to_owned());
        }
        self.happened(row, vendor_id, now);
        self.end(&row.key, EffectState::Done, now);
    }

    fn happened(&mut self, row: &EffectRow, vendor_id: &str, now: Timestamp) {
        let Some(conversation) = self.conversations.get_mut(&row.ticket) else { return };
        match &row.effect {
            Effect::Send { text, .. } => {
                let vendor_id = MessageId(vendor_id.to_owned());
                let is_taken = vendor_id.0.is_empty() || self.known_messages.contains(&vendor_id);
                let id = if is_taken { MessageId(row.key.0.clone()) } else { vendor_id };
                self.known_messages.insert(id.clone());
                self.newest_seq += 1;
                let (seq, at) = (self.newest_seq, cut(now));
                let message = Message { id, author: Author::Bot, at, text: text.clone(), media: Vec::new(), carrier_answered: false };
                let place = (2 * row.answers + 1, row.ordinal, seq);
                let received_at = now.as_millisecond();
                conversation.messages.push(MessageRow { message, seq, place, received_at, standing: Standing::Heard });
            }
            Effect::Tag { tags } => {
                for tag in tags {
                    if !conversation.tags.iter().any(|change| &change.to == tag) {
                        conversation.tags.push(Change { at: cut(now), to: tag.clone() });
                    }
                }
            }
            Effect::Relay { .. } | Effect::Draft(_) | Effect::Escalate { .. } | Effect::Record { .. } => {}
        }
    }

    /// It came to nothing.
    pub(crate) fn failed(&mut self, row: &EffectRow, problem: &str, now: Timestamp) {
        self.dead_letter("effect", Some(&row.ticket), problem, now).effect = Some(row.key.clone());
        if !matches!(row.effect, Effect::Send { .. } | Effect::Relay { .. } | Effect::Draft(_)) {
            return;
        }
        for later in self.effects.iter_mut().filter(|later| later.is_later_part_of(row) && later.state == EffectState::Pending) {
            (later.state, later.due_at) = (EffectState::Cancelled, None);
        }
        let decision = self.decisions.iter().find(|decided| decided.id == row.decision).map(|decided| &decided.decision);
        let escalation = escalation(row.effect.name(), problem, decision);
        let ordinals = self.effects.iter().filter(|other| other.decision == row.decision).map(|other| other.ordinal + 1);
        let ordinal = ordinals.max().unwrap_or(0);
        let Some(conversation) = self.conversations.get_mut(&row.ticket) else { return };
        conversation.give_to_person(now);
        let consent_seen = conversation.consent_seen;
        self.add_effect(&row.ticket, &row.decision, ordinal, &escalation, (row.answers, consent_seen));
    }

    pub(crate) fn recover_effects(&mut self, now: Timestamp, settle_ms: i64, all_of: Option<&WorkerId>) -> u64 {
        let now = now.as_millisecond();
        let mut taken_back = 0;
        for row in &mut self.effects {
            let is_theirs = row.worker.is_some() && row.worker.as_ref() == all_of;
            let is_far = row.due_at.is_some_and(|due| due > now.saturating_add(DUE_MS_MAX));
            let has_lapsed = is_far || row.due_at.is_some_and(|due| due <= now);
            if row.state == EffectState::Sending && (has_lapsed || is_theirs) {
                (row.state, row.due_at, row.worker) = (EffectState::Unknown, Some(now.saturating_add(settle_ms)), None);
                taken_back += 1;
            } else if row.state == EffectState::Unknown && (is_far || !has_lapsed) && is_theirs {
                (row.due_at, row.worker) = (Some(now), None);
                taken_back += 1;
            } else if row.state == EffectState::Unknown && is_far {
                (row.due_at, row.worker) = (Some(now.saturating_add(settle_ms)), None);
            } else if row.state == EffectState::Pending && is_far {
                row.due_at = Some(now);
            }
        }
        taken_back
    }

    pub(crate) fn next_effect(&self) -> Option<i64> {
        let is_next = |row: &&EffectRow| row.state == EffectState::Unknown || (row.state == EffectState::Pending && !self.is_paused);
        self.effects.iter().filter(is_next).filter_map(|row| row.due_at).min()
    }
}

fn is_over(state: EffectState) -> bool {
    state == EffectState::Done || state == EffectState::Cancelled || state == EffectState::Failed
}

impl EffectRow {
    fn is_pending_record(&self) -> bool {
        self.state == EffectState::Pending && matches!(self.effect, Effect::Record { .. })
    }

    /// It goes to the customer's phone.
    pub(crate) fn goes_out(&self) -> bool {
        matches!(self.effect, Effect::Send { .. } | Effect::Relay { .. })
    }

    fn is_begun(&self) -> bool {
        self.state == EffectState::Sending || self.state == EffectState::Unknown
    }

    /// A later part of the same reply.
    pub(crate) fn is_later_part_of(&self, other: &EffectRow) -> bool {
        let said = matches!(self.effect, Effect::Send { .. } | Effect::Record { .. });
        let both_said = said && matches!(other.effect, Effect::Send { .. } | Effect::Draft(_));
        both_said && self.decision == other.decision && self.ordinal > other.ordinal
    }

    /// What is returned of attempts is how often it was tried before this time.
    fn begin(&mut self, worker: &WorkerId, now: Timestamp, lease_ms: i64) -> EffectClaim {
        let attempts = self.attempts;
        self.state = EffectState::Sending;
        self.attempts += 1;
        self.begun_at = self.begun_at.or(Some(now.as_millisecond()));
        self.take(worker, now, lease_ms);
        EffectClaim { attempts, ..self.claim() }
    }

    fn take(&mut self, worker: &WorkerId, now: Timestamp, lease_ms: i64) {
        self.fence += 1;
        self.worker = Some(worker.clone());
        self.due_at = Some(now.as_millisecond().saturating_add(lease_ms));
    }

    fn claim(&self) -> EffectClaim {
        EffectClaim {
            key: self.key.clone(),
            decision: self.decision.clone(),
            ticket: self.ticket.clone(),
            customer: self.customer.clone(),
            company: self.company.clone(),
            effect: self.effect.clone(),
            attempts: self.attempts,
            begun_at: Timestamp::from_millisecond(self.begun_at.unwrap_or(0)).unwrap_or(Timestamp::UNIX_EPOCH),
            fence: self.fence,
        }
    }
}
