//! Intercom's webhooks. A call only names the conversation: what stands in it is read by the helpdesk, because a call holds its
//! new parts alone and calls come in any order.

use super::mac;
use crate::digest::hex;
use crate::secret::Secret;
use runtime::ports::webhook::{Answer, Call, Heard, Refusal, Webhook};
use serde::Deserialize;

/// Topics after which a conversation is read.
pub const TOPICS: &[&str] = &[
    "conversation.user.created",
    "conversation.user.replied",
    "conversation.admin.replied",
    "conversation.admin.assigned",
    "conversation.admin.closed",
    "conversation.admin.snoozed",
    "conversation.admin.opened",
    "conversation.operator.replied",
];

/// Reads Intercom's calls.
pub struct IntercomWebhook {
    /// Of the app (not the access token).
    pub client_secret: Secret,
    /// Only this workspace is read; empty for whichever the app is installed in.
    pub app_id: String,
}

#[derive(Deserialize)]
struct Notification {
    #[serde(default)]
    app_id: Option<String>,
    #[serde(default)]
    topic: Option<String>,
    #[serde(default)]
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    item: Option<Item>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    id: Option<String>,
}

impl Webhook for IntercomWebhook {
    fn hear(&self, call: &Call<'_>) -> Result<Vec<Heard>, Refusal> {
        let secret = self.client_secret.reveal();
        let made = format!("sha1={}", hex(&mac::sha1(secret.as_bytes(), &[call.body])));
        let given = (call.header)("x-hub-signature").unwrap_or_default();
        if secret.is_empty() || !mac::is_same(&made, &given) {
            return Err(Refusal::Unsigned);
        }
        let notification: Notification = serde_json::from_slice(call.body).map_err(|error| Refusal::Malformed {
            problem: format!("no notification at line {} column {}", error.line(), error.column()),
        })?;
        let is_other = !self.app_id.is_empty() && notification.app_id.as_ref().is_some_and(|id| id != &self.app_id);
        let is_ours = notification.topic.is_some_and(|topic| TOPICS.contains(&topic.as_str()));
        let item = notification.data.and_then(|data| data.item);
        let conversation = item.filter(|item| item.kind.as_deref() == Some("conversation")).and_then(|item| item.id);
        Ok(conversation.filter(|_| is_ours && !is_other).map(Heard::Conversation).into_iter().collect())
    }

    fn answer(&self) -> Answer {
        Answer { content_type: "application/json", body: "{}" }
    }
}
