//! The knowledge in one SQLite file, `knowledge.db`. `store` is the port; each other file is one verb of it.
//!
//! Vectors are kept as 32-bit floats, little-endian, one after the other: the truth is not rounded, an index may be. Every
//! change of a passage takes the next number of one counter, the revision, so that an index that reads the changes in
//! small steps never misses one.

pub mod apply;
pub mod changes;
pub mod codes;
pub mod connection;
pub mod curate;
pub mod history;
pub mod kept;
pub mod passages;
pub mod problem;
pub mod remove;
pub mod revision;
pub mod schema;
pub mod sources;
pub mod store;
