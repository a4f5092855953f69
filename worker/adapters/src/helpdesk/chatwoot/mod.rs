//! Chatwoot (application API of 4.5, self-hosted). SMS goes through Chatwoot's own inbox: an outgoing message is the answer.

pub mod archive;
pub mod desk;
pub mod settings;
pub mod wire;
