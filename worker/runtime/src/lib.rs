//! Live: messages are taken in, turns are claimed, decided and acted upon, each effect once.
//!
//! This crate knows ports only. What is durable, and when, is the ledger's promise; see [`ports::ledger`].

pub mod conversation;
pub mod delivery;
pub mod desk;
pub mod effect;
pub mod effects;
pub mod events;
pub mod forget;
pub mod in_flight;
pub mod inbound;
pub mod intake;
mod intake_one_by_one;
pub mod known;
pub mod ports;
pub mod relay;
pub mod retry;
pub mod settings;
pub mod steadiness;
pub mod sweep;
pub mod turn;
pub mod worker;
