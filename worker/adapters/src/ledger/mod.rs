//! The ledger: what came in, what was decided, what was done. [`sqlite`] is the embedded one, [`postgres`] the one that many
//! workers share; [`memory`] is their twin for tests, and the model that the contract suite compares them with.

pub mod draft_use;
pub mod effect_key;
pub mod failure;
pub mod memory;
pub mod postgres;
pub(crate) mod prepared;
pub mod sqlite;
pub(crate) mod words;
