//! How RabbitMQ is reached, and the limits that hold there.

use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// Quorum queues keep track of every unsettled delivery: RabbitMQ advises no more than this for one consumer.
pub const PREFETCH_MAX: u16 = 2_000;
/// A message is handed out among others so often; then it is suspected, and handed out alone.
pub const TRIES_AMONG_OTHERS: u32 = 2;
/// Fewer deliveries leave no room for being handed out alone, twice.
pub const DELIVERY_LIMIT_MIN: u32 = TRIES_AMONG_OTHERS + 2;
/// More deliveries of a message that kills the worker help nobody.
pub const DELIVERY_LIMIT_MAX: u32 = 100;
/// Bytes of a queue's name at most: AMQP allows 255, and ours get endings.
const QUEUE_BYTES_MAX: usize = 200;

/// RabbitMQ and its limits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmqpSettings {
    /// `amqp://user:password@host:5672/vhost`, or `amqps://`.
    pub url: Secret,
    /// A file that holds the address instead; empty: none.
    pub url_file: String,
    /// A file with certificates (PEM) of an authority that the system does not know; empty: none.
    pub ca_file: String,
    /// The queue that messages are published to. Its suspects and its dead letters stand in queues named after it.
    pub queue: String,
    /// Deliveries that the broker sends ahead of their settling.
    pub prefetch: u16,
    /// How often one message is handed out at most.
    pub delivery_limit: u32,
    /// Messages that may wait; further ones are refused to their publisher. 0: no limit.
    pub length_max: u32,
    /// Both sides say that they are alive so often; twice as long in silence and the connection is lost.
    pub heartbeat_s: u16,
    /// Opening a connection and beginning to read may take so long.
    pub connect_timeout_ms: u64,
    /// The broker confirms what is published, and answers anything else, within so long.
    pub confirm_timeout_ms: u64,
    /// Wait before the second attempt to connect; each wait is twice the one before ...
    pub reconnect_first_ms: u64,
    /// ... up to this.
    pub reconnect_longest_ms: u64,
}

impl Default for AmqpSettings {
    fn default() -> Self {
        AmqpSettings {
            url: Secret::default(),
            url_file: String::new(),
            ca_file: String::new(),
            queue: "whimbrel.inbound".to_owned(),
            prefetch: 512,
            delivery_limit: 5,
            length_max: 1_000_000,
            heartbeat_s: 10,
            connect_timeout_ms: 5_000,
            confirm_timeout_ms: 30_000,
            reconnect_first_ms: 200,
            reconnect_longest_ms: 3_000,
        }
    }
}

impl AmqpSettings {
    /// Everything that cannot work, each with what to do.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.url.is_empty() && self.url_file.is_empty() {
            faults.push("inbox.amqp.url is empty: set WHIMBREL__INBOX__AMQP__URL to such as amqp://user:password@host:5672/%2f".to_owned());
        }
        let scheme = self.url.reveal().split("://").next().unwrap_or_default();
        if !self.url.is_empty() && !["amqp", "amqps"].contains(&scheme) {
            faults.push("inbox.amqp.url must begin with amqp:// or amqps://".to_owned());
        }
        if self.queue.trim().is_empty() || self.queue.len() > QUEUE_BYTES_MAX || self.queue.starts_with("amq.") {
            faults.push(format!("inbox.amqp.queue must name a queue, in {QUEUE_BYTES_MAX} bytes at most and not beginning with amq."));
        }
        if !(1..=PREFETCH_MAX).contains(&self.prefetch) {
            faults.push(format!("inbox.amqp.prefetch is {}: write 1 to {PREFETCH_MAX}", self.prefetch));
        }
        if !(DELIVERY_LIMIT_MIN..=DELIVERY_LIMIT_MAX).contains(&self.delivery_limit) {
            faults
                .push(format!("inbox.amqp.delivery_limit is {}: write {DELIVERY_LIMIT_MIN} to {DELIVERY_LIMIT_MAX}", self.delivery_limit));
        }
        let positive = [
            ("heartbeat_s", u64::from(self.heartbeat_s)),
            ("connect_timeout_ms", self.connect_timeout_ms),
            ("confirm_timeout_ms", self.confirm_timeout_ms),
            ("reconnect_first_ms", self.reconnect_first_ms),
            ("reconnect_longest_ms", self.reconnect_longest_ms),
        ];
        faults
            .extend(positive.iter().filter(|(_, value)| *value == 0).map(|(name, _)| format!("inbox.amqp.{name} must be greater than 0")));
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_lack_only_the_address() {
        let settings = AmqpSettings::default();
        assert_eq!(settings.faults().len(), 1);
        assert!(AmqpSettings { url: Secret::new("amqp://localhost"), ..settings }.faults().is_empty());
    }

    #[test]
    fn what_cannot_work_is_named_and_the_address_is_not_shown() {
        let settings = AmqpSettings {
            url: Secret::new("http://user:hush@localhost"),
            queue: "amq.gen".to_owned(),
            prefetch: 0,
            delivery_limit: 2,
            heartbeat_s: 0,
            ..AmqpSettings::default()
        };
        let faults = settings.faults().join("\n");
        for part in ["url must begin", "queue", "prefetch is 0", "delivery_limit is 2", "heartbeat_s"] {
            assert!(faults.contains(part), "{part} is missing in {faults}");
        }
        assert!(!faults.contains("hush") && !format!("{settings:?}").contains("hush"));
    }
}
