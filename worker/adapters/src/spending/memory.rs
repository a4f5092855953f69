//! The accounts in memory.

use crate::spending::accounts::{Accounts, Entry};
use prompts::budget::money::Caps;
use prompts::ports::spending::Spending;
use runtime::ports::clock::Clock;
use std::sync::{Arc, Mutex, PoisonError};
use triage::ticket::TicketId;

/// Accounts that end with the program.
pub struct MemorySpending {
    clock: Arc<dyn Clock>,
    accounts: Mutex<Accounts>,
}

impl MemorySpending {
    /// Empty accounts.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        MemorySpending { clock, accounts: Mutex::default() }
    }

    /// The sums of now.
    pub fn accounts(&self) -> Accounts {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.turn_to(self.clock.now());
        accounts.clone()
    }

    /// Charges under one lock: two calls at once cannot both take the last of a cap. Hands out the entry that was made.
    pub(crate) fn charge_noting(&self, ticket: &TicketId, micro_usd: u64, caps: &Caps) -> (Entry, Result<(), &'static str>) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let at = self.clock.now();
        accounts.turn_to(at);
        let cap = accounts.cap(ticket, micro_usd, caps);
        let charged = if cap.is_some() { 0 } else { i64::try_from(micro_usd).unwrap_or(i64::MAX) };
        let entry = Entry { at, ticket: ticket.clone(), micro_usd: charged, cap: cap.map(str::to_owned), asked: false };
        accounts.add(&entry);
        if let Some(cap) = cap {
            tracing::warn!(name: "cap_reached", cap, "a cap of the language model is reached");
        }
        (entry, cap.map_or(Ok(()), Err))
    }

    pub(crate) fn add(&self, ticket: &TicketId, micro_usd: i64, asked: bool) -> Entry {
        let entry = Entry { at: self.clock.now(), ticket: ticket.clone(), micro_usd, cap: None, asked };
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).add(&entry);
        entry
    }

    pub(crate) fn with(clock: Arc<dyn Clock>, accounts: Accounts) -> Self {
        MemorySpending { clock, accounts: Mutex::new(accounts) }
    }
}

impl Spending for MemorySpending {
    fn charge(&self, ticket: &TicketId, micro_usd: u64, caps: &Caps) -> Result<(), &'static str> {
        self.charge_noting(ticket, micro_usd, caps).1
    }

    fn settle(&self, ticket: &TicketId, charged_micro_usd: u64, cost_micro_usd: u64) {
        self.add(ticket, difference(charged_micro_usd, cost_micro_usd), false);
    }

    fn asked(&self, ticket: &TicketId) {
        self.add(ticket, 0, true);
    }
}

/// What is to be added so that the cost stands where the charge stood.
pub(crate) fn difference(charged: u64, cost: u64) -> i64 {
    let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    signed(cost).saturating_sub(signed(charged))
}
