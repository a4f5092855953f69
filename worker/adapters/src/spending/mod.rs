//! What was spent on models: a file that outlives the program, its twin in memory, and the ledger that many workers share.

pub mod accounts;
pub mod file;
pub mod memory;
pub mod none;
pub mod postgres;
