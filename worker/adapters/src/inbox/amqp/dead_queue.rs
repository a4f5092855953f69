//! The broker's dead letters, for people: list them, try one again, close one.
//!
//! AMQP knows no looking without taking. What is looked at is taken and given back; a second person who looks at the same moment
//! sees less.

use super::connection::{close, connect};
use super::error::AmqpError;
use super::properties::{death, handed_on, refusal, tries_elsewhere};
use super::publisher::Publisher;
use super::settings::AmqpSettings;
use super::topology::{Topology, channel};
use crate::digest::hex;
use jiff::Timestamp;
use lapin::message::Delivery as Message;
use lapin::options::{BasicAckOptions, BasicGetOptions};
use lapin::{Channel, Connection};
use runtime::inbound::InboundMessage;
use serde::Serialize;
use sha2::{Digest, Sha256};
use triage::ticket::MessageId;

/// Dead letters that are gone through at most, to find one.
pub const LETTERS_MAX: usize = 10_000;
/// What the broker's letters are called by begins with this; the ledger's have bare numbers.
pub const ID_PREFIX: char = 'q';
/// Digits behind it.
const ID_DIGITS: usize = 12;

/// A message that no worker could take in.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct QueueLetter {
    /// Made of its bytes: equal bytes are one letter.
    pub id: String,
    /// `malformed` (no message, or one that the ledger refuses) or the broker's word: `delivery_limit`, `expired`, `rejected`, `maxlen`.
    pub kind: String,
    /// The message, where it can be read.
    pub message: Option<MessageId>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Option<Timestamp>,
    /// How often it was handed out until it was refused; unknown of what the broker gave up.
    pub tries: Option<u64>,
    /// How often these bytes lie there.
    pub copies: u32,
}

/// The dead queue, looked into over one connection.
pub struct DeadQueue {
    settings: AmqpSettings,
    topology: Topology,
    connection: Connection,
}

impl DeadQueue {
    /// Connects.
    pub async fn open(settings: &AmqpSettings) -> Result<Self, AmqpError> {
        let connection = connect(settings).await?;
        Ok(DeadQueue { settings: settings.clone(), topology: Topology::of(settings), connection })
    }

    /// The oldest letters, at most so many.
    pub async fn list(&self, limit: usize) -> Result<Vec<QueueLetter>, AmqpError> {
        let channel = channel(&self.connection).await?;
        let (mut letters, mut seen) = (Vec::<QueueLetter>::new(), 0);
        while seen < LETTERS_MAX && letters.len() < limit {
            let Some(message) = self.next(&channel).await? else { break };
            seen += 1;
            let letter = letter(&message);
            match letters.iter_mut().find(|other| other.id == letter.id) {
                Some(same) => same.copies += 1,
                None => letters.push(letter),
            }
        }
        // Whatever is not acknowledged goes back when the channel ends.
        end(&channel).await;
        Ok(letters)
    }

    /// Puts a letter back into the queue that workers read. False when there is none of this id.
    pub async fn retry(&self, id: &str) -> Result<bool, AmqpError> {
        let channel = channel(&self.connection).await?;
        let found = self.find(&channel, id).await?;
        if let Some(first) = found.first() {
            let mut publisher = Publisher::open(&self.connection, self.settings.confirm_timeout_ms).await?;
            publisher.send(&self.topology.work.name, &first.data, handed_on(&first.properties)).await?;
            publisher.confirm().await?;
        }
        forget(&channel, &found).await?;
        Ok(!found.is_empty())
    }

    /// Closes a letter for good. False when there is none of this id.
    pub async fn discard(&self, id: &str) -> Result<bool, AmqpError> {
        let channel = channel(&self.connection).await?;
        let found = self.find(&channel, id).await?;
        forget(&channel, &found).await?;
        Ok(!found.is_empty())
    }

    /// Says farewell to the broker.
    pub async fn close(self) {
        close(&self.connection).await;
    }

    async fn next(&self, channel: &Channel) -> Result<Option<Message>, AmqpError> {
        let name = self.topology.dead.name.as_str();
        let got = channel.basic_get(name.into(), BasicGetOptions::default()).await;
        let got = got.map_err(|error| AmqpError::of(&format!("reading queue {name}"), &error))?;
        Ok(got.map(|got| got.delivery))
    }

    /// All copies of a letter.
    async fn find(&self, channel: &Channel, id: &str) -> Result<Vec<Message>, AmqpError> {
        let mut found = Vec::new();
        for _ in 0..LETTERS_MAX {
            let Some(message) = self.next(channel).await? else { break };
            if id_of(&message.data) == id {
                found.push(message);
            }
        }
        Ok(found)
    }
}

/// Acknowledges these; everything else goes back.
async fn forget(channel: &Channel, messages: &[Message]) -> Result<(), AmqpError> {
    for message in messages {
        let sent = channel.basic_ack(message.delivery_tag, BasicAckOptions::default()).await;
        sent.map_err(|error| AmqpError::of("acknowledging", &error))?;
    }
    end(channel).await;
    Ok(())
}

/// AMQP's number for an end in peace.
const SUCCESS: u16 = 200;

async fn end(channel: &Channel) {
    if let Err(error) = channel.close(SUCCESS, "OK".into()).await {
        tracing::debug!(%error, "the channel was over already");
    }
}

fn id_of(payload: &[u8]) -> String {
    let digits: String = hex(&Sha256::digest(payload)).chars().take(ID_DIGITS).collect();
    format!("{ID_PREFIX}{digits}")
}

fn letter(message: &Message) -> QueueLetter {
    let refused = refusal(&message.properties);
    let tries = refused.as_ref().map(|_| tries_elsewhere(&message.properties));
    let (kind, reason, at) = match (refused, death(&message.properties)) {
        (Some((reason, at)), _) => ("malformed".to_owned(), reason, at),
        (None, Some((word, at))) => {
            let reason = match word.as_str() {
                "delivery_limit" => "it came back again and again: no worker could take it in",
                "expired" => "it waited longer than a policy of the broker allows",
                "maxlen" => "its queue was full",
                _ => "the broker gave it up",
            };
            (word, reason.to_owned(), at)
        }
        (None, None) => ("unknown".to_owned(), "it was published to the dead queue itself".to_owned(), None),
    };
    let parsed = InboundMessage::parse(&message.data).ok();
    QueueLetter { id: id_of(&message.data), kind, message: parsed.map(|parsed| parsed.message_id), reason, at, tries, copies: 1 }
}
