//! The helpdesk: a file for demos and small desks, and a twin in memory.

pub mod file;
pub mod memory;
