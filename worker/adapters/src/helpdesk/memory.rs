//! A helpdesk in memory: it remembers what it was told, once by its key.

use async_trait::async_trait;
use runtime::effect::{EffectKey, Proposal};
use runtime::ports::helpdesk::{Helpdesk, HelpdeskError};
use std::sync::{Mutex, PoisonError};
use triage::classification::Priority;
use triage::ticket::{Tag, Team, TicketId};

/// What was done to a ticket.
#[derive(Clone, PartialEq, Debug)]
pub enum Done {
    /// A proposal was left.
    Draft(Proposal),
    /// Tags were added.
    Tag {
        /// Which.
        tags: Vec<Tag>,
    },
    /// A person has it.
    Escalate {
        /// Who.
        team: Option<Team>,
        /// How soon.
        priority: Priority,
        /// What they need to know.
        note: String,
    },
}

/// One thing that was done.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// Its key.
    pub key: EffectKey,
    /// The conversation.
    pub ticket: TicketId,
    /// What.
    pub done: Done,
}

/// Remembers what it was told.
#[derive(Default)]
pub struct MemoryHelpdesk {
    calls: Mutex<Vec<Call>>,
}

impl MemoryHelpdesk {
    /// What was done, in its order; a key that came again is not in it twice.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn once(&self, key: &EffectKey, ticket: &TicketId, done: Done) -> String {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if !calls.iter().any(|call| &call.key == key) {
            calls.push(Call { key: key.clone(), ticket: ticket.clone(), done });
        }
        format!("memory-{key}")
    }
}

#[async_trait]
impl Helpdesk for MemoryHelpdesk {
    async fn draft(&self, key: &EffectKey, ticket: &TicketId, proposal: &Proposal) -> Result<String, HelpdeskError> {
        Ok(self.once(key, ticket, Done::Draft(proposal.clone())))
    }

    async fn tag(&self, key: &EffectKey, ticket: &TicketId, tags: &[Tag]) -> Result<String, HelpdeskError> {
        Ok(self.once(key, ticket, Done::Tag { tags: tags.to_vec() }))
    }

    async fn escalate(
        &self,
        key: &EffectKey,
        ticket: &TicketId,
        team: Option<&Team>,
        priority: Priority,
        note: &str,
    ) -> Result<String, HelpdeskError> {
        Ok(self.once(key, ticket, Done::Escalate { team: team.cloned(), priority, note: note.to_owned() }))
    }
}
