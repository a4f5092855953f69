//! The only crate that names a vendor or an engine. One folder a port, one file a vendor, an in-memory twin beside it.

pub mod breaker;
pub mod clock;
pub mod digest;
pub mod embedder;
pub mod helpdesk;
pub mod http;
pub mod inbox;
pub mod knowledge_store;
pub mod language_model;
pub mod ledger;
pub mod loader;
pub mod outbox;
pub mod parser;
pub mod past_tickets;
pub mod retriever;
pub mod second_mind;
pub mod secret;
pub mod shield;
pub mod sms_gateway;
pub mod spending;
pub mod telemetry;
pub mod token_counter;
pub mod vector_index;
pub mod webhook;
