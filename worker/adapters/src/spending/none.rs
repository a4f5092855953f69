//! Accounts that nobody keeps, for answers that cost nothing: those that a simulation has on disk already.

use prompts::budget::money::Caps;
use prompts::ports::spending::Spending;
use triage::ticket::TicketId;

/// Lets everything pass and remembers nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSpending;

impl Spending for NoSpending {
    fn charge(&self, _: &TicketId, _: u64, _: &Caps) -> Result<(), &'static str> {
        Ok(())
    }

    fn asked(&self, _: &TicketId) {}

    fn settle(&self, _: &TicketId, _: u64, _: u64) {}
}
