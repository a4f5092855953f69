//! Any OpenAI-compatible endpoint, through the crate async-openai.
//!
//! The crate speaks the protocol; the transport below it is ours (`transport`), because an answer must be bounded in bytes and in
//! time before anybody parses it, and because the crate would write an answer that it cannot parse into the log. `calls` retries
//! within one deadline and stops asking an endpoint that is down (`breaker` of this crate); `chat` and `embeddings` are the two forms of a call.

pub mod calls;
pub mod chat;
pub mod client;
pub mod config;
pub mod model;
pub mod probe;
pub mod recorder;
pub mod settings;
pub mod transport;
pub mod trouble;
