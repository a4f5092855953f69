//! One connection's life: what came over it, and what of that is not settled. Its end voids all its deliveries: the broker hands
//! them out anew, and the ledger knows those that it has.

use super::connection::{close, connect};
use super::error::{AmqpError, Trouble};
use super::properties::{refused, returns, suspected};
use super::publisher::Publisher;
use super::settings::{AmqpSettings, TRIES_AMONG_OTHERS};
use super::topology::{Topology, channel, ensure, ready};
use super::unsettled::Unsettled;
use futures_core::Stream;
use jiff::Timestamp;
use lapin::message::Delivery as Message;
use lapin::options::{BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicGetOptions, BasicQosOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, Consumer};
use runtime::ports::inbox::{Delivery, Refused};
use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

/// The first delivery is waited for so long.
pub(crate) const WAIT: Duration = Duration::from_millis(100);
/// Suspects are looked for so often while there were none.
const LOOK: Duration = Duration::from_millis(1_000);
/// Bytes of a message at most, as in the spool. A longer one is refused before it is read.
pub(crate) const MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// Bytes that one call hands out at most, give or take one message.
const TAKE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Where a delivery came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Lane {
    Work,
    Suspects,
}

/// A channel that is read, and what came over it.
struct Reader {
    channel: Channel,
    unsettled: Unsettled,
}

impl Reader {
    fn new(channel: Channel) -> Self {
        Reader { channel, unsettled: Unsettled::default() }
    }

    async fn settle(&mut self, tags: &BTreeSet<u64>) -> Result<(), AmqpError> {
        for ack in self.unsettled.settle(tags) {
            let sent = self.channel.basic_ack(ack.tag, BasicAckOptions { multiple: ack.multiple }).await;
            sent.map_err(|error| AmqpError::of("acknowledging", &error))?;
        }
        Ok(())
    }
}

/// A connection with its consumer.
pub(crate) struct Link {
    connection: Connection,
    /// Tells its tags from those of earlier connections.
    generation: u64,
    topology: Topology,
    work: Reader,
    suspects: Reader,
    consumer: Consumer,
    publisher: Publisher,
    /// What has come and was not taken.
    left: VecDeque<Message>,
    is_stopped: bool,
    look_at: Instant,
    /// A suspect was handed out: it is the others' turn.
    others_turn: bool,
}

impl Link {
    /// Connects, declares what is missing, and begins to read.
    pub(crate) async fn open(settings: &AmqpSettings, topology: &Topology, generation: u64) -> Result<Self, AmqpError> {
        let connection = connect(settings).await?;
        ensure(&connection, topology).await?;
        let work = channel(&connection).await?;
        // For each consumer: a limit for the whole channel would end the connection on a quorum queue.
        let limited = work.basic_qos(settings.prefetch, BasicQosOptions { global: false }).await;
        limited.map_err(|error| AmqpError::of("limiting what is sent ahead", &error))?;
        let name = topology.work.name.as_str();
        let consumer = work.basic_consume(name.into(), "".into(), BasicConsumeOptions::default(), FieldTable::default()).await;
        let consumer = consumer.map_err(|error| AmqpError::of(&format!("reading queue {name}"), &error))?;
        let suspects = channel(&connection).await?;
        let publisher = Publisher::open(&connection, settings.confirm_timeout_ms).await?;
        Ok(Link {
            connection,
            generation,
            topology: topology.clone(),
            work: Reader::new(work),
            suspects: Reader::new(suspects),
            consumer,
            publisher,
            left: VecDeque::new(),
            is_stopped: false,
            look_at: Instant::now(),
            others_turn: false,
        })
    }

    /// The next deliveries: one suspect alone, or at most `max` others.
    pub(crate) async fn take(&mut self, max: usize) -> Result<Vec<Delivery>, AmqpError> {
        if std::mem::take(&mut self.others_turn) {
            let others = self.others(max, Duration::ZERO).await?;
            if !others.is_empty() {
                return Ok(others);
            }
        }
        if let Some(suspect) = self.suspect().await? {
            self.others_turn = true;
            return Ok(vec![suspect]);
        }
        self.others(max, WAIT).await
    }

    /// A message that came back again and again. While it is handled nothing else is in a handler's hands, so that whatever it
    /// does to the worker it does alone; and it is fetched only when its turn has come, so that it does not suffer with others.
    async fn suspect(&mut self) -> Result<Option<Delivery>, AmqpError> {
        let is_alone = self.work.unsettled.len() + self.suspects.unsettled.len() == 0;
        if self.is_stopped || !is_alone || Instant::now() < self.look_at {
            return Ok(None);
        }
        let name = self.topology.suspects.name.as_str();
        let got = self.suspects.channel.basic_get(name.into(), BasicGetOptions::default()).await;
        let Some(got) = got.map_err(|error| AmqpError::of(&format!("reading queue {name}"), &error))? else {
            self.look_at = Instant::now() + LOOK;
            return Ok(None);
        };
        let message = got.delivery;
        self.suspects.unsettled.insert(message.delivery_tag, message.properties);
        Ok(Some(Delivery { tag: self.tag(Lane::Suspects, message.delivery_tag), payload: message.data }))
    }

    /// Deliveries among others. What came back too often moves to the suspects, what is too large to the dead letters.
    async fn others(&mut self, max: usize, wait: Duration) -> Result<Vec<Delivery>, AmqpError> {
        loop {
            let messages = self.gather(max, wait).await?;
            let has_come = !messages.is_empty();
            let (mut deliveries, mut suspects, mut too_large) = (Vec::with_capacity(messages.len()), Vec::new(), Vec::new());
            for message in messages {
                let delivery = Delivery { tag: self.tag(Lane::Work, message.delivery_tag), payload: message.data };
                if delivery.payload.len() > MESSAGE_BYTES_MAX {
                    let problem = format!("the message has {} bytes, {MESSAGE_BYTES_MAX} are allowed", delivery.payload.len());
                    too_large.push(Refused { delivery, problem });
                } else if returns(&message.properties) >= u64::from(TRIES_AMONG_OTHERS) {
                    suspects.push((message.delivery_tag, delivery.payload));
                } else {
                    deliveries.push(delivery);
                }
                self.work.unsettled.insert(message.delivery_tag, message.properties);
            }
            self.refuse(&too_large).await?;
            self.suspect_these(suspects).await?;
            if !deliveries.is_empty() || !has_come {
                return Ok(deliveries);
            }
        }
    }

    /// Moves messages to the suspects: a copy is there for sure before the original goes.
    async fn suspect_these(&mut self, messages: Vec<(u64, Vec<u8>)>) -> Result<(), AmqpError> {
        if messages.is_empty() {
            return Ok(());
        }
        for (tag, payload) in &messages {
            let properties = self.work.unsettled.properties(*tag).map(suspected).unwrap_or_default();
            self.publisher.send(&self.topology.suspects.name, payload, properties).await?;
        }
        self.publisher.confirm().await?;
        tracing::warn!(count = messages.len(), "messages came back twice: they will be handled alone");
        self.look_at = Instant::now();
        self.work.settle(&messages.iter().map(|(tag, _)| *tag).collect()).await
    }

    async fn gather(&mut self, max: usize, wait: Duration) -> Result<Vec<Message>, AmqpError> {
        let (mut messages, mut bytes) = (Vec::new(), 0_usize);
        while messages.len() < max && bytes < TAKE_BYTES_MAX {
            let next = match self.left.pop_front() {
                Some(message) => Some(message),
                None if self.is_stopped => None,
                None => self.next(if messages.is_empty() { wait } else { Duration::ZERO }).await?,
            };
            let Some(message) = next else { break };
            bytes = bytes.saturating_add(message.data.len());
            messages.push(message);
        }
        Ok(messages)
    }

    /// The next delivery, waited for so long.
    async fn next(&mut self, wait: Duration) -> Result<Option<Message>, AmqpError> {
        let consumer = &mut self.consumer;
        let polled = if wait.is_zero() {
            std::future::poll_fn(|cx| match Pin::new(&mut *consumer).poll_next(cx) {
                Poll::Ready(next) => Poll::Ready(Some(next)),
                Poll::Pending => Poll::Ready(None),
            })
            .await
        } else {
            tokio::time::timeout(wait, std::future::poll_fn(|cx| Pin::new(&mut *consumer).poll_next(cx))).await.ok()
        };
        match polled {
            None => Ok(None),
            Some(Some(Ok(message))) => Ok(Some(message)),
            Some(Some(Err(error))) => Err(AmqpError::of("reading", &error)),
            Some(None) => Err(AmqpError::new(Trouble::Unreachable, "the broker ended the reading: its queue was deleted, or it stops")),
        }
    }

    /// These are safe elsewhere. Tags of earlier connections are passed over.
    pub(crate) async fn settle(&mut self, tags: impl Iterator<Item = &str>) -> Result<(), AmqpError> {
        let (mut work, mut suspects) = (BTreeSet::new(), BTreeSet::new());
        for (lane, tag) in tags.filter_map(|tag| self.number(tag)) {
            match lane {
                Lane::Work => work.insert(tag),
                Lane::Suspects => suspects.insert(tag),
            };
        }
        self.work.settle(&work).await?;
        self.suspects.settle(&suspects).await
    }

    /// Puts deliveries into the dead queue, each with its reason, and settles them once the broker has them there.
    pub(crate) async fn refuse(&mut self, these: &[Refused]) -> Result<(), AmqpError> {
        for one in these {
            let Some(properties) = self.properties(&one.delivery.tag) else { continue };
            let properties = refused(properties, &one.problem, Timestamp::now());
            self.publisher.send(&self.topology.dead.name, &one.delivery.payload, properties).await?;
        }
        self.publisher.confirm().await?;
        self.settle(these.iter().map(|one| one.delivery.tag.as_str())).await
    }

    /// Ends the reading. Returns how many messages had come already: they can still be taken and settled.
    pub(crate) async fn stop(&mut self) -> Result<usize, AmqpError> {
        if !self.is_stopped {
            let ended = self.work.channel.basic_cancel(self.consumer.tag(), BasicCancelOptions::default()).await;
            ended.map_err(|error| AmqpError::of("ending the reading", &error))?;
            while let Ok(Some(message)) = self.next(WAIT).await {
                self.left.push_back(message);
            }
            self.is_stopped = true;
        }
        Ok(self.left.len())
    }

    /// Messages that wait, or are not settled.
    pub(crate) async fn waiting(&mut self) -> Result<u64, AmqpError> {
        let suspects = ready(&self.suspects.channel, &self.topology.suspects.name).await?;
        let others = ready(&self.work.channel, &self.topology.work.name).await?;
        // What the broker has handed out in this moment is in neither count yet. It comes over this channel before a second answer does.
        ready(&self.work.channel, &self.topology.work.name).await?;
        while !self.is_stopped
            && let Some(message) = self.next(Duration::ZERO).await?
        {
            self.left.push_back(message);
        }
        let held = self.work.unsettled.len() + self.suspects.unsettled.len() + self.left.len();
        Ok(suspects.saturating_add(others).saturating_add(u64::try_from(held).unwrap_or(u64::MAX)))
    }

    /// Says farewell; what is not settled comes again.
    pub(crate) async fn close(self) {
        close(&self.connection).await;
    }

    fn tag(&self, lane: Lane, number: u64) -> String {
        let lane = match lane {
            Lane::Work => 'w',
            Lane::Suspects => 's',
        };
        format!("{}{lane}{number}", self.generation)
    }

    /// What a tag of this connection names; none for any other.
    fn number(&self, tag: &str) -> Option<(Lane, u64)> {
        let at = tag.find(['w', 's'])?;
        let (generation, rest) = tag.split_at_checked(at)?;
        let lane = if rest.starts_with('w') { Lane::Work } else { Lane::Suspects };
        let is_ours = generation.parse() == Ok(self.generation);
        rest.get(1..)?.parse().ok().filter(|_| is_ours).map(|number| (lane, number))
    }

    fn properties(&self, tag: &str) -> Option<&BasicProperties> {
        match self.number(tag)? {
            (Lane::Work, number) => self.work.unsettled.properties(number),
            (Lane::Suspects, number) => self.suspects.unsettled.properties(number),
        }
    }
}
