//! The helpdesk's own channel as the phone network: a reply in the conversation goes out as SMS by whatever number the helpdesk
//! has.

use crate::sms_gateway::twilio::LOOK_BACK_MS;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::conversation::Conversation;
use runtime::ports::helpdesk::HelpdeskError;
use runtime::ports::sms_gateway::{OutboundSms, SendError, SmsGateway};
use runtime::retry::later;
use std::sync::Arc;

/// A helpdesk that can answer the customer.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Answers the customer in the conversation. Returns the helpdesk's id of what was said.
    async fn reply(&self, of: &Conversation, sms: &OutboundSms) -> Result<String, HelpdeskError>;
    /// The id of this answer, when it stands in the conversation since then: of several that say the same, the newest.
    async fn replied(&self, of: &Conversation, sms: &OutboundSms, since: Timestamp) -> Result<Option<String>, HelpdeskError>;
}

/// Sends through a helpdesk.
pub struct HelpdeskSmsGateway {
    channel: Arc<dyn Channel>,
}

impl HelpdeskSmsGateway {
    /// Through this helpdesk.
    pub fn new(channel: Arc<dyn Channel>) -> Self {
        HelpdeskSmsGateway { channel }
    }
}

fn of(sms: &OutboundSms) -> Conversation {
    Conversation { ticket: sms.ticket.clone(), customer: sms.to.clone() }
}

fn told(error: HelpdeskError) -> SendError {
    match error {
        HelpdeskError::Again { problem, retry_after_ms } => SendError::Again { problem, retry_after_ms },
        HelpdeskError::Unknown { problem } => SendError::Unknown { problem },
        HelpdeskError::Refused { problem } => SendError::Refused { problem },
    }
}

#[async_trait]
impl SmsGateway for HelpdeskSmsGateway {
    async fn send(&self, sms: &OutboundSms) -> Result<String, SendError> {
        self.channel.reply(&of(sms), sms).await.map_err(told)
    }

    async fn find(&self, sms: &OutboundSms, begun_at: Timestamp) -> Result<Vec<String>, SendError> {
        let since = later(begun_at, -LOOK_BACK_MS);
        Ok(self.channel.replied(&of(sms), sms, since).await.map_err(told)?.into_iter().collect())
    }
}
