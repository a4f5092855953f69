//! Language models: any OpenAI-compatible endpoint, a memory on disk before another model, and a script in memory.

pub mod kept;
pub mod openai;
pub mod scripted;
