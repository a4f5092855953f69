//! What may be spent, and what was.

use crate::budget::money::Caps;
use triage::ticket::TicketId;

/// Keeps the accounts of tickets, days and months. An implementation knows what day it is.
pub trait Spending: Send + Sync {
    /// Charges what a call will cost at most, in millionths of a US dollar, unless that would pass a cap; then it says which.
    fn charge(&self, ticket: &TicketId, micro_usd: u64, caps: &Caps) -> Result<(), &'static str>;
    /// Notes that a model is asked about a turn.
    fn asked(&self, ticket: &TicketId);
    /// Puts what the call did cost in the place of what was charged.
    fn settle(&self, ticket: &TicketId, charged_micro_usd: u64, cost_micro_usd: u64);
}
