//! Putting messages into the broker, as any helpdesk does.

use super::connection::{close, connect};
use super::error::AmqpError;
use super::properties::plain;
use super::publisher::Publisher;
use super::settings::AmqpSettings;
use lapin::Connection;

/// Publishes to the queue that workers read.
pub struct AmqpProducer {
    connection: Connection,
    publisher: Publisher,
    queue: String,
}

impl AmqpProducer {
    /// Connects. The queue must exist.
    pub async fn connect(settings: &AmqpSettings) -> Result<Self, AmqpError> {
        let connection = connect(settings).await?;
        let publisher = Publisher::open(&connection, settings.confirm_timeout_ms).await?;
        Ok(AmqpProducer { connection, publisher, queue: settings.queue.clone() })
    }

    /// Sends one message. It may still be under way when this returns: [`Self::finish`] waits for it.
    pub async fn put(&mut self, line: &[u8]) -> Result<(), AmqpError> {
        self.publisher.send(&self.queue, line.strip_suffix(b"\n").unwrap_or(line), plain()).await
    }

    /// How many of the messages that were put the broker has confirmed; they are the first ones.
    pub fn confirmed(&self) -> u64 {
        self.publisher.confirmed()
    }

    /// Waits until the broker has confirmed everything.
    pub async fn finish(&mut self) -> Result<u64, AmqpError> {
        self.publisher.confirm().await?;
        Ok(self.confirmed())
    }

    /// Says farewell to the broker.
    pub async fn close(self) {
        close(&self.connection).await;
    }
}
