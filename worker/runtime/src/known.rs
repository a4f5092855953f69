//! What is known when a turn is claimed came before it, whatever the clock says. A clock that went back gives the turn an earlier
//! time than the opt-out that the customer asked for an hour ago, and a [`Case`](triage::case::Case) looks at times alone.

use jiff::{SignedDuration, Timestamp};
use std::borrow::Cow;
use triage::ticket::{Change, MessageId, Ticket};

/// The ticket of a claim, with no opt-out and no owner later than the turn that ends with `newest`.
pub fn known_before<'a>(ticket: &'a Ticket, newest: &MessageId) -> Cow<'a, Ticket> {
    let Some(message) = ticket.messages.iter().find(|message| &message.id == newest) else { return Cow::Borrowed(ticket) };
    let at = message.at.saturating_sub(SignedDuration::from_millis(1)).unwrap_or(message.at);
    let is_late = ticket.owners.iter().any(|change| change.at > at) || ticket.opted_out.iter().any(|change| change.at > at);
    if !is_late {
        return Cow::Borrowed(ticket);
    }
    let mut known = ticket.clone();
    not_later(&mut known.owners, at);
    not_later(&mut known.opted_out, at);
    Cow::Owned(known)
}

fn not_later<T>(changes: &mut [Change<T>], at: Timestamp) {
    changes.iter_mut().for_each(|change| change.at = change.at.min(at));
}
