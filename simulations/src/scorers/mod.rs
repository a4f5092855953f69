//! One score a file: what would have been done, against what people did.

pub mod action;
pub mod cost;
pub mod intent;
pub mod judge;
pub mod reply;
pub mod resolved;
pub mod safety;
pub mod time;
