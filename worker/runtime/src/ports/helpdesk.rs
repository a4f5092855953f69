//! The helpdesk: drafts, tags, people.

use crate::effect::{EffectKey, Proposal};
use async_trait::async_trait;
use triage::classification::Priority;
use triage::ticket::{Tag, Team, TicketId};

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
    async fn draft(&self, key: &EffectKey, ticket: &TicketId, proposal: &Proposal) -> Result<String, HelpdeskError>;
    /// Adds tags; others stay.
    async fn tag(&self, key: &EffectKey, ticket: &TicketId, tags: &[Tag]) -> Result<String, HelpdeskError>;
    /// Hands the ticket to a person.
    async fn escalate(
        &self,
        key: &EffectKey,
        ticket: &TicketId,
        team: Option<&Team>,
        priority: Priority,
        note: &str,
    ) -> Result<String, HelpdeskError>;
}
