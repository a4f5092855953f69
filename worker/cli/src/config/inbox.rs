//! Where messages come from.

use adapters::inbox::amqp::settings::AmqpSettings;
use serde::{Deserialize, Serialize};

/// Which inbox.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InboxKind {
    /// A folder of files below the data folder.
    Spool,
    /// RabbitMQ.
    Amqp,
}

/// The inbox.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboxConfig {
    /// Which.
    pub kind: InboxKind,
    /// When it is RabbitMQ.
    pub amqp: AmqpSettings,
}

impl InboxConfig {
    /// Everything that cannot work, each with what to do.
    pub fn faults(&self) -> Vec<String> {
        match self.kind {
            InboxKind::Spool => Vec::new(),
            InboxKind::Amqp => self.amqp.faults(),
        }
    }
}
