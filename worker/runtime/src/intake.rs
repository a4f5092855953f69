//! Intake: deliveries become messages in the ledger, and only then are they acknowledged.

use crate::events;
use crate::inbound::InboundMessage;
use crate::ports::clock::Clock;
use crate::ports::inbox::Inbox;
use crate::ports::inbox::{Delivery, InboxError};
use crate::ports::ledger::{Ledger, LedgerError, MALFORMED_BYTES_MAX, Malformed, Received};

/// Why intake stopped.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The inbox failed.
    #[error(transparent)]
    Inbox(#[from] InboxError),
    /// The ledger failed; nothing was acknowledged.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Takes at most `batch` deliveries in. Returns how many there were. What is no message goes to the dead letters. `open` are
/// those of an earlier call that the ledger could not take (a full disk): the inbox hands them out only once, so they come first.
pub async fn take_in(
    inbox: &dyn Inbox,
    ledger: &dyn Ledger,
    clock: &dyn Clock,
    batch: usize,
    open: &mut Vec<Delivery>,
) -> Result<usize, IntakeError> {
    if open.is_empty() {
        *open = inbox.take(batch).await?;
    }
    if open.is_empty() {
        return Ok(0);
    }
    let deliveries = &*open;
    let mut messages = Vec::with_capacity(deliveries.len());
    let mut malformed = Vec::new();
    for delivery in deliveries {
        match InboundMessage::parse(&delivery.payload) {
            Ok(message) => messages.push(message),
            Err(error) => malformed.push(Malformed {
                payload: delivery.payload.iter().copied().take(MALFORMED_BYTES_MAX).collect(),
                problem: error.to_string(),
            }),
        }
    }
    let now = clock.now();
    let received = if messages.is_empty() { Vec::new() } else { ledger.receive(&messages, now).await? };
    if !malformed.is_empty() {
        ledger.receive_malformed(&malformed, now).await?;
    }
    let tags: Vec<String> = deliveries.iter().map(|delivery| delivery.tag.clone()).collect();
    inbox.settle(&tags).await?;
    open.clear();
    let new = received.iter().filter(|received| **received == Received::New).count();
    events::received(new, received.len() - new, malformed.len());
    Ok(tags.len())
}
