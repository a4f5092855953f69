//! How many tokens a text has.

pub mod tiktoken;
