//! Intercom (REST 2.16, pinned by header). It works in two ways: messages go through Intercom's own number (`gateway.kind =
//! "helpdesk"`), or through a gateway beside it, and Intercom keeps the ticket.

pub mod archive;
pub mod channel;
pub mod client;
pub mod contacts;
pub mod desk;
pub mod search;
pub mod standing;
pub mod wire;
