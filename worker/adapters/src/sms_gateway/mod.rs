//! The phone network: a file for demos, and a twin in memory.

pub mod file;
pub mod memory;
