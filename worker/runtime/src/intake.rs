//! Intake: deliveries become messages in the ledger, and only then are they acknowledged.

use crate::events;
use crate::inbound::InboundMessage;
use crate::intake_one_by_one::{OneByOne, one_by_one};
use crate::ports::clock::Clock;
use crate::ports::inbox::{Delivery, Inbox, InboxError, Refused};
use crate::ports::ledger::{Ledger, LedgerError, MALFORMED_BYTES_MAX, Malformed, Received};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A batch that failed so often in a row, though trying again was to help, is tried message by message.
const FAILURES_MAX: u32 = 5;

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

/// Deliveries that the ledger could not take yet (a full disk). The inbox hands them out only once, so they come first.
#[derive(Default)]
pub struct Open {
    deliveries: Vec<Delivery>,
    /// How often in a row the ledger has failed.
    failures: u32,
}

/// Takes at most `batch` deliveries in. Returns how many there were. What is no message, or what the ledger takes no part of though
/// it takes others, goes to the dead letters: the inbox's own, or else the ledger's. `open` is what an earlier call left.
pub async fn take_in(
    inbox: &dyn Inbox,
    ledger: &dyn Ledger,
    clock: &dyn Clock,
    batch: usize,
    open: &mut Open,
) -> Result<usize, IntakeError> {
    fill(inbox, batch, open).await?;
    if open.deliveries.is_empty() {
        return Ok(0);
    }
    let now = clock.now();
    let (messages, places, mut refused) = read(&open.deliveries);
    let OneByOne { received, faulty, left } = receive(ledger, &messages, open, now).await?;
    let place = |index: &usize| places.get(*index).copied();
    refused.extend(faulty.iter().filter_map(|(index, problem)| place(index).map(|place| (place, problem.clone()))));
    let left: BTreeSet<usize> = left.iter().filter_map(place).collect();
    refuse(inbox, ledger, &open.deliveries, &refused, now).await?;
    let is_over = |place: &usize| !left.contains(place);
    let over = open.deliveries.iter().enumerate().filter(|(place, _)| is_over(place));
    let tags: Vec<String> = over.map(|(_, delivery)| delivery.tag.clone()).collect();
    inbox.settle(&tags).await?;
    let deliveries = std::mem::take(&mut open.deliveries).into_iter().enumerate();
    open.deliveries = deliveries.filter(|(place, _)| !is_over(place)).map(|(_, delivery)| delivery).collect();
    if left.is_empty() {
        open.failures = 0;
    }
    let new = received.iter().filter(|received| **received == Received::New).count();
    events::received(new, received.len() - new, refused.len());
    Ok(tags.len())
}

/// Asks the inbox for deliveries. Those that failed are joined by others: whether the ledger takes these tells whose fault it is.
async fn fill(inbox: &dyn Inbox, batch: usize, open: &mut Open) -> Result<(), InboxError> {
    let room = batch.saturating_sub(open.deliveries.len());
    if room == 0 {
        return Ok(());
    }
    match inbox.take(room).await {
        Ok(more) => open.deliveries.extend(more),
        Err(error) if open.deliveries.is_empty() => return Err(error),
        Err(error) => events::failed("intake", &error),
    }
    Ok(())
}

/// A refusal: the place of the delivery, and why.
type Refusal = (usize, String);

/// Messages with the places of their deliveries, and what is none.
fn read(deliveries: &[Delivery]) -> (Vec<InboundMessage>, Vec<usize>, Vec<Refusal>) {
    let (mut messages, mut places, mut refused) = (Vec::with_capacity(deliveries.len()), Vec::with_capacity(deliveries.len()), Vec::new());
    for (place, delivery) in deliveries.iter().enumerate() {
        match InboundMessage::parse(&delivery.payload) {
            Ok(message) => {
                messages.push(message);
                places.push(place);
            }
            Err(error) => refused.push((place, error.to_string())),
        }
    }
    (messages, places, refused)
}

/// All in one commit. Where that fails for good, one by one: a message that the ledger cannot take must not hold up the others.
async fn receive(ledger: &dyn Ledger, messages: &[InboundMessage], open: &mut Open, now: Timestamp) -> Result<OneByOne, LedgerError> {
    if messages.is_empty() {
        return Ok(OneByOne::default());
    }
    let error = match ledger.receive(messages, now).await {
        Ok(received) => return Ok(OneByOne { received, ..OneByOne::default() }),
        Err(error) => error,
    };
    open.failures = open.failures.saturating_add(1);
    if error.is_transient && open.failures < FAILURES_MAX {
        return Err(error);
    }
    let taken = one_by_one(ledger, messages, now).await;
    if taken.received.is_empty() { Err(error) } else { Ok(taken) }
}

async fn refuse(
    inbox: &dyn Inbox,
    ledger: &dyn Ledger,
    deliveries: &[Delivery],
    refused: &[Refusal],
    now: Timestamp,
) -> Result<(), IntakeError> {
    let refused: Vec<Refused> = refused
        .iter()
        .filter_map(|(place, problem)| {
            deliveries.get(*place).map(|delivery| Refused { delivery: delivery.clone(), problem: problem.clone() })
        })
        .collect();
    if refused.is_empty() || inbox.refuse(&refused).await? {
        return Ok(());
    }
    let malformed = |refused: &Refused| Malformed {
        payload: refused.delivery.payload.iter().copied().take(MALFORMED_BYTES_MAX).collect(),
        problem: refused.problem.clone(),
    };
    Ok(ledger.receive_malformed(&refused.iter().map(malformed).collect::<Vec<_>>(), now).await?)
}
