//! The plain webhook: our own inbound message as JSON, signed with `X-Whimbrel-Signature: sha256=<hex HMAC-SHA256(secret, timestamp +
//! "." + body)>` and `X-Whimbrel-Timestamp`. For gateways and helpdesks that have no adapter.
//!
//! Some gateways deliver a message twice under two ids. With `doubles` the id is made of who wrote, what, and in which minute, so
//! that the second one is known.

use super::mac;
use crate::digest::hex;
use crate::secret::Secret;
use runtime::inbound::InboundMessage;
use runtime::ports::webhook::{Answer, Call, Heard, Refusal, Webhook};
use serde_json::Value;
use std::sync::Arc;
use triage::hash;
use triage::ticket::MessageId;

/// The header with the signature.
pub const SIGNATURE: &str = "x-whimbrel-signature";
/// The header with the time, which is signed too.
pub const TIMESTAMP: &str = "x-whimbrel-timestamp";
/// Milliseconds of the window in which the same text of the same sender is one message.
pub const DOUBLE_MS: i64 = 60_000;

/// Reads calls in our own format.
pub struct GenericWebhook {
    /// The key of the signature.
    pub secret: Secret,
    /// The gateway delivers some messages twice under two ids.
    pub doubles: bool,
    /// Tells the minute of a message that has no time of its own.
    pub clock: Arc<dyn runtime::ports::clock::Clock>,
}

/// The signature of a body, for whoever sends one.
pub fn sign(secret: &Secret, timestamp: &str, body: &[u8]) -> String {
    format!("sha256={}", hex(&mac::sha256(secret.reveal().as_bytes(), &[timestamp.as_bytes(), b".", body])))
}

impl GenericWebhook {
    /// Sender, text and minute.
    fn double_id(&self, message: &InboundMessage) -> MessageId {
        let at = message.at.unwrap_or_else(|| self.clock.now());
        let minute = at.as_millisecond().div_euclid(DOUBLE_MS);
        let said = format!("{}>{}>{minute}>{}", message.from.reveal(), message.to.reveal(), message.text);
        MessageId(format!("double-{}", hash::of_bytes(said.as_bytes())))
    }
}

impl Webhook for GenericWebhook {
    fn hear(&self, call: &Call<'_>) -> Result<Vec<Heard>, Refusal> {
        let timestamp = (call.header)(TIMESTAMP).unwrap_or_default();
        let given = (call.header)(SIGNATURE).unwrap_or_default();
        if self.secret.is_empty() || !mac::is_same(&sign(&self.secret, &timestamp, call.body), &given) {
            return Err(Refusal::Unsigned);
        }
        let malformed = |problem: String| Refusal::Malformed { problem };
        // Several messages may come in one call.
        let value: Value = serde_json::from_slice(call.body)
            .map_err(|error| malformed(format!("not JSON at line {} column {}", error.line(), error.column())))?;
        let messages = if let Value::Array(messages) = value { messages } else { vec![value] };
        let mut heard = Vec::with_capacity(messages.len());
        for message in messages {
            let mut message = InboundMessage::parse(message.to_string().as_bytes()).map_err(|error| malformed(error.to_string()))?;
            if self.doubles {
                message.message_id = self.double_id(&message);
            }
            heard.push(Heard::Message(message));
        }
        Ok(heard)
    }

    fn answer(&self) -> Answer {
        Answer { content_type: "application/json", body: "{}" }
    }
}
