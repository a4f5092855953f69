//! How we speak to a language model: prompts whose texts are frozen by their hashes, typed input and output, budgets, and a mind of
//! triage's ports that is made of them.
//!
//! What a customer or a passage says is data: it stands as JSON in the user's message and never in the system's. What a model says is
//! data too: it is parsed, held against what was asked for, and never executed.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod answer;
pub mod ask;
pub mod budget;
pub mod data;
pub mod metered;
pub mod minds;
pub mod ports;
pub mod prompt;
pub mod prompts;
pub mod sample;
pub mod schema;
pub mod tabs;
pub mod template;
