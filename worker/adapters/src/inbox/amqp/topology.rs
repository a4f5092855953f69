//! The three queues: their names, their arguments, and how they are declared and found.
//!
//! Facts of RabbitMQ 3.10.8 that stand behind the arguments: dead-lettering loses nothing only with `at-least-once`, which needs
//! `reject-publish`; a limit of n on deliveries allows n + 1 of them; with a limit, what comes back stands in front again; a
//! connection that is lost counts as a delivery for everything that it held. From 4.0 on a quorum queue has a limit even where none
//! is declared, so every queue declares its own.

use super::error::{AmqpError, Trouble};
use super::settings::{AmqpSettings, TRIES_AMONG_OTHERS};
use lapin::options::QueueDeclareOptions;
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection};

/// A message among others comes back so often at most. Everything that a worker was sent ahead comes back whenever it dies, of whatever,
/// so that the limit is far away; what is suspected moves to the suspects after two returns and is judged there.
pub const RETURNS_MAX: u32 = 1_000;
/// Dead letters are looked at as often as people like: each look counts as a delivery.
const LOOKS_MAX: u32 = 1_000_000_000;

/// A queue as it should be.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct QueueSpec {
    pub(crate) name: String,
    pub(crate) arguments: FieldTable,
}

/// A queue as it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Standing {
    /// Messages that nobody holds.
    pub(crate) ready: u64,
    /// Who reads it.
    pub(crate) consumers: u32,
}

/// The three queues.
#[derive(Clone, PartialEq, Debug)]
pub struct Topology {
    /// Messages are published here.
    pub(crate) work: QueueSpec,
    /// What came back twice; handed out alone.
    pub(crate) suspects: QueueSpec,
    /// What no worker can take in.
    pub(crate) dead: QueueSpec,
}

impl Topology {
    /// The queues that these settings ask for.
    pub fn of(settings: &AmqpSettings) -> Self {
        let dead = format!("{}.dead", settings.queue);
        let mut work = quorum(RETURNS_MAX);
        dead_letters_to(&mut work, &dead);
        if settings.length_max > 0 {
            work.insert("x-max-length".into(), number(settings.length_max));
        }
        let mut suspects = quorum(settings.delivery_limit.saturating_sub(TRIES_AMONG_OTHERS + 1));
        dead_letters_to(&mut suspects, &dead);
        Topology {
            work: QueueSpec { name: settings.queue.clone(), arguments: work },
            suspects: QueueSpec { name: format!("{}.suspects", settings.queue), arguments: suspects },
            dead: QueueSpec { name: dead, arguments: quorum(LOOKS_MAX) },
        }
    }

    /// All of them; where dead letters go comes first.
    pub(crate) fn queues(&self) -> [&QueueSpec; 3] {
        [&self.dead, &self.suspects, &self.work]
    }

    /// Names of all of them.
    pub fn names(&self) -> [&str; 3] {
        self.queues().map(|queue| queue.name.as_str())
    }
}

fn quorum(delivery_limit: u32) -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("quorum"));
    arguments.insert("x-delivery-limit".into(), number(delivery_limit));
    arguments
}

fn dead_letters_to(arguments: &mut FieldTable, queue: &str) {
    arguments.insert("x-dead-letter-exchange".into(), text(""));
    arguments.insert("x-dead-letter-routing-key".into(), text(queue));
    arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
    arguments.insert("x-overflow".into(), text("reject-publish"));
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

fn number(value: u32) -> AMQPValue {
    AMQPValue::LongLongInt(i64::from(value))
}

/// A channel of its own: a refused declaration closes the channel that it was made on.
pub(crate) async fn channel(connection: &Connection) -> Result<Channel, AmqpError> {
    connection.create_channel().await.map_err(|error| AmqpError::of("opening a channel", &error))
}

/// How a queue stands; none when it does not exist.
pub(crate) async fn standing(connection: &Connection, name: &str) -> Result<Option<Standing>, AmqpError> {
    let channel = channel(connection).await?;
    let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    match channel.queue_declare(name.into(), options, FieldTable::default()).await {
        Ok(queue) => Ok(Some(Standing { ready: u64::from(queue.message_count()), consumers: queue.consumer_count() })),
        Err(error) => match AmqpError::of(&format!("looking for queue {name}"), &error) {
            error if error.trouble == Trouble::Missing => Ok(None),
            error => Err(error),
        },
    }
}

/// Messages of a queue that nobody holds, asked for on a channel that is in use: a queue that does not exist ends that.
pub(crate) async fn ready(channel: &Channel, name: &str) -> Result<u64, AmqpError> {
    let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    let found = channel.queue_declare(name.into(), options, FieldTable::default()).await;
    found.map(|queue| u64::from(queue.message_count())).map_err(|error| AmqpError::of(&format!("looking for queue {name}"), &error))
}

/// Declares one queue; nothing happens when it is there already with these arguments.
pub(crate) async fn declare(connection: &Connection, queue: &QueueSpec) -> Result<(), AmqpError> {
    let channel = channel(connection).await?;
    let declared = channel.queue_declare(queue.name.as_str().into(), QueueDeclareOptions::durable(), queue.arguments.clone()).await;
    declared.map(|_| ()).map_err(|error| AmqpError::of(&format!("declaring queue {}", queue.name), &error))
}

/// Declares what is missing. What is there needs no right to configure.
pub(crate) async fn ensure(connection: &Connection, topology: &Topology) -> Result<(), AmqpError> {
    for queue in topology.queues() {
        if standing(connection, &queue.name).await?.is_none() {
            declare(connection, queue).await?;
            tracing::info!(queue = queue.name, "queue declared");
        }
    }
    Ok(())
}
