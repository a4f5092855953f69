//! Language models: any OpenAI-compatible endpoint, and a script in memory.

pub mod openai;
pub mod scripted;
