//! The ledger: what came in, what was decided, what was done. [`sqlite`] is the embedded one; [`memory`] is its twin for
//! tests, and the model that the contract suite compares it with.

pub mod effect_key;
pub mod failure;
pub mod memory;
pub mod sqlite;
