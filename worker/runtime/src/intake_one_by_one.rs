//! Finding out which message of a batch the ledger cannot take.

use crate::events;
use crate::inbound::InboundMessage;
use crate::ports::ledger::{Ledger, LedgerError, Received};
use jiff::Timestamp;

/// Messages that are tried in vain before the ledger is given up for now.
const FRUITLESS_MAX: usize = 16;

/// What became of a batch. Numbers are those of its messages.
#[derive(Default)]
pub(crate) struct OneByOne {
    /// Of those that the ledger has.
    pub(crate) received: Vec<Received>,
    /// Those that it does not take though it takes others, and why.
    pub(crate) faulty: Vec<(usize, String)>,
    /// Those of which nothing is known: they are tried again.
    pub(crate) left: Vec<usize>,
}

/// Tries every message alone. One that fails twice while the ledger takes another is at fault itself; when nothing works, it is the
/// ledger.
pub(crate) async fn one_by_one(ledger: &dyn Ledger, messages: &[InboundMessage], now: Timestamp) -> OneByOne {
    let mut result = OneByOne::default();
    let (mut good, mut failed) = (None, Vec::new());
    for (index, message) in messages.iter().enumerate() {
        if good.is_none() && failed.len() >= FRUITLESS_MAX {
            result.left.extend(index..messages.len());
            break;
        }
        match alone(ledger, message, now).await {
            Ok(received) => {
                result.received.extend(received);
                good = Some(message);
            }
            Err(_) => failed.push((index, message)),
        }
    }
    for (index, message) in failed {
        match (alone(ledger, message, now).await, good) {
            (Ok(received), _) => result.received.extend(received),
            // Taking a message in a second time changes nothing: it only shows that the ledger works.
            (Err(error), Some(good)) if alone(ledger, good, now).await.is_ok() => {
                events::unreceivable(&message.message_id, &error);
                result.faulty.push((index, format!("the ledger does not take it: {}", error.problem)));
            }
            (Err(_), _) => result.left.push(index),
        }
    }
    result
}

async fn alone(ledger: &dyn Ledger, message: &InboundMessage, now: Timestamp) -> Result<Vec<Received>, LedgerError> {
    ledger.receive(std::slice::from_ref(message), now).await
}
