//! What the prompts need from the world.

pub mod language_model;
pub mod shield;
pub mod spending;
pub mod token_counter;
