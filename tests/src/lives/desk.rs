//! A helpdesk in which persons write, and which fails.

use crate::lives::event::Event;
use crate::lives::process::Process;
use adapters::helpdesk::memory::MemoryHelpdesk;
use async_trait::async_trait;
use runtime::conversation::Conversation;
use runtime::effect::{EffectKey, Proposal};
use runtime::inbound::InboundMessage;
use runtime::ports::helpdesk::{Helpdesk, HelpdeskError};
use std::sync::Arc;
use triage::classification::Priority;
use triage::ticket::{Author, Tag, Team};

/// What one process sees of it.
pub struct DeskOf {
    /// The helpdesk of the world.
    pub desk: Arc<MemoryHelpdesk>,
    /// The process.
    pub process: Arc<Process>,
}

/// How a call goes wrong.
enum Fault {
    /// It certainly was not done.
    NotNow,
    /// It was not done, and nobody says so.
    Lost,
    /// It was done, and nobody says so.
    AnswerLost,
}

impl DeskOf {
    async fn before(&self) -> Result<Option<Fault>, HelpdeskError> {
        self.process.point().await;
        if !self.process.shared.strikes(6) {
            return Ok(None);
        }
        Ok(Some(match self.process.shared.roll(3) {
            0 => Fault::NotNow,
            1 => Fault::Lost,
            _ => Fault::AnswerLost,
        }))
    }

    async fn call(
        &self,
        key: &EffectKey,
        kind: &'static str,
        done: impl Future<Output = Result<String, HelpdeskError>> + Send,
    ) -> Result<String, HelpdeskError> {
        let problem = "placed fault".to_owned();
        let fault = self.before().await?;
        match &fault {
            Some(Fault::NotNow) => return Err(HelpdeskError::Again { problem, retry_after_ms: None }),
            Some(Fault::Lost) => return Err(HelpdeskError::Unknown { problem }),
            Some(Fault::AnswerLost) | None => {}
        }
        let id = done.await?;
        self.process.shared.log.note(Event::OnDesk { key: key.clone(), kind });
        self.process.point().await;
        if fault.is_some() { Err(HelpdeskError::Unknown { problem }) } else { Ok(id) }
    }
}

#[async_trait]
impl Helpdesk for DeskOf {
    async fn draft(&self, key: &EffectKey, of: &Conversation, proposal: &Proposal) -> Result<String, HelpdeskError> {
        self.call(key, "draft", self.desk.draft(key, of, proposal)).await
    }

    async fn tag(&self, key: &EffectKey, of: &Conversation, tags: &[Tag]) -> Result<String, HelpdeskError> {
        self.call(key, "tag", self.desk.tag(key, of, tags)).await
    }

    async fn escalate(
        &self,
        key: &EffectKey,
        of: &Conversation,
        team: Option<&Team>,
        priority: Priority,
        note: &str,
    ) -> Result<String, HelpdeskError> {
        self.call(key, "escalate", self.desk.escalate(key, of, team, priority, note)).await
    }

    async fn read(&self, of: &Conversation) -> Result<Vec<InboundMessage>, HelpdeskError> {
        if self.before().await?.is_some() {
            return Err(HelpdeskError::Again { problem: "placed fault".to_owned(), retry_after_ms: None });
        }
        let said = self.desk.read(of).await?;
        self.process.point().await;
        Ok(said)
    }

    fn wants_record(&self) -> bool {
        self.desk.wants_record()
    }

    async fn record(&self, key: &EffectKey, of: &Conversation, by: Author, text: &str) -> Result<String, HelpdeskError> {
        self.call(key, "record", self.desk.record(key, of, by, text)).await
    }
}
