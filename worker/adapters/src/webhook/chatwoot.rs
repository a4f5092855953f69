//! Chatwoot's webhooks (4.5 and later). Newer releases sign; for older ones a secret stands in the path. A call only names the
//! conversation, which is then read: there is no second delivery, and the sweep fetches what was lost.

use super::mac;
use crate::digest::hex;
use crate::secret::Secret;
use runtime::ports::webhook::{Answer, Call, Heard, Refusal, Webhook};
use serde_json::Value;

/// Reads Chatwoot's calls.
pub struct ChatwootWebhook {
    /// Of the webhook or the agent bot.
    pub secret: Secret,
    /// For releases that do not sign: the last part of the path must be this. Empty: only signed calls are read.
    pub path_secret: Secret,
}

impl ChatwootWebhook {
    fn is_signed(&self, call: &Call<'_>) -> bool {
        let secret = self.secret.reveal();
        if let Some(given) = (call.header)("x-chatwoot-signature") {
            let timestamp = (call.header)("x-chatwoot-timestamp").unwrap_or_default();
            let made = hex(&mac::sha256(secret.as_bytes(), &[timestamp.as_bytes(), b".", call.body]));
            return !secret.is_empty() && mac::is_same(&format!("sha256={made}"), &given);
        }
        let path = call.path_and_query.split('?').next().unwrap_or_default();
        let last = path.strip_prefix("/webhooks/chatwoot/").unwrap_or_default();
        mac::is_same(self.path_secret.reveal(), last)
    }
}

impl Webhook for ChatwootWebhook {
    fn hear(&self, call: &Call<'_>) -> Result<Vec<Heard>, Refusal> {
        if !self.is_signed(call) {
            return Err(Refusal::Unsigned);
        }
        let event: Value = serde_json::from_slice(call.body)
            .map_err(|error| Refusal::Malformed { problem: format!("no event at line {} column {}", error.line(), error.column()) })?;
        let word = event["event"].as_str().unwrap_or_default();
        let id = match word {
            "message_created" => event["conversation"]["id"].as_u64(),
            "conversation_opened" | "conversation_status_changed" | "conversation_updated" => event["id"].as_u64(),
            _ => None,
        };
        Ok(id.map(|id| Heard::Conversation(id.to_string())).into_iter().collect())
    }

    fn answer(&self) -> Answer {
        Answer { content_type: "application/json", body: "{}" }
    }
}
