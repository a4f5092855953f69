//! RabbitMQ for tests: `.ci/test` starts one of its own and names it in `WHIMBREL_TEST_AMQP_URL`, or the one that stands there
//! already is used. Tests that run side by side have queues of their own.

use crate::shared;
use adapters::inbox::amqp::check;
use adapters::inbox::amqp::inbox::AmqpInbox;
use adapters::inbox::amqp::producer::AmqpProducer;
use adapters::inbox::amqp::settings::AmqpSettings;
use adapters::inbox::amqp::topology::Topology;
use adapters::secret::Secret;
use lapin::options::{BasicPublishOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use runtime::ports::inbox::{Delivery, Inbox, InboxError};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Names the address of the broker.
pub const URL: &str = "WHIMBREL_TEST_AMQP_URL";
/// So often an inbox is asked in vain before a test gives up; each time it waits a tenth of a second itself.
const ASKED_MAX: usize = 300;

/// The three queues of one test.
pub struct Queues {
    /// How they are reached.
    pub settings: AmqpSettings,
}

impl Queues {
    /// Queues of this test, not yet declared. None, and a word why, where there is no broker.
    pub fn of(test: &str) -> Option<Self> {
        match std::env::var(URL) {
            Ok(url) => Some(Self::at(test, &url)),
            Err(_) => {
                shared::left_out(test, &format!("no RabbitMQ: {URL} names none"));
                None
            }
        }
    }

    /// Queues of this test in a broker.
    pub fn at(test: &str, url: &str) -> Self {
        let queue = format!("test.{}.{test}", std::process::id());
        Queues { settings: AmqpSettings { url: Secret::new(url), queue, reconnect_longest_ms: 400, ..AmqpSettings::default() } }
    }

    /// The same, with something else in its settings.
    pub fn with(mut self, change: impl FnOnce(&mut AmqpSettings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Declares them.
    pub async fn declare(&self) -> anyhow::Result<()> {
        check::set_up(&self.settings).await.map(|_| ()).map_err(Into::into)
    }

    /// Publishes lines, as `whimbrel enqueue` does. All of them are in the broker when this returns.
    pub async fn put(&self, lines: &[&[u8]]) -> anyhow::Result<()> {
        let mut producer = AmqpProducer::connect(&self.settings).await?;
        for line in lines {
            producer.put(line).await?;
        }
        producer.finish().await?;
        producer.close().await;
        Ok(())
    }

    /// An inbox on them.
    pub fn inbox(&self) -> AmqpInbox {
        AmqpInbox::new(self.settings.clone())
    }

    /// A client of another program.
    pub async fn client(&self) -> anyhow::Result<Connection> {
        Ok(Connection::connect(self.settings.url.reveal(), ConnectionProperties::default()).await?)
    }

    /// Declares one queue as someone else would have it.
    pub async fn declare_otherwise(&self, name: &str, limit: i64) -> anyhow::Result<()> {
        let mut arguments = FieldTable::default();
        arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        arguments.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(limit));
        let client = self.client().await?;
        let channel = client.create_channel().await?;
        channel.queue_declare(name.into(), QueueDeclareOptions::durable(), arguments).await?;
        client.close(200, "OK".into()).await?;
        Ok(())
    }

    /// Publishes with properties of one's own, as a helpdesk in another language does.
    pub async fn publish(&self, payload: &[u8], properties: BasicProperties) -> anyhow::Result<()> {
        let client = self.client().await?;
        let channel = client.create_channel().await?;
        let options = BasicPublishOptions { mandatory: true, immediate: false };
        channel.confirm_select(Default::default()).await?;
        channel.basic_publish("".into(), self.settings.queue.as_str().into(), options, payload, properties).await?.await?;
        client.close(200, "OK".into()).await?;
        Ok(())
    }

    /// Removes one queue.
    pub async fn delete(&self, name: &str) -> anyhow::Result<()> {
        let client = self.client().await?;
        let channel = client.create_channel().await?;
        channel.queue_delete(name.into(), QueueDeleteOptions::default()).await?;
        client.close(200, "OK".into()).await?;
        Ok(())
    }

    /// Removes all of them.
    pub async fn remove(&self) -> anyhow::Result<()> {
        for name in Topology::of(&self.settings).names() {
            self.delete(name).await?;
        }
        Ok(())
    }
}

/// A broker of this test alone, which may be killed.
pub struct OwnBroker {
    folder: PathBuf,
}

impl OwnBroker {
    /// Starts one in this folder. None, and a word why, where RabbitMQ is not installed.
    pub fn start(test: &str, folder: PathBuf) -> Option<Self> {
        if std::env::var_os(URL).is_none() || !PathBuf::from("/usr/lib/rabbitmq/bin/rabbitmq-server").exists() {
            shared::left_out(test, "no RabbitMQ of our own could be started");
            return None;
        }
        let broker = Self::in_folder(folder);
        if broker.is_none() {
            shared::left_out(test, "RabbitMQ did not start");
        }
        broker
    }

    /// Starts one in this folder, and installs RabbitMQ where it is missing.
    pub fn in_folder(folder: PathBuf) -> Option<Self> {
        let broker = OwnBroker { folder };
        broker.command("start")?;
        Some(broker)
    }

    /// Its address.
    pub fn url(&self) -> String {
        self.command("url").unwrap_or_default()
    }

    /// Its process.
    pub fn pid(&self) -> String {
        self.command("pid").unwrap_or_default()
    }

    /// Brings the names of quorum queues to the disk, which the broker does by itself some minutes after they were declared: killed
    /// before, it comes back with an empty queue that never answers.
    pub fn sync(&self) -> bool {
        self.command("sync").is_some()
    }

    /// Kills it with SIGKILL.
    pub fn kill(&self) {
        self.command("kill");
    }

    /// Starts it again, with all that it had.
    pub fn restart(&self) {
        self.command("start");
    }

    fn command(&self, verb: &str) -> Option<String> {
        let script = shared::root().join(".ci/rabbitmq");
        let mut command = Command::new(script);
        let output = command.arg(verb).env("WHIMBREL_RABBITMQ", &self.folder).stdin(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

impl Drop for OwnBroker {
    fn drop(&mut self) {
        self.command("stop");
    }
}

/// Takes until there are so many: deliveries come when they come. Fewer when they do not come.
pub async fn take(inbox: &dyn Inbox, count: usize) -> Result<Vec<Delivery>, InboxError> {
    let mut taken = Vec::new();
    for _ in 0..ASKED_MAX {
        if taken.len() >= count {
            break;
        }
        taken.extend(inbox.take(count - taken.len()).await?);
    }
    Ok(taken)
}
