//! Vendors' webhooks: signatures over the raw bytes, then what a call says. One file a vendor; no IO.

pub mod chatwoot;
pub mod generic;
pub mod intercom;
pub mod mac;
pub mod twilio;
pub mod twilio_signature;
pub mod zendesk;
