//! Where messages are put that come through the inbox, and not by webhook.

use adapters::inbox::amqp::error::AmqpError;
use adapters::inbox::amqp::producer::AmqpProducer;
use adapters::inbox::amqp::settings::AmqpSettings;
use adapters::inbox::spool::Spool;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// Lines that are published before their confirmation is waited for.
const BATCH_MAX: usize = 64;
/// A helpdesk whose broker is gone tries again after so long, in milliseconds.
const AGAIN_MS: u64 = 200;

/// The inbox, as a helpdesk sees it.
pub enum Mailbox {
    /// A folder.
    Spool(Spool),
    /// RabbitMQ: whoever publishes does so again until the broker has confirmed.
    Amqp(UnboundedSender<Item>),
}

/// What the publisher is told.
pub enum Item {
    /// Publish this.
    Line(Vec<u8>),
    /// Say when all before this is in the broker.
    Flush(oneshot::Sender<()>),
}

impl Mailbox {
    /// One in a broker. The queues must exist.
    pub fn in_broker(settings: AmqpSettings) -> Self {
        let (items, wanted) = unbounded_channel();
        tokio::spawn(publish(settings, wanted));
        Mailbox::Amqp(items)
    }

    /// Puts a line in, now or as soon as the broker is there.
    pub fn put(&self, line: Vec<u8>) -> anyhow::Result<()> {
        match self {
            Mailbox::Spool(spool) => spool.put(std::iter::once(line)).map(|_| ()).map_err(anyhow::Error::from),
            Mailbox::Amqp(items) => items.send(Item::Line(line)).map_err(|_| anyhow::anyhow!("the publisher has ended")),
        }
    }

    /// Waits until everything is safe.
    pub async fn flush(&self) -> anyhow::Result<()> {
        if let Mailbox::Amqp(items) = self {
            let (done, is_done) = oneshot::channel();
            items.send(Item::Flush(done)).map_err(|_| anyhow::anyhow!("the publisher has ended"))?;
            is_done.await?;
        }
        Ok(())
    }
}

async fn publish(settings: AmqpSettings, mut wanted: UnboundedReceiver<Item>) {
    let (mut items, mut producer) = (Vec::new(), None);
    while wanted.recv_many(&mut items, BATCH_MAX).await > 0 {
        let (mut lines, mut waiting) = (Vec::new(), Vec::new());
        for item in items.drain(..) {
            match item {
                Item::Line(line) => lines.push(line),
                Item::Flush(done) => waiting.push(done),
            }
        }
        while put_all(&settings, &mut producer, &lines).await.is_err() {
            producer = None;
            tokio::time::sleep(Duration::from_millis(AGAIN_MS)).await;
        }
        for done in waiting {
            let _nobody_waits = done.send(());
        }
    }
}

/// What is not confirmed for certain is published again: the worker knows messages by their ids.
async fn put_all(settings: &AmqpSettings, producer: &mut Option<AmqpProducer>, lines: &[Vec<u8>]) -> Result<(), AmqpError> {
    let connected = match producer.take() {
        Some(connected) => connected,
        None => AmqpProducer::connect(settings).await?,
    };
    let connected = producer.insert(connected);
    for line in lines {
        connected.put(line).await?;
    }
    connected.finish().await?;
    Ok(())
}
