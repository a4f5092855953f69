//! Contract suites: what every twin of a port promises, as sentences. A suite takes a factory and runs over any twin.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a broken promise must stop the test

pub mod helpdesk;
pub mod inbox;
pub mod keys;
pub mod knowledge_store;
pub mod language_model;
pub mod ledger;
pub mod parser;
pub mod sms_gateway;
pub mod vector_index;
