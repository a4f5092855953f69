//! A gateway that is a file: what would be sent is a line of the [`Outbox`].

use crate::outbox::{Outbox, OutboxError};
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::ports::sms_gateway::{OutboundSms, SendError, SmsGateway};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Writes what it is to send into the outbox.
pub struct FileSmsGateway {
    outbox: Arc<Outbox>,
}

impl FileSmsGateway {
    /// Over an outbox, which a helpdesk may share.
    pub fn new(outbox: Arc<Outbox>) -> Self {
        FileSmsGateway { outbox }
    }
}

fn told(error: OutboxError) -> SendError {
    let problem = error.to_string();
    match error {
        OutboxError::NotWritten { .. } => SendError::Again { problem, retry_after_ms: None },
        OutboxError::Doubtful { .. } => SendError::Unknown { problem },
        OutboxError::Unusable { .. } => SendError::Refused { problem },
    }
}

fn panicked() -> SendError {
    SendError::Unknown { problem: "writing the outbox ended with a panic: please report it".to_owned() }
}

#[async_trait]
impl SmsGateway for FileSmsGateway {
    async fn send(&self, sms: &OutboundSms) -> Result<String, SendError> {
        let (outbox, sms) = (Arc::clone(&self.outbox), sms.clone());
        let mut fields = Map::new();
        fields.insert("to".to_owned(), Value::from(sms.to.reveal()));
        fields.insert("text".to_owned(), Value::from(sms.text.as_str()));
        let ended = tokio::task::spawn_blocking(move || outbox.append(&sms.key, &sms.ticket, "send", fields)).await;
        ended.map_err(|_| panicked())?.map_err(told)
    }

    async fn find(&self, sms: &OutboundSms, _begun_at: Timestamp) -> Result<Vec<String>, SendError> {
        let (outbox, key) = (Arc::clone(&self.outbox), sms.key.clone());
        let ended = tokio::task::spawn_blocking(move || outbox.find(&key)).await;
        Ok(ended.map_err(|_| panicked())?.map_err(told)?.into_iter().collect())
    }
}
