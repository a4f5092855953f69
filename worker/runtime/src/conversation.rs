//! A conversation, as the helpdesk and the phone network are told of it.

use std::fmt;
use triage::phone::PhoneNumber;
use triage::ticket::TicketId;

/// Whose ticket it is. Printing one never shows the number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conversation {
    /// The ledger's id; the helpdesk's own when the message came through it.
    pub ticket: TicketId,
    /// The customer's number, by which a helpdesk finds its contact.
    pub customer: PhoneNumber,
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ticket.fmt(f)
    }
}
