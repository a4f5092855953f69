//! The operator's view of the in-memory ledger.

use crate::ledger::memory::MemoryLedger;
use crate::ledger::memory::state::{Decided, EffectRow, Standing, State, cut};
use crate::ledger::sqlite::rows::SHOWN_MESSAGES_MAX;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::effect::{Effect, EffectState};
use runtime::forget::forget;
use runtime::ports::ledger::LedgerError;
use runtime::ports::records::{DeadLetter, DeadLetterId, Records, Status, StoredDecision, StoredEffect};
use std::collections::{BTreeMap, BTreeSet};
use triage::ticket::{Author, Ticket, TicketId};

#[async_trait]
impl Records for MemoryLedger {
    async fn status(&self) -> Result<Status, LedgerError> {
        Ok(self.state().status())
    }

    async fn decision(&self, id: &str) -> Result<Option<StoredDecision>, LedgerError> {
        Ok(self.state().decision(id))
    }

    async fn decisions(&self, limit: usize) -> Result<Vec<StoredDecision>, LedgerError> {
        let state = self.state();
        Ok(state.decisions.iter().rev().take(limit).map(|decided| state.stored(decided)).collect())
    }

    async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, LedgerError> {
        Ok(self.state().ticket(id, None, SHOWN_MESSAGES_MAX))
    }

    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, LedgerError> {
        Ok(self.state().letters.iter().filter(|letter| letter.is_open).take(limit).map(|letter| letter.letter.clone()).collect())
    }

    async fn retry_dead(&self, id: DeadLetterId, now: Timestamp) -> Result<bool, LedgerError> {
        Ok(self.state().retry_dead(id, now))
    }

    async fn discard_dead(&self, id: DeadLetterId, _now: Timestamp) -> Result<bool, LedgerError> {
        Ok(self.state().close_letter(id).is_some())
    }

    async fn forget_source(&self, source: &str) -> Result<u64, LedgerError> {
        let State { decisions, effects, .. } = &mut *self.state();
        let mut changed = 0;
        for decided in decisions.iter_mut() {
            let mut own: Vec<&mut EffectRow> = effects.iter_mut().filter(|row| row.decision == decided.id).collect();
            own.sort_by_key(|row| row.ordinal);
            let mut pairs: Vec<(Effect, EffectState)> = own.iter().map(|row| (row.effect.clone(), row.state)).collect();
            changed += u64::from(forget(&mut decided.decision, &mut pairs, source));
            own.into_iter().zip(pairs).for_each(|(row, (effect, _))| row.effect = effect);
        }
        Ok(changed)
    }

    async fn set_paused(&self, paused: bool, _now: Timestamp) -> Result<(), LedgerError> {
        self.state().is_paused = paused;
        Ok(())
    }
}

impl State {
    fn status(&self) -> Status {
        let rows = || self.conversations.values().flat_map(|conversation| &conversation.messages);
        let customers = || rows().filter(|row| row.message.author == Author::Customer);
        let count = |is: fn(&Standing) -> bool| size(customers().filter(|row| is(&row.standing)));
        let oldest = self.conversations.values().filter_map(|conversation| conversation.waiting().next()).map(|row| row.received_at).min();
        let is_newest = |place: usize| {
            let consent = self.consents.get(place)?;
            self.newest_consent(&consent.customer, &consent.company).filter(|(newest, _)| *newest == place && consent.is_out)
        };
        let opted_out = (0..self.consents.len()).filter_map(is_newest);
        Status {
            paused: self.is_paused,
            received: size(customers()),
            waiting: count(|standing| *standing == Standing::Waiting),
            decided: count(|standing| matches!(standing, Standing::Decided(_))),
            dead: count(|standing| matches!(standing, Standing::Dead(_))),
            agent_messages: size(rows().filter(|row| row.message.author == Author::Agent)),
            oldest_waiting_at: oldest.and_then(|at| Timestamp::from_millisecond(at).ok()),
            decisions: tally(self.decisions.iter().map(|decided| decided.decision.action.name().to_owned())),
            reasons: tally(self.decisions.iter().map(|decided| decided.decision.reason.name())),
            effects: tally(self.effects.iter().map(|row| format!("{:?}", row.state).to_lowercase())),
            dead_letters: size(self.letters.iter().filter(|letter| letter.is_open)),
            opted_out: size(opted_out.map(|(_, consent)| &consent.customer).collect::<BTreeSet<_>>()),
        }
    }

    fn decision(&self, id: &str) -> Option<StoredDecision> {
        let rows = self.conversations.values().flat_map(|conversation| &conversation.messages);
        let of_message = rows.filter(|row| row.message.id.0 == id).find_map(|row| match &row.standing {
            Standing::Decided(decision) => Some(decision.0.clone()),
            Standing::Waiting | Standing::Dead(_) => None,
            Standing::Heard => {
                self.effects.iter().find(|e| e.key.0 == id || e.vendor_id.as_deref() == Some(id)).map(|e| e.decision.0.clone())
            }
        });
        let by_id = |id: &str| self.decisions.iter().find(|decided| decided.id.0 == id);
        let found = by_id(id).or_else(|| by_id(of_message.as_deref()?)).or_else(|| self.decisions.iter().rev().find(|d| d.ticket.0 == id));
        found.map(|decided| self.stored(decided))
    }

    fn stored(&self, decided: &Decided) -> StoredDecision {
        let mut rows: Vec<&EffectRow> = self.effects.iter().filter(|row| row.decision == decided.id).collect();
        rows.sort_by_key(|row| row.ordinal);
        let effect = |row: &EffectRow| StoredEffect {
            key: row.key.clone(),
            effect: row.effect.clone(),
            state: row.state,
            vendor_id: row.vendor_id.clone(),
            attempts: row.attempts,
            delivery: row.delivery,
        };
        StoredDecision {
            id: decided.id.clone(),
            message: decided.message.clone(),
            at: decided.at,
            decision: decided.decision.clone(),
            effects: rows.into_iter().map(effect).collect(),
        }
    }

    fn open_letter(&self, id: DeadLetterId) -> Option<DeadLetter> {
        self.letters.iter().find(|found| found.letter.id == id && found.is_open).map(|found| found.letter.clone())
    }

    fn close_letter(&mut self, id: DeadLetterId) -> Option<()> {
        let found = self.letters.iter_mut().find(|found| found.letter.id == id && found.is_open)?;
        found.is_open = false;
        Some(())
    }

    fn retry_dead(&mut self, id: DeadLetterId, now: Timestamp) -> bool {
        let Some(letter) = self.open_letter(id) else { return false };
        let Some(ticket) = &letter.ticket else { return false };
        match &letter.effect {
            Some(key) => {
                let Some(failed) = self.effects.iter().find(|row| &row.key == key).cloned() else { return false };
                let is_send = matches!(failed.effect, Effect::Send { .. });
                for row in &mut self.effects {
                    if row.key == failed.key {
                        row.state = if row.is_doubtful { EffectState::Unknown } else { EffectState::Pending };
                        row.due_at = Some(cut(now).as_millisecond());
                    } else if is_send && row.is_later_part_of(&failed) && row.state == EffectState::Cancelled {
                        row.state = EffectState::Pending;
                    }
                }
            }
            None => {
                let Some(conversation) = self.conversations.get_mut(ticket) else { return false };
                for row in conversation.messages.iter_mut().filter(|row| row.standing == Standing::Dead(id.0)) {
                    row.standing = Standing::Waiting;
                }
                (conversation.lease, conversation.postponed_until, conversation.attempts) = (None, None, 0);
            }
        }
        self.close_letter(id).is_some()
    }
}

fn size<T>(items: impl IntoIterator<Item = T>) -> u64 {
    u64::try_from(items.into_iter().count()).unwrap_or(u64::MAX)
}

fn tally(words: impl Iterator<Item = String>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_insert(0) += 1;
    }
    counts
}
