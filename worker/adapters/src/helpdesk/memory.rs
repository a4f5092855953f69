//! A helpdesk in memory: it remembers what it was told, once by its key.

use async_trait::async_trait;
use jiff::Timestamp;
use runtime::conversation::Conversation;
use runtime::effect::{EffectKey, Proposal};
use runtime::inbound::InboundMessage;
use runtime::ports::helpdesk::{Helpdesk, HelpdeskError};
use std::sync::{Mutex, PoisonError};
use triage::classification::Priority;
use triage::ticket::{Author, Tag, Team, TicketId};

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
    /// Something was said beside the desk.
    Record {
        /// Who said it.
        by: Author,
        /// What.
        text: String,
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
    said: Mutex<Vec<InboundMessage>>,
    wants_record: bool,
}

impl MemoryHelpdesk {
    /// A desk that messages do not go through.
    pub fn beside_the_phone() -> Self {
        MemoryHelpdesk { wants_record: true, ..MemoryHelpdesk::default() }
    }

    /// Somebody else says something in the desk, that no webhook tells of.
    pub fn say(&self, message: InboundMessage) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).push(message);
    }

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
    async fn draft(&self, key: &EffectKey, of: &Conversation, proposal: &Proposal) -> Result<String, HelpdeskError> {
        Ok(self.once(key, &of.ticket, Done::Draft(proposal.clone())))
    }

    async fn tag(&self, key: &EffectKey, of: &Conversation, tags: &[Tag]) -> Result<String, HelpdeskError> {
        Ok(self.once(key, &of.ticket, Done::Tag { tags: tags.to_vec() }))
    }

    async fn escalate(
        &self,
        key: &EffectKey,
        of: &Conversation,
        team: Option<&Team>,
        priority: Priority,
        note: &str,
    ) -> Result<String, HelpdeskError> {
        Ok(self.once(key, &of.ticket, Done::Escalate { team: team.cloned(), priority, note: note.to_owned() }))
    }

    async fn read(&self, of: &Conversation) -> Result<Vec<InboundMessage>, HelpdeskError> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(said.iter().filter(|message| message.ticket_id() == of.ticket).cloned().collect())
    }

    async fn read_by_id(&self, conversation: &str) -> Result<Vec<InboundMessage>, HelpdeskError> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(said.iter().filter(|message| message.ticket_id().0 == conversation).cloned().collect())
    }

    async fn changed_since(&self, since: Timestamp) -> Result<Vec<String>, HelpdeskError> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ids: Vec<String> =
            said.iter().filter(|message| message.at.is_none_or(|at| at >= since)).map(|message| message.ticket_id().0).collect();
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    fn wants_record(&self) -> bool {
        self.wants_record
    }

    async fn record(&self, key: &EffectKey, of: &Conversation, by: Author, text: &str) -> Result<String, HelpdeskError> {
        Ok(self.once(key, &of.ticket, Done::Record { by, text: text.to_owned() }))
    }
}
