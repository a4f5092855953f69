//! A helpdesk that is a file: drafts, tags and escalations are lines of the [`Outbox`].

use crate::outbox::{Outbox, OutboxError};
use async_trait::async_trait;
use runtime::conversation::Conversation;
use runtime::effect::{EffectKey, Proposal};
use runtime::ports::helpdesk::{Helpdesk, HelpdeskError};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use triage::classification::Priority;
use triage::ticket::{Tag, Team};

/// Writes what it is told into the outbox.
pub struct FileHelpdesk {
    outbox: Arc<Outbox>,
}

impl FileHelpdesk {
    /// Over an outbox, which a gateway may share.
    pub fn new(outbox: Arc<Outbox>) -> Self {
        FileHelpdesk { outbox }
    }

    async fn append(
        &self,
        key: &EffectKey,
        of: &Conversation,
        kind: &'static str,
        fields: Map<String, Value>,
    ) -> Result<String, HelpdeskError> {
        let (outbox, key, ticket) = (Arc::clone(&self.outbox), key.clone(), of.ticket.clone());
        let ended = tokio::task::spawn_blocking(move || outbox.append(&key, &ticket, kind, fields)).await;
        match ended {
            Ok(result) => result.map_err(told),
            Err(_) => Err(HelpdeskError::Unknown { problem: "writing the outbox ended with a panic: please report it".to_owned() }),
        }
    }
}

fn told(error: OutboxError) -> HelpdeskError {
    let problem = error.to_string();
    match error {
        OutboxError::NotWritten { .. } => HelpdeskError::Again { problem, retry_after_ms: None },
        OutboxError::Doubtful { .. } => HelpdeskError::Unknown { problem },
        OutboxError::Unusable { .. } => HelpdeskError::Refused { problem },
    }
}

/// The fields of a JSON object.
fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

#[async_trait]
impl Helpdesk for FileHelpdesk {
    async fn draft(&self, key: &EffectKey, of: &Conversation, proposal: &Proposal) -> Result<String, HelpdeskError> {
        let Proposal { text, passages, grounds, team, priority, .. } = proposal;
        let line = json!({
            "text": text, "passages": passages, "grounds": grounds, "note": proposal.note(), "team": team, "priority": priority
        });
        self.append(key, of, "draft", fields(line)).await
    }

    async fn tag(&self, key: &EffectKey, of: &Conversation, tags: &[Tag]) -> Result<String, HelpdeskError> {
        self.append(key, of, "tag", fields(json!({ "tags": tags }))).await
    }

    async fn escalate(
        &self,
        key: &EffectKey,
        of: &Conversation,
        team: Option<&Team>,
        priority: Priority,
        note: &str,
    ) -> Result<String, HelpdeskError> {
        self.append(key, of, "escalate", fields(json!({ "team": team, "priority": priority, "note": note }))).await
    }
}
