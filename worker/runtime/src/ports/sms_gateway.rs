//! The phone network.

use crate::delivery::DeliveryReport;
use crate::effect::EffectKey;
use crate::inbound::InboundMessage;
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
    /// How often it was tried before.
    pub attempts: u32,
    /// The company's number that the customer wrote to: the answer comes from it where the vendor allows.
    pub from: PhoneNumber,
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
    /// The customer has opted out with the carrier: it is noted, and nothing is sent again.
    #[error("the customer has opted out: {problem}")]
    OptedOut {
        /// The vendor's words, without the number.
        problem: String,
    },
    /// It will never be accepted.
    #[error("gateway refused: {problem}")]
    Refused {
        /// What went wrong, and what to do.
        problem: String,
    },
}

/// What a message came to, once the vendor knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bill {
    /// Segments that are charged.
    pub segments: u32,
    /// Price in millionths of `currency`, positive; none while the vendor has not set it.
    pub price_micros: Option<i64>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Where the message stands.
    pub report: DeliveryReport,
}

/// Sends SMS.
#[async_trait]
pub trait SmsGateway: Send + Sync {
    /// Sends once. Success only with the vendor's id.
    async fn send(&self, sms: &OutboundSms) -> Result<String, SendError>;
    /// Whether a send that was begun at `begun_at` was accepted: the vendor's ids of every message that may be it, oldest first.
    /// A vendor that knows no keys names all that look alike; the ledger knows which of them are other sends.
    async fn find(&self, sms: &OutboundSms, begun_at: Timestamp) -> Result<Vec<String>, SendError>;
    /// Messages of customers since a moment, for the sweep after a gap. A gateway that keeps none has none.
    async fn inbound_since(&self, _since: Timestamp) -> Result<Vec<InboundMessage>, SendError> {
        Ok(Vec::new())
    }
    /// It knows what messages come to.
    fn has_bills(&self) -> bool {
        false
    }
    /// What a message came to, by the vendor's id. A gateway without bills has none, nor has a message that was deleted there.
    async fn bill(&self, _vendor_id: &str) -> Result<Option<Bill>, SendError> {
        Ok(None)
    }
}
