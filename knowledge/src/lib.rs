//! Documents and past tickets become an index; the index answers triage; the learned local mind reads and writes.
//!
//! Everything here is pure but for the ports: sources are loaded, stored, embedded and searched through them.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod chunk;
pub mod curation;
pub mod document;
pub mod dot;
pub mod feed;
pub mod fusion;
pub mod lanes;
pub mod learned;
pub mod personal_data;
pub mod ports;
pub mod retriever;
pub mod source;
pub mod stages;
pub mod sync;
pub mod trigrams;
pub mod words;
