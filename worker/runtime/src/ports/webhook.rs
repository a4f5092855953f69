//! What a vendor calls us with. A webhook is checked over its raw bytes first, and read only when its signature holds.

use crate::delivery::DeliveryReport;
use crate::inbound::InboundMessage;
use triage::phone::PhoneNumber;
use triage::ticket::MessageId;

/// One call, as it came.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// Everything from the path on, as it stood on the wire: signatures cover it byte for byte.
    pub path_and_query: &'a str,
    /// It was a GET: parameters stand in the query.
    pub is_get: bool,
    /// The value of a header by its name, when it is there once and is text.
    pub header: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// The raw body.
    pub body: &'a [u8],
}

/// What a call says.
#[derive(Clone, PartialEq, Debug)]
pub enum Heard {
    /// Somebody wrote.
    Message(InboundMessage),
    /// The carrier has taken an opt-out or an opt-in, in whichever words: it holds whatever is made of the message.
    Consent {
        /// The message that asked for it.
        cause: MessageId,
        /// Whose it is.
        customer: PhoneNumber,
        /// Towards which number of the company.
        company: PhoneNumber,
        /// Out, or in again.
        opted_out: bool,
    },
    /// News of something that was sent.
    Delivery(DeliveryReport),
    /// Something happened in a conversation of the helpdesk; it is read there. The helpdesk's own id.
    Conversation(String),
}

/// Why a call is not obeyed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The signature is missing or wrong. Nothing of the call was read.
    #[error("the signature does not hold")]
    Unsigned,
    /// It is signed, but is not what this vendor sends.
    #[error("{problem}")]
    Malformed {
        /// What is wrong, without message text.
        problem: String,
    },
}

/// What is answered when everything is committed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: &'static str,
}

/// One vendor's webhooks. No IO: what is heard is committed by whoever serves it.
pub trait Webhook: Send + Sync {
    /// Checks the signature and reads the call.
    fn hear(&self, call: &Call<'_>) -> Result<Vec<Heard>, Refusal>;
    /// What this vendor wants to hear when its call is safe.
    fn answer(&self) -> Answer;
}
