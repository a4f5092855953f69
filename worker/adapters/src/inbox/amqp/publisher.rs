//! Publishing that is over only when the broker has said so.

use super::error::{AmqpError, Trouble};
use super::topology::channel;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation, Connection, PublisherConfirm};
use std::collections::VecDeque;
use std::time::Duration;

/// Messages under way to the broker whose confirmation is still to come, at most.
pub(crate) const WINDOW: usize = 500;

/// A channel whose messages are confirmed.
pub(crate) struct Publisher {
    channel: Channel,
    timeout: Duration,
    open: VecDeque<PublisherConfirm>,
    confirmed: u64,
}

impl Publisher {
    /// Opens a channel for it.
    pub(crate) async fn open(connection: &Connection, timeout_ms: u64) -> Result<Self, AmqpError> {
        let channel = channel(connection).await?;
        let selected = channel.confirm_select(ConfirmSelectOptions::default()).await;
        selected.map_err(|error| AmqpError::of("asking for confirmations", &error))?;
        Ok(Publisher { channel, timeout: Duration::from_millis(timeout_ms), open: VecDeque::new(), confirmed: 0 })
    }

    /// Sends a message to a queue. Where too many are under way, waits for the oldest.
    pub(crate) async fn send(&mut self, queue: &str, payload: &[u8], properties: BasicProperties) -> Result<(), AmqpError> {
        // Without `mandatory` the broker confirms what it throws away for want of a queue.
        let options = BasicPublishOptions { mandatory: true, immediate: false };
        let sent = self.channel.basic_publish("".into(), queue.into(), options, payload, properties).await;
        self.open.push_back(sent.map_err(|error| AmqpError::of(&format!("publishing to {queue}"), &error))?);
        while self.open.len() >= WINDOW {
            self.confirm_oldest().await?;
        }
        Ok(())
    }

    /// Waits until everything that was sent is confirmed.
    pub(crate) async fn confirm(&mut self) -> Result<(), AmqpError> {
        while !self.open.is_empty() {
            self.confirm_oldest().await?;
        }
        Ok(())
    }

    /// How many messages the broker has confirmed, in the order in which they were sent.
    pub(crate) fn confirmed(&self) -> u64 {
        self.confirmed
    }

    async fn confirm_oldest(&mut self) -> Result<(), AmqpError> {
        let Some(confirm) = self.open.pop_front() else { return Ok(()) };
        let ended = tokio::time::timeout(self.timeout, confirm).await;
        let answer = ended.map_err(|_| {
            let problem =
                format!("no confirmation within {} ms: the broker is blocked or overloaded, see its log", self.timeout.as_millis());
            AmqpError::new(Trouble::Unreachable, problem)
        })?;
        match answer.map_err(|error| AmqpError::of("waiting for a confirmation", &error))? {
            Confirmation::Ack(None) => {
                self.confirmed += 1;
                Ok(())
            }
            Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_)) => Err(AmqpError::new(
                Trouble::Unroutable,
                "a message was sent back, because its queue does not exist: run `whimbrel setup amqp`",
            )),
            Confirmation::Nack(None) => Err(AmqpError::new(
                Trouble::Refused,
                "a message was refused, because its queue is full: wait until the workers have caught up (`whimbrel status`), then try again",
            )),
            Confirmation::NotRequested => Err(AmqpError::new(Trouble::Other, "the broker confirms nothing: see its log")),
        }
    }
}
