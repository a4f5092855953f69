//! Tabs: what was asked in the course of one decision, kept while it lasts.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use triage::case::Case;
use triage::consultation::Consultation;
use triage::ticket::{MessageId, TicketId};

/// On whose account a call goes: one turn of one ticket.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tab {
    /// The conversation.
    pub ticket: TicketId,
    /// The newest message of the turn.
    pub message: MessageId,
}

impl Tab {
    /// The tab of a case.
    pub fn of(case: &Case) -> Self {
        let message = case.turn.last().map_or_else(|| MessageId(String::new()), |message| message.id.clone());
        Tab { ticket: case.ticket.clone(), message }
    }

    /// A tab for what belongs to no ticket.
    pub fn named(name: &str) -> Self {
        Tab { ticket: TicketId(name.to_owned()), message: MessageId(String::new()) }
    }
}

/// The open tabs.
#[derive(Debug, Default)]
pub struct Tabs {
    open: Mutex<BTreeMap<Tab, Vec<Consultation>>>,
}

impl Tabs {
    /// Opens a tab, or begins an open one anew.
    pub fn open(&self, tab: &Tab) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(tab.clone(), Vec::new());
    }

    /// Notes a call; on a tab that is not open it is not kept.
    pub fn note(&self, tab: &Tab, consultation: Consultation) {
        if let Some(noted) = self.open.lock().unwrap_or_else(PoisonError::into_inner).get_mut(tab) {
            noted.push(consultation);
        }
    }

    /// Closes a tab and hands out what was noted, in order.
    pub fn close(&self, tab: &Tab) -> Vec<Consultation> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(tab).unwrap_or_default()
    }
}
