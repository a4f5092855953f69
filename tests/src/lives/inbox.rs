//! The inbox of a process: what is not settled is handed out again to whoever starts next.

use crate::lives::event::Event;
use crate::lives::process::{Plant, Process};
use adapters::inbox::memory::MemoryInbox;
use async_trait::async_trait;
use runtime::inbound::InboundMessage;
use runtime::ports::inbox::{Delivery, Inbox, InboxError};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use triage::ticket::MessageId;

/// The inbox of a world, with the messages behind its tags.
#[derive(Default)]
pub struct Post {
    inbox: MemoryInbox,
    messages: Mutex<BTreeMap<String, MessageId>>,
}

impl Post {
    /// Puts a message in.
    pub fn put(&self, message: &InboundMessage) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let tag = messages.len().to_string();
        messages.insert(tag, message.message_id.clone());
        self.inbox.put(serde_json::to_vec(message).unwrap());
    }

    /// A process begins anew.
    pub fn restart(&self) {
        self.inbox.restart();
    }

    /// Everything was settled.
    pub fn is_empty(&self) -> bool {
        self.inbox.unsettled() == 0
    }

    async fn settle(&self, process: &Process, tags: &[String]) -> Result<(), InboxError> {
        self.inbox.settle(tags).await?;
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        for message in tags.iter().filter_map(|tag| messages.get(tag)) {
            process.shared.log.note(Event::Acknowledged { message: message.clone() });
        }
        Ok(())
    }
}

/// What one process sees of it.
pub struct PostOf {
    /// The inbox.
    pub post: Arc<Post>,
    /// The process.
    pub process: Arc<Process>,
}

#[async_trait]
impl Inbox for PostOf {
    async fn take(&self, max: usize) -> Result<Vec<Delivery>, InboxError> {
        self.process.point().await;
        let deliveries = self.post.inbox.take(max).await?;
        if self.process.shared.plant == Plant::AcknowledgesFirst {
            let tags: Vec<String> = deliveries.iter().map(|delivery| delivery.tag.clone()).collect();
            self.post.settle(&self.process, &tags).await?;
        }
        self.process.point().await;
        Ok(deliveries)
    }

    async fn settle(&self, tags: &[String]) -> Result<(), InboxError> {
        self.process.point().await;
        self.post.settle(&self.process, tags).await?;
        self.process.point().await;
        Ok(())
    }

    async fn waiting(&self) -> Result<u64, InboxError> {
        self.post.inbox.waiting().await
    }
}
