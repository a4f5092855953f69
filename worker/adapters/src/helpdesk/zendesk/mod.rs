//! Zendesk (REST v2). SMS goes through Zendesk's own number: a public comment is the answer.

pub mod archive;
pub mod desk;
pub mod settings;
pub mod wire;
