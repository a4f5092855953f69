//! Intercom's own number as the phone network: a comment in the conversation goes out as SMS.

use super::desk::IntercomHelpdesk;
use super::standing::by;
use crate::helpdesk::html;
use crate::helpdesk::news::By;
use crate::sms_gateway::helpdesk::Channel;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::conversation::Conversation;
use runtime::ports::helpdesk::HelpdeskError;
use runtime::ports::sms_gateway::OutboundSms;
use serde_json::json;

/// The vendor's times have whole seconds.
const SLACK_S: i64 = 2;

#[async_trait]
impl Channel for IntercomHelpdesk {
    async fn reply(&self, of: &Conversation, sms: &OutboundSms) -> Result<String, HelpdeskError> {
        let place = self.conversation_id(of).await?;
        let admin = self.admin().await?;
        let body = json!({ "message_type": "comment", "type": "admin", "admin_id": admin, "body": html::paragraphs(&sms.text) });
        self.post(&format!("/conversations/{place}/reply"), &body).await?;
        // The answer is the whole conversation: the newest comment of ours with this text is the one.
        let since = Timestamp::UNIX_EPOCH;
        let found = self.replied(of, sms, since).await?;
        found.ok_or_else(|| HelpdeskError::Unknown { problem: "Intercom took the reply but does not show it yet".to_owned() })
    }

    async fn replied(&self, of: &Conversation, sms: &OutboundSms, since: Timestamp) -> Result<Option<String>, HelpdeskError> {
        let place = self.conversation_id(of).await?;
        let admin = self.admin().await?;
        let conversation = self.conversation(&place).await?;
        let parts = conversation.conversation_parts.conversation_parts.iter();
        let ours = parts.filter(|part| part.part_type == "comment" && by(&part.author, &admin) == By::Ours);
        let since = since.as_second() - SLACK_S;
        let same = ours.filter(|part| {
            let body = part.body.as_deref().unwrap_or_default();
            // As plain text it comes as it was written; some parts come as HTML all the same.
            let is_same = html::is_same_text(body, &sms.text) || html::is_same_text(&html::text(body), &sms.text);
            part.created_at >= since && is_same
        });
        Ok(same.max_by_key(|part| part.created_at).and_then(|part| part.id.clone()).map(|id| format!("intercom-{place}-{id}")))
    }
}
