//! How we speak to a language model: a port, and templates whose text is frozen by its hash.
//!
//! The prompts themselves come with the first model; what stands here is what every one of them rests on.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod ports;
pub mod template;
