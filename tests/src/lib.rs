//! placeholder
pub mod contracts;
