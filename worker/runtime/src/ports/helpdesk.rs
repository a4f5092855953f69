//! The helpdesk: drafts, tags, people.

use crate::conversation::Conversation;
use crate::effect::{EffectKey, Proposal};
use crate::inbound::InboundMessage;
use async_trait::async_trait;
use jiff::Timestamp;
use triage::classification::Priority;
use triage::ticket::{Author, Tag, Team};

/// A call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum HelpdeskError {
    /// It certainly did not happen and may be tried again.
    #[error("helpdesk: {problem}")]
    Again {
        /// What went wrong.
        problem: String,
        /// The vendor asks to wait so long, in milliseconds.
        retry_after_ms: Option<i64>,
    },
    /// It may have happened.
    #[error("helpdesk did not say whether it was done: {problem}")]
    Unknown {
        /// What went wrong.
        problem: String,
    },
    /// It will never happen.
    #[error("helpdesk refused: {problem}")]
    Refused {
        /// What went wrong, and what to do.
        problem: String,
    },
}

/// Puts things on tickets. Every call takes a key and MUST be idempotent by it: calling twice does it once.
#[async_trait]
pub trait Helpdesk: Send + Sync {
    /// Leaves a proposal for an agent, with the team and priority that it is meant for. Returns the vendor's id.
    async fn draft(&self, key: &EffectKey, of: &Conversation, proposal: &Proposal) -> Result<String, HelpdeskError>;
    /// Adds tags; others stay.
    async fn tag(&self, key: &EffectKey, of: &Conversation, tags: &[Tag]) -> Result<String, HelpdeskError>;
    /// Hands the ticket to a person.
    async fn escalate(
        &self,
        key: &EffectKey,
        of: &Conversation,
        team: Option<&Team>,
        priority: Priority,
        note: &str,
    ) -> Result<String, HelpdeskError>;
    /// What was said in the conversation by others than Whimbrel and may not be known yet: what people of the company wrote since our
    /// last answer, and everything that the customer wrote since anybody's. A person who took the conversation without a word is an
    /// empty message, one who gave it back a message with that [`crate::inbound::Act`]. A desk in which nobody writes has nothing.
    async fn read(&self, _of: &Conversation) -> Result<Vec<InboundMessage>, HelpdeskError> {
        Ok(Vec::new())
    }
    /// The same by the helpdesk's own id of the conversation, as its webhooks name it.
    async fn read_by_id(&self, _conversation: &str) -> Result<Vec<InboundMessage>, HelpdeskError> {
        Ok(Vec::new())
    }
    /// The helpdesk's own ids of conversations in which something happened since, for the sweep after a gap.
    async fn changed_since(&self, _since: Timestamp) -> Result<Vec<String>, HelpdeskError> {
        Ok(Vec::new())
    }
    /// What is said beside the helpdesk must be put into it, because messages do not go through it.
    fn wants_record(&self) -> bool {
        false
    }
    /// Puts into the ticket what was said beside the helpdesk.
    async fn record(&self, key: &EffectKey, _of: &Conversation, _by: Author, _text: &str) -> Result<String, HelpdeskError> {
        Ok(format!("unrecorded-{key}"))
    }
}
