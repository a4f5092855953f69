//! The only crate that names a vendor or an engine. One folder a port, one file a vendor, an in-memory twin beside it.

pub mod clock;
pub mod embedder;
pub mod helpdesk;
pub mod http;
pub mod inbox;
pub mod knowledge_store;
pub mod ledger;
pub mod loader;
pub mod outbox;
pub mod parser;
pub mod secret;
pub mod sms_gateway;
pub mod vector_index;
pub mod webhook;
