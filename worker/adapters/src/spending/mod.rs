//! What was spent on models: a file that outlives the program, and its twin in memory.

pub mod accounts;
pub mod file;
pub mod memory;
pub mod none;
