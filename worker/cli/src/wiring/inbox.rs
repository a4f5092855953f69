//! The inbox's part of the composition root.

use crate::config::Config;
use crate::config::inbox::InboxKind;
use crate::home::Home;
use adapters::inbox::amqp::depth::AmqpDepth;
use adapters::inbox::amqp::inbox::AmqpInbox;
use adapters::inbox::amqp::settings::AmqpSettings;
use adapters::inbox::depth::lines_waiting;
use adapters::inbox::spool::Spool;
use adapters::secret::Secret;
use anyhow::{Context, bail};
use runtime::ports::inbox::Inbox;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// The inbox that is configured.
pub fn inbox(config: &Config, home: &Home) -> anyhow::Result<Arc<dyn Inbox>> {
    match config.inbox.kind {
        InboxKind::Spool => Ok(Arc::new(Spool::open(&home.spool())?)),
        InboxKind::Amqp => Ok(Arc::new(AmqpInbox::new(amqp(config)?))),
    }
}

/// How RabbitMQ is reached; the address may stand in a file.
pub fn amqp(config: &Config) -> anyhow::Result<AmqpSettings> {
    let mut settings = config.inbox.amqp.clone();
    if !settings.url_file.is_empty() {
        let file = &settings.url_file;
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read inbox.amqp.url_file {file}"))?;
        settings.url = Secret::new(text.trim());
    }
    let faults = settings.faults();
    if !faults.is_empty() {
        bail!("RabbitMQ cannot be reached:\n  - {}", faults.join("\n  - "));
    }
    Ok(settings)
}

/// How much lies in the inbox.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Depth {
    /// In the spool.
    Spool {
        /// Lines that are not taken in.
        waiting: u64,
    },
    /// In RabbitMQ.
    Amqp {
        /// The queue that messages are published to.
        queue: String,
        /// By queue.
        #[serde(flatten)]
        depth: AmqpDepth,
    },
    /// Nobody knows now.
    Unknown {
        /// Why.
        problem: String,
    },
}

impl fmt::Display for Depth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Depth::Spool { waiting } => write!(f, "{waiting} more in the spool"),
            Depth::Amqp { queue, depth } => {
                write!(f, "{} more in {queue} ({} workers read)", depth.waiting + depth.suspects, depth.consumers)?;
                if depth.suspects > 0 {
                    write!(f, ", {} of them came back twice", depth.suspects)?;
                }
                if depth.dead > 0 {
                    write!(f, ", {} in its dead queue: `whimbrel dead list`", depth.dead)?;
                }
                Ok(())
            }
            Depth::Unknown { problem } => write!(f, "how many more wait is not known: {problem}"),
        }
    }
}

/// Looks once. What cannot be looked at is no reason to show nothing else.
pub async fn depth(config: &Config, home: &Home) -> Depth {
    let looked = match config.inbox.kind {
        InboxKind::Spool => lines_waiting(&home.spool()).map(|waiting| Depth::Spool { waiting }).map_err(anyhow::Error::from),
        InboxKind::Amqp => of_broker(config).await,
    };
    looked.unwrap_or_else(|error| Depth::Unknown { problem: format!("{error:#}") })
}

async fn of_broker(config: &Config) -> anyhow::Result<Depth> {
    let settings = amqp(config)?;
    let depth = adapters::inbox::amqp::depth::depth(&settings).await?;
    Ok(Depth::Amqp { queue: settings.queue, depth })
}
