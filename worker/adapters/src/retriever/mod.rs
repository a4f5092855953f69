//! What stands around a retriever.

pub mod timed;
