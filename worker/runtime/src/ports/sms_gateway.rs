//! The phone network.

use crate::effect::EffectKey;
use async_trait::async_trait;
use jiff::Timestamp;
use triage::phone::PhoneNumber;
use triage::ticket::TicketId;

/// One SMS to send.
#[derive(Clone, PartialEq)]
pub struct OutboundSms {
    /// Its key; it travels with the message where the vendor allows.
    pub key: EffectKey,
    /// The conversation.
    pub ticket: TicketId,
    /// The customer.
    pub to: PhoneNumber,
    /// The text.
    pub text: String,
}

/// A send did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// It certainly was not accepted and may be tried again (429, refused connection).
    #[error("gateway did not accept: {problem}")]
    Again {
        /// What went wrong.
        problem: String,
        /// The vendor asks to wait so long, in milliseconds.
        retry_after_ms: Option<i64>,
    },
    /// It may have been accepted (time-out, reset, 5xx, an answer without an id).
    #[error("gateway did not say whether it accepted: {problem}")]
    Unknown {
        /// What went wrong.
        problem: String,
    },
    /// It will never be accepted.
    #[error("gateway refused: {problem}")]
    Refused {
        /// What went wrong, and what to do.
        problem: String,
    },
}

/// Sends SMS.
#[async_trait]
pub trait SmsGateway: Send + Sync {
    /// Sends once. Success only with the vendor's id.
    async fn send(&self, sms: &OutboundSms) -> Result<String, SendError>;
    /// Whether a send that was begun at `begun_at` was accepted: the vendor's id, or none.
    async fn find(&self, sms: &OutboundSms, begun_at: Timestamp) -> Result<Option<String>, SendError>;
}
