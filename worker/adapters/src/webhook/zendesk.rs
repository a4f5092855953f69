//! Zendesk's webhooks: events of tickets, and triggers whose body an admin wrote (`{"ticket_id": "{{ticket.id}}"}`). Both only name
//! the ticket, which is then read.

use super::mac;
use crate::secret::Secret;
use runtime::ports::webhook::{Answer, Call, Heard, Refusal, Webhook};
use serde_json::Value;

/// Reads Zendesk's calls.
pub struct ZendeskWebhook {
    /// The webhook's signing secret.
    pub signing_secret: Secret,
}

impl Webhook for ZendeskWebhook {
    fn hear(&self, call: &Call<'_>) -> Result<Vec<Heard>, Refusal> {
        let secret = self.signing_secret.reveal();
        let timestamp = (call.header)("x-zendesk-webhook-signature-timestamp").unwrap_or_default();
        let given = (call.header)("x-zendesk-webhook-signature").unwrap_or_default();
        let made = mac::base64(&mac::sha256(secret.as_bytes(), &[timestamp.as_bytes(), call.body]));
        if secret.is_empty() || !mac::is_same(&made, &given) {
            return Err(Refusal::Unsigned);
        }
        if call.body.is_empty() {
            return Ok(Vec::new());
        }
        let event: Value = serde_json::from_slice(call.body)
            .map_err(|error| Refusal::Malformed { problem: format!("no event at line {} column {}", error.line(), error.column()) })?;
        let id = [&event["ticket_id"], &event["detail"]["id"]].into_iter().find_map(|id| match id {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        });
        Ok(id.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).map(Heard::Conversation).into_iter().collect())
    }

    fn answer(&self) -> Answer {
        Answer { content_type: "application/json", body: "{}" }
    }
}
